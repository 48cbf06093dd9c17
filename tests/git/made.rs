//! Repositories out of a seed: some hundred commits on branches that fork and merge, files that change
//! by few lines so that git stores them as deltas, secrets that come, move, change their form and go.
//! Written through `git fast-import`, which takes a blink.

use std::collections::BTreeMap;

use crate::lab::{Repo, mint};
use crate::support::prng::Prng;

/// How secrets are written; each stands on lines of its own.
const FORMS: &[&str] = &[
    "device_secret_key = \"{alnum:32}\"",
    "TIRTC_SECRET_KEY={alnum:32}",
    "{\"secret_key\": \"{alnum:32}\", \"device\": \"{device_id}\"}",
    "data: {base64:device_secret_key={alnum:32} and more}",
    "token={mint:tirtc}",
    "sig: {mint:usersig}",
    "{license}",
    "{pem:ec}",
    "sdk_secret_key: {hex:64}",
];

/// A row of a table: whether its last field is a secret says the first row.
const ROW: &str = "{device_id},{alnum:32}";

/// The two first rows that a table may have.
const HEADERS: [&str; 2] = ["device_id,device_secret_key", "device_id,colour"];

#[derive(Clone, PartialEq)]
enum Form {
    Text,
    Wide,
    Table,
}

#[derive(Clone, PartialEq)]
struct File {
    form: Form,
    lines: Vec<String>,
}

impl File {
    fn bytes(&self) -> Vec<u8> {
        let text = self.lines.join("\n") + "\n";
        match self.form {
            Form::Wide => {
                std::iter::once(0xfeff).chain(text.encode_utf16()).flat_map(u16::to_le_bytes).collect()
            }
            _ => text.into_bytes(),
        }
    }
}

type Tree = BTreeMap<String, File>;

struct Maker {
    rng: Prng,
    seed: u64,
    planted: usize,
    stream: Vec<u8>,
    /// Commits by mark, less one.
    trees: Vec<Tree>,
    /// The last commit of each branch.
    branches: Vec<usize>,
}

/// Fills an empty repository; the branches are `main`, `b1`, `b2`, …
pub(crate) fn fill(repo: &Repo, seed: u64, commits: usize) {
    let mut maker = Maker {
        rng: Prng::new(seed),
        seed,
        planted: 0,
        stream: b"feature done\n".to_vec(),
        trees: Vec::new(),
        branches: Vec::new(),
    };
    for _ in 0..commits {
        maker.commit();
    }
    maker.stream.extend(b"done\n");
    repo.git_with(&["-c", "fastimport.unpackLimit=0", "fast-import", "--quiet"], &maker.stream);
}

impl Maker {
    fn commit(&mut self) {
        let branch = match self.branches.len() {
            0 => 0,
            // A fork begins where a branch is.
            n if n < 5 && self.rng.below(25) == 0 => {
                let from = self.branches[self.rng.below(n)];
                self.branches.push(from);
                n
            }
            n => self.rng.below(n),
        };
        let parent = self.branches.get(branch).copied();
        let mut tree = parent.map_or_else(Tree::new, |p| self.trees[p].clone());
        let other = *self.rng.pick(if self.branches.is_empty() { &[0][..] } else { &self.branches });
        let merged = parent.filter(|p| *p != other && self.rng.below(8) == 0).map(|_| other);
        if let Some(other) = merged {
            let theirs = self.trees[other].clone();
            let taken: Vec<_> = theirs.into_iter().filter(|_| self.rng.below(2) == 0).collect();
            tree.extend(taken);
        }
        // Some merges bring something of their own.
        let edits = if merged.is_some() { self.rng.below(2) } else { 1 + self.rng.below(3) };
        for _ in 0..edits {
            self.edit(&mut tree);
        }
        self.write(branch, parent, merged, &tree);
        match self.branches.get_mut(branch) {
            Some(tip) => *tip = self.trees.len(),
            None => self.branches.push(self.trees.len()),
        }
        self.trees.push(tree);
    }

    fn edit(&mut self, tree: &mut Tree) {
        let names: Vec<String> = tree.keys().cloned().collect();
        if names.len() < 4 {
            return self.create(tree);
        }
        let name = self.rng.pick(&names).clone();
        match self.rng.below(20) {
            0 => self.create(tree),
            1 => drop(tree.remove(&name)),
            2 => {
                let file = tree.remove(&name).expect("it is there");
                tree.insert(self.name(), file);
            }
            3 => {
                let file = tree[&name].clone();
                tree.insert(self.name(), file);
            }
            4 | 5 => {
                // The same secret in another file.
                let lines = tree[&name].lines.iter().filter(|line| line.len() > 30);
                let lines: Vec<String> = lines.take(2).cloned().collect();
                let to = self.rng.pick(&names).clone();
                let file = tree.get_mut(&to).expect("it is there");
                let at = self.rng.below(file.lines.len()) + 1;
                file.lines.splice(at..at, lines);
            }
            6..=8 => self.small(tree.get_mut(&name).expect("it is there")),
            9..=11 => {
                // What is long is what was planted.
                let file = tree.get_mut(&name).expect("it is there");
                let long = file.lines.iter().rposition(|line| line.len() > 40);
                if let Some(at) = long.filter(|at| *at > 0) {
                    file.lines.remove(at);
                }
            }
            _ => self.plant(tree.get_mut(&name).expect("it is there")),
        }
    }

    fn name(&mut self) -> String {
        let folders = ["", "src/", "src/deep/er/", "conf/"];
        format!(
            "{}f{}.{}",
            self.rng.pick(&folders),
            self.rng.below(40),
            self.rng.pick(&["txt", "env", "csv"])
        )
    }

    fn create(&mut self, tree: &mut Tree) {
        let form = match self.rng.below(6) {
            0 => Form::Wide,
            1 | 2 => Form::Table,
            _ => Form::Text,
        };
        // Few files are large, as in life.
        let lines = match self.rng.below(12) {
            0 => 1_500,
            1..=3 => 400,
            _ => 20 + self.rng.below(40),
        };
        let mut file = File { form, lines: vec![(*self.rng.pick(&HEADERS)).to_owned()] };
        for at in 0..lines {
            let line = match file.form {
                Form::Table => format!("{},{}", self.rng.below(90), self.rng.pick(&["red", "blue"])),
                _ => format!("line {at} of {} things and some words", self.rng.below(900)),
            };
            file.lines.push(line);
        }
        if file.form != Form::Table {
            "nothing of note".clone_into(&mut file.lines[0]);
        }
        tree.insert(self.name(), file);
    }

    /// Changes some lines; of a table perhaps the first, which says what the others are.
    fn small(&mut self, file: &mut File) {
        if file.form == Form::Table && self.rng.below(2) == 0 {
            let header = usize::from(file.lines[0] == HEADERS[0]);
            HEADERS[header].clone_into(&mut file.lines[0]);
            return;
        }
        let at = self.rng.below(file.lines.len());
        match self.rng.below(3) {
            0 if at > 0 => drop(file.lines.remove(at)),
            // What stands beside may be a secret, or the name of one.
            _ => file.lines.insert(at.max(1), format!("note {} secret_key:", self.rng.below(900))),
        }
    }

    fn plant(&mut self, file: &mut File) {
        self.planted += 1;
        let form = if file.form == Form::Table { ROW } else { self.rng.pick(FORMS) };
        let line = mint(form, &format!("{}/{}", self.seed, self.planted));
        let line = String::from_utf8(line).expect("secrets are text");
        let at = 1 + self.rng.below(file.lines.len());
        file.lines.insert(at, line);
    }

    fn write(&mut self, branch: usize, parent: Option<usize>, merged: Option<usize>, tree: &Tree) {
        let name = if branch == 0 { "main".to_owned() } else { format!("b{branch}") };
        let number = self.trees.len();
        let out = &mut self.stream;
        out.extend(format!("commit refs/heads/{name}\nmark :{}\n", number + 1).bytes());
        // Now and then a clock is wrong.
        let time = 1_700_000_000 + 60 * if self.rng.below(15) == 0 { number / 2 } else { number };
        out.extend(format!("committer A <a@example.com> {time} +0100\ndata 2\nx\n").bytes());
        for (word, from) in [("from", parent), ("merge", merged)] {
            out.extend(from.map_or_else(String::new, |from| format!("{word} :{}\n", from + 1)).bytes());
        }
        let empty = Tree::new();
        let before = parent.map_or(&empty, |p| &self.trees[p]);
        for gone in before.keys().filter(|name| !tree.contains_key(*name)) {
            out.extend(format!("D {gone}\n").bytes());
        }
        for (name, file) in tree.iter().filter(|(name, file)| before.get(*name) != Some(file)) {
            let bytes = file.bytes();
            out.extend(format!("M 100644 inline {name}\ndata {}\n", bytes.len()).bytes());
            out.extend(bytes);
            out.push(b'\n');
        }
        out.push(b'\n');
    }
}
