//! Compressed files and archives: what is inside of them is read, or rewritten, entry by entry.
//!
//! One walk serves both. [`read`] gives each leaf (what is itself no container) as a stream; [`rewrite`]
//! puts a filter between each leaf and its copy, and writes everything else back as it was. Formats are
//! told by content, never by name, and unpacked in Rust alone.
//!
//! Memory is bounded whatever the input says: everything is read forwards, once, and dictionaries and
//! windows have a limit. Work is linear in the input and what one compression makes of it: a terabyte of
//! zeros in one gzip is read, as it may well be a log. Only what was compressed more than once may give
//! no more than [`Limits`] say, since there every layer multiplies, and archives inside of archives end
//! at a depth. Entries of a zip that lie over each other are read once, by place.

mod behind;
mod bz2;
mod codec;
mod codecs;
mod compress;
mod container;
mod der;
mod gz;
mod heads;
mod inside;
mod kinds;
mod leaves;
mod limits;
mod lz4;
mod lzma;
mod members;
mod place;
mod recognise;
mod run;
mod sight;
mod sniff;
mod source;
mod spool;
mod step;
mod tar;
mod unopened;
mod utf32;
mod walk;
mod watch;
mod xz;
mod zip;
mod zlib;
mod zst;

pub use behind::{Behind, find as find_behind};
pub use codec::{Codec, Encode, HEAD, OpenReader, OpenWriter};
pub use codecs::{CODECS, OTHERS};
pub use container::{Input, Kind, Seekable};
pub use kinds::KINDS;
pub use leaves::{Filter, Told, Visitor};
pub use limits::Limits;
pub use run::{read, rewrite, rewrite_plain};
pub use sight::{Sight, Sighted, unopened_in_part};
pub use sniff::{TAIL, ends_as_zip, identify, may_begin, sniff};
pub use unopened::{NOT_LOOKED_INTO, Unopened};
