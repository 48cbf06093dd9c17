//! Masking: takes the secrets out of bytes and leaves everything else as it is.
//!
//! A [`Masker`] hides what the [`Detector`] reports for any path, the values of fields whose names say
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
//!   literals once the buffers have grown; what has to be judged or decoded does.
//!
//! What was recognised once is recognised again: a value that looks random and was masked by its name
//! or its form is masked from then on wherever it stands, in the texts of one [`Masker`] or of one
//! [`Scrubber`]. Some thousands are remembered, the oldest go first ([`PolicyBuilder::learn`]).
//!
//! A value that is split over two slices is not seen: give whole lines, and where a name and its value
//! stand on two lines (pretty printing, YAML), both.

mod cut_lines;
mod edges;
mod going;
mod judged;
mod learn;
mod literal;
mod memory;
mod names;
mod needles;
mod numbers;
mod policy;
mod settle;
#[cfg(feature = "cli")]
mod shown;
mod stream;
mod structure;
#[cfg(feature = "sign")]
mod tag;
mod told;

use std::borrow::Cow;
use std::fmt;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use self::learn::Part;
pub(crate) use self::memory::Memory;
use self::settle::{Ground, Putting, Settling};
use crate::detect::{self, Below, Detector, Place, join};
use crate::finding::Status;
use crate::judge::plain;
use crate::matcher::csv::Columns;
use crate::matcher::field::{self, Class};
use crate::matcher::table::Open;
use crate::rule;
use crate::text::{STARS, mask_into};
use crate::token;

#[cfg(feature = "tracing")]
pub(crate) use literal::forms;
pub use policy::{Hit, Policy, PolicyBuilder, Style};
#[cfg(feature = "cli")]
pub use shown::{mask_name, mask_random};
pub use stream::Scrubber;
#[cfg(feature = "cli")]
pub(crate) use told::Leak;
pub use told::{Masked, Tally};

/// Masks bytes by a [`Policy`]. Shared by all threads, and so is what it learns.
pub struct Masker {
    detector: Detector,
    policy: Policy,
    /// What was recognised in the texts of this process, unless the policy does not want that.
    memory: Option<Memory>,
    /// Tells policies apart where answers of one are remembered.
    #[cfg_attr(not(feature = "tracing"), allow(dead_code, reason = "the runtime layer remembers"))]
    number: usize,
}

/// How many maskers were made.
static MADE: AtomicUsize = AtomicUsize::new(1);

/// Buffers that are used again from text to text; one for each thread.
#[derive(Debug, Default)]
pub struct Scratch {
    detect: detect::Scratch,
    places: Vec<Place>,
    settling: Settling,
}

/// What the name of a field says about its value.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Naming {
    /// Nothing: the value is looked at.
    Plain,
    /// It is an identifier, and stays.
    Keep,
    /// It is hidden: whatever it is, or, where the name says little alone ([`Secrecy::is_weak`]), if it is
    /// random.
    Secret(Secrecy),
}

/// How a value is hidden that its name calls a secret.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Secrecy(Class);

impl Secrecy {
    /// Whether the name says little alone, as `token` and `key` do: words, numbers and paths stay there.
    pub fn is_weak(self) -> bool {
        self.0 == Class::Weak
    }
}

impl fmt::Debug for Masker {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Masker").field("policy", &self.policy).finish_non_exhaustive()
    }
}

impl Default for Masker {
    fn default() -> Self {
        Self::new(Policy::default())
    }
}

impl From<Policy> for Arc<Masker> {
    fn from(policy: Policy) -> Self {
        Arc::new(Masker::new(policy))
    }
}

impl Masker {
    /// Compiles a policy.
    pub fn new(policy: Policy) -> Self {
        let rules = if policy.shapes { policy.rules.clone() } else { Vec::new() };
        let detector = Detector::with_fields(rules, 0, policy.fields());
        // Places have no path, so no rule may ask for one.
        let detector = detector.anywhere().unwrap_or(detector);
        let memory = policy.learns.then(Memory::default);
        Self { detector, policy, memory, number: MADE.fetch_add(1, Ordering::Relaxed) }
    }

    #[cfg_attr(not(feature = "tracing"), allow(dead_code, reason = "the runtime layer asks"))]
    pub(crate) fn number(&self) -> usize {
        self.number
    }

    /// The rules that look.
    pub fn rules(&self) -> &[rule::Rule] {
        self.detector.rules()
    }

    /// The policy.
    pub fn policy(&self) -> &Policy {
        &self.policy
    }

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

    /// What a name says: by its last dotted segment, without case, `_` and `-`, and by its last words.
    ///
    /// ```
    /// use scrubjay::scrub::{Masker, Naming};
    /// let masker = Masker::default();
    /// assert!(matches!(masker.naming("http.request.header.Authorization"), Naming::Secret(_)));
    /// assert_eq!(masker.naming("device_id"), Naming::Keep);
    /// assert!(matches!(masker.naming("smtpPassword"), Naming::Secret(_)));
    /// assert_eq!(masker.naming("token_count"), Naming::Plain);
    /// assert_eq!(masker.naming("password_hash"), Naming::Plain);
    /// ```
    pub fn naming(&self, name: &str) -> Naming {
        match self.detector.class(name.as_bytes()) {
            Some(Class::Keep) => Naming::Keep,
            Some(class) => Naming::Secret(Secrecy(class)),
            None if self.policy.keeps(name) => Naming::Keep,
            None => Naming::Plain,
        }
    }

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
        let (mut scratch, mut found) = (detect::Scratch::default(), Vec::new());
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

    /// Whether the policy says that the value of this name stays.
    #[cfg_attr(not(feature = "tracing"), allow(dead_code, reason = "the runtime layer asks"))]
    pub(crate) fn keeps(&self, name: &str) -> bool {
        self.detector.class(name.as_bytes()) == Some(Class::Keep)
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
    fn put_one(&self, text: &[u8], place: &Place, range: std::ops::Range<usize>, out: &mut Vec<u8>) {
        match structure::depth(text, place) {
            Some(depth) => self.put_structure(&text[range], depth, self.class(place), out),
            None => self.put_place(text, place, range.clone(), !self.would_name(text, range), out),
        }
    }

    /// Appends the mask of what stands at a place; of a part of it, nothing is shown.
    fn put_place(
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
    fn would_name(&self, text: &[u8], value: std::ops::Range<usize>) -> bool {
        const SHOWN: usize = 4;
        const LONGEST_GAP: usize = 8;
        let is_gap = |b: &&u8| matches!(b, b' ' | b'"' | b'\'' | b'\\');
        let gap = text[value.end..].iter().take(LONGEST_GAP).take_while(is_gap).count();
        let shown = &text[value.end.saturating_sub(SHOWN).max(value.start)..value.end];
        matches!(text.get(value.end + gap), Some(b':' | b'=')) && self.detector.class(shown).is_some()
    }

    fn class(&self, place: &Place) -> Option<Class> {
        let is_license = |r: &crate::rule::Rule| r.value == crate::rule::Value::License;
        place.class.or_else(|| {
            place
                .rule
                .and_then(|r| self.detector.rules().get(r))
                .map(|r| if is_license(r) { Class::License } else { Class::Key })
        })
    }

    /// Appends the mask of a value.
    fn stars(&self, value: &[u8], class: Option<Class>, decoded: bool, out: &mut Vec<u8>) {
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
            Style::Fingerprint => tag::put(value, class, out),
            Style::Partial if partial => mask_into(&value[id..], out),
            _ => out.extend_from_slice(STARS.as_bytes()),
        }
    }
}

/// The mask of a value in UTF-16, whatever the style: a byte more would shift all that follows.
fn wide_mask(value: &[u8]) -> Option<&'static [u8; 8]> {
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

/// Whether this is a whole token that had expired at `now`.
fn has_expired(value: &[u8], now: i64) -> bool {
    token::SCHEMES.iter().any(|scheme| {
        (scheme.decode)(value).is_some_and(|token| {
            let whole = token.length == value.len() && !token.truncated && !token.refused;
            whole && (scheme.status)(&token.claims, now) == Status::Expired
        })
    })
}
