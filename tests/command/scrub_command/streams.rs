//! Standard input, and files one after the other, to standard output.

use std::io::{BufRead as _, BufReader, Read as _, Write as _};
use std::process::Stdio;

use super::lab::Lab;
use super::{CLEAN, DIRTY};

#[test]
fn every_byte_but_the_secret_is_as_it_was() {
    let mut lab = Lab::new();
    let mut before = lab.fill("line", DIRTY);
    let mut rest: Vec<u8> = (0..=255).collect();
    rest.extend(b"\r\n\xff\xfe\0 caf\xc3\xa9 \x1b[31mred\x1b[0m\rno end");
    let first = before.len();
    before.extend(&rest);
    lab.put("a.log", &before);
    let mut command = lab.command(&["a.log"]);
    let out = command.output().expect("it runs").stdout;
    assert!(out.ends_with(&rest), "what follows the line is the same");
    let masked = String::from_utf8(out[..out.len() - rest.len()].to_vec()).expect("text");
    assert!(masked.len() < first && masked.contains("secret_key=") && masked.contains("****"), "{masked}");
    assert!(masked.ends_with(" device_id=TIRA1B2C3D4E\n"), "{masked}");
}

#[test]
fn several_files_come_one_after_the_other_and_a_dash_is_standard_input() {
    let mut lab = Lab::new();
    let stdin = lab.fill("stdin", "from=stdin password={alnum:12}\n");
    lab.put("a.log", b"a\n");
    lab.put("b.log", b"b, without end");
    lab.put("empty", b"");
    let ran = lab.run_with(&["a.log", "-", "empty", "b.log", "a.log"], &stdin).status(0);
    assert_eq!(ran.stdout, "a\nfrom=stdin password=****\nb, without enda\n");
    assert_eq!(ran.stderr, "");
    lab.run_with(&[], b"").status(0).silent();
}

#[cfg(target_os = "linux")]
#[test]
fn what_cannot_be_read_is_told_and_the_rest_comes() {
    let mut lab = Lab::new();
    lab.write("a.log", DIRTY);
    let ran = lab.run(&["a.log", "/proc/self/mem", "gone.log", "a.log"]).status(2);
    assert_eq!(ran.stdout.lines().count(), 2);
    let ran = ran.says("/proc/self/mem: Input/output error").says("gone.log: No such file");
    assert_eq!(ran.stderr.lines().count(), 2, "{ran:?}");
    lab.run(&["."]).status(2).says("is a directory").says("--in-place");
}

#[cfg(target_os = "linux")]
#[test]
fn an_output_that_takes_nothing_is_an_error_and_no_fault_of_the_input() {
    let mut lab = Lab::new();
    lab.write("a.log", DIRTY);
    lab.put("b.log", CLEAN.as_bytes());
    for arguments in [&["a.log", "b.log"][..], &["-n", "a.log"], &["-"]] {
        let full = std::fs::File::options().write(true).open("/dev/full").expect("a device");
        let mut child = lab.command(arguments).stdout(full).spawn().expect("it starts");
        child.stdin.take().expect("a pipe").write_all(CLEAN.as_bytes()).expect("it is read");
        let output = child.wait_with_output().expect("it ends");
        let said = String::from_utf8_lossy(&output.stderr);
        assert_eq!(output.status.code(), Some(2), "{arguments:?}: {said}");
        assert!(said.contains("standard output could not be written"), "{arguments:?}: {said}");
        assert!(!said.contains("a.log:"), "{arguments:?}: {said}");
    }
}

#[test]
fn a_reader_that_goes_away_is_no_error() {
    let mut lab = Lab::new();
    let line = lab.fill("line", DIRTY);
    let mut child = lab.command(&["--count"]).spawn().expect("it starts");
    let mut stdin = child.stdin.take().expect("a pipe");
    let feeder = std::thread::spawn(move || while stdin.write_all(&line).is_ok() {});
    let mut first = String::new();
    let mut stdout = BufReader::new(child.stdout.take().expect("a pipe"));
    stdout.read_line(&mut first).expect("a line");
    drop(stdout);
    feeder.join().expect("it ends when nobody reads");
    let output = child.wait_with_output().expect("it ends");
    lab.assert_silent("the line", first.as_bytes());
    assert_eq!(output.status.code(), Some(0));
    let said = String::from_utf8_lossy(&output.stderr);
    assert!(said.starts_with("scrubjay: ") && !said.contains("pipe"), "{said}");
}

/// Without a clock: each line is only written when the one before it has come out.
#[test]
fn a_line_leaves_before_the_next_one_comes() {
    let mut lab = Lab::new();
    for head in ["", "B", "PK", "\u{1f}\u{8b}"] {
        let mut child = lab.command(&[]).spawn().expect("it starts");
        let mut stdin = child.stdin.take().expect("a pipe");
        let mut stdout = BufReader::new(child.stdout.take().expect("a pipe"));
        for at in 0..3 {
            let line = lab.fill(&format!("{head}{at}"), &format!("{head}{at} password={{alnum:12}}\n"));
            stdin.write_all(&line).expect("it is read");
            let mut out = Vec::new();
            if head.starts_with('\u{1f}') {
                break; // It may begin something packed, of which only the end says whether it is whole.
            }
            stdout.read_until(b'\n', &mut out).expect("a line");
            assert_eq!(String::from_utf8(out).expect("text"), format!("{head}{at} password=****\n"));
        }
        drop(stdin);
        let mut rest = Vec::new();
        stdout.read_to_end(&mut rest).expect("the rest");
        child.wait().expect("it ends");
        lab.assert_silent("the rest", &rest);
    }
}

/// The name on one line, the value on the next: the first line does not wait for it.
#[test]
fn a_value_on_the_next_line_is_masked_although_the_line_before_it_left() {
    let mut lab = Lab::new();
    let mut child = lab.command(&[]).spawn().expect("it starts");
    let mut stdin = child.stdin.take().expect("a pipe");
    let mut stdout = BufReader::new(child.stdout.take().expect("a pipe"));
    let value = lab.fill("value", "    \"{alnum:32}\",\n");
    for (line, kept) in [(&b"key: Some(\n"[..], true), (b"  token: Some(\n", true), (&value, false)] {
        stdin.write_all(line).expect("it is read");
        let mut out = Vec::new();
        stdout.read_until(b'\n', &mut out).expect("a line");
        assert_eq!(out == line, kept, "{}", String::from_utf8_lossy(&out));
        lab.assert_silent("a line", &out);
    }
    drop(stdin);
    assert!(child.wait().expect("it ends").success());
}

#[test]
fn what_is_packed_is_packed_again_and_what_is_cut_off_is_told() {
    use flate2::{Compression, read::GzDecoder, write::GzEncoder};
    let mut lab = Lab::new();
    let text = lab.fill("text", &format!("{DIRTY}{CLEAN}").repeat(200));
    let mut packer = GzEncoder::new(Vec::new(), Compression::default());
    packer.write_all(&text).expect("memory");
    let packed = packer.finish().expect("memory");
    lab.put("a.gz", &packed);
    lab.put("half.gz", &packed[..packed.len() / 2]);
    let out = lab.command(&["a.gz"]).output().expect("it runs").stdout;
    let mut plain = Vec::new();
    GzDecoder::new(&out[..]).read_to_end(&mut plain).expect("it is whole");
    assert_eq!(plain.iter().filter(|b| **b == b'\n').count(), 400);
    lab.assert_silent("what was packed", &plain);
    let cut = lab.command(&["half.gz"]).stdout(Stdio::null()).output().expect("it runs");
    let said = String::from_utf8_lossy(&cut.stderr);
    assert_eq!(cut.status.code(), Some(2), "{said}");
    assert!(said.contains("half.gz") && said.contains("cut off"), "{said}");
    let (before, names) = (lab.read("half.gz"), lab.names());
    lab.run(&["-i", "half.gz"]).status(2).says("half.gz");
    assert_eq!((lab.read("half.gz"), lab.names()), (before, names), "what is broken is left as it is");
}
