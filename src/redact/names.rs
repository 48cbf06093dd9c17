//! Which fields of a callsite are secret by their name: asked once, then looked up.

use tracing_core::field::Field;
use tracing_core::metadata::Metadata;

use crate::scrub::{Masker, Naming, Secrecy};

/// How many callsites are remembered; a power of two.
const PLACES: usize = 256;

/// How many fields of a callsite are remembered.
const BITS: usize = 64;

/// The answers for the callsites that a thread came by, by the address of their metadata.
#[derive(Debug, Default)]
pub(super) struct Names {
    /// Address, policy, answers.
    places: Vec<(usize, usize, Classes)>,
}

/// The fields of one callsite whose names call them secret, as bits.
#[derive(Debug, Clone, Copy, Default)]
pub(super) struct Classes {
    secret: u64,
    keep: u64,
    /// What the names of the first few say.
    first: [Option<(u8, Secrecy)>; 3],
}

impl Names {
    pub(super) fn of(&mut self, masker: &Masker, metadata: &'static Metadata<'static>) -> Classes {
        let address = std::ptr::from_ref(metadata).addr();
        let policy = masker.number();
        if self.places.is_empty() {
            self.places.resize(PLACES, (0, 0, Classes::default()));
        }
        // Metadata are aligned to their size in words.
        let place = &mut self.places[(address >> 5) % PLACES];
        if place.0 != address || place.1 != policy {
            *place = (address, policy, Classes::ask(masker, metadata));
        }
        place.2
    }
}

impl Classes {
    fn ask(masker: &Masker, metadata: &Metadata<'_>) -> Self {
        let bits = |is: &dyn Fn(&str) -> bool| {
            let fields = metadata.fields().iter().take(BITS).enumerate();
            fields.filter(|(_, field)| is(field.name())).fold(0, |bits, (i, _)| bits | 1 << i)
        };
        let says = |(i, name)| match masker.naming(name) {
            Naming::Secret(secrecy) => Some((u8::try_from(i).ok()?, secrecy)),
            _ => None,
        };
        let mut secrets = metadata.fields().iter().map(|f| f.name()).enumerate().filter_map(says);
        Self {
            first: std::array::from_fn(|_| secrets.next()),
            secret: bits(&|name| matches!(masker.naming(name), Naming::Secret(_))),
            keep: bits(&|name| masker.keeps(name)),
        }
    }

    /// What the name of a field says, if it says "secret".
    #[inline]
    pub(super) fn secrecy(self, masker: &Masker, field: &Field) -> Option<Secrecy> {
        if !has(self.secret, field) {
            return None;
        }
        let known = self.first.iter().flatten().find(|(i, _)| usize::from(*i) == field.index());
        if let Some((_, secrecy)) = known {
            return Some(*secrecy);
        }
        match masker.naming(field.name()) {
            Naming::Secret(secrecy) => Some(secrecy),
            _ => None,
        }
    }

    /// Whether the policy says that the value stays.
    #[inline]
    pub(super) fn keeps(self, masker: &Masker, field: &Field) -> bool {
        has(self.keep, field) && masker.keeps(field.name())
    }
}

/// Whether the bit of a field is set; those that are not remembered have to be asked for.
fn has(bits: u64, field: &Field) -> bool {
    field.index() >= BITS || bits & (1 << field.index()) != 0
}
