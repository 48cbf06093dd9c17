//! A document stays a document: whatever stands in its values and names, with every bracket, backslash and
//! quote that a secret beside its name may open, what comes out is read by a standard reader as the same
//! structure; what is no secret is as it was, and no secret is readable.
//!
//! The documents come from a generator with a seed. `SCRUBJAY_DOCUMENTS` is how many of each form are made,
//! `SCRUBJAY_SEED` with which seed the first of them.

use crate::support;

mod formats;
mod hostile;
mod tree;

use std::sync::{Arc, LazyLock};

use scrubjay::detect::Detector;
use scrubjay::scrub::Masker;
use support::NOW;
use support::prng::Prng;
use support::scrubbing::{is_clean, scrub};

use formats::{FORMATS, Pair};
use hostile::Text;

static MASKER: LazyLock<Arc<Masker>> = LazyLock::new(Arc::default);
static DETECTOR: LazyLock<Detector> = LazyLock::new(|| Detector::new(scrubjay::rule::builtin(), NOW));

fn number_from(variable: &str, default: u64) -> u64 {
    std::env::var(variable).ok().and_then(|n| n.parse().ok()).unwrap_or(default)
}

/// Calls `check` with a generator for each seed, and stops with the first few complaints.
fn each_seed(check: impl Fn(&mut Prng) -> Result<(), String>) {
    let failed = failures(check);
    assert!(failed.is_empty(), "{failed}");
}

fn failures(check: impl Fn(&mut Prng) -> Result<(), String>) -> String {
    let first = number_from("SCRUBJAY_SEED", 1);
    let count = number_from("SCRUBJAY_DOCUMENTS", if cfg!(debug_assertions) { 250 } else { 5_000 });
    let mut complaints = Vec::new();
    for seed in first..first + count {
        if let Err(complaint) = check(&mut Prng::new(seed)) {
            complaints.push(format!("seed {seed}: {complaint}"));
        }
    }
    let shown = complaints.iter().take(3).cloned().collect::<Vec<_>>().join("\n\n");
    if complaints.is_empty() {
        String::new()
    } else {
        format!("{} of {count} fail\n\n{shown}", complaints.len())
    }
}

/// What holds for the output of any document.
fn holds_for_all(text: &str, out: &str, secrets: &[String], rng: &mut Prng) -> Result<(), String> {
    if let Some(secret) = secrets.iter().find(|secret| is_readable(out, secret)) {
        return Err(format!("{secret} is readable\n{text}\n{out}"));
    }
    let again = scrub(&MASKER, out.as_bytes(), &[], true);
    if again.bytes != out.as_bytes() {
        let again = String::from_utf8_lossy(&again.bytes).into_owned();
        return Err(format!("scrubbed again it is another\n{text}\n{out}\n{again}"));
    }
    let pieces: Vec<usize> = (0..5).map(|_| 1 + rng.below(90)).collect();
    let streamed = scrub(&MASKER, text.as_bytes(), &pieces, false);
    if streamed.bytes != out.as_bytes() {
        let streamed = String::from_utf8_lossy(&streamed.bytes).into_owned();
        return Err(format!("in pieces of {pieces:?} it is another\n{text}\n{out}\n{streamed}"));
    }
    is_clean(&DETECTOR, out.as_bytes()).map_err(|found| format!("{found}\n{text}\n{out}"))
}

/// Whether more of a secret is there than a mask may show.
fn is_readable(out: &str, secret: &str) -> bool {
    (0..=secret.len() - 9).any(|i| out.contains(&secret[i..i + 9]))
}

fn scrubbed(text: &str) -> Result<String, String> {
    let done = scrub(&MASKER, text.as_bytes(), &[], true);
    String::from_utf8(done.bytes).map_err(|_| format!("it is no text any more: {text}"))
}

/// Whether `new` is `old` with masks for stretches of it: what is left stands there in the same order.
fn is_masked_form(old: &str, new: &str) -> bool {
    if old == new {
        return true;
    }
    // In a half-open text of JSON a mask may have quotes that were none of the value.
    let bare = without_own_quotes(new);
    if bare != new && is_masked_form(old, &bare) {
        return true;
    }
    let new = with_whole_masks(new);
    let parts: Vec<&str> = new.split("****").collect();
    let [first, middle @ .., last] = &parts[..] else { return false };
    let Some(mut rest) = old.strip_prefix(first).and_then(|rest| rest.strip_suffix(last)) else {
        return false;
    };
    for part in middle {
        match rest.find(part) {
            Some(at) => rest = &rest[at + part.len()..],
            None => return false,
        }
    }
    true
}

/// Without the quotes right around masks, however often they are escaped.
fn without_own_quotes(text: &str) -> String {
    let mut parts = text.split("****");
    let mut out = parts.next().unwrap_or_default().to_owned();
    for part in parts {
        let opened = out.strip_suffix('"').map(|head| head.trim_end_matches('\\').len());
        let closed = part.trim_start_matches('\\').strip_prefix('"');
        let (head, tail) = match (opened, closed) {
            (Some(head), Some(tail)) => (head, tail),
            _ => (out.len(), part),
        };
        out.truncate(head);
        out.push_str("****");
        out.push_str(tail);
    }
    out
}

/// With the mask of a short piece, which has a star for each of its characters, as long as any other: in
/// `'a b'c` each part of a shell's word stands for itself.
fn with_whole_masks(text: &str) -> String {
    let mut out = String::new();
    for c in text.chars() {
        if c != '*' {
            out.push(c);
        } else if !out.ends_with('*') {
            out.push_str("****");
        }
    }
    out
}

#[test]
fn json_stays_json() {
    each_seed(|rng| {
        let made = tree::made(rng);
        let form = tree::Form::any(rng);
        let text = form.write(&made.value);
        let out = scrubbed(&text)?;
        let read = form.read(&out).map_err(|error| format!("{form:?}: {error}\n{text}\n{out}"))?;
        tree::is_same(&made.value, &read, None).map_err(|at| format!("{form:?}: {at}\n{text}\n{out}"))?;
        holds_for_all(&text, &out, &made.secrets, rng)
    });
}

#[test]
fn records_stay_records() {
    let mut all = String::new();
    for format in FORMATS {
        all += &failures(|rng| {
            let rows: Vec<Vec<Pair>> = hostile::rows(rng, format.columns, format.can_hold);
            let text = (format.write)(&rows, rng);
            let out = scrubbed(&text)?;
            let name = format.name;
            let read = (format.read)(&out).ok_or_else(|| format!("{name} is broken\n{text}\n{out}"))?;
            same_rows(&rows, &read).map_err(|at| format!("{name}: {at}\n{text}\n{out}"))?;
            let texts = rows.iter().flatten().map(|(_, text)| text);
            let secrets: Vec<String> = texts.flat_map(|text| text.secrets.clone()).collect();
            holds_for_all(&text, &out, &secrets, rng).map_err(|complaint| format!("{name}: {complaint}"))
        });
    }
    assert!(all.is_empty(), "{all}");
}

fn same_rows(old: &[Vec<Pair>], new: &[Vec<(String, String)>]) -> Result<(), String> {
    if old.len() != new.len() {
        return Err(format!("{} rows, now {}", old.len(), new.len()));
    }
    for (old, new) in old.iter().zip(new) {
        if old.len() != new.len() {
            return Err(format!("{} members, now {}: {new:?}", old.len(), new.len()));
        }
        for ((name, text), (new_name, new_text)) in old.iter().zip(new) {
            let same =
                if text.is_plain() { text.text == *new_text } else { is_masked_form(&text.text, new_text) };
            if name != new_name || !same {
                return Err(format!("{name:?}: {:?} becomes {new_name:?}: {new_text:?}", text.text));
            }
        }
    }
    Ok(())
}

/// What the layer does with a text of JSON as the message and as a field: the same as scrubbing.
#[cfg(feature = "tracing")]
#[test]
fn the_layer_keeps_json() {
    use scrubjay::redact::Redact as _;
    use tracing_subscriber::prelude::*;

    each_seed(|rng| {
        let made = tree::made(rng);
        let form = tree::Form::one_document(rng);
        let text = form.write(&made.value);
        let seen = support::lines::Lines::default();
        let layer = tracing_subscriber::fmt::layer().json().without_time().with_writer(seen.clone());
        let dispatch =
            tracing::Dispatch::new(tracing_subscriber::registry().with(layer).redacted(Arc::clone(&MASKER)));
        tracing::dispatcher::with_default(&dispatch, || tracing::info!(body = %text, "{text}"));
        let line = seen.text();
        let event: serde_json::Value =
            serde_json::from_str(&line).map_err(|e| format!("{e}\n{text}\n{line}"))?;
        for field in ["message", "body"] {
            let out = event["fields"][field].as_str().ok_or("a field is gone")?;
            let read = form.read(out).map_err(|error| format!("{field} {form:?}: {error}\n{text}\n{out}"))?;
            tree::is_same(&made.value, &read, None)
                .map_err(|at| format!("{field} {form:?}: {at}\n{text}\n{out}"))?;
            if let Some(secret) = made.secrets.iter().find(|secret| is_readable(out, secret)) {
                return Err(format!("{secret} is readable\n{text}\n{out}"));
            }
        }
        Ok(())
    });
}

#[test]
fn the_law_can_fail() {
    assert!(is_masked_form("a=xy b", "a=**** b"));
    assert!(!is_masked_form("a=xy b", "b=**** b"));
    assert!(!is_masked_form("a=xy b", "a=xy c"));
    let text = |text: &str| Text { text: text.to_owned(), secrets: Vec::new(), is_named: false };
    let rows = vec![vec![("a".to_owned(), text("1"))]];
    assert!(same_rows(&rows, &[vec![("a".to_owned(), "1".to_owned())]]).is_ok());
    assert!(same_rows(&rows, &[vec![("a".to_owned(), "****".to_owned())]]).is_err());
    assert!(same_rows(&rows, &[vec![]]).is_err());
}
