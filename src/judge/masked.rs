//! Values that somebody has masked already. A mask that hides less than half of the value is no mask.

use super::case::{Case, silent};
use crate::finding::Verdict;

/// A mask shows at most this many characters, whatever its length.
const SHOWN: usize = 8;

/// A mask has at least so many stars.
const STARS: usize = 4;

pub(super) fn judge(case: &Case<'_>) -> Option<Verdict> {
    if !case.is_key() {
        return None;
    }
    let text = String::from_utf8_lossy(case.secret());
    let lower = text.to_ascii_lowercase();
    // `len=32` says how long it is and `sha256:` what it hashes to; neither shows it.
    if lower.starts_with("sha256:") || lower.starts_with("hmac:") || lower.starts_with("md5:") {
        return Some(silent("a fingerprint, not the value"));
    }
    if ["redacted", "masked", "hidden", "filtered", "removed", "sensitive", "secret***"]
        .iter()
        .any(|w| lower.contains(w))
    {
        return Some(silent("masked already"));
    }
    let hiding = |c: char| matches!(c, '*' | '•' | '●' | '…' | '█' | '×');
    let count = |text: &str| {
        let hidden = text.chars().filter(|&c| hiding(c)).count()
            + longest_x_run(&text.to_ascii_lowercase())
            + text.matches("...").count() * 3;
        (hidden, text.chars().count() - hidden.min(text.chars().count()))
    };
    let is_hidden = |(hidden, shown): (usize, usize)| hidden > 0 && (shown <= SHOWN || hidden >= shown);
    let (hidden, shown) = count(&text);
    // `NAME=ab****yz` is the mask of another field.
    let of_other = || field_value(&text).is_some_and(|value| is_hidden(count(value)));
    if is_hidden((hidden, shown)) || (hidden >= STARS && of_other()) {
        return Some(silent("masked already"));
    }
    // A bare value stops before signs that are no key bytes: `ab••••yz`, `abcd…`.
    let rest = String::from_utf8_lossy(&case.after()[..case.after().len().min(12)]).into_owned();
    let goes_on = rest.starts_with(hiding) || rest.starts_with("...") || rest.starts_with("<redacted");
    (goes_on && shown <= SHOWN).then(|| silent("masked already"))
}

/// What stands behind the name of a field.
fn field_value(text: &str) -> Option<&str> {
    let (name, value) = text.split_once(['=', ':'])?;
    let is_name = |c: char| c.is_ascii_alphanumeric() || matches!(c, '_' | '-' | '.');
    (!name.is_empty() && name.chars().all(is_name)).then_some(value)
}

/// `xxxxxxxx` hides as stars do.
fn longest_x_run(lower: &str) -> usize {
    let longest = lower.split(|c| c != 'x').map(str::len).max().unwrap_or(0);
    if longest >= 4 { longest } else { 0 }
}
