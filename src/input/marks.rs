//! What was found in contents before it is known where they lie.

use crate::finding::Finding;

/// What was found, without saying where: the rule and the fingerprint of the value.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Mark {
    /// The id of the rule.
    pub rule: String,
    /// The fingerprint of the value.
    pub fingerprint: String,
}

impl Mark {
    /// True where the finding is of that.
    pub fn is_of(&self, finding: &Finding) -> bool {
        self.rule == finding.rule && self.fingerprint == finding.fingerprint
    }
}

/// What was found in contents whose path is not known yet.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Marks {
    /// What is found at every path.
    pub anywhere: Vec<Mark>,
    /// What is found only where the path holds one of these words, in lower case.
    pub by_path: Vec<(Mark, Vec<String>)>,
}

impl Marks {
    /// True where nothing is found at any path.
    pub fn is_empty(&self) -> bool {
        self.anywhere.is_empty() && self.by_path.is_empty()
    }

    /// What is found at this path, told from the root of the tree.
    pub fn at(&self, path: &[u8]) -> impl Iterator<Item = &Mark> {
        let path = if self.by_path.is_empty() { Vec::new() } else { path.to_ascii_lowercase() };
        let has = move |word: &String| memchr::memmem::find(&path, word.as_bytes()).is_some();
        let by_path = self.by_path.iter().filter(move |(_, words)| words.iter().any(&has));
        self.anywhere.iter().chain(by_path.map(|(mark, _)| mark))
    }
}
