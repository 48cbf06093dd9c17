//! The tables of all that is unpacked as compressions are.

use super::codec::Codec;
use super::{bz2, compress, der, gz, lz4, lzma, utf32, xz, zlib, zst};

/// Every compression.
pub const CODECS: &[Codec] =
    &[gz::CODEC, zst::CODEC, bz2::CODEC, xz::CODEC, lz4::CODEC, lzma::CODEC, zlib::CODEC];

/// What is unpacked as compressions are and has no end of its own, or nothing that marks it: asked for last.
pub const OTHERS: &[Codec] =
    &[compress::CODEC, der::CODEC, zlib::DEFLATE, utf32::LOW_FIRST, utf32::HIGH_FIRST];
