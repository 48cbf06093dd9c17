//! What a person needs to see once: a secret that a file repeats, and its expired tokens together.

use std::cmp::Reverse;
use std::collections::HashMap;
use std::collections::hash_map::Entry as Slot;

use crate::finding::{Finding, Severity, Status};

/// A file, plain or in a container, with findings.
pub(super) struct File<'f> {
    /// The worst first, then by place.
    pub(super) entries: Vec<Entry<'f>>,
}

/// One or many findings of a file that are shown as one.
pub(super) struct Entry<'f> {
    /// The one that is shown: of the worst the first.
    pub(super) shown: &'f Finding,
    /// All of them, `shown` included, in the order of the report.
    pub(super) all: Vec<&'f Finding>,
    /// True where these are expired tokens of any number, shown in one line; otherwise they are one secret.
    pub(super) folded: bool,
}

impl<'f> Entry<'f> {
    /// A finding that is shown by itself.
    pub(super) fn of(finding: &'f Finding) -> Self {
        Self { shown: finding, all: vec![finding], folded: false }
    }
}

/// What is shown as one.
#[derive(PartialEq, Eq, Hash)]
enum Key<'f> {
    /// A secret, by its identity.
    Secret((&'f str, &'f str)),
    /// Expired tokens. A project file may give its tokens a severity that does not depend on their expiry, so
    /// there can be several.
    Expired(Severity),
}

/// Groups findings, which come file by file. With `fold`, the expired tokens of a file become one entry.
///
/// The files with the worst findings come first. Who reads a report from its top has to meet a key that opens
/// everything before the hundredth expired token, in whatever directory it is. Files that are equally bad stay
/// in the order of their paths, so that neighbours are together.
pub(super) fn files<'f>(findings: &[&'f Finding], fold: bool) -> Vec<File<'f>> {
    let repository = |f: &Finding| f.commit.as_ref().map(|commit| commit.repository.clone());
    let one_file =
        |a: &&Finding, b: &&Finding| a.path == b.path && a.entry == b.entry && repository(a) == repository(b);
    let mut files: Vec<File<'f>> =
        findings.chunk_by(one_file).map(|file| File { entries: entries(file, fold) }).collect();
    files.sort_by_key(|file| Reverse(file.entries.first().map(|entry| entry.shown.severity)));
    files
}

fn entries<'f>(findings: &[&'f Finding], fold: bool) -> Vec<Entry<'f>> {
    // With the index of what is shown, which tells the order of places.
    let mut entries: Vec<(usize, Entry<'f>)> = Vec::new();
    let mut index = HashMap::new();
    for (at, finding) in findings.iter().copied().enumerate() {
        let folded = fold && finding.status == Some(Status::Expired);
        let key = if folded { Key::Expired(finding.severity) } else { Key::Secret(finding.identity()) };
        match index.entry(key) {
            Slot::Vacant(slot) => {
                slot.insert(entries.len());
                entries.push((at, Entry { folded, ..Entry::of(finding) }));
            }
            Slot::Occupied(slot) => {
                let (first, entry) = &mut entries[*slot.get()];
                entry.all.push(finding);
                if finding.severity > entry.shown.severity {
                    (*first, entry.shown) = (at, finding);
                }
            }
        }
    }
    entries.sort_by_key(|(at, entry)| (Reverse(entry.shown.severity), *at));
    entries.into_iter().map(|(_, entry)| entry).collect()
}
