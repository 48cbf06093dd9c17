//! Whether a token can still be used, as every scheme says it.

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

    /// What the status means, to end a sentence that begins with the name of the credential.
    pub fn words(self) -> &'static str {
        match self {
            Status::Active => "that can still be used",
            Status::Expired => "that has expired",
            Status::NotYetValid => "that becomes valid later",
            Status::NeverExpires => "without a usable expiry",
            Status::Truncated => "cut off, yet still readable",
        }
    }
}
