//! Records the values of an event or a span: each once, texts after their names.

use std::error::Error;
use std::fmt::{self, Write as _};

use tracing_core::field::{Field, Visit};
use tracing_core::metadata::Metadata;
use zeroize::Zeroizing;

use super::capture::{Capture, Form, Kind, Place, Slot};
use crate::scrub::Masker;

/// Ends a value in every syntax (a NUL would, too, but looks like UTF-16 to the prefilter).
const SEPARATOR: char = '\u{1f}';

/// No chain of errors is followed further.
const CAUSES: usize = 64;

/// Records values into the buffers.
pub(super) struct Visitor<'c> {
    pub(super) masker: &'c Masker,
    pub(super) capture: &'c mut Capture,
    pub(super) metadata: Option<&'static Metadata<'static>>,
    pub(super) classes: Option<super::names::Classes>,
}

impl Visitor<'_> {
    /// What the names of the callsite's fields say.
    fn classes(&mut self, field: &Field) -> super::names::Classes {
        match self.classes {
            Some(classes) => classes,
            // A late record does not say whose it is; its fields do.
            None => {
                let metadata = field.callsite().0.metadata();
                self.metadata = Some(metadata);
                *self.classes.insert(self.capture.names.of(self.masker, metadata))
            }
        }
    }

    fn scalar(&mut self, field: &Field, kind: Kind) {
        let kind = match self.classes(field).secrecy(self.masker, field) {
            // A number is no token, unless it is longer than any count.
            Some(secrecy) if !secrecy.is_weak() || kind.is_long_number() => {
                self.capture.named = true;
                Kind::Hidden
            }
            _ => kind,
        };
        self.capture.slots.push(Slot { index: field.index(), kind });
    }

    /// Bytes that are no text, masked; none where there is nothing to hide.
    fn bare(&mut self, value: &[u8]) -> Option<Vec<u8>> {
        let scratch = &mut self.capture.scratch;
        if self.masker.find(value, scratch) == 0 {
            return None;
        }
        let mut out = Vec::with_capacity(value.len());
        self.masker.put(value, 0..value.len(), scratch, &mut out);
        self.masker.tell(value, self.metadata.map_or("", Metadata::target), scratch);
        Some(out)
    }

    /// Writes a text after its name, as a log would show it: names near a value are its context.
    fn text(&mut self, field: &Field, write: impl FnOnce(&mut String)) -> Place {
        let classes = self.classes(field);
        let (secrecy, kept) = (classes.secrecy(self.masker, field), classes.keeps(self.masker, field));
        if secrecy.is_some() {
            let hidden = &mut self.capture.hidden;
            let start = hidden.len();
            write(hidden);
            if !secrecy.is_some_and(|s| self.masker.leaves(&self.capture.hidden.as_bytes()[start..], s)) {
                self.capture.named = true;
                return Place { range: start..self.capture.hidden.len(), masked: false, secrecy, kept };
            }
            // Its name says little, and it is no token: what stands in it is looked at as any text.
            return self.plain(field, kept, |text, hidden| {
                text.push_str(&hidden[start..]);
                hidden.truncate(start);
            });
        }
        self.plain(field, kept, |text, _| write(text))
    }

    /// Puts a text behind its name into the buffer that is scanned; `write` may take it from the other.
    fn plain(&mut self, field: &Field, kept: bool, write: impl FnOnce(&mut String, &mut String)) -> Place {
        let Capture { text, hidden, .. } = &mut *self.capture;
        if field.name() != "message" {
            text.push_str(field.name());
            text.push('=');
        }
        let start = text.len();
        write(text, hidden);
        if start > 0 && !kept && memchr::memchr(b'\n', &text.as_bytes()[start..]).is_some() {
            self.mask_lines(start);
        }
        let text = &mut self.capture.text;
        let range = start..text.len();
        text.push(SEPARATOR);
        Place { range, masked: false, secrecy: None, kept }
    }

    /// Masks the text from `start` on by itself: what has several lines may be a file, whose first line
    /// names the columns of a table or begins with a sign that counts only there.
    fn mask_lines(&mut self, start: usize) {
        let Capture { text, scratch, named, .. } = &mut *self.capture;
        if self.masker.find(&text.as_bytes()[start..], scratch) == 0 {
            return;
        }
        let raw = Zeroizing::new(text.split_off(start));
        let mut out = Vec::with_capacity(raw.len());
        self.masker.put(raw.as_bytes(), 0..raw.len(), scratch, &mut out);
        self.masker.tell(raw.as_bytes(), self.metadata.map_or("", Metadata::target), scratch);
        text.push_str(std::str::from_utf8(&out).unwrap_or(crate::text::STARS));
        // The buffer held it and has to be wiped.
        *named = true;
    }
}

impl Visit for Visitor<'_> {
    fn record_f64(&mut self, field: &Field, value: f64) {
        self.scalar(field, Kind::F64(value));
    }

    fn record_i64(&mut self, field: &Field, value: i64) {
        self.scalar(field, Kind::I64(value));
    }

    fn record_u64(&mut self, field: &Field, value: u64) {
        self.scalar(field, Kind::U64(value));
    }

    fn record_i128(&mut self, field: &Field, value: i128) {
        self.scalar(field, Kind::I128(value));
    }

    fn record_u128(&mut self, field: &Field, value: u128) {
        self.scalar(field, Kind::U128(value));
    }

    fn record_bool(&mut self, field: &Field, value: bool) {
        self.scalar(field, Kind::Bool(value));
    }

    fn record_str(&mut self, field: &Field, value: &str) {
        let place = self.text(field, |text| text.push_str(value));
        self.capture.slots.push(Slot { index: field.index(), kind: Kind::Text(Form::Str, place) });
    }

    fn record_bytes(&mut self, field: &Field, value: &[u8]) {
        if let Ok(value) = std::str::from_utf8(value) {
            let place = self.text(field, |text| text.push_str(value));
            self.capture.slots.push(Slot { index: field.index(), kind: Kind::Text(Form::Bytes, place) });
        } else {
            // Bytes that are no text are shown as hex by every layer, in which nobody finds anything: they
            // are scanned as they are before.
            let bare = self.bare(value);
            let place = self.text(field, |text| {
                text.push('[');
                for (i, b) in bare.as_deref().unwrap_or(value).iter().enumerate() {
                    let done = write!(text, "{}{b:02x}", if i > 0 { " " } else { "" });
                    debug_assert!(done.is_ok(), "a string grows");
                }
                text.push(']');
            });
            self.capture.slots.push(Slot { index: field.index(), kind: Kind::Text(Form::Debug, place) });
        }
    }

    fn record_error(&mut self, field: &Field, value: &(dyn Error + 'static)) {
        let first = self.capture.links.len();
        let mut next = Some(value);
        while let Some(error) = next.filter(|_| self.capture.links.len() < first + CAUSES) {
            let place = self.text(field, |text| {
                let done = write!(text, "{error}");
                debug_assert!(done.is_ok(), "a string grows");
            });
            self.capture.links.push(place);
            next = error.source();
        }
        let links = first..self.capture.links.len();
        let chain = self.capture.errors;
        self.capture.errors += 1;
        self.capture.slots.push(Slot { index: field.index(), kind: Kind::Error { links, chain } });
    }

    fn record_debug(&mut self, field: &Field, value: &dyn fmt::Debug) {
        let place = self.text(field, |text| {
            // An error of the value's own ends it there, as in every formatter.
            let _ = write!(text, "{value:?}");
        });
        self.capture.slots.push(Slot { index: field.index(), kind: Kind::Text(Form::Debug, place) });
    }
}
