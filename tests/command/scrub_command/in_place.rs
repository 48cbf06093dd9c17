//! Files that are replaced: what stays of them, and what is left alone.

use std::fs::{self, File, FileTimes, Permissions};
use std::os::unix::fs::{MetadataExt, PermissionsExt};
use std::path::Path;
use std::time::{Duration, SystemTime};

use super::lab::Lab;
use super::{CLEAN, DIRTY};

/// A moment long ago, with a part of a second that file systems keep.
fn long_ago() -> SystemTime {
    SystemTime::UNIX_EPOCH + Duration::new(1_000_000_000, 123_456_700)
}

pub(crate) fn age(path: &Path) {
    let times = FileTimes::new().set_modified(long_ago()).set_accessed(long_ago());
    File::options().write(true).open(path).and_then(|file| file.set_times(times)).expect("times can be set");
}

/// What tells whether somebody touched a file.
fn identity(path: &Path) -> (u64, i64, i64, i64, i64, u32) {
    let meta = fs::metadata(path).expect("it is there");
    (meta.ino(), meta.mtime(), meta.mtime_nsec(), meta.ctime(), meta.ctime_nsec(), meta.mode())
}

#[test]
fn a_clean_file_is_not_touched() {
    let mut lab = Lab::new();
    lab.write("a.log", DIRTY);
    lab.put("b.log", CLEAN.as_bytes());
    lab.put("empty.log", b"");
    let before = ["b.log", "empty.log"].map(|name| identity(&lab.path(name)));
    lab.run(&["-i", "."]).status(0).says("1 value masked in 1 of 3 files");
    assert_eq!(["b.log", "empty.log"].map(|name| identity(&lab.path(name))), before);
    assert_eq!(lab.names(), ["a.log", "b.log", "empty.log"]);
    lab.assert_clean(&[]);
}

#[test]
fn mode_times_and_the_other_bytes_stay() {
    let mut lab = Lab::new();
    let template = format!("\u{feff}caf\u{e9} \r\n{DIRTY}\u{0}\x07tail without end");
    let before = lab.write("a.log", &template);
    let path = lab.path("a.log");
    for mode in [0o640, 0o600, 0o755, 0o4750, 0o444] {
        fs::write(&path, &before).or_else(|_| fs::remove_file(&path)).expect("it can be made anew");
        fs::write(&path, &before).expect("a file");
        age(&path);
        fs::set_permissions(&path, Permissions::from_mode(mode)).expect("its mode is set");
        let old = identity(&path);
        lab.run(&["--in-place", "a.log"]).status(0);
        let new = identity(&path);
        assert_ne!(old.0, new.0, "it is another file");
        assert_eq!((old.1, old.2, old.5), (new.1, new.2, new.5), "its times and its mode are the same");
        let after = lab.read("a.log");
        let (start, end) =
            (b"\xef\xbb\xbfcaf\xc3\xa9 \r\n", b" device_id=TIRA1B2C3D4E\n\0\x07tail without end");
        assert!(after.starts_with(start) && after.ends_with(end), "{}", String::from_utf8_lossy(&after));
        lab.assert_clean(&[]);
        fs::set_permissions(&path, Permissions::from_mode(0o600)).expect("its mode is set");
    }
}

#[test]
fn touch_gives_the_time_of_the_change() {
    let mut lab = Lab::new();
    lab.write("a.log", DIRTY);
    lab.put("b.log", CLEAN.as_bytes());
    age(&lab.path("a.log"));
    age(&lab.path("b.log"));
    lab.run(&["-i", "--touch", "a.log", "b.log"]).status(0);
    let time = |name: &str| fs::metadata(lab.path(name)).expect("a file").mtime();
    assert!(time("a.log") > 1_000_000_000, "the changed one is as of now");
    assert_eq!(time("b.log"), 1_000_000_000, "the other one is not touched");
}

#[test]
fn extended_attributes_stay_and_none_comes() {
    let mut lab = Lab::new();
    lab.write("a.log", DIRTY);
    let path = lab.path("a.log");
    if xattr::set(&path, "user.origin", b"host-7\0\xff").is_err() {
        return; // A file system without them.
    }
    lab.run(&["-i", "a.log"]).status(0);
    assert_eq!(xattr::get(&path, "user.origin").expect("readable"), Some(b"host-7\0\xff".to_vec()));
    assert_eq!(xattr::list(&path).expect("readable").filter(|n| n != "security.selinux").count(), 1);
    lab.assert_clean(&[]);
}

/// What a folder gives to new files is not for the ones that were there before.
#[test]
fn nobody_gains_access_through_the_default_of_the_folder() {
    let mut lab = Lab::new();
    lab.write("d/a.log", DIRTY);
    let path = lab.path("d/a.log");
    fs::set_permissions(&path, Permissions::from_mode(0o640)).expect("its mode is set");
    // Version 2; the owner, user 65534, the group, the mask, others.
    let entry = |tag: u16, may: u16, id: u32| {
        [&tag.to_le_bytes()[..], &may.to_le_bytes(), &id.to_le_bytes()].concat()
    };
    let none = u32::MAX;
    let list = [
        2_u32.to_le_bytes().to_vec(),
        entry(1, 7, none),
        entry(2, 7, 65_534),
        entry(4, 5, none),
        entry(0x10, 7, none),
        entry(0x20, 5, none),
    ];
    if xattr::set(lab.path("d"), "system.posix_acl_default", &list.concat()).is_err() {
        return; // A file system without them.
    }
    lab.run(&["-i", "d"]).status(0);
    assert_eq!(xattr::get(&path, "system.posix_acl_access").expect("readable"), None);
    assert_eq!(fs::metadata(&path).expect("a file").mode() & 0o777, 0o640);
    lab.assert_clean(&[]);
}

#[test]
fn a_named_link_stays_and_one_below_a_folder_is_not_followed() {
    use std::os::unix::fs::symlink;
    let mut lab = Lab::new();
    lab.write("real/a.log", DIRTY);
    lab.write("real/kept.log", DIRTY);
    lab.write("other/b.log", DIRTY);
    fs::create_dir(lab.path("logs")).expect("a folder");
    symlink("real/a.log", lab.path("current.log")).expect("a link");
    symlink("../other", lab.path("logs/away")).expect("a link");
    symlink("../other/b.log", lab.path("logs/b.log")).expect("a link");
    symlink("nowhere", lab.path("logs/dangling")).expect("a link");
    let away = identity(&lab.path("other/b.log"));
    lab.run(&["-i", "current.log", "logs"]).status(0).says("skipped: 3 symbolic links");
    assert_eq!(fs::read_link(lab.path("current.log")).expect("still a link"), Path::new("real/a.log"));
    assert_eq!(identity(&lab.path("other/b.log")), away, "what lies outside is not touched");
    lab.assert_clean(&["real/kept.log", "other/b.log", "logs/b.log"]);
    lab.run(&["-i", "logs/dangling"]).status(2).says("logs/dangling");
}

#[test]
fn several_names_are_refused_until_told_otherwise() {
    let mut lab = Lab::new();
    let bytes = lab.write("a.log", DIRTY);
    fs::hard_link(lab.path("a.log"), lab.path("b.log")).expect("a second name");
    let before = identity(&lab.path("a.log"));
    lab.run(&["-i", "a.log"]).status(2).says("it has 2 names").says("--break-hard-links");
    assert_eq!(identity(&lab.path("a.log")), before);
    assert_eq!(lab.read("b.log"), bytes);
    lab.run(&["-i", "--break-hard-links", "a.log"]).status(0);
    assert_eq!(lab.read("b.log"), bytes, "the other name was not named");
    assert_ne!(lab.read("a.log"), bytes);
    lab.run(&["-i", "a.log", "b.log"]).status(0);
    lab.assert_clean(&[]);
    lab.write("c.log", DIRTY);
    fs::hard_link(lab.path("c.log"), lab.path("d.log")).expect("a second name");
    lab.run(&["-i", "--break-hard-links", "-j", "2", "."]).status(0).says("2 values masked in 2 of 4 files");
    lab.assert_clean(&[]);
}

#[test]
fn the_same_file_by_two_paths_is_one() {
    let mut lab = Lab::new();
    lab.write("logs/a.log", DIRTY);
    std::os::unix::fs::symlink("logs", lab.path("link")).expect("a link");
    lab.run(&["-i", "-j", "2", "logs", "./logs/a.log", "link/a.log", "logs/../logs/a.log"])
        .status(0)
        .says("1 value masked in 1 of 1 file");
    lab.assert_clean(&[]);
}

#[test]
fn files_that_are_no_text_are_left_or_done_whole() {
    let mut lab = Lab::new();
    // A secret in a file with NULs keeps its length, and everything around it its place.
    let before = lab.write("a.bin", "\u{0}\u{1}\u{2}secret_key={alnum:32}\u{0}\u{3}");
    lab.run(&["-i", "."]).status(0);
    let after = lab.read("a.bin");
    assert_eq!((after.len(), &after[..14], &after[46..]), (before.len(), &before[..14], &before[46..]));
    lab.assert_clean(&[]);
}

#[test]
fn names_of_any_bytes_and_lengths_are_done() {
    use std::os::unix::ffi::OsStrExt;
    let mut lab = Lab::new();
    let bytes = lab.fill("names", DIRTY);
    let long = "n".repeat(255);
    for name in [b"-i".as_slice(), b"a b\n.log", b"\xff\xfe.log", long.as_bytes(), b".hidden"] {
        fs::write(lab.path("").join(std::ffi::OsStr::from_bytes(name)), &bytes).expect("a file");
    }
    lab.run(&["-i", "."]).status(0).says("5 values masked in 5 of 5 files");
    for path in lab.all() {
        lab.assert_silent("a file", &fs::read(path).expect("a file"));
    }
    assert_eq!(lab.all().len(), 5);
}
