//! What was recognised once, to be masked wherever it comes again.
//!
//! Values come one after the other while text goes by, hundreds of thousands in a bad log, so one is
//! added in the time of a few looks at a table, and the oldest go in bulk: what is remembered lies in
//! two generations, and when the young one is full it becomes the old one, which is wiped. What is seen
//! again becomes young again.
//!
//! Texts are searched as in [`super::needles`]: of each value as many neighbouring pieces of eight bytes
//! are remembered as the looks are apart. Everything that is remembered is wiped on drop.

use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{PoisonError, RwLock};

use zeroize::Zeroizing;

use super::needles::{hash, piece};
use super::piece_table::{Table, WIDTH, first_piece};
use crate::matcher::field::Class;
use crate::text::Span;

/// The shortest value, in bytes.
pub(super) const SHORTEST: usize = 12;

/// The longest value, in bytes.
pub(super) const LONGEST: usize = 2048;

/// From this length on a value is looked for at fewer places.
const LONG: usize = 24;

/// How far looks for short and long values are apart: the offsets at which each of them has a piece.
const STRIDES: [usize; 2] = [SHORTEST - WIDTH + 1, LONG - WIDTH];

/// A generation holds so many values, of so many bytes in all their forms.
const VALUES: usize = 2048;
const BYTES: usize = 256 * 1024;

/// Values that were recognised; shared by all threads.
#[derive(Default)]
pub(crate) struct Memory {
    holds_any: AtomicBool,
    generations: RwLock<[Generation; 2]>,
}

/// What is known of a value.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Mark {
    /// Index of the rule that found it.
    pub(super) rule: Option<usize>,
    /// What the name of its field announces.
    pub(super) class: Option<Class>,
    /// It counts from this position of its stream on.
    pub(super) since: u64,
}

/// A value that came again.
pub(super) struct Seen {
    pub(super) span: Span,
    pub(super) mark: Mark,
    /// It stands there as it is, and not in another form.
    pub(super) is_plain: bool,
}

impl std::fmt::Debug for Memory {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Memory").finish_non_exhaustive()
    }
}

impl Memory {
    /// Whether there is anything to look for.
    #[inline]
    pub(super) fn holds_any(&self) -> bool {
        self.holds_any.load(Ordering::Acquire)
    }

    /// Remembers a value of [`SHORTEST`] to [`LONGEST`] bytes; others are let go.
    pub(super) fn learn(&self, value: &[u8], mark: Mark) {
        if !(SHORTEST..=LONGEST).contains(&value.len()) {
            return;
        }
        let mut all = self.generations.write().unwrap_or_else(PoisonError::into_inner);
        let since = all[1].mark(value).map_or(mark.since, |old| old.since.min(mark.since));
        if let Some(known) = all[0].mark_mut(value) {
            known.since = known.since.min(since);
            return;
        }
        if all[0].is_full() {
            all.swap(0, 1);
            all[0].clear();
        }
        all[0].add(value, Mark { since, ..mark });
        self.holds_any.store(true, Ordering::Release);
    }

    /// Whether it remembers this value.
    pub(super) fn knows(&self, value: &[u8]) -> bool {
        let all = self.generations.read().unwrap_or_else(PoisonError::into_inner);
        all[0].mark(value).is_some()
    }

    /// Gives every value that stands in a text to `sink`, in no order, some more than once.
    pub(super) fn find(&self, text: &[u8], sink: &mut impl FnMut(Seen)) {
        let all = self.generations.read().unwrap_or_else(PoisonError::into_inner);
        all.iter().for_each(|generation| generation.find(text, sink));
    }

    /// From now on every value counts from the beginning of a stream on.
    #[cfg(feature = "cli")]
    pub(crate) fn rewind(&self) {
        let mut all = self.generations.write().unwrap_or_else(PoisonError::into_inner);
        all.iter_mut().flat_map(|generation| &mut generation.marks).for_each(|mark| mark.since = 0);
    }

    /// Forgets everything.
    pub(super) fn clear(&self) {
        if self.holds_any() {
            *self.generations.write().unwrap_or_else(PoisonError::into_inner) = Default::default();
            self.holds_any.store(false, Ordering::Release);
        }
    }
}

/// Values that will be forgotten together.
#[derive(Default)]
struct Generation {
    bytes: Bytes,
    marks: Vec<Mark>,
    forms: Vec<Form>,
    /// Of short forms and of long ones.
    tables: [Table; 2],
}

/// How a value may be written.
#[derive(Debug, Clone, Copy)]
struct Form {
    start: u32,
    length: u32,
    /// The mark of its value.
    mark: u32,
    is_plain: bool,
}

impl Generation {
    fn is_full(&self) -> bool {
        self.marks.len() >= VALUES || self.bytes.0.len() >= BYTES
    }

    /// Forgets everything, and keeps the room for as much.
    fn clear(&mut self) {
        self.marks.clear();
        self.forms.clear();
        self.bytes.clear();
        self.tables.iter_mut().for_each(Table::clear);
    }

    fn string(&self, form: Form) -> &[u8] {
        &self.bytes.0[form.start as usize..][..form.length as usize]
    }

    fn mark(&self, value: &[u8]) -> Option<&Mark> {
        Some(&self.marks[self.index(value)?])
    }

    fn mark_mut(&mut self, value: &[u8]) -> Option<&mut Mark> {
        let index = self.index(value)?;
        Some(&mut self.marks[index])
    }

    /// The mark of a value that is remembered as it is.
    fn index(&self, value: &[u8]) -> Option<usize> {
        let kind = usize::from(value.len() >= LONG);
        let mut found = None;
        self.tables[kind].each(
            hash(piece(value, first_piece(value.len(), STRIDES[kind]))),
            &mut |form, at| {
                let form = self.forms[form];
                if at == 0 && form.is_plain && self.string(form) == value {
                    found = Some(form.mark as usize);
                }
            },
        );
        found
    }

    fn add(&mut self, value: &[u8], mark: Mark) {
        let number = self.marks.len() as u32;
        self.marks.push(mark);
        self.add_form(value, number, true);
        for form in super::literal::written(value) {
            self.add_form(&form, number, false);
        }
    }

    fn add_form(&mut self, string: &[u8], mark: u32, is_plain: bool) {
        let start = self.bytes.append(string);
        let form = Form { start, length: string.len() as u32, mark, is_plain };
        self.forms.push(form);
        let kind = usize::from(string.len() >= LONG);
        if !self.tables[kind].has_room(STRIDES[kind]) {
            let mut larger = Table::larger(&self.tables[kind]);
            for (index, form) in self.forms.iter().enumerate() {
                let string = self.string(*form);
                if usize::from(string.len() >= LONG) == kind {
                    larger.add(string, index, STRIDES[kind]);
                }
            }
            self.tables[kind] = larger;
        } else {
            self.tables[kind].add(string, self.forms.len() - 1, STRIDES[kind]);
        }
    }

    fn find(&self, text: &[u8], sink: &mut impl FnMut(Seen)) {
        for (table, stride) in self.tables.iter().zip(STRIDES) {
            if table.used == 0 {
                continue;
            }
            let mut at = 0;
            while let Some(eight) = text.get(at..).and_then(|t| t.first_chunk()) {
                let hash = hash(u64::from_le_bytes(*eight));
                if table.may_hold(hash) {
                    self.compare(table, text, at, hash, sink);
                }
                at += stride;
            }
        }
    }

    /// Compares what stands around a piece with the forms that have it.
    #[cold]
    fn compare(&self, table: &Table, text: &[u8], at: usize, hash: u64, sink: &mut impl FnMut(Seen)) {
        table.each(hash, &mut |form, offset| {
            let form = self.forms[form];
            let string = self.string(form);
            let stride = STRIDES[usize::from(string.len() >= LONG)];
            if let Some(start) = at.checked_sub(first_piece(string.len(), stride) + offset)
                && text[start..].starts_with(string)
            {
                let span = Span::new(start, start + string.len());
                sink(Seen { span, mark: self.marks[form.mark as usize], is_plain: form.is_plain });
            }
        });
    }
}

/// Bytes that are wiped, those that were outgrown included.
#[derive(Default)]
struct Bytes(Zeroizing<Vec<u8>>);

impl Bytes {
    fn clear(&mut self) {
        self.0.fill(0);
        self.0.clear();
    }

    /// Appends, and says where.
    fn append(&mut self, more: &[u8]) -> u32 {
        let start = self.0.len();
        if start + more.len() > self.0.capacity() {
            let mut larger =
                Zeroizing::new(Vec::with_capacity((start + more.len()).next_power_of_two().max(1024)));
            larger.extend_from_slice(&self.0);
            self.0 = larger;
        }
        self.0.extend_from_slice(more);
        start as u32
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn values() -> Vec<Vec<u8>> {
        let lengths = [SHORTEST, SHORTEST + 1, LONG - 1, LONG, LONG + 1, 100, LONGEST];
        lengths
            .iter()
            .map(|&length| (0..length).map(|at| b'0' + (at * 7 + length) as u8 % 75).collect())
            .collect()
    }

    fn mark(since: u64) -> Mark {
        Mark { rule: Some(1), class: None, since }
    }

    fn marks(memory: &Memory) -> Vec<u64> {
        let all = memory.generations.read().expect("nobody panicked");
        all.iter().flat_map(|generation| &generation.marks).map(|mark| mark.since).collect()
    }

    #[test]
    fn a_value_is_remembered_once_and_counts_from_its_first_place_on() {
        let (memory, values) = (Memory::default(), values());
        for since in [9, 5, 7] {
            values.iter().for_each(|value| memory.learn(value, mark(since)));
        }
        assert_eq!(marks(&memory), vec![5; values.len()]);
        for value in &values {
            assert!(memory.knows(value) && !memory.knows(&value[1..]), "{} bytes", value.len());
            let mut seen = Vec::new();
            memory.find(&[b"== ", &value[..], b" =="].concat(), &mut |found| seen.push(found.span.range()));
            assert!(seen.contains(&(3..3 + value.len())), "{} bytes", value.len());
        }
        memory.learn(&[b'x'; SHORTEST - 1], mark(0));
        memory.learn(&[b'x'; LONGEST + 1], mark(0));
        assert_eq!(marks(&memory).len(), values.len(), "too short and too long");
        memory.clear();
        assert!(!memory.holds_any() && !memory.knows(&values[0]) && marks(&memory).is_empty());
    }

    #[cfg(feature = "cli")]
    #[test]
    fn after_a_rewind_values_count_from_the_beginning() {
        let memory = Memory::default();
        values().iter().for_each(|value| memory.learn(value, mark(9)));
        memory.rewind();
        assert!(marks(&memory).iter().all(|since| *since == 0));
    }
}
