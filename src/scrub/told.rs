//! What a stream tells of what it masks, and where that stands.

use std::fmt;

use crate::detect::Detection;
use crate::finding::{Kind, Severity, Status};
use crate::matcher::field::Class;
use crate::text::count_chars;

/// What went through.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct Tally {
    /// Bytes in.
    pub read: u64,
    /// Bytes out.
    pub written: u64,
    /// Values that were masked.
    pub hits: u64,
}

/// One masked value, told while it goes out. Its bytes can only be compared, not read.
#[derive(Clone, Copy)]
#[non_exhaustive]
pub struct Masked<'a> {
    /// The rule's id; `field` for a value that its name gave away, `literal` for a registered one. Of a
    /// stream that is judged ([`Scrubber::judge`](super::Scrubber::judge)) the rule by which a scan
    /// reports it, if one does.
    pub rule: &'a str,
    /// The name of the field, where one stands beside it.
    pub name: Option<&'a [u8]>,
    /// The line, from 1.
    pub line: u64,
    /// The column in characters, from 1.
    pub column: usize,
    /// The byte offset in what came in.
    pub offset: u64,
    /// The length in bytes of what is masked.
    pub length: usize,
    /// What stands there now.
    pub mask: &'a [u8],
    /// This is a piece of a value behind its first one, with which the value was told.
    pub is_piece: bool,
    /// What a scan reports of it, of a stream that is judged.
    pub(crate) leaks: &'a [Leak<'a>],
    #[cfg_attr(not(feature = "sign"), allow(dead_code, reason = "the fingerprint needs it"))]
    pub(super) value: &'a [u8],
    #[cfg_attr(not(feature = "sign"), allow(dead_code, reason = "the fingerprint needs it"))]
    pub(super) class: Option<Class>,
}

/// What a scan reports, with its place in the stream.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Leak<'a> {
    #[cfg_attr(not(feature = "cli"), allow(dead_code, reason = "reports need it"))]
    pub(crate) detection: &'a Detection<'a>,
    #[cfg_attr(not(feature = "cli"), allow(dead_code, reason = "reports need it"))]
    pub(crate) line: u64,
    #[cfg_attr(not(feature = "cli"), allow(dead_code, reason = "reports need it"))]
    pub(crate) column: usize,
    #[cfg_attr(not(feature = "cli"), allow(dead_code, reason = "reports need it"))]
    pub(crate) offset: u64,
}

impl Masked<'_> {
    /// How bad a scan says that it is, and of a token whether it is in force; nothing where no rule
    /// reports it, or the stream is not judged.
    pub fn verdict(&self) -> Option<(Kind, Severity, Option<Status>)> {
        let leak = self.leaks.first()?.detection;
        Some((leak.rule.kind, leak.severity(), leak.status))
    }

    /// The fingerprint of the value as it was written, by which a finding of a scan can be recognised.
    /// That of a password, and of what is short, is another one in each process: who has it could find
    /// the value by trying. Empty where the system has no random numbers.
    #[cfg(feature = "sign")]
    pub fn fingerprint(&self) -> String {
        super::tag::fingerprint_of(self.value, self.class).unwrap_or_default()
    }

    /// Whether even its length would be a hint.
    #[cfg(feature = "cli")]
    pub(crate) fn is_guessable(&self) -> bool {
        super::tag::is_guessable(self.value, self.class)
    }
}

impl fmt::Debug for Masked<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Masked")
            .field("rule", &self.rule)
            .field("line", &self.line)
            .field("column", &self.column)
            .finish_non_exhaustive()
    }
}

/// Where the first byte behind the context stands.
#[derive(Debug, Clone, Copy)]
pub(super) struct Position {
    pub(super) line: u64,
    /// Characters of that line that went out already.
    pub(super) chars: usize,
    pub(super) offset: u64,
}

impl Position {
    /// A leak at this position.
    pub(super) fn of<'a>(self, leak: &'a Detection<'a>) -> Leak<'a> {
        Leak { detection: leak, line: self.line, column: self.chars + 1, offset: self.offset }
    }

    /// The position behind `text`.
    pub(super) fn after(self, text: &[u8]) -> Self {
        let offset = self.offset + text.len() as u64;
        match memchr::memrchr(b'\n', text) {
            None => Self { chars: self.chars + count_chars(text), offset, ..self },
            Some(last) => {
                let lines = memchr::memchr_iter(b'\n', text).count() as u64;
                Self { line: self.line + lines, chars: count_chars(&text[last + 1..]), offset }
            }
        }
    }
}
