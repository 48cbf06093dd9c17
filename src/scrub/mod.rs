//! Masking: takes the secrets out of bytes and leaves everything else as it is.
//!
//! A [`Masker`] hides what the [`Detector`](crate::detect::Detector) reports for any path, the values of fields whose names say
//! that they are secret (a log is not code, so a password needs no entropy there), and the literals
//! that a service registers. It works on slices; what reads streams, and the runtime layer, stand on
//! it. Inline markers and project files do not count here: they are for reports.
//!
//! What it promises for a slice of text:
//! - Every byte outside of a masked value is as it was, whatever the bytes are.
//! - JSON stays JSON (a masked number becomes `"****"`), logfmt, URLs and colour codes stay readable.
//! - A mask is a fixpoint: masking twice changes nothing more. The text is looked at again with its masks for
//!   that, near those that may make another text of it.
//! - Time is linear in the text.
//! - Text without a hit costs no allocation, nor do fields, addresses, licenses, connect tokens and
//!   literals once the buffers have grown; what has to be judged or decoded does, and so does text that is looked
//!   at again since a mask may make another text of it.
//!
//! What was recognised once is recognised again: a value that looks random and was masked by its name
//! or its form is masked from then on wherever it stands, in the texts of one [`Masker`] or of one
//! [`Scrubber`]. Some thousands are remembered, the oldest go first ([`PolicyBuilder::learn`]).
//!
//! A value that is split over two slices is not seen: give whole lines, and where a name and its value
//! stand on two lines (pretty printing, YAML), both.

mod context;
mod cut_lines;
mod edges;
mod expired;
mod going;
mod judged;
mod learn;
mod literal;
mod masker;
mod memory;
mod names;
mod naming;
mod needles;
mod numbers;
mod piece_table;
mod policy;
mod put;
mod release;
mod scratch;
mod settle;
#[cfg(feature = "cli")]
mod shown;
mod stream;
mod structure;
#[cfg(feature = "sign")]
mod tag;
mod told;

use std::borrow::Cow;

use self::expired::has_expired;
use self::learn::Part;
use self::settle::{Ground, Putting};
use crate::detect::{Below, Place, join};
use crate::matcher::csv::Columns;
use crate::matcher::table::Open;

#[cfg(feature = "cli")]
pub(crate) use self::memory::Memory;
#[cfg(feature = "tracing")]
pub(crate) use literal::forms;
pub use masker::Masker;
pub use naming::{Naming, Secrecy};
pub use policy::{Hit, Policy, PolicyBuilder, Style};
pub use scratch::Scratch;
#[cfg(feature = "cli")]
pub use shown::{mask_name, mask_random};
pub use stream::Scrubber;
#[cfg(feature = "cli")]
pub(crate) use told::Leak;
pub use told::{Masked, Tally};

impl Masker {
    /// Appends the masked text to `out` and gives the number of hits; with none, `out` is left as it
    /// was, since the text is its own masked form.
    ///
    /// ```
    /// use scrubjay::scrub::{Masker, Scratch};
    /// let (masker, mut scratch, mut out) = (Masker::default(), Scratch::default(), Vec::new());
    /// let line = b"login user=bob password=hunter2 device_id=TIRA1B2C3D4E";
    /// assert_eq!(masker.mask(line, &mut scratch, &mut out), 1);
    /// assert_eq!(out, b"login user=bob password=**** device_id=TIRA1B2C3D4E");
    /// assert_eq!(masker.mask(b"nothing here", &mut scratch, &mut out), 0);
    /// ```
    pub fn mask(&self, text: &[u8], scratch: &mut Scratch, out: &mut Vec<u8>) -> usize {
        self.mask_at(text, "", scratch, out)
    }

    /// The text with its secrets masked; the same text where there are none. For one text now and then: what masks
    /// many keeps its buffers and calls [`Masker::mask`].
    ///
    /// ```
    /// use std::borrow::Cow;
    /// let masker = scrubjay::scrub::Masker::default();
    /// assert_eq!(masker.mask_text("user=bob password=hunter2"), "user=bob password=****");
    /// assert!(matches!(masker.mask_text("nothing here"), Cow::Borrowed(_)));
    /// ```
    pub fn mask_text<'t>(&self, text: &'t str) -> Cow<'t, str> {
        let mut out = Vec::new();
        if self.mask(text.as_bytes(), &mut Scratch::default(), &mut out) == 0 {
            return Cow::Borrowed(text);
        }
        // Masks are ASCII, and stand for whole characters; were one cut, it would show as such.
        Cow::Owned(String::from_utf8_lossy(&out).into_owned())
    }

    /// The same, for the callback of the policy with the place in the program that the text comes from.
    #[inline]
    pub fn mask_at(&self, text: &[u8], callsite: &str, scratch: &mut Scratch, out: &mut Vec<u8>) -> usize {
        let hits = self.find(text, scratch);
        if hits > 0 {
            self.put(text, 0..text.len(), scratch, out);
            self.tell(text, callsite, scratch);
        }
        hits
    }

    /// Finds the places to hide; they stay in the scratch.
    pub(crate) fn find(&self, text: &[u8], scratch: &mut Scratch) -> usize {
        scratch.places.clear();
        self.detector.places(text, &mut scratch.detect, &mut scratch.places);
        self.add_cut_lines(text, &mut scratch.places);
        self.add_others(text, &mut scratch.places);
        let part = Part { text, range: 0..text.len(), base: None };
        let ground = Ground { putting: Putting::Slice, below: None };
        self.settle(&part, self.memory.as_ref(), &ground, scratch);
        scratch.places.len()
    }

    /// The same for a part of a stream, in which a container runtime may have cut lines if `may_be_cut`. Says
    /// where the first row begins that goes on in the next part, and the table of which rows may follow.
    fn find_below(
        &self,
        text: &[u8],
        below: Below<'_>,
        may_be_cut: bool,
        scratch: &mut Scratch,
    ) -> (usize, Option<Open>) {
        scratch.places.clear();
        let after = self.detector.places_below(text, below, &mut scratch.detect, &mut scratch.places);
        if may_be_cut {
            self.add_cut_lines(text, &mut scratch.places);
        }
        self.add_others(text, &mut scratch.places);
        after
    }

    /// The columns that the first line of a text names.
    fn columns(&self, head: &[u8]) -> Option<Columns> {
        self.detector.columns(head)
    }

    /// The places in what a text says in other words.
    fn places_of_view(&self, view: &[u8]) -> Vec<Place> {
        let (mut scratch, mut found) = (crate::detect::Scratch::default(), Vec::new());
        self.detector.places(view, &mut scratch, &mut found);
        if let Some(literals) = &self.policy.literals {
            literals.find(view, &mut found);
        }
        found
    }

    /// Adds what is spelled by numbers.
    fn add_numbers(&self, text: &[u8], places: &mut Vec<Place>) {
        let before = places.len();
        numbers::each(text, &mut |spelled| {
            let found = self.places_of_view(&spelled.bytes);
            places.extend(found.iter().filter(|place| !place.span.is_empty()).map(|place| Place {
                span: spelled.to_source(place.span),
                numbers: true,
                wrap: None,
                name: None,
                anchor: None,
                ..*place
            }));
        });
        if places.len() > before {
            join(places, 0);
        }
    }

    /// Adds what arrays of numbers spell and the literals, and lets tokens go that may stay.
    fn add_others(&self, text: &[u8], places: &mut Vec<Place>) {
        self.add_numbers(text, places);
        if let Some(now) = self.policy.keep_expired {
            places.retain(|place| place.numbers || !has_expired(&text[place.span.range()], now));
        }
        if let Some(literals) = &self.policy.literals {
            let before = places.len();
            literals.find(text, places);
            if places.len() > before {
                join(places, 0);
            }
        }
    }

    /// True where a place that was found reaches into `range`.
    #[cfg_attr(not(feature = "tracing"), allow(dead_code, reason = "the runtime layer asks"))]
    pub(crate) fn touches(scratch: &Scratch, range: &std::ops::Range<usize>) -> bool {
        scratch.places.iter().any(|p| p.span.start < range.end && range.start < p.span.end)
    }

    /// The same for literals alone, which win over names that are kept.
    #[cfg_attr(not(feature = "tracing"), allow(dead_code, reason = "the runtime layer asks"))]
    pub(crate) fn touches_literal(scratch: &Scratch, range: &std::ops::Range<usize>) -> bool {
        let is_literal = |p: &&Place| p.rule.is_none() && p.class.is_none();
        let mut literals = scratch.places.iter().filter(is_literal);
        literals.any(|p| p.span.start < range.end && range.start < p.span.end)
    }
}
