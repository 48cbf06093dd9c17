//! What the name of a field says about its value.

use crate::matcher::field::Class;

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
pub struct Secrecy(pub(super) Class);

impl Secrecy {
    /// Whether the name says little alone, as `token` and `key` do: words, numbers and paths stay there.
    pub fn is_weak(self) -> bool {
        self.0 == Class::Weak
    }
}
