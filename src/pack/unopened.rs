//! What a file is that nothing here looks into: pictures, documents, archives of other kinds.
//!
//! Such files are read as the bytes that they are, so a secret in the clear is found in them. What their
//! format compresses, encrypts or takes apart is not seen, and that must be told. Programs are among them: their texts
//! are in the clear, but names and values stand apart.

/// A kind of file that is not looked into.
#[derive(Debug)]
pub struct Unopened {
    /// Its name, as people know it.
    pub name: &'static str,
    /// What is said where files are counted that were not looked into.
    pub reason: &'static str,
    /// Bytes at places that all files of the kind have.
    pub(super) marks: &'static [(usize, &'static [u8])],
    /// What else must hold of the first bytes.
    pub(super) and: fn(&[u8]) -> bool,
}

/// What all reasons begin with.
pub const NOT_LOOKED_INTO: &str = "not looked into: ";

/// A kind that is told in another way than by marks.
pub(super) const fn counted(name: &'static str, reason: &'static str) -> Unopened {
    Unopened { name, reason, marks: &[], and: |_| false }
}
