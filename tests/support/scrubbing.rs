//! The laws of scrubbing, as functions over any bytes: for the properties in `tests/scrub/scrub_laws.rs` and
//! for the targets in `fuzz/`, which look for inputs that nobody thought of.

use std::sync::{Arc, Mutex};

use scrubjay::blob::{Blob, Origin};
use scrubjay::detect::{Detector, Scratch};
use scrubjay::finding::Verdict;
use scrubjay::scrub::{Masker, Scratch as MaskScratch, Scrubber};

/// One mask: where it stands in what came in, how much it stands for, and itself.
#[derive(Debug, Clone)]
pub(crate) struct Mask {
    pub(crate) offset: usize,
    pub(crate) length: usize,
    pub(crate) mask: Vec<u8>,
    /// A piece of a value behind its first one.
    pub(crate) is_piece: bool,
}

/// What came out.
#[derive(Debug, Clone, Default)]
pub(crate) struct Scrubbed {
    pub(crate) bytes: Vec<u8>,
    pub(crate) masks: Vec<Mask>,
}

/// Scrubs `text` that comes in pieces of these lengths, over and over; whole where there are none.
pub(crate) fn scrub(masker: &Arc<Masker>, text: &[u8], pieces: &[usize], ahead: bool) -> Scrubbed {
    let masks = Arc::new(Mutex::new(Vec::new()));
    let told = Arc::clone(&masks);
    let mut scrubber = Scrubber::new(Arc::clone(masker)).watch(move |masked| {
        let offset = usize::try_from(masked.offset).expect("it is in memory");
        let mask =
            Mask { offset, length: masked.length, mask: masked.mask.to_vec(), is_piece: masked.is_piece };
        told.lock().expect("nothing panics").push(mask);
    });
    if ahead {
        scrubber = scrubber.look_ahead();
    }
    let (mut bytes, mut rest) = (Vec::new(), text);
    let mut lengths = pieces.iter().copied().filter(|n| *n > 0).cycle();
    while !rest.is_empty() {
        let length = lengths.next().unwrap_or(rest.len()).min(rest.len());
        scrubber.push(&rest[..length], &mut bytes).expect("memory takes everything");
        rest = &rest[length..];
    }
    let tally = scrubber.finish(&mut bytes).expect("memory takes everything");
    let masks = std::mem::take(&mut *masks.lock().expect("nothing panics"));
    assert_eq!((tally.read, tally.written), (text.len() as u64, bytes.len() as u64), "the tally counts");
    let hits = masks.iter().filter(|mask| !mask.is_piece).count();
    assert_eq!(tally.hits, hits as u64, "every hit is told");
    Scrubbed { bytes, masks }
}

/// A text as a masker gives it.
pub(crate) fn masked(masker: &Masker, text: &str) -> String {
    let mut out = Vec::new();
    let hits = masker.mask(text.as_bytes(), &mut MaskScratch::default(), &mut out);
    if hits == 0 { text.to_owned() } else { String::from_utf8(out).expect("text stays text") }
}

/// Line by line, as a pipe has it, or with what follows in sight, as of a file.
pub(crate) fn by_lines(masker: &Arc<Masker>, text: &str, ahead: bool) -> String {
    let mut out = Vec::new();
    let scrubber = Scrubber::new(Arc::clone(masker));
    let mut scrubber = if ahead { scrubber.look_ahead() } else { scrubber };
    for line in text.split_inclusive('\n') {
        scrubber.push(line.as_bytes(), &mut out).expect("memory takes everything");
    }
    scrubber.finish(&mut out).expect("memory takes everything");
    String::from_utf8(out).expect("text stays text")
}

/// Scrubbing what was scrubbed changes nothing more, in whatever pieces it comes then.
pub(crate) fn is_fixpoint(masker: &Arc<Masker>, out: &[u8], pieces: &[usize]) -> Result<(), String> {
    for (pieces, ahead) in [(&[][..], false), (&[][..], true), (&[1][..], false), (pieces, false)] {
        let again = scrub(masker, out, pieces, ahead);
        if again.bytes != out {
            let (a, b) = difference(out, &again.bytes);
            return Err(format!("pieces {pieces:?}, ahead {ahead}: again {a:?} becomes {b:?}"));
        }
    }
    Ok(())
}

/// Everything but the values is as it was, and of a value only line ends are left beside its mask.
pub(crate) fn is_same_outside(text: &[u8], done: &Scrubbed) -> Result<(), String> {
    let (mut at, mut rest) = (0, &done.bytes[..]);
    let mut masks = done.masks.iter().peekable();
    while let Some(Mask { offset, length, mask, .. }) = masks.next() {
        let between = text.get(at..*offset).ok_or("masks overlap")?;
        rest = rest.strip_prefix(between).ok_or_else(|| format!("before {offset} something changed"))?;
        rest = rest.strip_prefix(&mask[..]).ok_or_else(|| format!("at {offset} stands another mask"))?;
        at = offset + length;
        let value = &text[*offset..at];
        let first = value.iter().position(|b| *b == b'\n').unwrap_or(value.len());
        let first = first - usize::from(first < value.len() && value[..first].ends_with(b"\r"));
        // With NULs in the text the rest of a value is as long as before, in stars.
        let in_stars = rest.strip_prefix(&stars(&value[first..])[..]);
        let without = rest.strip_prefix(&line_ends(&value[first..])[..]);
        // Of a structure of JSON the lines stay, with masks for the values in them.
        let is_structure = matches!(value.first(), Some(b'{' | b'[')) && first < value.len();
        let structure = || {
            let next = masks.peek().map_or(text.len(), |next| next.offset.max(at));
            behind_structure(&value[first..], rest, &text[at..next])
        };
        rest = if is_structure { in_stars.or_else(structure).or(without) } else { in_stars.or(without) }
            .ok_or_else(|| format!("after the mask at {offset} stands more than line ends"))?;
    }
    if rest == &text[at..] { Ok(()) } else { Err(format!("after {at} something changed")) }
}

/// What comes behind the lines of a structure, which are as many as before; `behind` stands on the last of
/// them, up to the line end or the next mask.
fn behind_structure<'r>(old: &[u8], rest: &'r [u8], behind: &[u8]) -> Option<&'r [u8]> {
    let lines = old.iter().filter(|b| **b == b'\n').count();
    let last = memchr::memchr_iter(b'\n', rest).nth(lines - 1)? + 1;
    let line = &behind[..memchr::memchr(b'\n', behind).unwrap_or(behind.len())];
    let end = memchr::memchr(b'\n', &rest[last..]).map_or(rest.len(), |length| last + length);
    // Nothing of it may be left that is neither its sign nor its mask.
    let is_masked = |shown: &[u8]| shown.is_empty() || matches!(shown.last(), Some(b'}' | b']' | b'"'));
    let is_end = |at: &usize| {
        let shown = rest[last..*at].trim_ascii_start();
        rest[*at..].starts_with(line) && is_masked(shown)
    };
    (last..=end).rev().find(is_end).map(|at| &rest[at..])
}

fn line_ends(text: &[u8]) -> Vec<u8> {
    let is_end = |i: &usize| text[*i] == b'\n' || (text[*i] == b'\r' && text.get(i + 1) == Some(&b'\n'));
    (0..text.len()).filter(is_end).map(|i| text[i]).collect()
}

fn stars(text: &[u8]) -> Vec<u8> {
    text.iter().map(|b| if matches!(b, 0 | b'\n' | b'\r') { *b } else { b'*' }).collect()
}

/// As many line ends as before.
pub(crate) fn keeps_lines(text: &[u8], out: &[u8]) -> Result<(), String> {
    let count = |bytes: &[u8]| bytes.iter().filter(|b| **b == b'\n').count();
    if count(text) == count(out) { Ok(()) } else { Err(format!("{} lines, now {}", count(text), count(out))) }
}

/// No longer than a mask for each value more.
pub(crate) fn is_bounded(text: &[u8], done: &Scrubbed) -> Result<(), String> {
    let most = text.len() + 20 * done.masks.len();
    if done.bytes.len() <= most && done.masks.len() <= text.len() {
        return Ok(());
    }
    Err(format!("{} bytes and {} masks become {}", text.len(), done.masks.len(), done.bytes.len()))
}

/// A scan of it finds nothing; else which rule where.
pub(crate) fn is_clean(detector: &Detector, out: &[u8]) -> Result<(), String> {
    let origin = Origin::file("out.log");
    let mut found = Vec::new();
    detector.detect(&Blob::whole(out, &origin), &mut Scratch::default(), &mut |d| {
        if matches!(d.verdict, Verdict::Report { .. }) {
            let around = &out[d.span.start.saturating_sub(60)..out.len().min(d.span.end + 20)];
            found.push(format!("{} in {:?}", d.rule.id, String::from_utf8_lossy(around)));
        }
    });
    if found.is_empty() { Ok(()) } else { Err(found.join("\n")) }
}

/// Each line that was JSON still is, with the same names at the top.
pub(crate) fn keeps_json(text: &[u8], out: &[u8]) -> Result<(), String> {
    let lines = |bytes: &'_ [u8]| bytes.split(|b| *b == b'\n').map(<[u8]>::to_vec).collect::<Vec<_>>();
    for (before, after) in lines(text).iter().zip(lines(out)) {
        let Ok(old) = serde_json::from_slice::<serde_json::Value>(before) else { continue };
        let new: serde_json::Value = serde_json::from_slice(&after).map_err(|error| {
            format!(
                "{error}: {} becomes {}",
                String::from_utf8_lossy(before),
                String::from_utf8_lossy(&after)
            )
        })?;
        let names = |v: &serde_json::Value| v.as_object().map(|o| o.keys().cloned().collect::<Vec<_>>());
        if names(&old) != names(&new) {
            return Err(format!("{:?} become {:?}", names(&old), names(&new)));
        }
    }
    Ok(())
}

/// Where two texts part, with what stands there.
pub(crate) fn difference(a: &[u8], b: &[u8]) -> (String, String) {
    let at = a.iter().zip(b).take_while(|(a, b)| a == b).count().saturating_sub(60);
    let part = |text: &[u8]| String::from_utf8_lossy(&text[at..text.len().min(at + 200)]).into_owned();
    (part(a), part(b))
}
