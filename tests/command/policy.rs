//! What a hook on a server does: the project file comes as bytes from a tree, paths are told from the
//! root, and nothing is read from the disk. And what decisions must not touch: the detector.

use crate::support;

use std::io::Read;

use scrubjay::blob::{Blob, Origin};
use scrubjay::config::{Baseline, Markers, Policy, Project};
use scrubjay::detect::{Detector, Scratch};
use scrubjay::finding::{Finding, Suppressor};
use scrubjay::ground::Ground;
use scrubjay::input::{Crew, Source};
use scrubjay::prove::Proving;
use scrubjay::rule;
use scrubjay::scan::{Excerpts, Outcome, Progress, Settings, scan};
use support::NOW;
use support::template::expand;

/// Files of a tree that is not on the disk.
struct Tree(Vec<(&'static str, Vec<u8>)>);

impl Source for Tree {
    fn read(&self, crew: &dyn Crew) {
        let mut sink = crew.sink();
        self.0.iter().for_each(|(path, bytes)| sink.whole(&Origin::file(*path), bytes));
    }
}

fn outcome(tree: Tree, policy: Option<&Policy>) -> Outcome {
    let detector = Detector::new(rule::builtin(), NOW);
    let settings = Settings { jobs: 1, excerpts: Excerpts::All, list_skipped: false, policy };
    scan(&detector, &[Box::new(tree)], settings, &Proving::default(), &Progress::default())
}

fn key(seed: &str) -> Vec<u8> {
    expand("TIRTC_SECRET_KEY={alnum:32}\n", seed).bytes
}

fn by(finding: &Finding) -> Option<Suppressor> {
    finding.suppressed.as_ref().map(|s| s.by)
}

#[test]
fn a_policy_is_made_of_bytes_and_asked_by_the_path_in_the_tree() {
    let text = b"[[allow]]\npaths = ['demo/**']\nreason = 'invented'\n";
    let rules = rule::builtin();
    let project = Project::parse(text, "sub/scrubjay.toml", "sub").expect("a project file");
    project.check(&rules).expect("rules that there are");
    let policy = Policy::new(Ground::tree(), NOW).with_project(project);
    let tree = || Tree(vec![("demo/a", key("1")), ("sub/demo/b", key("2")), ("sub/demo/c/d", key("3"))]);
    let found = outcome(tree(), Some(&policy));
    let by: Vec<_> = found.findings.iter().map(by).collect();
    assert_eq!(by, [None, Some(Suppressor::Config), Some(Suppressor::Config)]);
    assert_eq!((found.summary.findings, found.summary.suppressed), (1, 2));
    assert_eq!(found.summary.by_severity.iter().sum::<u64>(), 1);
    assert_eq!(outcome(tree(), None).summary.findings, 3);
}

#[test]
fn the_example_in_the_readme_is_a_project_file() {
    let readme = include_str!("../../README.md");
    let example = readme.split("```toml\n").find(|part| part.starts_with("fail_on")).expect("an example");
    let example = example.split("```").next().unwrap_or_default();
    let project = Project::parse(example.as_bytes(), "README.md", "").expect("a project file");
    project.check(&rule::builtin()).expect("rules that there are");
    assert_eq!((project.fail_on(), project.rule_files().len()), (Some("high"), 1));
}

#[test]
fn a_line_decides_before_the_project_and_the_project_before_the_baseline() {
    let marked = [key("1").trim_ascii_end(), b" # gitleaks:allow\n"].concat();
    let tree = || Tree(vec![("a", marked.clone()), ("b", key("2")), ("c", key("3"))]);
    let all = outcome(tree(), None).findings;
    let policy = Policy::new(Ground::tree(), NOW);
    let baseline = Baseline::new(all.iter().map(|finding| policy.entry(finding)));
    let text = b"[[allow]]\npaths = ['/a', '/b']\nreason = 'invented'\n";
    let policy = policy
        .with_baseline(baseline)
        .with_project(Project::parse(text, "scrubjay.toml", "").expect("a project file"))
        .with_markers(Markers::new(&rule::builtin()));
    let by: Vec<_> = outcome(tree(), Some(&policy)).findings.iter().map(by).collect();
    assert_eq!(by, [Some(Suppressor::Inline), Some(Suppressor::Config), Some(Suppressor::Baseline)]);
}

#[test]
fn the_detector_knows_nothing_of_markers() {
    let marked =
        [key("1").trim_ascii_end(), b" # gitleaks:allow scrubjay:allow tirtc-secret-key x\n"].concat();
    let detector = Detector::new(rule::builtin(), NOW);
    let mut leaks = 0;
    let origin = Origin::file("a");
    let blob = Blob::whole(&marked, &origin);
    detector.detect(&blob, &mut Scratch::default(), &mut |d| leaks += usize::from(d.is_leak()));
    assert_eq!(leaks, 1);
}

/// A marker counts for a value on the border of two parts of a stream, however the border lies.
#[test]
fn a_marker_beyond_the_border_of_a_part_counts() {
    struct Stream(Vec<u8>);
    impl Source for Stream {
        fn read(&self, crew: &dyn Crew) {
            let mut bytes: &[u8] = &self.0;
            let reader: &mut (dyn Read + Send) = &mut bytes;
            crew.sink().stream(&Origin::stdin(), reader);
        }
    }
    let detector = Detector::new(rule::builtin(), NOW);
    let policy = Policy::new(Ground::tree(), NOW).with_markers(Markers::new(&rule::builtin()));
    let settings =
        Settings { jobs: 2, excerpts: Excerpts::Nothing, list_skipped: false, policy: Some(&policy) };
    let line = [key("1").trim_ascii_end(), b" ".repeat(300).as_slice(), b"# gitleaks:allow\n"].concat();
    for before in (0..400).step_by(40) {
        let mut bytes = vec![b'\n'; 1024 * 1024 - before];
        bytes.extend(&line);
        bytes.resize(3 * 1024 * 1024, b'\n');
        let source: Box<dyn Source> = Box::new(Stream(bytes));
        let found = scan(&detector, &[source], settings, &Proving::default(), &Progress::default());
        assert_eq!((found.summary.findings, found.summary.suppressed), (0, 1), "{before}");
    }
}
