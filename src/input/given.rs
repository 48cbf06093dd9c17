//! Bytes that the caller has already, such as the message of a commit that is being made.

use super::request::Subject;
use super::source::{Crew, Source, SourceKind};
use crate::blob::Origin;

/// The line in the table.
pub(super) const SOURCE: SourceKind = SourceKind {
    name: "given",
    about: "bytes that are at hand",
    open: |request| match &request.subject {
        Subject::Given { name, bytes } => {
            Ok(Some(Box::new(Given { origin: Origin::file(name), bytes: bytes.clone() })))
        }
        _ => Ok(None),
    },
};

struct Given {
    origin: Origin,
    bytes: Vec<u8>,
}

impl Source for Given {
    fn read(&self, crew: &dyn Crew) {
        crew.sink().whole(&self.origin, &self.bytes);
    }
}
