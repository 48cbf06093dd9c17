//! Any bytes as a pack with its index, a loose object or the list of what is staged: a repository is read
//! without a panic, and what is broken is told. The first byte says what the others are.
#![no_main]

use std::fs;
use std::path::PathBuf;
use std::sync::LazyLock;

use libfuzzer_sys::fuzz_target;
use scrubjay::config::Policy;
use scrubjay::detect::Detector;
use scrubjay::input::{self, Request, Subject};
use scrubjay::prove::Proving;
use scrubjay::scan::{self, Excerpts, Progress, Settings};

static DETECTOR: LazyLock<Detector> = LazyLock::new(|| Detector::new(scrubjay::rule::builtin(), 1_800_000_000));

/// A repository with one commit of no files, and nothing else.
static REPOSITORY: LazyLock<PathBuf> = LazyLock::new(|| {
    let folder = std::env::temp_dir().join(format!("scrubjay-fuzz-{}", std::process::id()));
    let _ = fs::remove_dir_all(&folder);
    for part in [".git/objects/pack", ".git/objects/ab", ".git/refs/heads"] {
        fs::create_dir_all(folder.join(part)).expect("a folder");
    }
    fs::write(folder.join(".git/HEAD"), "ref: refs/heads/main\n").expect("a file");
    fs::write(folder.join(".git/config"), "[core]\n\trepositoryformatversion = 0\n").expect("a file");
    folder
});

fn scan(subject: Subject) {
    let request = Request { paths: vec![REPOSITORY.clone()], subject, ..Request::default() };
    let Ok(sources) = input::open(&request) else { return };
    let settings =
        Settings { jobs: 1, excerpts: Excerpts::Nothing, list_skipped: false, policy: None::<&Policy> };
    let _ = scan::scan(&DETECTOR, &sources, settings, &Proving::default(), &Progress::default());
}

fuzz_target!(|input: &[u8]| {
    let Some((what, bytes)) = input.split_first() else { return };
    let git = REPOSITORY.join(".git");
    let name = "ab".repeat(20);
    let files = match what % 4 {
        0 => vec![(git.join("index"), bytes)],
        1 => vec![(git.join("objects/ab").join(&name[2..]), bytes), (git.join("refs/heads/main"), name.as_bytes())],
        _ => {
            let Some((length, rest)) = bytes.split_at_checked(2) else { return };
            let length = usize::from(length[0]) << 8 | usize::from(length[1]);
            let (index, pack) = rest.split_at(length.min(rest.len()));
            let at = |extension: &str| git.join(format!("objects/pack/pack-{name}.{extension}"));
            vec![(at("idx"), index), (at("pack"), pack)]
        }
    };
    files.iter().for_each(|(path, bytes)| fs::write(path, bytes).expect("a file"));
    scan(Subject::Staged { whole_files: what & 4 != 0, named: Vec::new() });
    scan(Subject::History);
    files.iter().for_each(|(path, _)| fs::remove_file(path).expect("it is there"));
});
