//! The texts in commits and tags: who made them, when, and what was said.

use gix::hash;

use crate::blob::Commit;

/// Fills in author, date and the first line of the message of a commit object; `shown` makes texts fit
/// to be shown.
pub fn describe(bytes: &[u8], hash: hash::Kind, commit: &mut Commit, mut shown: impl FnMut(&[u8]) -> String) {
    let Ok(read) = gix::objs::CommitRef::from_bytes(bytes, hash) else { return };
    if let Ok(author) = read.author() {
        commit.author = shown(author.name);
        commit.email = shown(author.email);
        commit.date = author.time().map_or_else(|_| String::new(), date);
    }
    let first = read.message.split(|b| *b == b'\n').find(|line| !line.trim_ascii().is_empty());
    commit.message = shown(first.unwrap_or_default());
}

/// RFC 3339 with the offset of the clock that was looked at.
pub(super) fn date(time: gix::date::Time) -> String {
    let offset = jiff::tz::Offset::from_seconds(time.offset).unwrap_or(jiff::tz::Offset::UTC);
    match jiff::Timestamp::from_second(time.seconds) {
        Ok(at) => at.display_with_offset(offset).to_string(),
        Err(_) => String::new(),
    }
}

/// The message of a commit or a tag: what follows the first blank line.
pub fn message(bytes: &[u8]) -> &[u8] {
    memchr::memmem::find(bytes, b"\n\n").map_or(&[], |at| &bytes[at + 2..])
}

/// What stands before the message of a commit or a tag and is somebody's words: names and addresses, encodings,
/// signatures, merged tags with their messages, whatever else. Lines that only name an object are left out, and
/// continued lines are as they were before they were folded.
pub fn header(bytes: &[u8], hash: hash::Kind) -> Vec<u8> {
    let end = memchr::memmem::find(bytes, b"\n\n").map_or(bytes.len(), |at| at + 1);
    let mut out = Vec::with_capacity(end);
    for line in bytes[..end].split_inclusive(|b| *b == b'\n') {
        let mut words = line.trim_ascii_end().rsplitn(2, |b| *b == b' ');
        let id = words.next().unwrap_or_default();
        let is_id = id.len() == hash.len_in_hex() && id.iter().all(u8::is_ascii_hexdigit);
        let names: [&[u8]; 4] = [b"tree", b"parent", b"object", b"mergetag object"];
        if !is_id || !words.next().is_some_and(|name| names.contains(&name)) {
            out.extend_from_slice(line.strip_prefix(b" ").unwrap_or(line));
        }
    }
    out
}
