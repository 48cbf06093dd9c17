//! What was found, as people and programs read it: kind, severity, verdict, status, and the finding
//! itself, which never holds the secret.

use std::borrow::Cow;
use std::fmt;
use std::sync::Arc;

use crate::blob::Commit;
use crate::text::Span;
use crate::token::Claims;
pub use crate::token::Status;

/// The kind of credential.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Kind {
    /// TiRTC application secret.
    SecretKey,
    /// TiRTC device secret.
    DeviceSecretKey,
    /// TiRTC `<device_id>,<device_secret_key>`.
    License,
    /// TiRTC v1 connect token.
    Token,
    /// TRTC / Chat SDKSecretKey.
    SdkSecretKey,
    /// TRTC / Chat UserSig, of either version, PrivateMapKey included.
    UserSig,
    /// Private key of the legacy UserSig signer.
    PrivateKey,
    /// What a rule of the user's own finds.
    Other,
}

impl Kind {
    /// Every kind with its name in rules and reports.
    pub const NAMES: [(Kind, &'static str); 8] = [
        (Kind::SecretKey, "secret_key"),
        (Kind::DeviceSecretKey, "device_secret_key"),
        (Kind::License, "license"),
        (Kind::Token, "token"),
        (Kind::SdkSecretKey, "sdk_secret_key"),
        (Kind::UserSig, "user_sig"),
        (Kind::PrivateKey, "private_key"),
        (Kind::Other, "other"),
    ];

    /// The name in rules and reports.
    pub fn name(self) -> &'static str {
        Self::NAMES.iter().find(|(k, _)| *k == self).map_or("other", |(_, n)| n)
    }
}

impl fmt::Display for Kind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}

/// How bad a finding is. The order is the order of badness.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Severity {
    /// Worth knowing, nothing to fear: an expired token.
    Info,
    /// Low.
    Low,
    /// Needs a look: a token cut off by a log line limit.
    Medium,
    /// Can be used now, for a while, by whoever reads it.
    High,
    /// Gives lasting power: a key, a license, a token that does not end.
    Critical,
}

impl Severity {
    /// All, from the least to the worst.
    pub const ALL: [Severity; 5] =
        [Severity::Info, Severity::Low, Severity::Medium, Severity::High, Severity::Critical];

    /// The name in rules, arguments and reports.
    pub fn name(self) -> &'static str {
        match self {
            Severity::Info => "info",
            Severity::Low => "low",
            Severity::Medium => "medium",
            Severity::High => "high",
            Severity::Critical => "critical",
        }
    }

    /// The severity of that name.
    pub fn from_name(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|s| s.name() == name)
    }
}

impl fmt::Display for Severity {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}

/// A judge's word on a match, with its reason in words that can be shown (never a value).
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Verdict {
    /// It is a leak.
    Report {
        /// How bad.
        severity: Severity,
        /// Why it is believed.
        reason: String,
    },
    /// It is none.
    Silent {
        /// Why it is let pass.
        reason: Cow<'static, str>,
    },
}

/// A finding, ready for a report. It holds the mask and the fingerprint of the secret, not the secret.
#[derive(Debug, Clone, PartialEq)]
pub struct Finding {
    /// The id of the rule.
    pub rule: String,
    /// The kind of credential.
    pub kind: Kind,
    /// How bad.
    pub severity: Severity,
    /// One sentence for people.
    pub message: String,
    /// Why it is believed to be one.
    pub reason: String,
    /// The path as a person would type it.
    pub path: String,
    /// Line of the first byte, from 1.
    pub line: usize,
    /// Column of the first character, from 1, in characters.
    pub column: usize,
    /// Line of the last byte.
    pub end_line: usize,
    /// Column after the last character.
    pub end_column: usize,
    /// The columns in the units of other programs.
    pub columns: Columns,
    /// Byte offset in the original file.
    pub offset: u64,
    /// Length in bytes of the original file.
    pub length: u64,
    /// The value, masked.
    pub masked: String,
    /// First 16 hex digits of the keyed hash of the value: the same secret has the same one everywhere.
    pub fingerprint: String,
    /// For tokens: whether it can still be used.
    pub status: Option<Status>,
    /// For tokens: what it says.
    pub claims: Option<Box<Claims>>,
    /// The decodings that were undone to see it, outermost first.
    pub decoded: Vec<&'static str>,
    /// The way into a container, outermost first.
    pub entry: Vec<String>,
    /// The commit that brought it, where the history of a repository was read.
    pub commit: Option<Arc<Commit>>,
    /// Set where somebody decided that it need not be reported.
    pub suppressed: Option<Suppression>,
    /// For a token whose keys are known, and for these keys.
    pub proof: Option<Box<Proof>>,
    /// The source lines with every secret masked, for people; not part of machine formats.
    pub excerpt: Excerpt,
}

impl Finding {
    /// What two findings of the same secret have in common: the rule and the fingerprint.
    pub fn identity(&self) -> (&str, &str) {
        (&self.rule, &self.fingerprint)
    }
}

/// The first column of a finding and the one after its last, from 1, in units other than characters.
///
/// Both hold whatever the encoding of the file is: they are what its text takes in UTF-16 and in UTF-8.
/// Bytes that are no text are one unit of UTF-16 each run, and themselves in UTF-8.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Columns {
    /// In units of UTF-16, as editors and SARIF count.
    pub utf16: (usize, usize),
    /// In bytes of UTF-8, as reviewdog counts.
    pub utf8: (usize, usize),
}

/// Who decided that a finding need not be reported, and why.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Suppression {
    /// What holds the decision.
    pub by: Suppressor,
    /// The reason that was given; empty where none was.
    pub reason: String,
}

/// What can hold the decision not to report a finding.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Suppressor {
    /// A baseline: the finding was there when it was written.
    Baseline,
    /// An entry of the project file.
    Config,
    /// A marker on the line itself.
    Inline,
}

impl Suppressor {
    /// The name in reports.
    pub fn name(self) -> &'static str {
        match self {
            Suppressor::Baseline => "baseline",
            Suppressor::Config => "config",
            Suppressor::Inline => "inline",
        }
    }
}

/// That a key signed a token, shown by computing the signature again. In the finding of a key that
/// signed several, it is about the first of them.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Proof {
    /// The scheme of the token, as in rules.
    pub scheme: &'static str,
    /// The fingerprint of the token.
    pub token: String,
    /// The fingerprint of the key: the application's secret, the SDKSecretKey or the private key.
    pub secret_key: String,
    /// The fingerprint of the device's secret, where the token was signed with both. Of a license that is
    /// the part after the comma.
    pub device_secret_key: Option<String>,
    /// The same for people: what signed what, and where that stands.
    pub words: String,
}

/// The line around a finding, masked, with the place of the value's mask in it.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Excerpt {
    /// Masked text, printable, one line: a value over several lines is one mask.
    pub text: String,
    /// The number of the line.
    pub line: usize,
    /// Where the mask stands in `text`, in bytes of `text`.
    pub mark: Option<Span>,
}

/// Stands where an excerpt leaves something out.
const ELLIPSIS: &str = "…";

impl Excerpt {
    /// The same, cut to at most about `columns` columns around the mark.
    #[must_use]
    pub fn cut(self, columns: usize) -> Self {
        let mark = self.mark.unwrap_or(Span::new(0, 0));
        let (before, after) = (&self.text[..mark.start], &self.text[mark.end..]);
        let width = |text: &str| text.chars().map(columns_of).sum::<usize>();
        let room = columns.saturating_sub(width(&self.text[mark.range()]));
        let (left, right) = (width(before), width(after));
        if left + right <= room {
            return self;
        }
        // What stands before a value says more about it than what follows.
        let keep_right = right.min((room / 3).max(room.saturating_sub(left)));
        let keep_left = left.min(room - keep_right);
        let mut text = String::with_capacity(columns * 2);
        if keep_left < left {
            text.push_str(ELLIPSIS);
        }
        text.push_str(tail(before, keep_left.saturating_sub(usize::from(keep_left < left))));
        let start = text.len();
        text.push_str(&self.text[mark.range()]);
        let end = text.len();
        text.push_str(head(after, keep_right.saturating_sub(usize::from(keep_right < right))));
        if keep_right < right {
            text.push_str(ELLIPSIS);
        }
        Self { text, line: self.line, mark: self.mark.map(|_| Span::new(start, end)) }
    }
}

/// The columns that a character takes, rather one too many: what is cut too short still shows its
/// mark, what is too long breaks the line.
fn columns_of(c: char) -> usize {
    if c < '\u{1100}' { 1 } else { 2 }
}

fn head(text: &str, columns: usize) -> &str {
    let mut used = 0;
    let end = text.char_indices().find(|(_, c)| {
        used += columns_of(*c);
        used > columns
    });
    end.map_or(text, |(at, _)| &text[..at])
}

fn tail(text: &str, columns: usize) -> &str {
    let mut used = 0;
    let start = text.char_indices().rev().find(|(_, c)| {
        used += columns_of(*c);
        used > columns
    });
    start.map_or(text, |(at, c)| &text[at + c.len_utf8()..])
}

/// The key of [`fingerprint`]. Part of the promised surface: it never changes, so that reports of
/// different years and machines can be compared.
#[cfg(feature = "sign")]
pub const FINGERPRINT_KEY: &[u8] = b"scrubjay fingerprint v1";

/// The first 16 hex digits of HMAC-SHA256 over a secret with [`FINGERPRINT_KEY`]: the same secret has
/// the same fingerprint everywhere, and the secret cannot be read from it.
///
/// The key is public, so this tells who already holds a candidate whether it is the same. It is safe
/// for what this tool finds, which is long and random; it would not be for a short password.
///
/// ```
/// let fingerprint = scrubjay::finding::fingerprint(b"a secret");
/// assert_eq!(fingerprint.len(), 16);
/// assert_eq!(fingerprint, scrubjay::finding::fingerprint(b"a secret"));
/// ```
#[cfg(feature = "sign")]
pub fn fingerprint(value: &[u8]) -> String {
    use hmac::{Hmac, KeyInit, Mac};

    // The key is always the same: it is hashed once.
    static KEYED: std::sync::LazyLock<Hmac<sha2::Sha256>> = std::sync::LazyLock::new(|| {
        Hmac::new_from_slice(FINGERPRINT_KEY).expect("HMAC takes a key of any length")
    });
    let mut mac = KEYED.clone();
    mac.update(value);
    let tag = mac.finalize().into_bytes();
    let digit = |half: u8| char::from(b"0123456789abcdef"[usize::from(half)]);
    tag[..8].iter().flat_map(|byte| [digit(byte >> 4), digit(byte & 15)]).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn excerpt(before: &str, mask: &str, after: &str) -> Excerpt {
        let mark = Span::new(before.len(), before.len() + mask.len());
        Excerpt { text: [before, mask, after].concat(), line: 7, mark: Some(mark) }
    }

    #[test]
    fn a_cut_keeps_the_mark_and_says_what_it_left_out() {
        let short = excerpt("key=", "ab****yz", " end");
        assert_eq!(short.clone().cut(80), short);
        let cut = excerpt(&"x".repeat(100), "ab****yz", &"y".repeat(100)).cut(40);
        let mark = cut.mark.expect("kept");
        assert_eq!(&cut.text[mark.range()], "ab****yz");
        assert_eq!(cut.text.chars().count(), 40);
        assert!(cut.text.starts_with('…') && cut.text.ends_with('…'), "{}", cut.text);
        assert_eq!(cut.line, 7);
    }

    #[test]
    fn wide_characters_take_two_columns() {
        let cut = excerpt(&"密".repeat(50), "****", "").cut(24);
        assert_eq!(cut.text, format!("…{}****", "密".repeat(9)));
    }

    #[cfg(feature = "sign")]
    #[test]
    fn a_fingerprint_is_the_start_of_the_keyed_hash() {
        // printf %s value | openssl dgst -sha256 -hmac 'scrubjay fingerprint v1'
        assert_eq!(fingerprint(b"value"), "12b41d3166118034");
    }
}
