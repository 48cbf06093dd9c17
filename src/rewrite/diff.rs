//! What would change, for people: the lines with a secret, once with the rule that found it in the
//! secret's place, and once as they would be.

use std::fs::File;
use std::io::{self, Read, Write};

use super::pass::Pass;
use crate::scrub::Scrubber;
use crate::text::printable;

/// Of a longer line so many characters around the first change are shown.
const WIDEST: usize = 200;

/// So many bytes of diff of one file are shown; the rest is counted.
const MOST: usize = 1024 * 1024;

/// Goes over a file and gives the diff; empty where nothing would change.
pub(super) fn diff(pass: &mut Pass<'_>, file: &mut File) -> io::Result<Vec<u8>> {
    let mut out = Vec::new();
    pass.each(file, &mut io::sink(), &mut |collector, origin, reader, writer| {
        let mut plus = collector.scrubber(origin).look_ahead();
        // A scrubber of its own that counts nothing: both let the same lines out at the same time.
        let mut minus = collector.plain(origin).look_ahead().named();
        let path = collector.shown(origin);
        let mut sheet = Sheet { path, line: 1, hits: 0, left: 0, begun: false, out: &mut out };
        sheet.compare(reader, writer, (&mut minus, &mut plus))?;
        collector.count(&plus);
        Ok(sheet.hits)
    })?;
    Ok(out)
}

struct Sheet<'o> {
    /// What the lines stand in, fit to be shown.
    path: String,
    line: u64,
    hits: u64,
    /// Changed lines that there was no room for.
    left: u64,
    begun: bool,
    out: &'o mut Vec<u8>,
}

impl Sheet<'_> {
    fn compare(
        &mut self,
        reader: &mut dyn Read,
        writer: &mut dyn Write,
        (minus, plus): (&mut Scrubber, &mut Scrubber),
    ) -> io::Result<()> {
        let mut chunk = vec![0; 64 * 1024];
        let (mut old, mut new) = (Vec::new(), Vec::new());
        loop {
            let read = match reader.read(&mut chunk) {
                Ok(read) => read,
                Err(error) if error.kind() == io::ErrorKind::Interrupted => continue,
                Err(error) => return Err(error),
            };
            if read > 0 {
                minus.push(&chunk[..read], &mut old)?;
                plus.push(&chunk[..read], &mut new)?;
            } else {
                minus.finish(&mut old)?;
                self.hits = plus.finish(&mut new)?.hits;
            }
            writer.write_all(&new)?;
            self.lines(&old, &new);
            old.clear();
            new.clear();
            if read == 0 {
                break;
            }
        }
        if self.left > 0 {
            self.out.extend_from_slice(format!("… and {} more lines\n", self.left).as_bytes());
        }
        Ok(())
    }

    /// Both have as many line ends, since masks keep them.
    fn lines(&mut self, old: &[u8], new: &[u8]) {
        if old == new {
            self.line += memchr::memchr_iter(b'\n', old).count() as u64;
            return;
        }
        for (a, b) in old.split_inclusive(|b| *b == b'\n').zip(new.split_inclusive(|b| *b == b'\n')) {
            if a != b {
                self.hunk(a, b);
            }
            self.line += u64::from(a.ends_with(b"\n"));
        }
    }

    fn hunk(&mut self, a: &[u8], b: &[u8]) {
        if self.out.len() > MOST {
            self.left += 1;
            return;
        }
        if !std::mem::replace(&mut self.begun, true) {
            let path = printable(&self.path);
            self.out.extend_from_slice(format!("--- {path}\n+++ {path}\n").as_bytes());
        }
        let differ = a.iter().zip(b).take_while(|(a, b)| a == b).count();
        let text = format!("@@ -{0} +{0} @@\n-{1}\n+{2}\n", self.line, cut(a, differ), cut(b, differ));
        self.out.extend_from_slice(text.as_bytes());
    }
}

/// A line as a person can read it, around its first change.
fn cut(line: &[u8], differ: usize) -> String {
    let line = line.strip_suffix(b"\n").unwrap_or(line);
    let line = line.strip_suffix(b"\r").unwrap_or(line);
    let from = differ.saturating_sub(WIDEST / 2);
    let text = String::from_utf8_lossy(&line[from.min(line.len())..]);
    let before = if from > 0 { "…" } else { "" };
    let short: String = text.chars().take(WIDEST).collect();
    let after = if short.len() < text.len() { "…" } else { "" };
    format!("{before}{}{after}", printable(&short))
}
