//! What was found, as people and programs read it: kind, severity, verdict, status, and the finding
//! itself, which never holds the secret.

use std::fmt;

use crate::text::Span;
use crate::token::Claims;

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

/// Whether a token can still be used, judged against a clock that is given.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Status {
    /// Between its issue and its expiry.
    Active,
    /// Past its expiry.
    Expired,
    /// Issued in the future.
    NotYetValid,
    /// It has no expiry that could be used.
    NeverExpires,
    /// Cut off, yet readable enough to know what it is.
    Truncated,
}

impl Status {
    /// The name in reports.
    pub fn name(self) -> &'static str {
        match self {
            Status::Active => "active",
            Status::Expired => "expired",
            Status::NotYetValid => "not_yet_valid",
            Status::NeverExpires => "never_expires",
            Status::Truncated => "truncated",
        }
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
        reason: String,
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
    pub claims: Option<Claims>,
    /// The decodings that were undone to see it, outermost first.
    pub decoded: Vec<&'static str>,
    /// The way into a container, outermost first.
    pub entry: Vec<String>,
    /// The source lines with every secret masked, for people; not part of machine formats.
    pub excerpt: Excerpt,
}

/// The lines around a finding, masked, with the place of the value's mask in them.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Excerpt {
    /// Masked text, printable, one or more lines.
    pub text: String,
    /// The line number of its first line.
    pub line: usize,
    /// Where the mask stands in `text`, in bytes of `text`.
    pub mark: Option<Span>,
}
