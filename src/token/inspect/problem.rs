//! What a server refuses a token for: a word for programs, a sentence, what helps, and the platform's own codes.

/// One reason to refuse a token. Names fields, ids and times, never a token, a signature or a key.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Problem {
    /// The kind in one word, such as `claim_type`.
    pub code: &'static str,
    /// The claim that it is about, if it is about one.
    pub claim: Option<&'static str>,
    /// What is wrong, in a sentence without a full stop.
    pub message: String,
    /// What helps, in the same form.
    pub cure: String,
    /// The error codes with which the platform answers; see [`codes`](crate::token::codes).
    pub platform_codes: &'static [i32],
}

/// What cannot be read.
pub(super) const UNREADABLE: &[i32] = &[70003, -100_018];

impl Problem {
    /// A problem with how the whole is written, to which nothing that reads UserSigs answers.
    pub(super) fn new(code: &'static str, message: impl Into<String>, cure: impl Into<String>) -> Self {
        Self { code, claim: None, message: message.into(), cure: cure.into(), platform_codes: &[] }
    }

    /// About a claim.
    #[must_use]
    pub(super) fn about(mut self, claim: &'static str) -> Self {
        self.claim = Some(claim);
        self
    }

    /// With what the platform answers.
    #[must_use]
    pub(super) fn answered(mut self, codes: &'static [i32]) -> Self {
        self.platform_codes = codes;
        self
    }
}
