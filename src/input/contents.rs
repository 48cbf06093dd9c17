//! What is found in the content of a blob, whatever that is: a text, a compressed file, an archive.
//!
//! The history, ranges of commits and the index all ask the same two questions: what is in it, as long as
//! nobody knows its path, and where that stands, once the path is known. A container is asked entry by
//! entry.

use std::cell::RefCell;
use std::collections::BTreeSet;
use std::io::{self, Read};

use super::marks::{Mark, Marks};
use super::names::{glance_name, names_of_entry, show_name};
use super::source::Sink;
use super::unpack::{WINDOW, look, look_at};
use crate::blob::{CONTEXT, HEAD, Origin};
use crate::finding::Finding;
use crate::git::{self, Failed, Id, Objects, Stream};
use crate::pack::{self, Input, Kind};

/// What a first look at a blob gave.
#[derive(Debug, Default)]
pub(super) struct Glance {
    /// What is found in it.
    pub(super) marks: Marks,
    /// It was looked into entry by entry: nothing is known of what another version shares with it.
    pub(super) is_container: bool,
}

/// Counts a blob by its kind where it is read as it is; what stands before a container counts when that is
/// opened.
pub(super) fn look_at_kind(sink: &mut dyn Sink, origin: &Origin, bytes: &[u8]) {
    if pack::identify(bytes).is_none() || sink.wants_containers_whole() {
        sink.look_at_kind(origin, bytes);
    }
}

/// What is found in a blob, each once. What cannot be read of a container is told under the origin's path
/// if `tells`. `changed` is as in [`Sink::glance`].
pub(super) fn glance(
    sink: &mut dyn Sink,
    origin: &Origin,
    bytes: &[u8],
    changed: Option<&[std::ops::Range<usize>]>,
    tells: bool,
) -> Glance {
    let Some(kind) = pack::identify(bytes).filter(|_| !sink.wants_containers_whole()) else {
        return Glance { marks: sink.glance(bytes, changed), is_container: false };
    };
    let found = RefCell::new(Union::default());
    let whole = look(
        sink,
        kind,
        origin,
        bytes,
        tells,
        &mut |sink, leaf, bytes, rest| {
            let marks = glance_entry(sink, leaf, bytes, rest);
            found.borrow_mut().add(marks, &leaf.entry.join("/"));
        },
        &mut |sink, at, text| found.borrow_mut().add(glance_name(sink, text), &at.entry.join("/")),
    );
    let mut found = found.into_inner();
    if !whole {
        found.add(sink.glance(bytes, None), "");
    }
    Glance { marks: found.into_marks(), is_container: true }
}

/// Shows what is found in a blob and is kept, entry by entry where it is a container.
pub(super) fn show(
    sink: &mut dyn Sink,
    origin: &Origin,
    bytes: &[u8],
    keep: &mut dyn FnMut(&Finding) -> bool,
) {
    let Some(kind) = pack::identify(bytes).filter(|_| !sink.wants_containers_whole()) else {
        return sink.sifted(origin, bytes, keep);
    };
    let keep = RefCell::new(keep);
    let whole = look(
        sink,
        kind,
        origin,
        bytes,
        false,
        &mut |sink, leaf, bytes, rest| show_entry(sink, leaf, bytes, rest, *keep.borrow_mut()),
        &mut |sink, at, text| show_name(sink, at, text, *keep.borrow_mut()),
    );
    let keep = keep.into_inner();
    if !whole {
        sink.sifted(origin, bytes, keep);
    }
}

/// What follows on the first bytes of an entry.
type Rest<'r> = Option<&'r mut (dyn Read + Send + 'r)>;

/// What is found in an entry of a container: in its name, in its first bytes, and what follows on them if anything does.
fn glance_entry(
    sink: &mut dyn Sink,
    leaf: &Origin,
    bytes: &[u8],
    rest: Option<&mut (dyn Read + Send)>,
) -> Marks {
    let mut found = Union::default();
    for name in names_of_entry(leaf) {
        found.add(glance_name(sink, name), "");
    }
    let marks = match rest {
        None => sink.glance(bytes, None),
        Some(rest) => glance_long(sink, &mut bytes.chain(rest)),
    };
    if found.anywhere.is_empty() && found.by_path.is_empty() {
        return marks;
    }
    found.add(marks, "");
    found.into_marks()
}

/// Shows what is found in such an entry and is kept.
fn show_entry(
    sink: &mut dyn Sink,
    leaf: &Origin,
    bytes: &[u8],
    rest: Option<&mut (dyn Read + Send)>,
    keep: &mut dyn FnMut(&Finding) -> bool,
) {
    for name in names_of_entry(leaf) {
        show_name(sink, leaf, name, keep);
    }
    match rest {
        None => sink.sifted(leaf, bytes, keep),
        Some(rest) => sink.sifted_stream(leaf, &mut bytes.chain(rest), keep),
    }
}

/// As [`glance`] for an object of any size, read in order. Counts it as a file that was read if `tells`.
///
/// # Errors
///
/// The object cannot be had, or not to its end.
pub(super) fn glance_large(
    sink: &mut dyn Sink,
    objects: &Objects,
    id: &Id,
    origin: &Origin,
    tells: bool,
) -> io::Result<Marks> {
    let found = RefCell::new(Union::default());
    let (kind, mut reader) = begun(objects, id)?;
    if tells {
        sink.counted(usize::try_from(reader.size()).unwrap_or(usize::MAX));
    }
    let kind = Some(kind).filter(|_| !sink.wants_containers_whole());
    let whole = kind.is_some_and(|kind| {
        let take = &mut |sink: &mut dyn Sink, leaf: &Origin, bytes: &[u8], rest: Rest<'_>| {
            let marks = glance_entry(sink, leaf, bytes, rest);
            found.borrow_mut().add(marks, &leaf.entry.join("/"));
        };
        let beside = &mut |sink: &mut dyn Sink, at: &Origin, text: &[u8]| {
            found.borrow_mut().add(glance_name(sink, text), &at.entry.join("/"));
        };
        look_at(sink, kind, origin, Input::Stream(&mut reader), tells, take, beside)
    });
    let mut found = found.into_inner();
    if !whole {
        let (_, again) = begun(objects, id)?;
        reader = again;
        found.add(glance_long(sink, &mut reader), "");
    }
    reader.error.map_or(Ok(found.into_marks()), Err)
}

/// As [`show`] for an object of any size, read in order.
///
/// # Errors
///
/// The object cannot be had, or not to its end.
pub(super) fn show_large(
    sink: &mut dyn Sink,
    objects: &Objects,
    id: &Id,
    origin: &Origin,
    keep: &mut dyn FnMut(&Finding) -> bool,
) -> io::Result<()> {
    let (kind, mut reader) = begun(objects, id)?;
    let kind = Some(kind).filter(|_| !sink.wants_containers_whole());
    let keep = RefCell::new(keep);
    let whole = kind.is_some_and(|kind| {
        let take = &mut |sink: &mut dyn Sink, leaf: &Origin, bytes: &[u8], rest: Rest<'_>| {
            show_entry(sink, leaf, bytes, rest, *keep.borrow_mut());
        };
        let beside = &mut |sink: &mut dyn Sink, at: &Origin, text: &[u8]| {
            show_name(sink, at, text, *keep.borrow_mut());
        };
        look_at(sink, kind, origin, Input::Stream(&mut reader), false, take, beside)
    });
    let keep = keep.into_inner();
    if !whole {
        let (_, again) = begun(objects, id)?;
        reader = again;
        sink.sifted_stream(origin, &mut reader, keep);
    }
    reader.error.map_or(Ok(()), Err)
}

/// A reader that shows an end where there is an error, and keeps the error.
struct Careful {
    head: io::Cursor<Vec<u8>>,
    inner: Stream,
    error: Option<io::Error>,
}

impl Careful {
    /// How large the object is, before it is read.
    fn size(&self) -> u64 {
        self.head.get_ref().len() as u64 + self.inner.left()
    }
}

impl Read for Careful {
    fn read(&mut self, out: &mut [u8]) -> io::Result<usize> {
        let read = self.head.read(out)?;
        if read > 0 || out.is_empty() || self.error.is_some() {
            return Ok(read);
        }
        self.inner.read(out).or_else(|error| {
            self.error = Some(error);
            Ok(0)
        })
    }
}

/// Opens an object, with what it is by its beginning.
fn begun(objects: &Objects, id: &Id) -> io::Result<(Kind, Careful)> {
    let mut inner = objects.stream(id)?;
    if inner.kind() != git::Kind::Blob {
        return Err(Failed::TooLarge(inner.left()).into());
    }
    let mut head = Vec::new();
    (&mut inner).take(pack::HEAD as u64).read_to_end(&mut head)?;
    let kind = pack::sniff(&head).unwrap_or(Kind::Plain);
    Ok((kind, Careful { head: io::Cursor::new(head), inner, error: None }))
}

/// What is found at a path in an object that is read for it; nothing where it cannot be had.
pub(super) fn marks_at(sink: &mut dyn Sink, objects: &Objects, id: &Id, path: &[u8]) -> BTreeSet<Mark> {
    let mut bytes = Vec::new();
    let origin = Origin::file(String::from_utf8_lossy(path));
    match objects.read(id, &mut bytes) {
        Ok(_) => {}
        Err(Failed::TooLarge(_)) => {
            let marks = glance_large(sink, objects, id, &origin, false).unwrap_or_default();
            return marks.at(path).cloned().collect();
        }
        Err(_) => return BTreeSet::new(),
    }
    glance(sink, &origin, &bytes, None, false).marks.at(path).cloned().collect()
}

/// What is found in a text of any length: looked at in windows that overlap, each with the text's head
/// before it, which may say what its columns and its encoding are. At a seam more may be seen than is
/// there; whoever shows it looks again.
fn glance_long(sink: &mut dyn Sink, reader: &mut dyn Read) -> Marks {
    let mut found = Union::default();
    let mut head: Option<Vec<u8>> = None;
    let mut window: Vec<u8> = Vec::new();
    loop {
        let before = window.len();
        let wanted = (WINDOW - before) as u64;
        // The walk shows errors as an end, and tells them itself.
        let read = reader.take(wanted).read_to_end(&mut window).unwrap_or(0);
        if window.len() == before && before > 0 && head.is_some() {
            break;
        }
        found.add(sink.glance(&window, None), "");
        if (read as u64) < wanted {
            break;
        }
        let head = head.get_or_insert_with(|| beginning(&window).to_vec());
        let tail = window.split_off(window.len() - 2 * CONTEXT);
        window.clone_from(head);
        window.extend_from_slice(&tail);
    }
    found.into_marks()
}

/// The first whole lines of a text, at most [`HEAD`] bytes; an even number, as characters of two bytes have.
fn beginning(bytes: &[u8]) -> &[u8] {
    let head = &bytes[..bytes.len().min(HEAD)];
    let end = memchr::memrchr(b'\n', head).map_or(0, |at| at + 1);
    &head[..(end + end % 2).min(head.len())]
}

/// What was found in several texts.
#[derive(Default)]
struct Union {
    anywhere: BTreeSet<Mark>,
    by_path: BTreeSet<(Mark, Vec<String>)>,
}

impl Union {
    /// Adds what was found in an entry, whose own path counts as well as that of the file around it.
    fn add(&mut self, marks: Marks, entry: &str) {
        self.anywhere.extend(marks.at(entry.as_bytes()).cloned());
        self.by_path.extend(marks.by_path);
    }

    fn into_marks(self) -> Marks {
        let Self { anywhere, by_path } = self;
        let by_path = by_path.into_iter().filter(|(mark, _)| !anywhere.contains(mark)).collect();
        Marks { anywhere: anywhere.into_iter().collect(), by_path }
    }
}
