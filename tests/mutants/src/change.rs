//! One change of the program.

use std::ops::Range;

/// A place in a file, and what stands there instead when the change is on.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Change {
    /// The name of the area.
    pub area: &'static str,
    /// The file, below `src`.
    pub file: String,
    /// From 1.
    pub line: usize,
    /// The bytes of the expression; empty where the change is put in front of the rest of a function.
    pub range: Range<usize>,
    /// What replaces it, in Rust.
    pub text: String,
    /// What is changed, for the table: `== to !=`.
    pub what: String,
}

impl Change {
    /// A function that returns at once, where others choose between two expressions.
    pub fn is_return(&self) -> bool {
        self.range.is_empty()
    }
}

impl std::fmt::Display for Change {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{} src/{}:{} {}", self.area, self.file, self.line, self.what)
    }
}
