//! The slow and obvious way through a history: every commit is read, every file of it looked at, and
//! what a finding is said to be is worked out from that alone.

use std::collections::{BTreeMap, BTreeSet, HashMap, HashSet};
use std::rc::Rc;

use scrubjay::detect::Detector;
use scrubjay::finding::fingerprint;
use serde_json::Value;

use crate::lab::{Repo, Told, text, told};
use crate::support::NOW;
use crate::support::cases::reported;

/// What is found in the files of a tree.
type Holds = Rc<BTreeSet<Told>>;

/// A history, walked.
pub(crate) struct Walk {
    /// What each commit has, and its parents.
    commits: BTreeMap<String, (Holds, Vec<String>)>,
    head: Option<String>,
    /// What each commit leads to, itself included.
    behind: HashMap<String, HashSet<String>>,
    references: BTreeMap<String, String>,
}

impl Walk {
    /// Every commit that a reference leads to.
    pub(crate) fn new(repo: &Repo) -> Self {
        let detector = Detector::new(scrubjay::rule::builtin(), NOW);
        let (mut commits, mut trees) = (BTreeMap::new(), HashMap::new());
        let mut found: HashMap<(String, String), BTreeSet<Told>> = HashMap::new();
        for line in repo.git(&["rev-list", "--all", "--no-commit-header", "--format=%H %T %P"]).lines() {
            let words: Vec<String> = line.split(' ').filter(|w| !w.is_empty()).map(str::to_owned).collect();
            let (id, tree, parents) = (words[0].clone(), words[1].clone(), words[2..].to_vec());
            let holds = trees.entry(tree.clone()).or_insert_with(|| {
                let files = files(repo, &tree);
                let fresh: Vec<_> = files.iter().filter(|file| !found.contains_key(*file)).cloned().collect();
                for ((path, blob), bytes) in fresh.iter().zip(contents(repo, &fresh)) {
                    let in_it = reported(&detector, path, &bytes);
                    let in_it =
                        in_it.iter().map(|d| (path.clone(), d.rule.id.clone(), fingerprint(&d.value)));
                    found.insert((path.clone(), blob.clone()), in_it.collect());
                }
                Rc::new(files.iter().flat_map(|file| found[file].clone()).collect::<BTreeSet<Told>>())
            });
            commits.insert(id, (Rc::clone(holds), parents));
        }
        let head = Some(repo.git(&["rev-parse", "--verify", "-q", "HEAD"])).filter(|id| !id.is_empty());
        let mut walk = Self { commits, head, behind: HashMap::new(), references: BTreeMap::new() };
        walk.behind = walk.commits.keys().map(|id| (id.clone(), walk.leads_to(id))).collect();
        let format = "%(refname) %(if)%(*objectname)%(then)%(*objectname)%(else)%(objectname)%(end)";
        for line in repo.git(&["for-each-ref", &format!("--format={format}")]).lines() {
            let (name, id) = line.split_once(' ').expect("a name and an id");
            walk.references.insert(name.to_owned(), id.to_owned());
        }
        walk
    }

    fn leads_to(&self, id: &str) -> HashSet<String> {
        let (mut seen, mut open) = (HashSet::new(), vec![id.to_owned()]);
        while let Some(id) = open.pop() {
            if seen.insert(id.clone()) {
                open.extend(self.commits[&id].1.iter().cloned());
            }
        }
        seen
    }

    /// Everything that is found anywhere.
    pub(crate) fn all(&self) -> BTreeSet<Told> {
        self.commits.values().flat_map(|(holds, _)| holds.iter().cloned()).collect()
    }

    fn has(&self, id: &str, what: &Told) -> bool {
        self.commits[id].0.contains(what)
    }

    fn brings(&self, id: &str, what: &Told) -> bool {
        self.has(id, what) && !self.commits[id].1.iter().any(|parent| self.has(parent, what))
    }

    fn takes(&self, id: &str, what: &Told) -> bool {
        let parents = &self.commits[id].1;
        !self.has(id, what) && !parents.is_empty() && parents.iter().all(|parent| self.has(parent, what))
    }

    /// Complains about what a finding says of its commit.
    pub(crate) fn check(&self, finding: &Value) -> Result<(), String> {
        let what = told(finding);
        let commit = &finding["commit"];
        let id = text(commit, "id");
        let wrong = |about: &str| Err(format!("{about}: {what:?} {commit}"));
        if !self.brings(&id, &what) {
            return wrong("the commit does not bring it");
        }
        if self.behind[&id].iter().any(|before| *before != id && self.brings(before, &what)) {
            return wrong("a commit before brought it");
        }
        let in_head = self.head.as_ref().is_some_and(|head| self.has(head, &what));
        if commit["in_head"] != in_head || commit["unreachable"] != false {
            return wrong("in_head or unreachable");
        }
        let refs: Vec<&String> = self
            .references
            .iter()
            .filter(|(_, tip)| self.behind[*tip].contains(&id))
            .map(|(name, _)| name)
            .collect();
        if commit["refs"] != serde_json::json!(refs) {
            return wrong("the references");
        }
        let takers: Vec<&String> = self.commits.keys().filter(|id| self.takes(id, &what)).collect();
        match commit["removed_by"].as_str() {
            None if in_head || takers.is_empty() => Ok(()),
            None => wrong("somebody took it away"),
            Some(_) if in_head => wrong("it is still there"),
            Some(taker) if !takers.iter().any(|t| *t == taker) => wrong("that commit did not take it away"),
            Some(taker) => {
                let later = |t: &&&String| **t != taker && self.behind[**t].contains(taker);
                if takers.iter().any(|t| later(&t)) { wrong("a later one took it away") } else { Ok(()) }
            }
        }
    }
}

/// The files of a tree: path and blob.
fn files(repo: &Repo, tree: &str) -> Vec<(String, String)> {
    let list = repo.git_with(&["ls-tree", "-r", "-z", tree], b"");
    let entry = |entry: &[u8]| {
        let entry = String::from_utf8_lossy(entry).into_owned();
        let (facts, path) = entry.split_once('\t').expect("a path");
        let words: Vec<&str> = facts.split(' ').collect();
        (words[1] == "blob").then(|| (path.to_owned(), words[2].to_owned()))
    };
    list.split(|b| *b == 0).filter(|e| !e.is_empty()).filter_map(entry).collect()
}

fn contents(repo: &Repo, files: &[(String, String)]) -> Vec<Vec<u8>> {
    let ids: String = files.iter().map(|(_, id)| format!("{id}\n")).collect();
    let all = repo.git_with(&["cat-file", "--batch"], ids.as_bytes());
    let (mut rest, mut out) = (&all[..], Vec::new());
    for _ in files {
        let end = rest.iter().position(|b| *b == b'\n').expect("a header");
        let size = String::from_utf8_lossy(&rest[..end]).rsplit(' ').next().and_then(|n| n.parse().ok());
        let size: usize = size.expect("a size");
        out.push(rest[end + 1..][..size].to_vec());
        rest = &rest[end + size + 2..];
    }
    out
}
