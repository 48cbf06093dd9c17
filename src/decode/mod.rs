//! Views: the same bytes after one encoding is undone, with a map back to where they came from.
//!
//! One file per encoding, one line per encoding in [`DECODERS`]. A decoder is asked only where the
//! prefilter or the grammar has seen a reason, and takes only the stretch around that place: decoding
//! everything would cost more than all the rest. Views nest; [`MAX_DEPTH`] and [`MAX_REGION`] bound it.

mod base64;
mod decoder;
mod hex;
pub(crate) mod invisible;
mod json;
pub(crate) mod numbers;
pub(crate) mod percent;
pub(crate) mod pieces;
pub(crate) mod records;
mod stretch;
pub(crate) mod units;
mod utf16;
mod view;

use crate::text::Span;

pub(crate) use decoder::{Ask, Decoder, Wake};

pub(crate) use view::{Joined, View};

/// How many encodings may be wrapped around a secret.
pub(crate) const MAX_DEPTH: usize = 4;

/// Every encoding.
pub(crate) const DECODERS: &[Decoder] = &[
    json::DECODER,
    percent::DECODER,
    base64::DECODER,
    hex::DECODER,
    utf16::DECODER,
    numbers::OF_TEXT,
    numbers::OF_NAMES,
    invisible::DECODER,
    pieces::DECODER,
];

/// A quick look at a run of letters and digits: could base64 or hex of a text begin here? Most runs in
/// logs are trace ids and hashes; base64 of a text is never made of hex digits alone.
pub(crate) fn may_be_encoded(bytes: &[u8], run: Span, is_hex: bool) -> bool {
    if is_hex {
        hex::may_begin(bytes, run)
    } else {
        base64::may_begin(bytes, run) || hex::may_begin(bytes, run)
    }
}
