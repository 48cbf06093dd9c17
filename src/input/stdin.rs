//! Standard input: a stream whose length nobody knows.

use std::path::Path;

use super::{Crew, Request, Source, SourceKind};
use crate::blob::Origin;

/// The line in the table.
pub(super) const SOURCE: SourceKind = SourceKind {
    name: "stdin",
    about: "standard input, named `-`",
    open: |request| Ok(is_asked_for(request).then(|| Box::new(Stdin) as Box<dyn Source>)),
};

fn is_asked_for(request: &Request) -> bool {
    request.paths.iter().any(|path| path == Path::new("-"))
}

struct Stdin;

impl Source for Stdin {
    fn read(&self, crew: &dyn Crew) {
        crew.sink().stream(&Origin::stdin(), &mut std::io::stdin());
    }
}
