//! What a decoder is, and where it is asked.

use super::view::View;

/// An encoding.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Decoder {
    /// The name in reports.
    pub(crate) name: &'static str,
    /// What gives the reason to ask it.
    pub(crate) wake: Wake,
    /// Decodes the stretch around a position; nothing where it is not this encoding after all.
    pub(crate) decode: fn(&[u8], &Ask) -> Option<View>,
}

/// Where a decoder is asked, and what led there.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Ask {
    /// What gave the reason.
    pub(crate) wake: Wake,
    /// The position; of a value its first byte.
    pub(crate) at: usize,
    /// Where the name of the value begins; `at` where it has none.
    pub(crate) name: usize,
    /// Up to here the value is known already; `at` where nothing is known of it.
    pub(crate) end: usize,
}

impl Ask {
    /// For what stands at a position.
    pub(crate) fn new(wake: Wake, at: usize) -> Self {
        Self { wake, at, name: at, end: at }
    }
}

/// What gives the reason to try a decoder.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Wake {
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
