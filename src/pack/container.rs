//! What a container is, and where its bytes come from.

use std::io::{Read, Seek};

use super::codec::Codec;

/// What a container is.
#[derive(Debug, Clone, Copy)]
pub enum Kind {
    /// One compressed stream.
    Compressed(&'static Codec),
    /// A tape archive, not compressed.
    Tar,
    /// A zip, under whatever name: jar, apk, docx … Other bytes may come before its first entry.
    Zip,
    /// Bytes, and perhaps a zip behind them, which shows when it comes.
    Plain,
}

/// Where a container's bytes come from.
pub enum Input<'a> {
    /// They can be read once. The directory of a zip comes last, so that of a large one only what the
    /// entries say of themselves is known while they are read.
    Stream(&'a mut (dyn Read + Send)),
    /// They can be read from any place; begins where the reader stands at the start.
    File(&'a mut dyn Seekable),
    /// A zip, with what follows on it: what came before was read already, `read` bytes, and copied to
    /// `written` ones.
    Rest {
        /// What follows.
        reader: &'a mut (dyn Read + Send),
        /// How many bytes came before.
        read: u64,
        /// How many they are in the copy.
        written: u64,
    },
}

/// What can be read from any place.
pub trait Seekable: Read + Seek + Send {}

impl<T: Read + Seek + Send> Seekable for T {}
