//! What kind of secret a name announces.

/// What kind of secret a name announces: decides how much of the value a mask may show.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Class {
    /// A key or token: first and last characters help to correlate.
    Key,
    /// `token`, `key`: says little alone, so that only what is random is hidden.
    Weak,
    /// A password: people choose them, so every character shown is a hint.
    Password,
    /// `<device_id>,<secret>`; words such as `MIT` under this name are none.
    License,
    /// `authorization`: a scheme word may come first.
    Header,
    /// `cookie`: pairs, joined by `; `.
    Cookie,
    /// An identifier that stays readable, whatever it looks like.
    Keep,
}
