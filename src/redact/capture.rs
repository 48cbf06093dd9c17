//! One event's or span's values: captured once, scanned, and handed on masked.
//!
//! Values cannot be changed in place, and asking a Debug value twice may give two answers, so each is
//! written once into a buffer of the thread; the buffer is scanned; what goes on is made of it. All
//! that leans on hidden parts of `tracing-core` stands here: `value_set_all` (which the macros of
//! `tracing` expand to, so that 0.1 cannot lose it) and the callsite in an `Identifier`.

use std::cell::Cell;
use std::error::Error;
use std::fmt::{self, Write as _};
use std::ops::Range;

use tracing_core::field::{self, DisplayValue, Field, FieldSet, Value, ValueSet, Visit};
use tracing_core::metadata::Metadata;
use zeroize::Zeroize as _;

use super::names::Names;
use crate::scrub::{Masker, Scratch, Secrecy};

/// A buffer that grew larger than this is given back after use, in bytes.
const KEEP: usize = 64 * 1024;

/// Ends a value in every syntax (a NUL would, too, but looks like UTF-16 to the prefilter).
const SEPARATOR: char = '\u{1f}';

/// No chain of errors is followed further.
const CAUSES: usize = 64;

thread_local! {
    static CAPTURE: Cell<Option<Box<Capture>>> = const { Cell::new(None) };
}

/// The buffers of a thread. While one is in use, an event inside a Debug value gets another.
#[derive(Debug, Default)]
pub(super) struct Capture {
    slots: Vec<Slot>,
    /// The texts, each after its name, with a separator between them.
    text: String,
    /// The texts that their names hide; they are not scanned.
    hidden: String,
    /// Masked texts.
    masked: Vec<u8>,
    scratch: Scratch,
    names: Names,
    /// Whether a value was hidden because of its name.
    named: bool,
}

/// One value: which field, and what it is.
#[derive(Debug)]
struct Slot {
    index: usize,
    kind: Kind,
}

#[derive(Debug)]
enum Kind {
    I64(i64),
    U64(u64),
    I128(i128),
    U128(u128),
    F64(f64),
    Bool(bool),
    /// A string, a Debug value, bytes: where it stands in the text.
    Text(Form, Place),
    /// The links of an error's chain.
    Error(Vec<Place>),
    /// The name says that it is secret, and it is no text.
    Hidden,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Form {
    Str,
    Debug,
    Bytes,
}

/// A text in the buffer, or in the masked one.
#[derive(Debug, Clone)]
struct Place {
    range: Range<usize>,
    masked: bool,
    /// What its name says, where it is not to be scanned.
    secrecy: Option<Secrecy>,
    /// The policy keeps it; only a literal is hidden in it.
    kept: bool,
}

/// Takes the thread's buffers, records into them, scans, and gives the result to `then`.
pub(super) fn capture<R>(
    masker: &Masker,
    metadata: Option<&'static Metadata<'static>>,
    record: impl FnOnce(&mut dyn Visit),
    then: impl FnOnce(&Captured<'_>) -> R,
) -> R {
    // While the thread's locals are destroyed there is none to take.
    let mut capture = CAPTURE.try_with(Cell::take).ok().flatten().unwrap_or_default();
    capture.slots.clear();
    capture.text.clear();
    capture.hidden.clear();
    capture.masked.clear();
    capture.named = false;
    let mut visitor = Visitor { masker, capture: &mut capture, metadata, classes: None };
    if let Some(metadata) = metadata {
        visitor.classes = Some(visitor.capture.names.of(masker, metadata));
    }
    record(&mut visitor);
    let metadata = visitor.metadata;
    let hits = capture.mask(masker, metadata.map_or("", Metadata::target));
    let result = then(&Captured { capture: &capture, metadata });
    if hits {
        capture.text.zeroize();
        capture.hidden.zeroize();
    }
    if capture.text.capacity() + capture.hidden.capacity() + capture.masked.capacity() <= KEEP {
        let _ = CAPTURE.try_with(|cell| cell.set(Some(capture)));
    }
    result
}

impl Capture {
    /// Masks what has to be; says whether there was anything.
    fn mask(&mut self, masker: &Masker, callsite: &str) -> bool {
        let Self { slots, text, hidden, masked, scratch, named, .. } = self;
        let bytes = text.as_bytes();
        let found = masker.find(bytes, scratch);
        if found == 0 && !*named {
            return false;
        }
        let touches = |kept| if kept { Masker::touches_literal } else { Masker::touches };
        let mut hide = |place: &mut Place| {
            let from = masked.len();
            let done = match place.secrecy {
                Some(secrecy) => {
                    let done = masker.mask_value(&hidden.as_bytes()[place.range.clone()], secrecy, masked);
                    if done {
                        masker.tell_field(callsite);
                    }
                    done
                }
                None if found > 0 && touches(place.kept)(scratch, &place.range) => {
                    masker.put(bytes, place.range.clone(), scratch, masked);
                    true
                }
                None => false,
            };
            if done {
                *place = Place { range: from..masked.len(), masked: true, secrecy: None, kept: false };
            }
        };
        for slot in slots {
            match &mut slot.kind {
                Kind::Text(_, place) => hide(place),
                Kind::Error(places) => places.iter_mut().for_each(&mut hide),
                Kind::Hidden => masker.tell_field(callsite),
                _ => {}
            }
        }
        masker.tell(callsite, scratch);
        true
    }

    fn bytes(&self, place: &Place) -> &[u8] {
        let buffer = if place.masked { &self.masked[..] } else { self.plain(place).as_bytes() };
        &buffer[place.range.clone()]
    }

    /// Where a text stands that is not masked.
    fn plain(&self, place: &Place) -> &str {
        if place.secrecy.is_some() { &self.hidden } else { &self.text }
    }

    fn str(&self, place: &Place) -> &str {
        if place.masked {
            // Masks replace whole values in UTF-8; were one cut, the text is hidden altogether.
            std::str::from_utf8(self.bytes(place)).unwrap_or(crate::text::STARS)
        } else {
            &self.plain(place)[place.range.clone()]
        }
    }
}

/// The masked values.
pub(super) struct Captured<'c> {
    capture: &'c Capture,
    metadata: Option<&'static Metadata<'static>>,
}

impl Captured<'_> {
    /// The metadata of the fields that were recorded; none where there were no fields.
    pub(super) fn metadata(&self) -> Option<&'static Metadata<'static>> {
        self.metadata
    }

    /// Gives `then` the values as a set of these fields.
    pub(super) fn with<R>(&self, fields: &FieldSet, then: impl FnOnce(&ValueSet<'_>) -> R) -> R {
        // Most have few; an array that is too large costs its filling.
        match fields.len() {
            0..=8 => self.with_array::<8, R>(fields, then),
            9..=32 => self.with_array::<32, R>(fields, then),
            n => {
                let mut held: Vec<Held<'_>> = (0..n).map(|_| Held::Nothing).collect();
                self.hold(&mut held);
                let values: Vec<Option<&dyn Value>> = held.iter().map(Held::value).collect();
                then(&fields.value_set_all(&values))
            }
        }
    }

    fn with_array<const N: usize, R>(&self, fields: &FieldSet, then: impl FnOnce(&ValueSet<'_>) -> R) -> R {
        let mut held = [const { Held::Nothing }; N];
        self.hold(&mut held[..fields.len()]);
        let mut values: [Option<&dyn Value>; N] = [None; N];
        for (value, held) in values.iter_mut().zip(&held[..fields.len()]) {
            *value = held.value();
        }
        then(&fields.value_set_all(&values[..fields.len()]))
    }

    fn hold<'h>(&'h self, held: &mut [Held<'h>]) {
        for slot in &self.capture.slots {
            let Some(place) = held.get_mut(slot.index) else { continue };
            *place = match &slot.kind {
                Kind::I64(v) => Held::I64(*v),
                Kind::U64(v) => Held::U64(*v),
                Kind::I128(v) => Held::I128(*v),
                Kind::U128(v) => Held::U128(*v),
                Kind::F64(v) => Held::F64(*v),
                Kind::Bool(v) => Held::Bool(*v),
                Kind::Text(Form::Str, place) => Held::Str(self.capture.str(place)),
                Kind::Text(Form::Debug, place) => Held::Text(field::display(self.capture.str(place))),
                Kind::Text(Form::Bytes, place) => Held::Bytes(self.capture.bytes(place)),
                Kind::Error(places) => match Chain::new(places.iter().map(|p| self.capture.str(p))) {
                    Some(chain) => Held::Error(Box::new(chain)),
                    None => Held::Nothing,
                },
                Kind::Hidden => Held::Str(crate::text::STARS),
            };
        }
    }
}

/// A value on its way on.
enum Held<'h> {
    Nothing,
    I64(i64),
    U64(u64),
    I128(i128),
    U128(u128),
    F64(f64),
    Bool(bool),
    Str(&'h str),
    Text(DisplayValue<&'h str>),
    Bytes(&'h [u8]),
    Error(Box<dyn Error + 'static>),
}

impl Held<'_> {
    fn value(&self) -> Option<&dyn Value> {
        match self {
            Held::Nothing => None,
            Held::I64(v) => Some(v),
            Held::U64(v) => Some(v),
            Held::I128(v) => Some(v),
            Held::U128(v) => Some(v),
            Held::F64(v) => Some(v),
            Held::Bool(v) => Some(v),
            Held::Str(v) => Some(v),
            Held::Text(v) => Some(v),
            Held::Bytes(v) => Some(v),
            Held::Error(v) => Some(v),
        }
    }
}

/// The masked texts of an error and its sources, as an error with sources.
struct Chain {
    text: String,
    source: Option<Box<Chain>>,
}

impl Chain {
    fn new<'t>(texts: impl DoubleEndedIterator<Item = &'t str>) -> Option<Self> {
        let link = |source: Option<Chain>, text: &str| {
            Some(Chain { text: text.to_owned(), source: source.map(Box::new) })
        };
        texts.rev().fold(None, link)
    }
}

impl fmt::Display for Chain {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.text)
    }
}

impl fmt::Debug for Chain {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.text)
    }
}

impl Error for Chain {
    fn source(&self) -> Option<&(dyn Error + 'static)> {
        self.source.as_deref().map(|s| s as &(dyn Error + 'static))
    }
}

/// Records values into the buffers.
struct Visitor<'c> {
    masker: &'c Masker,
    capture: &'c mut Capture,
    metadata: Option<&'static Metadata<'static>>,
    classes: Option<super::names::Classes>,
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
            Some(_) => {
                self.capture.named = true;
                Kind::Hidden
            }
            None => kind,
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
        self.masker.tell(self.metadata.map_or("", Metadata::target), scratch);
        Some(out)
    }

    /// Writes a text after its name, as a log would show it: names near a value are its context.
    fn text(&mut self, field: &Field, write: impl FnOnce(&mut String)) -> Place {
        let classes = self.classes(field);
        let (secrecy, kept) = (classes.secrecy(self.masker, field), classes.keeps(self.masker, field));
        self.capture.named |= secrecy.is_some();
        if secrecy.is_some() {
            let hidden = &mut self.capture.hidden;
            let start = hidden.len();
            write(hidden);
            return Place { range: start..hidden.len(), masked: false, secrecy, kept };
        }
        let text = &mut self.capture.text;
        if field.name() != "message" {
            text.push_str(field.name());
            text.push('=');
        }
        let start = text.len();
        write(text);
        let range = start..text.len();
        text.push(SEPARATOR);
        Place { range, masked: false, secrecy, kept }
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
        let mut places = Vec::new();
        let mut next = Some(value);
        while let Some(error) = next.filter(|_| places.len() < CAUSES) {
            places.push(self.text(field, |text| {
                let done = write!(text, "{error}");
                debug_assert!(done.is_ok(), "a string grows");
            }));
            next = error.source();
        }
        self.capture.slots.push(Slot { index: field.index(), kind: Kind::Error(places) });
    }

    fn record_debug(&mut self, field: &Field, value: &dyn fmt::Debug) {
        let place = self.text(field, |text| {
            // An error of the value's own ends it there, as in every formatter.
            let _ = write!(text, "{value:?}");
        });
        self.capture.slots.push(Slot { index: field.index(), kind: Kind::Text(Form::Debug, place) });
    }
}
