//! Pushes that carry a secret where nobody looks: in names, in headers, in what hangs beside the files of a
//! commit, behind what hides it. Each is stopped where it leaves and where it arrives, in repositories of both
//! hashes.

use crate::lab::{Lab, Repo, assert_silent, mint};
use crate::packed::{squeeze, tar, zip};

/// How a secret is written that stands in a name or a line of its own.
const FORMS: &[&str] =
    &["secret_key={alnum:32}", "device_secret_key={alnum:32}", "tirtc_secret_key={alnum:40}"];

/// A client with what it is to be given next.
struct Client<'c> {
    repo: &'c Repo,
    /// Tells the secrets of the ways apart.
    seed: String,
}

/// What a push names.
type Refs = Vec<String>;

impl Client<'_> {
    /// A secret with its name, without a line end.
    fn secret(&self) -> Vec<u8> {
        let form = FORMS[self.seed.len() % FORMS.len()];
        mint(form, &self.seed)
    }

    fn text(&self) -> String {
        String::from_utf8(self.secret()).expect("text")
    }

    fn id(out: Vec<u8>) -> String {
        String::from_utf8(out).expect("an id").trim().to_owned()
    }

    /// A tree of these entries.
    fn tree(&self, entries: &[(&str, &[u8], &str)]) -> String {
        let mut text = Vec::new();
        for (mode, name, id) in entries {
            let kind = match *mode {
                "040000" => "tree",
                "160000" => "commit",
                _ => "blob",
            };
            text.extend(format!("{mode} {kind} {id}\t").bytes());
            text.extend(*name);
            text.push(0);
        }
        Self::id(self.repo.git_with(&["mktree", "-z", "--missing"], &text))
    }

    fn commit_in(&self, repo: &Repo, tree: &str, parents: &[&str], message: &[u8]) -> String {
        let mut args = vec!["commit-tree", tree];
        parents.iter().for_each(|parent| args.extend(["-p", parent]));
        Self::id(repo.git_with(&args, message))
    }

    fn commit(&self, tree: &str, parents: &[&str], message: &[u8]) -> String {
        self.commit_in(self.repo, tree, parents, message)
    }

    /// A commit of one file that holds nothing.
    fn clean(&self) -> String {
        self.commit(&self.file("a.txt", b"clean\n"), &[], b"clean\n")
    }

    fn file(&self, name: &str, bytes: &[u8]) -> String {
        self.named("100644", name.as_bytes(), bytes)
    }

    fn named(&self, mode: &str, name: &[u8], bytes: &[u8]) -> String {
        self.tree(&[(mode, name, &self.repo.blob(bytes))])
    }

    /// A commit of that tree on a new branch.
    fn branch(&self, tree: &str) -> Refs {
        Self::refs(&self.commit(tree, &[], b"more\n"))
    }

    fn refs(id: &str) -> Refs {
        vec![format!("{id}:refs/heads/topic")]
    }

    /// A clean commit by somebody.
    fn by(&self, variable: &str, value: &str) -> Refs {
        let repo = self.repo.with(variable, value);
        Self::refs(&self.commit_in(&repo, &self.file("a.txt", b"clean\n"), &[], b"by somebody\n"))
    }

    /// A commit with these lines behind those that git writes.
    fn with_header(&self, lines: &str, message: &str) -> String {
        let tree = self.file("a.txt", b"clean\n");
        let text = format!(
            "tree {tree}\nauthor A <a@example.com> 1800000000 +0000\ncommitter A <a@example.com> 1800000000 \
             +0000\n{lines}\n{message}"
        );
        Self::id(
            self.repo
                .git_with(&["hash-object", "-t", "commit", "-w", "--stdin", "--literally"], text.as_bytes()),
        )
    }

    /// A tag object of something.
    fn tag(&self, kind: &str, id: &str, name: &str, tagger: &str, message: &str) -> String {
        let text = format!(
            "object {id}\ntype {kind}\ntag {name}\ntagger {tagger} <a@example.com> 1800000000 +0000\n\n{message}\n"
        );
        Self::id(
            self.repo
                .git_with(&["hash-object", "-t", "tag", "-w", "--stdin", "--literally"], text.as_bytes()),
        )
    }
}

type Way = (&'static str, fn(&Client<'_>) -> Refs);

/// Beside the files: people, messages, headers, tags, references.
#[rustfmt::skip]
const BESIDE: &[Way] = &[
    ("message", |c| Client::refs(&c.commit(&c.file("a", b"x\n"), &[], &c.secret()))),
    ("author", |c| c.by("GIT_AUTHOR_NAME", &c.text())),
    ("author's address", |c| c.by("GIT_AUTHOR_EMAIL", &c.text())),
    ("committer", |c| c.by("GIT_COMMITTER_NAME", &c.text())),
    ("committer's address", |c| c.by("GIT_COMMITTER_EMAIL", &c.text())),
    ("unknown header", |c| Client::refs(&c.with_header(&format!("x-note {}\n", c.text()), "m\n"))),
    ("name of an unknown header", |c| Client::refs(&c.with_header(&format!("{} x\n", c.text()), "m\n"))),
    ("continued header", |c| Client::refs(&c.with_header(&format!("x-note a\n {}\n", c.text()), "m\n"))),
    ("header without a message", |c| Client::refs(&c.with_header(&format!("x-note {}", c.text()), ""))),
    ("signature", |c| {
        let lines = format!("gpgsig -----BEGIN PGP SIGNATURE-----\n Comment: {}\n \n iQ==\n -----END PGP SIGNATURE-----\n", c.text());
        Client::refs(&c.with_header(&lines, "m\n"))
    }),
    ("encoding", |c| Client::refs(&c.with_header(&format!("encoding {}\n", c.text()), "m\n"))),
    ("message in an unknown encoding", |c| Client::refs(&c.with_header("encoding X-NO-SUCH\n", &format!("gr\u{fc}n {}\n", c.text())))),
    ("merged tag", |c| {
        let (ours, theirs) = (c.clean(), c.commit(&c.file("b", b"y\n"), &[], b"theirs\n"));
        // Git keeps a merged tag where it is signed.
        let message = c.text() + "\n-----BEGIN PGP SIGNATURE-----\n\niQ==\n-----END PGP SIGNATURE-----";
        let tag = c.tag("commit", &theirs, "v1", "A", &message);
        c.repo.git(&["update-ref", "refs/tags/v1", &tag]);
        c.repo.git(&["checkout", "-q", "-f", "--detach", &ours]);
        c.repo.git(&["merge", "-q", "--no-verify", "--allow-unrelated-histories", "-m", "merged", "v1"]);
        assert!(c.repo.git(&["cat-file", "-p", "HEAD"]).contains("mergetag "));
        Client::refs(&c.repo.head())
    }),
    ("tag's message", |c| vec![format!("{}:refs/tags/t", c.tag("commit", &c.clean(), "t", "A", &c.text()))]),
    ("tagger", |c| vec![format!("{}:refs/tags/t", c.tag("commit", &c.clean(), "t", &c.text(), "m"))]),
    ("name in a tag", |c| vec![format!("{}:refs/tags/t", c.tag("commit", &c.clean(), &c.text(), "A", "m"))]),
    ("tag of a tag", |c| {
        let inner = c.tag("commit", &c.clean(), "t", "A", &c.text());
        vec![format!("{}:refs/tags/t", c.tag("tag", &inner, "t", "A", "outer"))]
    }),
    ("tag of a blob", |c| vec![format!("{}:refs/tags/t", c.tag("blob", &c.repo.blob(&c.secret()), "t", "A", "m"))]),
    ("tag of a tree", |c| {
        let tree = c.named("100644", &c.secret(), b"x\n");
        vec![format!("{}:refs/tags/t", c.tag("tree", &tree, "t", "A", "m"))]
    }),
    ("branch's name", |c| vec![format!("{}:refs/heads/{}", c.clean(), c.text())]),
    ("tag's name", |c| vec![format!("{}:refs/tags/{}", c.clean(), c.text())]),
    ("branch's name with a folder", |c| vec![format!("{}:refs/heads/{}/x", c.clean(), c.text())]),
    ("note", |c| {
        let commit = c.clean();
        vec![Client::refs(&commit).remove(0), format!("{}:refs/notes/commits", c.commit(&c.file(&commit, &c.secret()), &[], b"note\n"))]
    }),
    ("reference to a blob", |c| vec![format!("{}:refs/misc/x", c.repo.blob(&c.secret()))]),
    ("reference to a tree", |c| vec![format!("{}:refs/misc/x", c.file("a", &c.secret()))]),
    ("reference to a tree with a name", |c| vec![format!("{}:refs/misc/x", c.named("100644", &c.secret(), b"x\n"))]),
];

/// In the files: names, contents, and what hides one or the other.
#[rustfmt::skip]
const WITHIN: &[Way] = &[
    ("file", |c| c.branch(&c.file("a", &c.secret()))),
    ("file's name", |c| c.branch(&c.named("100644", &c.secret(), b"x\n"))),
    ("file's name with endings", |c| c.branch(&c.named("100644", &[&c.secret()[..], b".tar.gz.bak"].concat(), b"x\n"))),
    ("empty file's name", |c| c.branch(&c.named("100755", &[&c.secret()[..], b".txt"].concat(), b""))),
    ("folder's name", |c| c.branch(&c.tree(&[("040000", &c.secret(), &c.file("a", b"x\n"))]))),
    ("very long name", |c| c.branch(&c.named("100644", &[&b"long ".repeat(40)[..], &c.secret()].concat(), b"x\n"))),
    ("name that is no UTF-8", |c| c.branch(&c.named("100644", &[&b"\xff\xfe "[..], &c.secret(), b" \xc3"].concat(), b"x\n"))),
    ("name with a line end", |c| c.branch(&c.named("100644", &[&b"a\n"[..], &c.secret(), b"\nb"].concat(), b"x\n"))),
    ("deep below", |c| {
        let mut tree = c.file("a", &c.secret());
        (0..40).for_each(|_| tree = c.tree(&[("040000", b"d", &tree)]));
        c.branch(&tree)
    }),
    ("link's target", |c| c.branch(&c.named("120000", b"link", &c.secret()))),
    ("link's name", |c| c.branch(&c.named("120000", &c.secret(), b"a"))),
    ("submodule's address", |c| {
        let text = [&b"[submodule \"x\"]\n\tpath = x\n\turl = https://example.com/x?"[..], &c.secret(), b"\n"].concat();
        c.branch(&c.file(".gitmodules", &text))
    }),
    ("submodule's path", |c| {
        let id = c.clean();
        c.branch(&c.tree(&[("160000", &c.secret(), &id)]))
    }),
    ("pointer to a large file", |c| {
        let oid = "0f".repeat(32);
        let text = [&b"version https://git-lfs.github.com/spec/v1\noid sha256:"[..], oid.as_bytes(), b"\nsize 12\nx-", &c.secret(), b"\n"].concat();
        c.branch(&c.file("big.bin", &text))
    }),
    ("UTF-16", |c| {
        let wide: Vec<u8> = std::iter::once(0xfeff).chain(c.text().encode_utf16()).flat_map(u16::to_le_bytes).collect();
        c.branch(&c.file("a", &wide))
    }),
    ("gzip", |c| c.branch(&c.file("a.gz", &squeeze("gzip", &c.secret())))),
    ("zip", |c| c.branch(&c.file("a.zip", &zip(&[("a", &c.secret())])))),
    ("name in a zip", |c| c.branch(&c.file("a.zip", &zip(&[(&c.text(), b"x\n")])))),
    ("name with an ending in a zip", |c| c.branch(&c.file("a.zip", &zip(&[(&(c.text() + ".txt"), b"x\n")])))),
    ("folder's name in a tar", |c| c.branch(&c.file("a.tar", &tar(&[(&(c.text() + "/x.txt"), b"x\n")])))),
    ("name in a tar in a gzip", |c| c.branch(&c.file("a.tgz", &squeeze("gzip", &tar(&[(&c.text(), b"x\n")]))))),
    ("content in a tar in a gzip", |c| c.branch(&c.file("a.tgz", &squeeze("gzip", &tar(&[("x", &c.secret())]))))),
    ("for one commit", |c| {
        let (clean, bad) = (c.file("a", b"x\n"), c.file("a", &c.secret()));
        let first = c.commit(&clean, &[], b"1\n");
        let second = c.commit(&bad, &[&first], b"2\n");
        Client::refs(&c.commit(&clean, &[&second], b"3\n"))
    }),
    ("a name for one commit", |c| {
        let (clean, bad) = (c.file("a", b"x\n"), c.named("100644", &c.secret(), b"x\n"));
        let first = c.commit(&clean, &[], b"1\n");
        let second = c.commit(&bad, &[&first], b"2\n");
        Client::refs(&c.commit(&clean, &[&second], b"3\n"))
    }),
    ("merge", |c| {
        let (a, b) = (c.clean(), c.commit(&c.file("b", b"y\n"), &[], b"b\n"));
        Client::refs(&c.commit(&c.file("a.txt", &c.secret()), &[&a, &b], b"merged\n"))
    }),
    ("name from a merge", |c| {
        let (a, b) = (c.clean(), c.commit(&c.file("b", b"y\n"), &[], b"b\n"));
        Client::refs(&c.commit(&c.named("100644", &c.secret(), b"z\n"), &[&a, &b], b"merged\n"))
    }),
    ("octopus", |c| {
        let sides: Vec<String> = (0..5).map(|n| c.commit(&c.file(&n.to_string(), b"y\n"), &[], b"n\n")).collect();
        let sides: Vec<&str> = sides.iter().map(String::as_str).collect();
        Client::refs(&c.commit(&c.file("a", &c.secret()), &sides, b"merged\n"))
    }),
    ("side of an octopus", |c| {
        let mut sides: Vec<String> = (0..5).map(|n| c.commit(&c.file(&n.to_string(), b"y\n"), &[], b"n\n")).collect();
        sides.push(c.commit(&c.file("x", &c.secret()), &[], b"n\n"));
        let sides: Vec<&str> = sides.iter().map(String::as_str).collect();
        Client::refs(&c.commit(&c.file("a", b"x\n"), &sides, b"merged\n"))
    }),
    ("replaced by something clean", |c| {
        let bad = c.commit(&c.file("a", &c.secret()), &[], b"bad\n");
        let good = c.clean();
        c.repo.git(&["replace", &bad, &good]);
        Client::refs(&bad)
    }),
    ("replacement", |c| {
        let (good, bad) = (c.clean(), c.commit(&c.file("a", &c.secret()), &[], b"bad\n"));
        vec![Client::refs(&good).remove(0), format!("{bad}:refs/replace/{good}")]
    }),
    ("grafted away", |c| {
        let bad = c.commit(&c.file("a", &c.secret()), &[], b"bad\n");
        let tip = c.commit(&c.file("a", b"x\n"), &[&bad], b"tip\n");
        c.repo.write(".git/info/grafts", format!("{tip}\n").as_bytes());
        Client::refs(&tip)
    }),
    ("in objects of another repository", |c| {
        let other = c.repo.below("..").below("other");
        let bad = Client::id(other.git_with(&["hash-object", "-w", "--stdin"], &c.secret()));
        let path = other.path.join(".git/objects");
        c.repo.write(".git/objects/info/alternates", format!("{}\n", path.to_string_lossy()).as_bytes());
        let tree = c.tree(&[("100644", b"a", &bad)]);
        c.branch(&tree)
    }),
    ("moved to a name", |c| {
        let first = c.clean();
        Client::refs(&c.commit(&c.named("100644", &c.secret(), b"clean\n"), &[&first], b"moved\n"))
    }),
    ("in a large object", |c| {
        let text = [&b"a line of words that says nothing\n".repeat(100_000)[..], &c.secret(), b"\n"].concat();
        c.branch(&c.file("a.log", &text))
    }),
];

/// The lines of a push that are the command's; git itself shows the names of references.
fn said(stderr: &str) -> String {
    let is_gits = |line: &str| {
        line.starts_with(" ! ")
            || line.starts_with("error: ")
            || line.starts_with("To ")
            || line.contains(" -> ")
    };
    stderr.lines().filter(|line| !is_gits(line)).map(|line| format!("{line}\n")).collect()
}

/// All ways with a hook at one end, in repositories of a hash.
fn pushes(hook: &str, hash: &str, ways: &[Way]) {
    let lab = Lab::new();
    let format = format!("--object-format={hash}");
    let server = lab.repo("server", &["--bare", &format]);
    lab.repo("other", &[&format]);
    let mut gone = Vec::new();
    for (number, (name, way)) in ways.iter().enumerate() {
        // What one leaves behind must not stop the next.
        let repo = lab.repo(&format!("client-{number}"), &[&format]);
        repo.git(&["remote", "add", "origin", "../server"]);
        let guarded = if hook == "pre-push" { &repo } else { &server };
        if hook == "pre-push" || number == 0 {
            let ran = guarded.scrubjay(&["hook", "install", "--hook", hook]);
            assert_eq!(ran.status, 0, "{}", ran.stderr);
        }
        let client = Client { repo: &repo, seed: format!("hostile/{hook}/{hash}/{name}") };
        let refs = way(&client);
        let mut command = repo.command("git");
        let out = command.args(["push", "-q", "origin"]).args(&refs).output().expect("it ends");
        let stderr = String::from_utf8_lossy(&out.stderr).into_owned();
        let words = said(&stderr);
        assert_silent(name, words.as_bytes());
        assert_silent(name, &out.stdout);
        // What cannot be looked at is no better than what was found.
        let is_told =
            ["scrubjay: this push is", "scrubjay: stopped, because"].iter().any(|t| words.contains(t));
        if out.status.success() || !is_told {
            gone.push(format!("{name}: {:?}\n{words}", out.status));
        }
        assert_eq!(server.git(&["for-each-ref"]), "", "{name}");
    }
    assert!(
        gone.is_empty(),
        "{hook} {hash}: {} of {} go through:\n{}",
        gone.len(),
        ways.len(),
        gone.join("\n")
    );
}

/// The same in a history and in a range, where nothing shows a value.
fn histories(hash: &str, ways: &[Way]) {
    let lab = Lab::new();
    let format = format!("--object-format={hash}");
    lab.repo("other", &[&format]);
    let mut silent = Vec::new();
    for (number, (name, way)) in ways.iter().enumerate() {
        let repo = lab.repo(&format!("client-{number}"), &[&format]);
        let client = Client { repo: &repo, seed: format!("hostile/{hash}/{name}") };
        let mut scans = vec![vec!["--history"], vec!["--history", "--since", "2020-01-01"]];
        let refs = way(&client);
        for one in &refs {
            let (id, name) = one.split_once(':').expect("an id and a name");
            repo.run("git", &["update-ref", name, id], b"");
        }
        // In what a merge brings nothing is told of one side alone.
        let ids: Vec<&str> = refs.iter().filter_map(|one| Some(one.split_once(':')?.0)).collect();
        let range = ids.join(" ");
        if !refs[0].contains("refs/misc/") && !refs[0].contains("refs/tags/") {
            scans.push(vec!["--history", "--range", &range]);
        }
        for scan in scans {
            let ran = repo.scrubjay(&[&["scan", "-v"], &scan[..]].concat());
            if ran.status != 1 {
                silent.push(format!("{name} {scan:?}: {}\n{}", ran.status, ran.stderr));
            }
        }
    }
    assert!(silent.is_empty(), "{hash}: {} pass:\n{}", silent.len(), silent.join("\n"));
}

#[test]
fn histories_and_ranges_see_the_same() {
    histories("sha1", &[BESIDE, WITHIN].concat());
    histories("sha256", BESIDE);
}

#[test]
fn at_least_a_hundred_and_twenty_pushes_are_made() {
    assert!(4 * (BESIDE.len() + WITHIN.len()) >= 240);
}

#[test]
fn what_stands_beside_the_files_does_not_leave() {
    ["sha1", "sha256"].iter().for_each(|hash| pushes("pre-push", hash, BESIDE));
}

#[test]
fn what_stands_beside_the_files_does_not_arrive() {
    ["sha1", "sha256"].iter().for_each(|hash| pushes("pre-receive", hash, BESIDE));
}

#[test]
fn what_stands_in_the_files_does_not_leave() {
    ["sha1", "sha256"].iter().for_each(|hash| pushes("pre-push", hash, WITHIN));
}

#[test]
fn what_stands_in_the_files_does_not_arrive() {
    ["sha1", "sha256"].iter().for_each(|hash| pushes("pre-receive", hash, WITHIN));
}
