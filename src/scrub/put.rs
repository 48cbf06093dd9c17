//! How masks are written: what a value shows, and what the text around it needs.

use super::masker::Masker;
use super::naming::Secrecy;
use super::policy::Style;
use super::scratch::Scratch;
use super::{numbers, structure};
use crate::detect::Place;
use crate::judge::plain;
use crate::matcher::field::{self, Class};
use crate::text::{STARS, mask_into};

impl Masker {
    /// Appends the mask of a whole value whose name calls it a secret; false, and nothing appended,
    /// where there is nothing to hide: it is empty, says that there is none, or is a mask
    /// already. Under a name that says little alone, such as `token` or `key`, words, numbers and paths
    /// stay, and of a structure all but what is random.
    pub fn mask_value(&self, value: &[u8], secrecy: Secrecy, out: &mut Vec<u8>) -> bool {
        self.learn_field(value, secrecy);
        self.hide_value(value, secrecy, out)
    }

    /// The same of a value that was learned already.
    pub(crate) fn hide_value(&self, value: &[u8], secrecy: Secrecy, out: &mut Vec<u8>) -> bool {
        let Secrecy(class) = secrecy;
        let inner = value.strip_prefix(b"\"").and_then(|v| v.strip_suffix(b"\"")).unwrap_or(value);
        let secret = if class == Class::Weak { plain::secret(inner) } else { plain::Secret::Whole };
        if secret == plain::Secret::Nothing {
            return false;
        }
        if secret == plain::Secret::Runs {
            return self.hide_runs(value, out);
        }
        if !field::is_secret(inner, class, false) {
            return false;
        }
        let word = field::scheme(inner).filter(|&w| inner.get(w) == Some(&b' '));
        let from = word.map_or(0, |w| w + 1);
        if field::is_secret(&inner[from..], class, true) {
            let start = value.len().min(from + usize::from(inner.len() < value.len()));
            let end = value.len() - usize::from(inner.len() < value.len());
            out.extend_from_slice(&value[..start]);
            self.stars(&value[start..end], Some(class), false, out);
            out.extend_from_slice(&value[end..]);
            return true;
        }
        false
    }

    /// Appends a structure with what is random in it masked; false, and nothing appended, where nothing is.
    fn hide_runs(&self, value: &[u8], out: &mut Vec<u8>) -> bool {
        let mut at = 0;
        for run in plain::random_runs(value) {
            out.extend_from_slice(&value[at..run.start]);
            self.stars(&value[run.range()], Some(Class::Weak), false, out);
            at = run.end;
        }
        if at > 0 {
            out.extend_from_slice(&value[at..]);
        }
        at > 0
    }

    /// Whether a value is no secret under a name that says little, or a structure: only what stands in it
    /// may be one.
    #[cfg_attr(not(feature = "tracing"), allow(dead_code, reason = "the runtime layer asks"))]
    pub(crate) fn leaves(&self, value: &[u8], secrecy: Secrecy) -> bool {
        secrecy.is_weak() && plain::secret(value) != plain::Secret::Whole
    }

    /// Appends `range` of the text with the masks of the places that were found; a place that reaches
    /// into the range from outside is masked in either part.
    pub(crate) fn put(
        &self,
        text: &[u8],
        range: std::ops::Range<usize>,
        scratch: &Scratch,
        out: &mut Vec<u8>,
    ) {
        let mut at = range.start;
        for place in &scratch.places {
            let (start, end) = (place.span.start.max(range.start), place.span.end.min(range.end));
            if start >= end {
                continue;
            }
            out.extend_from_slice(&text[at..start]);
            self.put_one(text, place, start..end, out);
            at = end;
        }
        out.extend_from_slice(&text[at..range.end]);
    }

    /// Appends the mask of what stands of a place in a range.
    pub(super) fn put_one(
        &self,
        text: &[u8],
        place: &Place,
        range: std::ops::Range<usize>,
        out: &mut Vec<u8>,
    ) {
        match structure::depth(text, place) {
            Some(depth) => self.put_structure(&text[range], depth, self.class(place), out),
            None => self.put_place(text, place, range.clone(), !self.would_name(text, range), out),
        }
    }

    /// Appends the mask of what stands at a place; of a part of it, nothing is shown.
    pub(super) fn put_place(
        &self,
        text: &[u8],
        place: &Place,
        span: std::ops::Range<usize>,
        is_whole: bool,
        out: &mut Vec<u8>,
    ) {
        let (value, behind) = (&text[span.clone()], text.get(span.end));
        if place.numbers {
            return numbers::mask(value, place.continues, out);
        }
        let quote = |out: &mut Vec<u8>| {
            // Beside another quote it would be the beginning of a string, and what follows its value.
            if let Some(wrap) = place.wrap.filter(|_| behind != Some(&b'"')) {
                wrap.put(out);
            }
        };
        quote(out);
        match place.anchor {
            // Pieces may be single characters, which stand between their quotes.
            Some(_) => out.extend_from_slice(&STARS.as_bytes()[..value.len().min(STARS.len())]),
            None => {
                let is_part = place.decoded || !is_whole || is_open(value);
                self.stars(value, self.class(place), is_part, out);
            }
        }
        quote(out);
    }

    /// Whether the last characters of a value, which a mask may show, would be the name of a field: what
    /// stands behind them would become its value.
    pub(super) fn would_name(&self, text: &[u8], value: std::ops::Range<usize>) -> bool {
        const SHOWN: usize = 4;
        const LONGEST_GAP: usize = 8;
        let is_gap = |b: &&u8| matches!(b, b' ' | b'"' | b'\'' | b'\\');
        let gap = text[value.end..].iter().take(LONGEST_GAP).take_while(is_gap).count();
        let shown = &text[value.end.saturating_sub(SHOWN).max(value.start)..value.end];
        matches!(text.get(value.end + gap), Some(b':' | b'=')) && self.detector.class(shown).is_some()
    }

    /// Appends the mask of a value.
    pub(super) fn stars(&self, value: &[u8], class: Option<Class>, decoded: bool, out: &mut Vec<u8>) {
        if decoded && let Some(mask) = wide_mask(value) {
            return out.extend_from_slice(mask);
        }
        let is_license = class == Some(Class::License) && !decoded;
        let id = if is_license { crate::text::public_id(value).unwrap_or(0) } else { 0 };
        out.extend_from_slice(&value[..id]);
        let partial =
            !decoded && matches!(class, Some(Class::License | Class::Key | Class::Weak | Class::Header));
        match self.policy.style {
            #[cfg(feature = "sign")]
            Style::Fingerprint => super::tag::put(value, class, out),
            Style::Partial if partial => mask_into(&value[id..], out),
            _ => out.extend_from_slice(STARS.as_bytes()),
        }
    }
}

/// The mask of a value in UTF-16, whatever the style: a byte more would shift all that follows.
pub(super) fn wide_mask(value: &[u8]) -> Option<&'static [u8; 8]> {
    let is_wide = |nul: usize| value.iter().skip(nul).step_by(2).all(|b| *b == 0);
    match value.len() {
        length if length < 8 || length % 2 == 1 => None,
        _ if is_wide(1) => Some(b"*\0*\0*\0*\0"),
        _ if is_wide(0) => Some(b"\0*\0*\0*\0*"),
        _ => None,
    }
}

/// Whether a value opens a bracket that nothing closes: it may go on, on another line as well.
fn is_open(value: &[u8]) -> bool {
    let count = |signs: &[u8]| value.iter().filter(|b| signs.contains(b)).count();
    memchr::memchr3(b'(', b'[', b'{', value).is_some() && count(b"([{") > count(b")]}")
}
