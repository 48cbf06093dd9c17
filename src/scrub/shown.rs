//! Texts of our own that quote what others wrote: names of files in messages and records, arguments in errors.

use super::masker::Masker;
use super::scratch::Scratch;
use crate::input::mask_each_name;
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
    mask_each_name(text, &mut |bytes| {
        let mut out = Vec::new();
        (masker.find(bytes, &mut scratch) > 0).then(|| {
            masker.put(bytes, 0..bytes.len(), &scratch, &mut out);
            String::from_utf8_lossy(&out).into_owned()
        })
    })
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
