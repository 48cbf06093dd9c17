//! The texts of an error and its sources, masked, as an error with sources.

use std::error::Error;
use std::fmt;

/// The masked texts of an error and its sources, as an error with sources. Its links stay for the next
/// error, so that one costs no allocation.
#[derive(Default)]
pub(super) struct Chain {
    text: String,
    next: Option<Box<Chain>>,
    /// What comes next is left of another error.
    ends: bool,
}

impl Chain {
    /// Becomes the chain of these texts.
    pub(super) fn fill<'t>(&mut self, texts: impl Iterator<Item = &'t str>) {
        let mut texts = texts.peekable();
        let mut link = self;
        loop {
            link.text.clear();
            link.text.push_str(texts.next().unwrap_or_default());
            link.ends = texts.peek().is_none();
            if link.ends {
                return;
            }
            link = link.next.get_or_insert_default();
        }
    }

    /// How much is kept for the next error, in bytes.
    pub(super) fn capacity(&self) -> usize {
        let links = std::iter::successors(Some(self), |link| link.next.as_deref());
        links.map(|link| link.text.capacity()).sum()
    }
}

impl fmt::Display for Chain {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.text)
    }
}

impl fmt::Debug for Chain {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.text)
    }
}

impl Error for Chain {
    fn source(&self) -> Option<&(dyn Error + 'static)> {
        let next = self.next.as_deref().filter(|_| !self.ends);
        next.map(|link| link as &(dyn Error + 'static))
    }
}
