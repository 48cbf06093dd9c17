//! Names in a project file, with their places.

use crate::error::Result;
use crate::table::Table;

/// A name and where it stands in the file.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Named {
    /// The name: of a rule, or of a file.
    pub id: String,
    /// Line and column, from 1.
    pub place: (usize, usize),
}

impl Named {
    /// The names under a key.
    pub(super) fn list(t: &Table<'_>, key: &str) -> Result<Vec<Self>> {
        Ok(t.strings_at(key)?.into_iter().map(|(id, place)| Self { id, place }).collect())
    }
}
