//! What must not go wrong with files that are replaced: folders that cannot be written, files that
//! somebody writes, runs that were stopped, backups.

use std::fs::{self, File, FileTimes, Permissions};
use std::io::Write as _;
use std::os::unix::fs::{MetadataExt, PermissionsExt};
use std::process::{Child, Command};
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::{Duration, SystemTime};

use crate::lab::{Lab, Ran};
use crate::{CLEAN, DIRTY};

#[test]
fn a_folder_that_cannot_be_written_leaves_its_files() {
    let mut lab = Lab::new();
    let bytes = lab.write("closed/a.log", DIRTY);
    lab.write("open/b.log", DIRTY);
    fs::set_permissions(lab.path("open/b.log"), Permissions::from_mode(0o400)).expect("its mode is set");
    fs::set_permissions(lab.path("closed"), Permissions::from_mode(0o555)).expect("its mode is set");
    lab.run_as_nobody(&["-i", "."])
        .status(2)
        .says("./closed/a.log: cannot write beside it: Permission denied")
        .says("1 value masked in 1 of 2 files")
        .says("1 file left as they were");
    assert_eq!(lab.read("closed/a.log"), bytes);
    let mode = fs::metadata(lab.path("open/b.log")).expect("a file").mode();
    assert_eq!(mode & 0o777, 0o400, "a file that cannot be written can be replaced, and stays so");
    lab.assert_clean(&["closed/a.log"]);
    fs::set_permissions(lab.path("closed"), Permissions::from_mode(0o755)).expect("its mode is set");
}

#[test]
fn a_file_that_cannot_be_read_is_told() {
    let mut lab = Lab::new();
    lab.write("a.log", DIRTY);
    lab.write("b.log", DIRTY);
    fs::set_permissions(lab.path("a.log"), Permissions::from_mode(0o000)).expect("its mode is set");
    lab.run_as_nobody(&["-i", "a.log", "b.log", "c.log"])
        .status(2)
        .says("a.log: Permission denied")
        .says("c.log: No such file");
    fs::set_permissions(lab.path("a.log"), Permissions::from_mode(0o600)).expect("its mode is set");
    lab.assert_clean(&["a.log"]);
}

#[cfg(target_os = "linux")]
#[test]
fn what_somebody_has_open_for_writing_is_left() {
    let mut lab = Lab::new();
    let bytes = lab.write("a.log", DIRTY);
    lab.write("b.log", DIRTY);
    let writer = File::options().append(true).open(lab.path("a.log")).expect("it opens");
    let reader = File::open(lab.path("b.log")).expect("it opens");
    let process = format!("(process {})", std::process::id());
    lab.run(&["-i", "."]).status(2).says("has it open for writing").says(&process).says("rotate");
    assert_eq!(lab.read("a.log"), bytes);
    drop((writer, reader));
    lab.run(&["-i", "."]).status(0).says("1 value masked in 1 of 2 files");
    lab.assert_clean(&[]);
}

/// So many lines take long enough to scrub that something happens meanwhile.
const LONG: usize = 100_000;

/// Runs the command while `work` is done over and over.
fn during(lab: &Lab, arguments: &[&str], work: impl Fn(u64) + Sync) -> Ran {
    let (begun, done) = (AtomicBool::new(false), AtomicBool::new(false));
    std::thread::scope(|scope| {
        scope.spawn(|| {
            for at in 0.. {
                work(at);
                begun.store(true, Ordering::SeqCst);
                if done.load(Ordering::SeqCst) {
                    break;
                }
            }
        });
        while !begun.load(Ordering::SeqCst) {
            std::thread::yield_now();
        }
        let ran = lab.run(arguments);
        done.store(true, Ordering::SeqCst);
        ran
    })
}

#[test]
fn a_file_that_grows_meanwhile_is_left_with_all_its_lines() {
    let mut lab = Lab::new();
    let line = lab.fill("line", DIRTY);
    lab.put("a.log", &line.repeat(LONG));
    let path = lab.path("a.log");
    let written = std::sync::atomic::AtomicUsize::new(LONG);
    during(&lab, &["-i", "a.log"], |_| {
        let mut file = File::options().append(true).open(&path).expect("it opens");
        file.write_all(&line).expect("it is written");
        written.fetch_add(1, Ordering::SeqCst);
        drop(file);
        std::thread::sleep(Duration::from_millis(1));
    })
    .status(2)
    .says("a.log: ");
    assert_eq!(lab.read("a.log"), line.repeat(written.into_inner()), "every line is there, as it was");
    assert_eq!(lab.names(), ["a.log"]);
}

/// Its time changes, as when somebody writes into it without making it longer.
#[test]
fn a_file_that_changes_meanwhile_is_left() {
    let mut lab = Lab::new();
    let bytes = lab.write("a.log", &format!("{DIRTY}{}", CLEAN.repeat(LONG)));
    let path = lab.path("a.log");
    let change = |at: u64| {
        let time = SystemTime::UNIX_EPOCH + Duration::new(1_500_000_000 + at, 0);
        let file = File::open(&path).expect("it opens");
        file.set_times(FileTimes::new().set_modified(time)).expect("times can be set");
    };
    during(&lab, &["-i", "--backup", ".bak", "--backup-keeps-secrets", "a.log"], change)
        .status(2)
        .says("it changed while it was scrubbed and was left as it is");
    assert_eq!(lab.read("a.log"), bytes);
    assert_eq!(lab.names(), ["a.log"], "no backup of what was not replaced");
    during(&lab, &["-o", "out", "a.log"], change).status(2).says("it changed while it was");
    assert_eq!(lab.names(), ["a.log"], "no copy of what was half one and half the other");
}

/// The number of a process that was there and is gone.
fn gone() -> u32 {
    let mut child: Child = Command::new("true").spawn().expect("it starts");
    child.wait().expect("it ends");
    child.id()
}

#[test]
fn what_a_stopped_run_left_is_removed() {
    let mut lab = Lab::new();
    lab.write("logs/a.log", DIRTY);
    let (dead, alive) = (gone(), std::process::id());
    lab.put(&format!("logs/.a.log.{dead}.0.scrubjay-part"), b"half of a li");
    lab.put(&format!("logs/.{dead}.7.scrubjay-part"), b"half of a li");
    lab.put(&format!("logs/.b.log.{alive}.0.scrubjay-part"), b"somebody's");
    lab.put("logs/notes.scrubjay-part", b"mine");
    let ran = lab.run(&["-i", "logs"]);
    ran.status(0).says("skipped: 2 remains of a run that was stopped, removed");
    let alive = format!("logs/.b.log.{alive}.0.scrubjay-part");
    assert_eq!(lab.names(), [&alive, "logs/a.log", "logs/notes.scrubjay-part"]);
    lab.assert_clean(&[]);
}

/// In a container every run may have the same number, that of the run that was killed included.
#[cfg(target_os = "linux")]
#[test]
fn remains_under_the_own_number_are_no_obstacle() {
    let mut lab = Lab::new();
    lab.write("logs/a.log", DIRTY);
    lab.write("b.log", DIRTY);
    // The shell's number becomes the command's.
    let script = r#": > "logs/.a.log.$$.0.scrubjay-part"; : > ".b.log.$$.1.scrubjay-part"
        : > ".b.log.$$.0.scrubjay-part"; exec "$0" scrub -i -j 1 logs b.log"#;
    let mut command = Command::new("sh");
    command.args(["-c", script, env!("CARGO_BIN_EXE_scrubjay")]).current_dir(lab.path(""));
    let output = command.output().expect("a shell");
    let said = String::from_utf8_lossy(&output.stderr);
    assert_eq!(output.status.code(), Some(0), "{said}");
    assert!(said.contains("1 remains of a run that was stopped, removed"), "{said}");
    assert!(!lab.names().iter().any(|name| name.starts_with("logs/.")), "{:?}", lab.names());
    lab.assert_clean(&[]);
}

const BACKUP: [&str; 4] = ["-i", "--backup", ".bak", "--backup-keeps-secrets"];

#[test]
fn a_backup_is_kept_only_where_that_was_said() {
    let mut lab = Lab::new();
    let bytes = lab.write("a.log", DIRTY);
    lab.put("b.log", CLEAN.as_bytes());
    lab.run(&["-i", "--backup", ".bak", "a.log"]).status(2).says("--backup-keeps-secrets");
    assert_eq!((lab.names(), lab.read("a.log")), (vec!["a.log".into(), "b.log".into()], bytes.clone()));
    fs::set_permissions(lab.path("a.log"), Permissions::from_mode(0o640)).expect("its mode is set");
    lab.run(&[&BACKUP[..], &["a.log", "b.log"]].concat()).status(0);
    assert_eq!(lab.names(), ["a.log", "a.log.bak", "b.log"], "what is clean needs no backup");
    assert_eq!(lab.read("a.log.bak"), bytes);
    assert_eq!(fs::metadata(lab.path("a.log.bak")).expect("a file").mode() & 0o777, 0o640);
    lab.assert_clean(&["a.log.bak"]);
}

#[test]
fn a_backup_never_takes_the_place_of_anything() {
    let mut lab = Lab::new();
    let bytes = lab.write("a.log", DIRTY);
    lab.put("a.log.bak", b"older");
    lab.run(&[&BACKUP[..], &["a.log"]].concat()).status(2).says("the backup a.log.bak cannot be made");
    assert_eq!((lab.read("a.log"), lab.read("a.log.bak")), (bytes, b"older".to_vec()));
    assert_eq!(lab.names(), ["a.log", "a.log.bak"]);
    for suffix in ["", "/../x", "/x"] {
        lab.run(&["-i", "--backup", suffix, "--backup-keeps-secrets", "a.log"])
            .status(2)
            .says("--backup")
            .says("such as .orig");
    }
}

#[test]
fn a_second_run_leaves_the_backups() {
    let mut lab = Lab::new();
    let bytes = lab.write("logs/a.log", DIRTY);
    lab.run(&[&BACKUP[..], &["logs"]].concat()).status(0);
    lab.write("logs/b.log", DIRTY);
    lab.run(&[&BACKUP[..], &["logs"]].concat()).status(0).says("skipped: 1 backups");
    assert_eq!(lab.names(), ["logs/a.log", "logs/a.log.bak", "logs/b.log", "logs/b.log.bak"]);
    assert_eq!(lab.read("logs/a.log.bak"), bytes);
    lab.run(&["-i", "logs"]).status(0).says("2 values masked in 2 of 4 files");
    lab.assert_clean(&[]);
}

/// Stopped after the backup had its name and before the new file had its own.
#[test]
fn a_backup_of_a_stopped_run_is_taken_up() {
    let mut lab = Lab::new();
    let bytes = lab.write("a.log", DIRTY);
    fs::hard_link(lab.path("a.log"), lab.path("a.log.bak")).expect("a second name");
    lab.run(&[&BACKUP[..], &["a.log"]].concat()).status(0);
    assert_eq!(lab.read("a.log.bak"), bytes);
    lab.assert_clean(&["a.log.bak"]);
}
