//! Texts of our own that quote what others wrote: names of files in messages and records, arguments in errors.

use super::{Masker, Scratch};
use crate::input::readings;
use crate::judge::plain::random_runs;
use crate::text::{mask, mask_runs};

/// A path, or a message with paths in it, with what is secret in it masked. Each name is looked at by itself and
/// without its endings, and then the whole.
///
/// ```
/// use scrubjay::scrub::{Masker, mask_name};
/// let masker = Masker::default();
/// assert_eq!(mask_name(&masker, "logs/app.log"), "logs/app.log");
/// assert_eq!(mask_name(&masker, "logs/password=hunter2.log"), "logs/password=****");
/// ```
pub fn mask_name(masker: &Masker, text: &str) -> String {
    let mut scratch = Scratch::default();
    let mut masked = |bytes: &[u8]| {
        let mut out = Vec::new();
        (masker.find(bytes, &mut scratch) > 0).then(|| {
            masker.put(bytes, 0..bytes.len(), &scratch, &mut out);
            String::from_utf8_lossy(&out).into_owned()
        })
    };
    let mut part = |part: &str| {
        let read = readings(part.as_bytes()).find_map(|text| Some((masked(text)?, text.len())));
        read.map_or_else(|| part.to_owned(), |(text, length)| text + &part[length..])
    };
    let parts: Vec<String> = text.split('/').map(&mut part).collect();
    let whole = parts.join("/");
    masked(whole.as_bytes()).unwrap_or(whole)
}

/// A message that quotes what a person gave, with everything in it masked that looks like a value drawn by
/// chance: it may be a secret in the place of something else.
///
/// ```
/// use scrubjay::scrub::mask_random;
/// let key = ["qzjxkvwp", "bghtrmqx", "zvkjwqpf"].concat();
/// assert_eq!(mask_random(&format!("`{key}` is no time")), "`qzjx****wqpf` is no time");
/// assert_eq!(mask_random("`logs/service-2026.log` is no time"), "`logs/service-2026.log` is no time");
/// ```
pub fn mask_random(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for piece in text.split_inclusive(|c: char| c.is_whitespace() || "/`'\"=".contains(c)) {
        let mut at = 0;
        for run in random_runs(piece.as_bytes()) {
            out.push_str(&piece[at..run.start]);
            out.push_str(&mask(&piece.as_bytes()[run.range()]));
            at = run.end;
        }
        out.push_str(&piece[at..]);
    }
    mask_runs(&out)
}
