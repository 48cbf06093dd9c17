//! What a decoder is, and where it is asked.

use super::view::View;

/// An encoding.
#[derive(Debug, Clone, Copy)]
pub struct Decoder {
    /// The name in reports.
    pub name: &'static str,
    /// What gives the reason to ask it.
    pub wake: Wake,
    /// Decodes the stretch around a position; nothing where it is not this encoding after all.
    pub decode: fn(&[u8], &Ask) -> Option<View>,
}

/// Where a decoder is asked, and what led there.
#[derive(Debug, Clone, Copy)]
pub struct Ask {
    /// What gave the reason.
    pub wake: Wake,
    /// The position; of a value its first byte.
    pub at: usize,
    /// Where the name of the value begins; `at` where it has none.
    pub name: usize,
    /// Up to here the value is known already; `at` where nothing is known of it.
    pub end: usize,
}

impl Ask {
    /// For what stands at a position.
    pub fn new(wake: Wake, at: usize) -> Self {
        Self { wake, at, name: at, end: at }
    }
}

/// What gives the reason to try a decoder.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Wake {
    /// `\u00` somewhere.
    UnicodeEscape,
    /// `%` and two hex digits between a name and its value, or two encoded letters in a row.
    Percent,
    /// A long run of letters and digits.
    Run,
    /// ASCII and NUL by turns.
    Wide,
    /// A sign of no width beside a name.
    Invisible,
    /// A number that may be the byte of a name in an array of numbers.
    Numbers,
    /// An array of numbers behind a name.
    NamedNumbers,
    /// A joint behind a value, or inside of it.
    Pieces,
}
