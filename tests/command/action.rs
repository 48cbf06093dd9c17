//! The GitHub Action: what a caller writes into an input is never a command, and the script does with
//! the inputs what `action.yml` says of them.
#![cfg(unix)]

use crate::support;

use std::fs;
use std::path::Path;
use std::process::{Command, Output};

use support::template::expand;

fn root() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
}

/// Runs the script with these inputs in a tree that holds one secret, as the runner would.
fn action(folder: &Path, inputs: &[(&str, &str)]) -> Output {
    fs::create_dir_all(folder.join("a b")).expect("a folder");
    let leak = expand("TIRTC_SECRET_KEY={alnum:32}\n", "action");
    fs::write(folder.join("a b/app.env"), leak.bytes).expect("a file");
    fs::write(folder.join("clean"), "nothing\n").expect("a file");
    let mut command = Command::new("bash");
    command.arg(root().join(".ci/action")).current_dir(folder);
    command.env_remove("GITHUB_STEP_SUMMARY").env("SCRUBJAY", env!("CARGO_BIN_EXE_scrubjay"));
    command.envs(inputs.iter().map(|(name, value)| (format!("INPUT_{name}"), value)));
    command.output().expect("bash starts")
}

#[test]
fn no_input_stands_in_a_script() {
    let text = fs::read_to_string(root().join("action.yml")).expect("action.yml");
    let mut passed = Vec::new();
    for line in text.lines().filter(|line| line.contains("${{")) {
        let (name, value) = line.trim().split_once(": ").expect("a variable");
        let input = value.strip_prefix("${{ inputs.").and_then(|v| v.strip_suffix(" }}")).expect("an input");
        assert_eq!(name, format!("INPUT_{}", input.to_uppercase().replace('-', "_")));
        assert!(text.contains(&format!("\n  {input}:\n    description: ")), "{input} is declared");
        passed.push(name.to_owned());
    }
    let script = fs::read_to_string(root().join(".ci/action")).expect("the script");
    assert_eq!(text.matches("    description: ").count(), passed.len(), "every input is passed on");
    assert!(passed.iter().all(|name| script.contains(name.as_str())), "every input is used");
}

#[test]
fn inputs_become_arguments_and_nothing_else() {
    let tree = tempfile::tempdir().expect("a folder");
    let folder = tree.path();
    let output = action(folder, &[]);
    assert_eq!(output.status.code(), Some(1));
    assert!(output.stdout.starts_with(b"::error file=a b/app.env,line=1,"));
    assert_eq!(action(folder, &[("FAIL_ON", "never")]).status.code(), Some(0));
    assert_eq!(action(folder, &[("PATH", "clean\n")]).status.code(), Some(0));
    assert_eq!(action(folder, &[("PATH", "clean\na b")]).status.code(), Some(1));
    assert_eq!(action(folder, &[("ARGS", "-q  --exclude\n*.env")]).status.code(), Some(0));
    assert_eq!(action(folder, &[("PATH", "missing")]).status.code(), Some(2));
    assert_eq!(action(folder, &[("VERSION", "99.0.0")]).status.code(), Some(2));
    assert_eq!(action(folder, &[("VERSION", env!("CARGO_PKG_VERSION"))]).status.code(), Some(1));
    for input in ["PATH", "ARGS", "FORMAT", "SARIF", "FAIL_ON", "CONFIG", "BASELINE", "VERSION"] {
        for hostile in ["$(touch pwned)", "`touch pwned`", "; touch pwned", "x) & touch pwned #"] {
            action(folder, &[(input, hostile)]);
            assert!(!folder.join("pwned").exists(), "{input} was run");
        }
    }
}

#[test]
fn sarif_is_written_beside_the_annotations() {
    let tree = tempfile::tempdir().expect("a folder");
    let output = action(tree.path(), &[("SARIF", "out/scrubjay.sarif")]);
    assert_eq!(output.status.code(), Some(1));
    assert!(output.stdout.starts_with(b"::error "));
    let text = fs::read_to_string(tree.path().join("out/scrubjay.sarif")).expect("the report");
    let document: serde_json::Value = serde_json::from_str(&text).expect("JSON");
    assert_eq!(document["runs"][0]["results"].as_array().map(Vec::len), Some(1));
    let unwritten = [("SARIF", "a b"), ("FAIL_ON", "never")];
    assert_eq!(action(tree.path(), &unwritten).status.code(), Some(2), "a lost report is no success");
}
