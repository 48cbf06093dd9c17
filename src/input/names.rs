//! Names as places where a secret can stand: those of files and folders, of entries in archives, of branches
//! and tags.
//!
//! A name is a text of its own, in which something is found as in any other. Files have endings, which are no
//! part of a value: where nothing is found in the whole name, it is read without them.

use super::marks::Marks;
use super::source::Sink;
use crate::blob::Origin;
use crate::finding::Finding;

/// What follows on a path in a finding in the name itself, as the way into a container does.
pub(crate) const NAME: &str = "(name)";

/// A shorter name holds no value with what says that it is one.
const SHORTEST: usize = 8;

/// The longest ending of a file, in bytes.
const LONGEST_ENDING: usize = 12;

/// How many endings a file may have: `.tar.gz.asc`.
const MOST_ENDINGS: usize = 3;

/// The name as it is, then without its last ending, its last two, and its last three; nothing where it is too
/// short to hold a secret.
fn readings(name: &[u8]) -> impl Iterator<Item = &[u8]> {
    let whole = (name.len() >= SHORTEST).then_some(name);
    std::iter::successors(whole, |name| {
        let end = memchr::memrchr(b'.', name)?;
        let ending = &name[end + 1..];
        let is_one =
            (1..=LONGEST_ENDING).contains(&ending.len()) && ending.iter().all(u8::is_ascii_alphanumeric);
        (is_one && end >= SHORTEST).then(|| &name[..end])
    })
    .take(1 + MOST_ENDINGS)
}

/// A path, or a message with paths in it, with what `masked` masks: each name is looked at by itself and
/// without its endings, which hide a value at the end of it, and then the whole.
pub(crate) fn mask_each_name(text: &str, masked: &mut dyn FnMut(&[u8]) -> Option<String>) -> String {
    let mut part = |part: &str| {
        let read = readings(part.as_bytes()).find_map(|text| Some((masked(text)?, text.len())));
        read.map_or_else(|| part.to_owned(), |(text, length)| text + &part[length..])
    };
    let parts: Vec<String> = text.split('/').map(&mut part).collect();
    let whole = parts.join("/");
    masked(whole.as_bytes()).unwrap_or(whole)
}

/// What is found in a name.
pub(super) fn glance_name(sink: &mut dyn Sink, name: &[u8]) -> Marks {
    let looked = readings(name).map(|text| sink.glance(text, None));
    looked.into_iter().find(|marks| !marks.is_empty()).unwrap_or_default()
}

/// Shows what is found in a name and is kept, as inside of what has the name.
pub(super) fn show_name(
    sink: &mut dyn Sink,
    origin: &Origin,
    name: &[u8],
    keep: &mut dyn FnMut(&Finding) -> bool,
) {
    let found = readings(name).find(|text| !sink.glance(text, None).is_empty());
    if let Some(text) = found {
        let mut origin = origin.clone();
        origin.entry.push(NAME.to_owned());
        sink.sifted(&origin, text, keep);
    }
}

/// The names in the last step of the way to an entry of an archive; none where something compressed alone is
/// called what its file is called.
pub(crate) fn names_of_entry(origin: &Origin) -> impl Iterator<Item = &[u8]> {
    let (last, before) = match &origin.entry[..] {
        [] => ("", ""),
        [last] => (last.as_str(), origin.path.as_str()),
        [.., before, last] => (last.as_str(), before.as_str()),
    };
    let outer = before.rsplit('/').next().unwrap_or_default();
    let is_same = outer.starts_with(last);
    last.split('/').filter(move |_| !is_same).map(str::as_bytes)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_is_read_with_and_without_its_endings() {
        let read = |name| readings(name).map(String::from_utf8_lossy).collect::<Vec<_>>();
        assert_eq!(read(b"secret=x.tar.gz"), ["secret=x.tar.gz", "secret=x.tar", "secret=x"]);
        assert_eq!(read(b"no ending at all"), ["no ending at all"]);
        assert_eq!(read(b"12345678.a b"), ["12345678.a b"]);
        assert!(read(b"short.c").is_empty());
    }

    #[test]
    fn what_is_compressed_alone_has_no_name_of_its_own() {
        let names = |path: &str, entry: &[&str]| {
            let entry = entry.iter().map(|name| (*name).to_owned()).collect();
            let origin = Origin { entry, ..Origin::file(path) };
            names_of_entry(&origin).map(|name| String::from_utf8_lossy(name).into_owned()).collect::<Vec<_>>()
        };
        assert!(names("a/log.gz", &["log"]).is_empty());
        assert!(names("a.tar", &["x/log.gz", "log"]).is_empty());
        assert_eq!(names("a.tar", &["x/log.gz"]), ["x", "log.gz"]);
        assert!(names("a", &[]).iter().all(String::is_empty));
    }
}
