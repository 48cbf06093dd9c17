//! What belongs to a whole process: the panic hook, the end of `main`, and `init` with everything it
//! installs. Each runs in a child, which is this test program again with a role in its environment.

use std::error::Error;
use std::fmt;
use std::panic::{catch_unwind, panic_any};
use std::process::{Command, ExitCode, Output};

use scrubjay::redact;
use tracing::info;
use tracing_log::log;

use crate::odd::Chatty;
use crate::words::{Oracle, Words};

/// Names the role of a child: `what/how`.
const ROLE: &str = "SCRUBJAY_TEST_ROLE";

/// The same words in the parent and in the child.
const SEED: &str = "process";

/// Its name, itself, and a text of it.
type Panic = (&'static str, fn(&Words), &'static str);

/// Ways to panic, with what has to be readable of each.
const PANICS: &[Panic] = &[
    ("a message", |w| panic!("no token={} here", w.key), "no token="),
    ("expect", |w| refuse(w).expect("cannot join"), "cannot join"),
    ("unwrap", |w| refuse(w).unwrap(), "called `Result::unwrap()`"),
    ("assert", |w| assert_eq!(w.token, w.device_id, "other"), "assertion `left == right` failed: other"),
    ("our own secret", |w| panic!("not {} again", w.own), "not "),
    ("many lines", |w| panic!("first\nsecret_key: {}\nlast", w.key), "last"),
    ("another thread", |w| panic!("license {} is void", w.license), "is void"),
];

#[derive(Debug)]
struct Failed(String);

impl fmt::Display for Failed {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl Error for Failed {}

fn failed(w: &Words) -> Failed {
    Failed(format!("refused user_sig={} (code 70001)", w.user_sig))
}

fn refuse(w: &Words) -> Result<(), Failed> {
    Err(failed(w))
}

/// This program again, in a role.
fn child(role: &str, environment: &[(&str, &str)]) -> Output {
    let program = std::env::current_exe().expect("this program has a path");
    Command::new(program)
        .args(["--exact", "process::role", "--ignored", "--nocapture"])
        .env(ROLE, role)
        .env_remove("RUST_LOG")
        .env_remove("RUST_BACKTRACE")
        .envs(environment.iter().copied())
        .output()
        .expect("a child starts")
}

fn text(bytes: &[u8]) -> String {
    String::from_utf8(bytes.to_vec()).expect("what is printed is UTF-8")
}

#[test]
#[ignore = "only in a child"]
fn role() {
    let Ok(role) = std::env::var(ROLE) else { return };
    let words = Words::mint(SEED);
    let (what, how) = role.split_once('/').expect("a role has two parts");
    match what {
        "panic" => panicking(&words, how, true),
        "panic-plain" => panicking(&words, how, false),
        "main" => main_fails(&words, how),
        _ => initialised(&words, how),
    }
}

fn panicking(words: &Words, how: &str, hooked: bool) {
    if hooked {
        redact::panic_hook(words.masker.clone());
    }
    let (name, run, _) = PANICS.iter().find(|(name, ..)| *name == how).expect("a way that there is");
    if *name == "another thread" {
        let worker = std::thread::Builder::new().name("worker-3".to_owned());
        let started = worker.spawn(|| run(&Words::mint(SEED))).expect("a thread starts");
        assert!(started.join().is_err());
    } else {
        assert!(catch_unwind(|| run(&Words::mint(SEED))).is_err());
    }
    assert!(catch_unwind(|| panic_any(17)).is_err());
}

#[test]
fn a_panic_shows_its_message_and_its_place_but_no_secret() {
    let words = Words::mint(SEED);
    let oracle = Oracle::new(&words);
    for (name, _, keep) in PANICS {
        let plain = text(&child(&format!("panic-plain/{name}"), &[]).stderr);
        assert!(oracle.shown_in(&plain).is_some(), "{name} shows nothing without the hook:\n{plain}");
        for backtrace in ["0", "1"] {
            let masked = text(&child(&format!("panic/{name}"), &[("RUST_BACKTRACE", backtrace)]).stderr);
            assert_eq!(oracle.shown_in(&masked), None, "{name}:\n{masked}");
            for keep in [*keep, "****", "process.rs:", "panicked at"] {
                assert!(masked.contains(keep), "{name} lost {keep:?}:\n{masked}");
            }
            assert_eq!(masked.contains("stack backtrace"), backtrace == "1", "{name}:\n{masked}");
            let other = if *name == "another thread" { "worker-3" } else { "process::role" };
            assert!(masked.contains(other), "{name} lost its thread:\n{masked}");
        }
    }
}

fn main_fails(words: &Words, how: &str) {
    match how {
        // What `fn main() -> Result` does.
        "plain" => panic!("Error: {:?}", failed(words)),
        "boxed" => {
            let failed: Result<(), Box<dyn Error + Send + Sync>> = refuse(words).map_err(Into::into);
            assert_eq!(redact::exit(words.masker.clone(), failed), ExitCode::FAILURE);
        }
        _ => assert_eq!(redact::exit(words.masker.clone(), refuse(words)), ExitCode::FAILURE),
    }
}

#[test]
fn the_error_of_main_is_masked() {
    let oracle = Oracle::new(&Words::mint(SEED));
    let plain = text(&child("main/plain", &[]).stderr);
    assert!(oracle.shown_in(&plain).is_some(), "{plain}");
    for role in ["main/masked", "main/boxed"] {
        let masked = text(&child(role, &[]).stderr);
        assert_eq!(oracle.shown_in(&masked), None, "{masked}");
        assert!(masked.contains("refused user_sig=") && masked.contains("(code 70001)"), "{masked}");
    }
}

/// One line, and then what a service does.
fn initialised(words: &Words, how: &str) {
    match how {
        "init" => {
            redact::init().expect("nothing else is installed");
            assert!(redact::is_installed());
            assert!(redact::init().is_err(), "a second time says so");
        }
        _ => {
            tracing_log::LogTracer::init().expect("nothing else is installed");
            let plain = tracing_subscriber::fmt().with_ansi(false).finish();
            tracing::subscriber::set_global_default(plain).expect("nothing else is installed");
            assert!(!redact::is_installed());
        }
    }
    info!(secret_key = words.key, device_id = words.device_id, "a field");
    info!(value = ?Chatty(words), "around");
    tracing::info_span!("span", token = words.token).in_scope(|| info!("in a span"));
    log::info!("a record: password={} code=17", words.password);
    tracing::debug!(secret_key = words.key, "too fine");
    assert!(catch_unwind(|| panic!("a panic: token={}", Words::mint(SEED).key)).is_err());
}

#[test]
fn one_line_installs_everything() {
    let words = Words::mint(SEED);
    let oracle = Oracle::new(&words);
    let plain = child("init/plain", &[]);
    let masked = child("init/init", &[]);
    assert!(masked.status.success(), "{}", text(&masked.stderr));
    for (plain, masked) in [(&plain.stdout, &masked.stdout), (&plain.stderr, &masked.stderr)] {
        assert!(oracle.shown_in(&text(plain)).is_some(), "{}", text(plain));
        assert_eq!(oracle.shown_in(&text(masked)), None, "{}", text(masked));
    }
    let log = text(&masked.stdout);
    for keep in
        ["a field", "from within", "around", "in a span", "a record: password=", "code=17", &words.device_id]
    {
        assert!(log.contains(keep), "{keep:?} is lost:\n{log}");
    }
    assert!(!log.contains("too fine"), "{log}");
    let fine = text(&child("init/init", &[("RUST_LOG", "debug")]).stdout);
    assert!(fine.contains("too fine") && oracle.shown_in(&fine).is_none(), "{fine}");
    let wrong = child("init/init", &[("RUST_LOG", "redact=loud=very")]);
    assert!(!wrong.status.success(), "a directive that cannot be read stops the start");
}
