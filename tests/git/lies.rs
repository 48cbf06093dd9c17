//! Repositories that are broken or lie: whatever it is, it is named, the scan is incomplete, memory and
//! time stay bounded, and everything else is found.

use std::fs;

use crate::forge::{Packed, delta, entry, id, loose, loose_file, pack, zeros};
use crate::lab::{Lab, Ran, Repo, SCRUBJAY, secret};
use crate::support::NOW;

const GIB: usize = 1024 * 1024 * 1024;

/// More than is read at once.
const LARGE: usize = 80 * 1024 * 1024;

/// A repository with a secret in `a.txt`.
fn honest(lab: &Lab) -> Repo {
    let repo = lab.repo("repo", &[]);
    repo.commit("a.txt", &secret("a"));
    repo
}

/// Scans with less memory than a lie would take.
fn scan(repo: &Repo, args: &[&str]) -> Ran {
    let now = NOW.to_string();
    let all = [&["scan", "-f", "json", "-j", "2", "--now", &now][..], args].concat();
    if cfg!(not(target_os = "linux")) {
        return repo.scrubjay(&all);
    }
    let limited = "ulimit -v 900000; exec \"$@\"";
    let ran = repo.run("sh", &[&["-c", limited, "sh", SCRUBJAY][..], &all].concat(), b"");
    crate::lab::assert_silent("the scan", &[&ran.stdout, ran.stderr.as_bytes()].concat());
    ran
}

/// All is named, the scan is incomplete, and `a.txt` is found.
#[track_caller]
fn assert_told(ran: &Ran, names: &[&str]) {
    assert_eq!(ran.status, 2, "{}", ran.stderr);
    for name in names {
        assert!(ran.stderr.contains(name), "{name}: {}", ran.stderr);
    }
    assert!(ran.paths().contains(&"a.txt".to_owned()), "{:?} {}", ran.paths(), ran.stderr);
    assert!(ran.stderr.contains("incomplete") && !ran.stderr.contains("internal error"), "{}", ran.stderr);
}

fn history(repo: &Repo) -> Ran {
    scan(repo, &["--history"])
}

/// Writes a commit of that tree and those parents; a branch names it.
fn commit(repo: &Repo, branch: &str, tree: &str, parents: &[&str]) -> String {
    let parents: String = parents.iter().map(|p| format!("parent {p}\n")).collect();
    let who = "A <a@example.com> 1700000000 +0000";
    let bytes = format!("tree {tree}\n{parents}author {who}\ncommitter {who}\n\nforged\n");
    let id = repo.git_with(&["hash-object", "-t", "commit", "-w", "--stdin"], bytes.as_bytes());
    let id = String::from_utf8_lossy(&id).trim().to_owned();
    repo.write(&format!(".git/refs/heads/{branch}"), format!("{id}\n").as_bytes());
    id
}

#[test]
fn an_honest_repository_passes_for_one() {
    let lab = Lab::new();
    let ran = history(&honest(&lab));
    assert_eq!((ran.status, ran.paths()), (1, vec!["a.txt".to_owned()]), "{}", ran.stderr);
}

#[test]
fn references_that_lead_nowhere_are_named() {
    let lab = Lab::new();
    let repo = honest(&lab);
    repo.write(".git/refs/heads/gone", format!("{}\n", id(0x12)).as_bytes());
    repo.write(".git/refs/heads/garbage", b"no id at all\n");
    repo.write(".git/refs/tags/empty", b"");
    assert_told(&history(&repo), &["refs/heads/gone", "refs/heads/garbage", "refs/tags/empty"]);
    let lab = Lab::new();
    let repo = honest(&lab);
    repo.write(".git/HEAD", format!("{}\n", id(0x12)).as_bytes());
    assert_told(&history(&repo), &["HEAD", &id(0x12)]);
    let lab = Lab::new();
    let repo = honest(&lab);
    repo.write(".git/packed-refs", b"# pack-refs with: peeled fully-peeled sorted\nnonsense\n");
    assert_told(&history(&repo), &["nvalid packed reference"]);
}

#[test]
fn what_a_commit_names_and_nobody_has_is_named() {
    let lab = Lab::new();
    let repo = honest(&lab);
    let tree = repo.git(&["rev-parse", "HEAD^{tree}"]);
    commit(&repo, "parentless", &tree, &[&id(0x12)]);
    commit(&repo, "treeless", &id(0x13), &[]);
    let (parent, tree) = (format!("commit {}", id(0x12)), format!("tree {}", id(0x13)));
    assert_told(&history(&repo), &[&parent, &tree]);
    assert_told(&scan(&repo, &["--history", "--range", "main parentless treeless"]), &[&parent, &tree]);
}

#[test]
fn a_tree_that_holds_itself_has_an_end() {
    let lab = Lab::new();
    let repo = honest(&lab);
    let (tree, blob) = (id(0x12), repo.blob(&secret("in the circle")));
    let bytes = [entry("100644", "b.txt", &blob), entry("40000", "s", &tree), entry("40000", "t", &tree)];
    loose(&repo, &tree, "tree", &bytes.concat());
    commit(&repo, "circle", &tree, &[]);
    assert_told(&history(&repo), &[&tree]);
    assert_told(&scan(&repo, &["--history", "--range", "main circle"]), &[&tree]);
}

#[test]
fn a_loose_object_is_no_larger_than_it_may_be() {
    let lab = Lab::new();
    let repo = honest(&lab);
    // Says so, says so and is, says it is small and is not.
    loose_file(&repo, &id(0x12), &zeros(format!("blob {GIB}\0").as_bytes(), 300));
    loose_file(&repo, &id(0x13), &zeros(format!("blob {}\0", LARGE / 258 * 258).as_bytes(), LARGE));
    loose_file(&repo, &id(0x14), &zeros(b"blob 10\0", GIB));
    // And what is no object at all.
    loose_file(&repo, &id(0x15), b"nonsense");
    loose_file(&repo, &id(0x16), b"");
    loose(&repo, &id(0x17), "blob", b"not what its name says");
    loose(&repo, &id(0x18), "commit", b"nonsense");
    let names: Vec<String> = (0x12..=0x18).map(|byte| format!("object {}", id(byte))).collect();
    let names: Vec<&str> = names.iter().map(String::as_str).collect();
    let ran = history(&repo);
    assert_told(&ran, &names);
    assert!(ran.stderr.contains("corrupt"), "{}", ran.stderr);
    // The same where they are staged, and where a commit has them.
    for byte in [0x12, 0x13, 0x14, 0x15] {
        let path = format!("bad{byte:x}.txt");
        repo.git(&["update-index", "--add", "--cacheinfo", &format!("100644,{},{path}", id(byte))]);
    }
    repo.stage("a.txt", &[secret("a"), secret("staged")].concat());
    let names = ["bad12.txt", "bad13.txt", "bad14.txt", "bad15.txt"];
    assert_told(&scan(&repo, &["--staged"]), &names);
    let tree = repo.git(&["write-tree", "--missing-ok"]);
    commit(&repo, "bad", &tree, &[]);
    assert_told(&scan(&repo, &["--history", "--range", "main bad"]), &names);
}

#[test]
fn a_delta_builds_no_more_than_it_may() {
    let lab = Lab::new();
    let repo = honest(&lab);
    let base = 0xff_ffff;
    let bad = secret("in a pack");
    let more = |n: usize| delta(base, n * base, &vec![0xff_ffff; n]);
    pack(
        &repo,
        "bomb",
        &[
            (0x20, Packed::Blob(vec![b' '; base])),
            (0x21, Packed::Nearby(1, more(5))),
            (0x22, Packed::Delta(0x20, more(5))),
            // Each a little below the limit, one on the other.
            (0x23, Packed::Nearby(3, more(3))),
            (0x24, Packed::Nearby(1, delta(3 * base, 3 * base, &[0xff_ffff; 3]))),
            (0x25, Packed::Nearby(1, delta(3 * base, 3 * base, &[0xff_ffff; 3]))),
            (0x26, Packed::Stream(LARGE, zeros(b"", LARGE))),
            (0x27, Packed::Stream(10, zeros(b"", GIB))),
            (0x28, Packed::Blob(bad)),
        ],
    );
    let ran = history(&repo);
    let names: Vec<String> =
        [0x21, 0x22, 0x26, 0x27].iter().map(|byte| format!("object {}", id(*byte))).collect();
    assert_told(&ran, &names.iter().map(String::as_str).collect::<Vec<_>>());
    assert!(ran.paths().contains(&format!("<blob {}>", &id(0x28)[..10])), "{:?}", ran.paths());
    assert!(!ran.stderr.contains(&id(0x23)) && !ran.stderr.contains(&id(0x25)), "{}", ran.stderr);
}

#[test]
fn deltas_that_make_no_sense_are_named_each() {
    let lab = Lab::new();
    let repo = honest(&lab);
    let base = secret("base");
    let length = base.len();
    let copy = |result: usize, copied: u32| delta(length, result, &[copied]);
    pack(
        &repo,
        "broken",
        &[
            (0x30, Packed::Blob(base)),
            (0x31, Packed::Nearby(1, delta(length + 1, 4, &[4]))),
            (0x32, Packed::Nearby(2, copy(4000, 4000))),
            (0x33, Packed::Nearby(3, copy(10, 4))),
            (0x34, Packed::Nearby(4, copy(4, 10))),
            (0x35, Packed::Nearby(5, vec![0x80])),
            (0x36, Packed::Nearby(6, [copy(4, 4), vec![0]].concat())),
            // Stands on what is broken.
            (0x37, Packed::Nearby(1, delta(4, 4, &[4]))),
            // On nothing, and what stands on that; two on each other; one on itself.
            (0x38, Packed::Delta(0x99, copy(4, 4))),
            (0x39, Packed::Nearby(1, delta(4, 4, &[4]))),
            (0x3a, Packed::Delta(0x3b, delta(4, 4, &[4]))),
            (0x3b, Packed::Delta(0x3a, delta(4, 4, &[4]))),
            (0x3c, Packed::Delta(0x3c, delta(4, 4, &[4]))),
        ],
    );
    let ran = history(&repo);
    let names: Vec<String> = (0x31..=0x3c).map(|byte| format!("object {}", id(byte))).collect();
    assert_told(&ran, &names.iter().map(String::as_str).collect::<Vec<_>>());
    assert!(ran.paths().contains(&format!("<blob {}>", &id(0x30)[..10])), "{:?}", ran.paths());
}

/// A repository with a pack and, outside of it, a commit with a secret.
fn packed(lab: &Lab) -> (Repo, std::path::PathBuf) {
    let repo = lab.repo("repo", &[]);
    for n in 0..20 {
        repo.commit(&format!("f{n}.txt"), crate::support::prng::Prng::new(n).hex(3000).as_bytes());
    }
    repo.git(&["repack", "-adq"]);
    repo.commit("a.txt", &secret("a"));
    let mut packs = fs::read_dir(repo.path.join(".git/objects/pack")).expect("a folder");
    let found = packs.find_map(|e| {
        Some(e.expect("an entry").path()).filter(|p| p.extension().is_some_and(|e| e == "pack"))
    });
    let pack = found.expect("a pack");
    drop(fs::remove_file(pack.with_extension("rev")));
    (repo, pack)
}

/// Overwrites a file that git made read-only.
fn put(path: &std::path::Path, bytes: &[u8]) {
    fs::remove_file(path).expect("it is there");
    fs::write(path, bytes).expect("a file");
}

#[test]
fn a_pack_that_ends_early_is_named_and_the_rest_read() {
    for part in [2, 1000] {
        let lab = Lab::new();
        let (repo, pack) = packed(&lab);
        let bytes = fs::read(&pack).expect("a pack");
        put(&pack, &bytes[..bytes.len() / part]);
        assert_told(&history(&repo), &["object "]);
    }
}

#[test]
fn an_index_that_is_none_is_named_and_the_rest_read() {
    for part in [0, 1, 2, 3] {
        let lab = Lab::new();
        let (repo, pack) = packed(&lab);
        let index = pack.with_extension("idx");
        let mut bytes = fs::read(&index).expect("an index");
        match part {
            0 => bytes = vec![b'x'; 100],
            1 => bytes.clear(),
            2 => bytes.truncate(bytes.len() / 2),
            // Offsets that lead nowhere.
            _ => {
                let end = bytes.len() - 40;
                bytes[end - 40..end].fill(0x7f);
            }
        }
        put(&index, &bytes);
        let named = if part == 3 { "object " } else { "pack-" };
        assert_told(&history(&repo), &[named]);
    }
}

#[test]
fn a_pack_without_its_index_or_the_other_way_round_is_named() {
    for gone in ["idx", "pack"] {
        let lab = Lab::new();
        let (repo, pack) = packed(&lab);
        fs::remove_file(pack.with_extension(gone)).expect("it is there");
        assert_told(&history(&repo), &["pack-"]);
    }
}

#[test]
fn tags_of_tags_have_an_end() {
    let lab = Lab::new();
    let repo = honest(&lab);
    let tag =
        |of: &str| format!("object {of}\ntype tag\ntag x\ntagger A <a@b> 1 +0000\n\nforged\n").into_bytes();
    loose(&repo, &id(0x12), "tag", &tag(&id(0x13)));
    loose(&repo, &id(0x13), "tag", &tag(&id(0x12)));
    repo.write(".git/refs/tags/loop", format!("{}\n", id(0x12)).as_bytes());
    assert_told(&history(&repo), &[&id(0x12), &id(0x13)]);
    assert_told(&scan(&repo, &["--history", "--range", "main loop"]), &["tag "]);
    // A long chain that is what it says.
    let lab = Lab::new();
    let repo = honest(&lab);
    let mut last = "main".to_owned();
    for n in 0..40 {
        let name = format!("t{n}");
        repo.git(&["tag", "-a", "-m", "x", &name, &last]);
        last = name;
    }
    let ran = history(&repo);
    assert_eq!((ran.status, ran.paths()), (1, vec!["a.txt".to_owned()]), "{}", ran.stderr);
    let refs = ran.findings()[0]["commit"]["refs"].as_array().expect("references").len();
    assert_eq!(refs, 41);
    let ran = scan(&repo, &["--history", "--range", "t39"]);
    assert_eq!((ran.status, ran.paths()), (1, vec!["a.txt".to_owned()]), "{}", ran.stderr);
}

#[test]
fn a_folder_that_holds_the_same_folder_twice_and_so_on_has_an_end() {
    let lab = Lab::new();
    let repo = honest(&lab);
    let mut last = ("100644", repo.blob(&secret("in the bomb")));
    for _ in 0..40 {
        let bytes = [entry(last.0, "a", &last.1), entry(last.0, "b", &last.1)].concat();
        let id = repo.git_with(&["hash-object", "-t", "tree", "-w", "--stdin"], &bytes);
        last = ("40000", String::from_utf8_lossy(&id).trim().to_owned());
    }
    commit(&repo, "bomb", &last.1, &[]);
    assert_told(&history(&repo), &["without end"]);
    assert_told(&scan(&repo, &["--history", "--range", "main bomb"]), &["without end"]);
}

#[test]
fn a_shallow_clone_says_that_it_is_one() {
    let lab = Lab::new();
    let repo = honest(&lab);
    repo.commit("b.txt", &secret("b"));
    repo.commit("b.txt", b"clean\n");
    let from = format!("file://{}", repo.path.display());
    repo.below("..").git(&["clone", "-q", "--depth", "1", &from, "shallow"]);
    let ran = history(&lab.at("shallow"));
    assert_told(&ran, &["unshallow"]);
    assert_eq!(ran.paths(), ["a.txt"]);
}

#[test]
fn a_partial_clone_says_that_it_is_one() {
    let lab = Lab::new();
    let repo = honest(&lab);
    repo.commit("b.txt", &secret("b"));
    repo.commit("b.txt", b"clean\n");
    repo.git(&["config", "uploadpack.allowFilter", "true"]);
    let from = format!("file://{}", repo.path.display());
    repo.below("..").git(&["clone", "-q", "--filter=blob:none", &from, "partial"]);
    let partial = lab.at("partial");
    let ran = history(&partial);
    assert_told(&ran, &["partial"]);
    assert_eq!(ran.paths(), ["a.txt"]);
    assert_told(&scan(&partial, &["--history", "--range", "HEAD"]), &["b.txt"]);
}

#[test]
fn a_borrowed_store_that_is_gone_is_named() {
    let lab = Lab::new();
    let repo = honest(&lab);
    repo.write(".git/objects/info/alternates", b"/nowhere/objects\n");
    assert_told(&history(&repo), &["/nowhere/objects"]);
}

#[cfg(unix)]
#[test]
fn a_folder_of_objects_that_cannot_be_read_is_named() {
    let lab = Lab::new();
    let repo = honest(&lab);
    let folder = repo.path.join(".git/objects/00");
    drop(fs::remove_dir_all(&folder));
    std::os::unix::fs::symlink("00", &folder).expect("a link");
    assert_told(&history(&repo), &["objects/00"]);
}

#[test]
fn files_and_folders_that_nobody_has_are_named() {
    let lab = Lab::new();
    let repo = honest(&lab);
    let tree = repo.git_with(
        &["mktree", "--missing"],
        format!("100644 blob {}\tb.txt\n040000 tree {}\tfolder\n", id(0x12), id(0x13)).as_bytes(),
    );
    commit(&repo, "holes", String::from_utf8_lossy(&tree).trim(), &[]);
    let more = secret("beside the holes");
    let tree = String::from_utf8_lossy(&tree).trim().to_owned();
    let list = repo.git(&["ls-tree", &tree]);
    let list = format!("{list}\n100644 blob {}\tz.txt\n", repo.blob(&more));
    let tree = repo.git_with(&["mktree", "--missing"], list.as_bytes());
    commit(&repo, "more", String::from_utf8_lossy(&tree).trim(), &[]);
    let ran = scan(&repo, &["--history", "--range", "main more"]);
    assert_told(&ran, &["b.txt", &id(0x13)]);
    assert!(ran.paths().contains(&"z.txt".to_owned()), "{:?}", ran.paths());
}

/// Other bytes under the name of a blob would hide what git means.
#[test]
fn a_blob_that_is_not_what_its_name_says_is_named() {
    let lab = Lab::new();
    let repo = honest(&lab);
    repo.stage("held.txt", &secret("held"));
    let blob = repo.git(&["rev-parse", ":held.txt"]);
    let file = repo.path.join(".git/objects").join(&blob[..2]).join(&blob[2..]);
    fs::remove_file(&file).expect("it is loose");
    loose(&repo, &blob, "blob", b"harmless\n");
    let ran = scan(&repo, &["--staged"]);
    assert!(ran.status == 2 && ran.stderr.contains("held.txt: the object is corrupt"), "{}", ran.stderr);
    let tree = repo.git(&["write-tree"]);
    commit(&repo, "swapped", &tree, &[]);
    assert_told(&scan(&repo, &["--history", "--range", "main swapped"]), &["held.txt"]);
}
