//! The line around a finding as people see it: masked, printable, cut around the value.
//!
//! Three nets lie over each other. Every detected value on the line is masked, the silent ones too;
//! every other occurrence of their bytes is; and what is left of long runs that look random is, so
//! that a value which no rule knows does not leak through its neighbour's excerpt.

use memchr::memmem;

use super::encoding::Encoding;
use crate::finding::Excerpt;
use crate::text::{STARS, Span, in_run, mask_runs, printable};

/// How far before and after a value the line is looked at, in bytes.
const REACH: usize = 512;

/// How far an excerpt sees from its value. What is detected within must be known to be masked.
pub(super) const SIGHT: usize = REACH;

/// The columns of an excerpt; a narrower terminal cuts it again.
const COLUMNS: usize = 160;

/// A detected value: where it stands, and what is shown for it.
#[derive(Debug, Clone)]
pub(super) struct Hidden {
    /// Where it stands in the bytes.
    pub span: Span,
    /// Its mask.
    pub mask: String,
}

/// Every value that is known in a run of bytes.
#[derive(Debug, Default)]
pub(super) struct Known {
    /// By place.
    values: Vec<Hidden>,
    /// The length of the longest.
    longest: usize,
}

impl Known {
    /// These values, in any order.
    pub(super) fn new(mut values: Vec<Hidden>) -> Self {
        values.sort_by_key(|h| h.span);
        values.dedup_by_key(|h| h.span);
        let longest = values.iter().map(|h| h.span.len()).max().unwrap_or(0);
        Self { values, longest }
    }

    /// Where the first value that reaches into `window` begins.
    pub(super) fn first_in(&self, window: Span) -> Option<usize> {
        self.around(window).map(|h| h.span.start).min()
    }

    fn around(&self, window: Span) -> impl Iterator<Item = &Hidden> {
        let from = self.values.partition_point(|h| h.span.start + self.longest < window.start);
        self.values[from..]
            .iter()
            .take_while(move |h| h.span.start < window.end)
            .filter(move |h| h.span.overlaps(window))
    }
}

/// The masked line around `shown`, with every value in `known` masked.
pub(super) fn excerpt(encoding: Encoding, bytes: &[u8], known: &Known, shown: &Hidden) -> Excerpt {
    let window = window(encoding, bytes, shown.span);
    let covers = covers(bytes, known, shown, window.span);
    let mut text = String::new();
    let mut mark = None;
    let mut at = window.span.start;
    for cover in &covers {
        if cover.span.start > at {
            let trim_start = window.cut_start && at == window.span.start;
            text.push_str(&safe(encoding, &bytes[at..cover.span.start], trim_start, false));
        }
        let start = text.len();
        text.push_str(&printable(&cover.mask));
        if cover.span == shown.span {
            mark = Some(Span::new(start, text.len()));
        }
        at = at.max(cover.span.end);
        at += glued(&bytes[at.min(window.span.end)..window.span.end]);
    }
    if at < window.span.end {
        let trim_start = window.cut_start && at == window.span.start;
        text.push_str(&safe(encoding, &bytes[at..window.span.end], trim_start, window.cut_end));
    }
    let indent = text.len() - text.trim_start().len();
    let indent = if mark.is_some_and(|m| m.start < indent) { 0 } else { indent };
    let kept = text.trim_end().len().max(mark.map_or(0, |m| m.end));
    text.truncate(kept);
    let text = text.split_off(indent);
    let mark = mark.map(|m| Span::new(m.start - indent, m.end - indent));
    Excerpt { text, line: 0, mark }.cut(COLUMNS)
}

/// How many bytes are glued to the end of a value: where it was taken too short, they are the rest of it,
/// and are not shown either.
fn glued(rest: &[u8]) -> usize {
    /// Less is punctuation.
    const MIN_GLUED_BYTES: usize = 4;
    let is_end = |b: &u8| !b.is_ascii_graphic() || b"\"'`(){}[]<>,;|\\".contains(b);
    let length = rest.iter().position(is_end).unwrap_or(rest.len());
    let run = &rest[..length];
    // The next parameter of a URL or a form.
    let is_parameter = run.first() == Some(&b'&') && run.contains(&b'=');
    if length < MIN_GLUED_BYTES || is_parameter { 0 } else { length }
}

/// The part of the line that is looked at.
struct Window {
    span: Span,
    /// True where the line goes on before and after it.
    cut_start: bool,
    cut_end: bool,
}

fn window(encoding: Encoding, bytes: &[u8], value: Span) -> Window {
    let low = encoding.align(bytes, value.start.saturating_sub(REACH));
    let high = encoding.align(bytes, bytes.len().min(value.end + REACH)).max(value.end);
    let (start, cut_start) = match encoding.after_last_newline(&bytes[low..value.start]) {
        Some(after) => (low + after, false),
        None => (low, low > 0),
    };
    let (end, cut_end) = match encoding.first_newline(&bytes[value.end..high]) {
        Some(newline) => (value.end + newline, false),
        None => (high, high < bytes.len()),
    };
    // A value that ends inside a character would make the span run backwards; it must not.
    Window { span: Span::new(start.min(value.start), end.max(value.end)), cut_start, cut_end }
}

/// What must not be seen in the window, in order, without overlaps; `shown` among it, whole.
fn covers(bytes: &[u8], known: &Known, shown: &Hidden, window: Span) -> Vec<Hidden> {
    let mut found: Vec<Hidden> = Vec::new();
    for value in known.around(window).chain([shown]) {
        found.push(value.clone());
        let raw = &bytes[value.span.range()];
        // Short values are common words somewhere else.
        if raw.len() < 8 {
            continue;
        }
        for at in memmem::find_iter(&bytes[window.range()], raw) {
            let start = window.start + at;
            found.push(Hidden { span: Span::new(start, start + raw.len()), mask: STARS.to_owned() });
        }
    }
    // The finding keeps its own mask; what else lies over it covers only the rest.
    let mut out: Vec<Hidden> = Vec::new();
    for (from, to) in [(window.start, shown.span.start), (shown.span.end, window.end)] {
        if from < to {
            merge_into(&mut out, &found, Span::new(from, to));
        }
        if to == shown.span.start {
            out.push(shown.clone());
        }
    }
    if !out.iter().any(|h| h.span == shown.span) {
        out.push(shown.clone());
    }
    out.sort_by_key(|h| h.span);
    out
}

/// Adds what of `found` lies in `range`: clipped to it, and one cover for what overlaps.
fn merge_into(out: &mut Vec<Hidden>, found: &[Hidden], range: Span) {
    let mut inside: Vec<Hidden> = Vec::new();
    for value in found.iter().filter(|h| h.span.overlaps(range)) {
        let clipped = Span::new(value.span.start.max(range.start), value.span.end.min(range.end));
        let mask = if clipped == value.span { value.mask.clone() } else { STARS.to_owned() };
        inside.push(Hidden { span: clipped, mask });
    }
    // The longer of two that begin together comes first and keeps its mask.
    inside.sort_by_key(|h| (h.span.start, std::cmp::Reverse(h.span.end)));
    let first = out.len();
    for value in inside {
        match out[first..].last_mut() {
            Some(last) if value.span.start < last.span.end => {
                if value.span.end > last.span.end {
                    last.span.end = value.span.end;
                    last.mask = STARS.to_owned();
                }
            }
            _ => out.push(value),
        }
    }
}

/// Text that was not detected, safe to show: decoded, tabs as blanks, long random runs masked,
/// nothing that moves a cursor. A run that the window cut off is not shown at all: its length is
/// unknown.
fn safe(encoding: Encoding, bytes: &[u8], trim_start: bool, trim_end: bool) -> String {
    let text = encoding.decode(bytes).replace('\t', "    ").replace('\r', "");
    let mut text = text.as_str();
    if trim_start {
        text = text.trim_start_matches(in_run);
    }
    if trim_end {
        text = text.trim_end_matches(in_run);
    }
    printable(&mask_runs(text)).into_owned()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::text::mask;

    fn hide(text: &str, value: &str) -> Hidden {
        let start = text.find(value).expect("the value stands in the text");
        Hidden { span: Span::new(start, start + value.len()), mask: mask(value.as_bytes()) }
    }

    fn shown(text: &str, value: &str, others: &[&str]) -> String {
        let known = Known::new(others.iter().map(|v| hide(text, v)).collect());
        let excerpt = excerpt(Encoding::Utf8, text.as_bytes(), &known, &hide(text, value));
        let mark = excerpt.mark.expect("a finding has a mark");
        assert_eq!(&excerpt.text[mark.range()], mask(value.as_bytes()));
        excerpt.text
    }

    #[test]
    fn every_value_on_the_line_is_masked() {
        let (a, b) = ("a1".repeat(12), "b2".repeat(12));
        let text = format!("one\n  x={a} y={b} again {a}\r\ntwo");
        assert_eq!(shown(&text, &a, &[&b]), "x=a1a1****a1a1 y=b2b2****b2b2 again ****");
    }

    #[test]
    fn a_run_that_no_rule_knows_is_masked_too() {
        let text = format!("x=secretsecret other={}", "xB3".repeat(9));
        assert_eq!(shown(&text, "secretsecret", &[]), "x=**** othe****3xB3");
        let words = "x=secretsecret a/long/path/of/plain/words and_a_long_name_as_well";
        assert_eq!(shown(words, "secretsecret", &[]), words.replace("secretsecret", "****"));
    }

    #[test]
    fn overlapping_values_show_no_more_than_one_mask() {
        let (id, key) = ("TIRA1B2C3D4E", "k9".repeat(16));
        let text = format!("license={id},{key};");
        let license = format!("{id},{key}");
        assert_eq!(shown(&text, &key, &[&license]), "license=****k9k9****k9k9;");
    }

    #[test]
    fn a_long_line_is_cut_and_its_torn_run_not_shown() {
        let text = format!("{}secret_key=abcdefgh{}", "Zz9".repeat(400), " word".repeat(400));
        let shown = shown(&text, "abcdefgh", &[]);
        assert!(!shown.contains("Zz9"), "{shown}");
        assert!(shown.chars().count() <= COLUMNS, "{shown}");
    }

    #[test]
    fn control_and_bidi_characters_are_spelled_out() {
        let text = "\u{1b}[31mkey=abcdefgh\u{202e}";
        assert_eq!(shown(text, "abcdefgh", &[]), "\\u{1b}[31mkey=****\\u{202e}");
    }
}
