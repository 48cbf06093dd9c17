//! What the command has to say.

use zeroize::Zeroizing;

/// What the command has to say.
pub(crate) struct Answer {
    /// For standard output. For `sign` it is the token and a line end.
    pub(crate) text: Zeroizing<String>,
    /// For standard error, a line each.
    pub(crate) notes: Vec<String>,
    /// False where a token was verified and is not valid: exit status 1.
    pub(crate) valid: bool,
}
