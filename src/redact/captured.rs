//! Captured values on their way on: as a set of the values that an event or a span is made of.

use std::error::Error;

use tracing_core::field::{self, DisplayValue, FieldSet, Value, ValueSet};
use tracing_core::metadata::Metadata;

use super::capture::{Capture, Form, Kind};

/// The masked values.
pub(super) struct Captured<'c> {
    pub(super) capture: &'c Capture,
    pub(super) metadata: Option<&'static Metadata<'static>>,
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
                Kind::Error { chain, .. } => match self.capture.chains.get(*chain) {
                    Some(chain) => Held::Error(chain),
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
    Error(&'h (dyn Error + 'static)),
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
