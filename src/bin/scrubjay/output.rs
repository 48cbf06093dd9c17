//! The terminal: the only module that prints. Results go to standard output, everything else to
//! standard error; a reader that went away is no error.

#![allow(clippy::print_stderr, reason = "this is the module that prints, for all the others")]

use std::fs::File;
use std::io::{self, BufWriter, Write};
use std::path::{Path, PathBuf};

use anstream::ColorChoice;
use miette::{GraphicalReportHandler, GraphicalTheme, ThemeCharacters, ThemeStyles};
use scrubjay::report::Style;

use crate::args::Color;
use crate::drawn::Drawn;
use crate::own_lines::fit;
use crate::summary::JOINED;
use crate::{Result, Stop};

/// The width of text that does not go to a terminal.
const COLUMNS: usize = 80;

/// How to write to the terminal.
pub(crate) struct Output {
    color: Color,
}

impl Output {
    /// Output in colour or not.
    pub(crate) fn new(color: Color) -> Self {
        Self { color }
    }

    /// Writes to standard output.
    pub(crate) fn write(&self, bytes: &[u8]) -> Result<()> {
        quietly(|| {
            let mut out = io::stdout().lock();
            out.write_all(bytes)?;
            out.flush()
        })
    }

    /// Writes a stream to standard output, past the buffer that waits for line ends.
    ///
    /// What `write` gives comes back; where the writing fails, that stops the program, but for a reader
    /// that went away, of which `write` tells.
    pub(crate) fn stream(
        &self,
        write: &mut dyn FnMut(&mut dyn Write) -> io::Result<()>,
    ) -> Result<io::Result<()>> {
        let lock = io::stdout().lock();
        #[cfg(unix)]
        let inner = {
            use std::os::fd::AsFd;
            widen(&lock);
            lock.as_fd().try_clone_to_owned().map(File::from).map_err(unwritten)?
        };
        #[cfg(not(unix))]
        let inner = lock;
        let mut out = Telling { inner, failed: None };
        let done = write(&mut out);
        match out.failed {
            Some(error) if error.kind() == io::ErrorKind::BrokenPipe => Ok(Err(error)),
            Some(error) => Err(unwritten(error)),
            None => Ok(done),
        }
    }

    /// A diff in colour, where standard output wants that.
    pub(crate) fn colored_diff(&self, diff: &[u8]) -> Vec<u8> {
        if !self.style(&io::stdout()).color {
            return diff.to_vec();
        }
        let mut out = Vec::with_capacity(diff.len() + diff.len() / 8);
        for line in diff.split_inclusive(|b| *b == b'\n') {
            let code: &[u8] = match line {
                [b'-', b'-', b'-', ..] | [b'+', b'+', b'+', ..] => b"\x1b[1m",
                [b'-', ..] => b"\x1b[31m",
                [b'+', ..] => b"\x1b[32m",
                [b'@', ..] => b"\x1b[36m",
                _ => b"",
            };
            let text = line.strip_suffix(b"\n").unwrap_or(line);
            out.extend_from_slice(code);
            out.extend_from_slice(text);
            out.extend_from_slice(if code.is_empty() { b"\n" } else { b"\x1b[0m\n" });
        }
        out
    }

    /// Writes a report to a file, or to standard output.
    pub(crate) fn report(
        &self,
        to: Option<&Path>,
        write: &mut dyn FnMut(&mut dyn Write) -> io::Result<()>,
    ) -> Result<()> {
        let Some(path) = to else {
            return quietly(|| {
                let mut out = BufWriter::with_capacity(64 * 1024, io::stdout().lock());
                write(&mut out)?;
                out.flush()
            });
        };
        self.file(path, "the report could not be written; choose another place with --output", write)
    }

    /// Writes a file; `help` is what to do where that fails.
    ///
    /// A file appears under its name only when it is whole; what is no plain file (a device, a pipe, a
    /// link, as `/dev/stdout` is) is written to directly.
    pub(crate) fn file(
        &self,
        path: &Path,
        help: &str,
        write: &mut dyn FnMut(&mut dyn Write) -> io::Result<()>,
    ) -> Result<()> {
        let direct = path.symlink_metadata().is_ok_and(|meta| !meta.is_file());
        let target = if direct { path.to_owned() } else { beside(path) };
        let written = File::create(&target).and_then(|file| {
            let mut out = BufWriter::with_capacity(64 * 1024, file);
            write(&mut out)?;
            out.into_inner().map_err(io::IntoInnerError::into_error)?;
            if direct { Ok(()) } else { std::fs::rename(&target, path) }
        });
        written.map_err(|error| {
            if !direct {
                // The file is lost already; that its remains stay is the smaller evil.
                let _ = std::fs::remove_file(&target);
            }
            Stop::from(scrubjay::Error::from(error).at_path(path)).help(help)
        })
    }

    /// Lines on standard error; whatever they quote, no secret is shown.
    pub(crate) fn note(&self, text: &str) {
        let lines: Vec<String> = text.split('\n').map(fit).collect();
        // Nobody is left to be told where standard error is closed.
        let _ = writeln!(io::stderr().lock(), "{}", lines.join("\n"));
    }

    /// Lines on standard error, wrapped at the width of the terminal.
    pub(crate) fn wrapped_note(&self, text: &str) {
        let columns = self.style(&io::stderr()).columns;
        let lines: Vec<String> = text.lines().map(|line| wrapped(&fit(line), columns)).collect();
        self.note(&lines.join("\n").replace(JOINED, " "));
    }

    /// Says on standard error what stopped the program.
    pub(crate) fn stop(&self, stop: &Stop) {
        let style = self.style(&io::stderr());
        let mut text = String::new();
        let handler = GraphicalReportHandler::new_themed(theme(style))
            .with_width(style.columns)
            .with_links(false)
            .with_break_words(false)
            .with_word_splitter(textwrap::WordSplitter::NoHyphenation);
        if handler.render_report(&mut text, &Drawn::new(stop)).is_ok() {
            self.note(text.trim_end());
        } else {
            self.note(&stop.error.to_string());
        }
    }

    /// How a report looks in a file or on standard output.
    pub(crate) fn style_of_report(&self, to_file: bool) -> Style {
        if to_file {
            return Style { color: self.color == Color::Always, ..Style::default() };
        }
        self.style(&io::stdout())
    }

    fn style<S: anstream::stream::RawStream>(&self, stream: &S) -> Style {
        let choice = match self.color {
            Color::Auto => anstream::AutoStream::choice(stream),
            Color::Always => ColorChoice::Always,
            Color::Never => ColorChoice::Never,
        };
        let color = !matches!(choice, ColorChoice::Never);
        let columns = if stream.is_terminal() { terminal_columns() } else { COLUMNS };
        Style { color, unicode: speaks_unicode(), columns, ..Style::default() }
    }
}

/// Makes a pipe as large as everybody may: fewer turns between the programs at its ends.
#[cfg(target_os = "linux")]
pub(crate) fn widen(pipe: &impl std::os::fd::AsFd) {
    // What is no pipe, or may not grow, is as good as before.
    let _ = rustix::pipe::fcntl_setpipe_size(pipe, 1 << 20);
}

#[cfg(all(unix, not(target_os = "linux")))]
pub(crate) fn widen(_: &impl std::os::fd::AsFd) {}

/// Standard input, past its buffer: what reads it has its own.
pub(crate) fn input() -> Box<dyn io::Read + Send> {
    #[cfg(unix)]
    {
        use std::os::fd::AsFd;
        widen(&io::stdin());
        if let Ok(owned) = io::stdin().as_fd().try_clone_to_owned() {
            return Box::new(File::from(owned));
        }
    }
    Box::new(io::stdin())
}

/// Prints where the program panicked and nothing of what it said: the message could quote its input.
pub(crate) fn guard_panics() {
    std::panic::set_hook(Box::new(|panic| {
        let place = panic.location().map(ToString::to_string).unwrap_or_default();
        let _ = writeln!(io::stderr().lock(), "scrubjay: internal error at {place}; please report it");
    }));
}

fn theme(style: Style) -> GraphicalTheme {
    let characters = if style.unicode { ThemeCharacters::unicode() } else { ThemeCharacters::ascii() };
    let styles = if style.color { ThemeStyles::ansi() } else { ThemeStyles::none() };
    GraphicalTheme { characters, styles }
}

/// Lets a reader close the pipe early.
fn quietly(write: impl FnOnce() -> io::Result<()>) -> Result<()> {
    match write() {
        Err(error) if error.kind() != io::ErrorKind::BrokenPipe => Err(unwritten(error)),
        _ => Ok(()),
    }
}

fn unwritten(error: io::Error) -> Stop {
    Stop::from(scrubjay::Error::from(error)).help("standard output could not be written")
}

/// A writer that remembers why it could not write, so that this is not taken for what the reader said.
struct Telling<W> {
    inner: W,
    failed: Option<io::Error>,
}

impl<W: Write> Telling<W> {
    fn tell<T>(&mut self, done: io::Result<T>) -> io::Result<T> {
        if let Err(error) = &done
            && error.kind() != io::ErrorKind::Interrupted
        {
            let copy = error.raw_os_error().map_or(error.kind().into(), io::Error::from_raw_os_error);
            self.failed.get_or_insert(copy);
        }
        done
    }
}

impl<W: Write> Write for Telling<W> {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        let done = self.inner.write(bytes);
        self.tell(done)
    }

    fn flush(&mut self) -> io::Result<()> {
        let done = self.inner.flush();
        self.tell(done)
    }
}

/// A line broken between words; what follows is indented deeper than its beginning.
fn wrapped(line: &str, columns: usize) -> String {
    let lead = line.len() - line.trim_start_matches(' ').len();
    let indent = " ".repeat(lead + 2);
    let (mut text, mut column) = (String::with_capacity(line.len() + 16), 0);
    for (number, word) in line[lead..].split(' ').enumerate() {
        let width = word.chars().count();
        if number == 0 {
            text.push_str(&line[..lead]);
            column = lead;
        } else if column + 1 + width > columns {
            text.push('\n');
            text.push_str(&indent);
            column = indent.len();
        } else {
            text.push(' ');
            column += 1;
        }
        text.push_str(word);
        column += width;
    }
    text
}

/// A name in the same directory, so that renaming does not copy.
fn beside(path: &Path) -> PathBuf {
    let mut name = std::ffi::OsString::from(".");
    name.push(path.file_name().unwrap_or_default());
    name.push(format!(".{}.part", std::process::id()));
    path.with_file_name(name)
}

fn terminal_columns() -> usize {
    let asked = std::env::var("COLUMNS").ok().and_then(|c| c.parse().ok());
    let columns = asked.or_else(|| terminal_size::terminal_size().map(|(width, _)| usize::from(width.0)));
    columns.unwrap_or(COLUMNS).clamp(40, 160)
}

/// Whether box-drawing characters will show. A locale that is not set is no reason to think that they
/// do not; one that is set to something else is.
fn speaks_unicode() -> bool {
    if std::env::var("TERM").is_ok_and(|term| term == "linux") {
        return false;
    }
    let locale = ["LC_ALL", "LC_CTYPE", "LANG"]
        .into_iter()
        .find_map(|name| std::env::var(name).ok().filter(|value| !value.is_empty()));
    locale.is_none_or(|locale| {
        let locale = locale.to_ascii_lowercase();
        locale.contains("utf-8") || locale.contains("utf8")
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_line_is_broken_between_words_and_keeps_them_all() {
        assert_eq!(wrapped("  skipped: 1 pdf, 2 png", 14), "  skipped: 1\n    pdf, 2 png");
        assert_eq!(wrapped("one", 1), "one");
        assert_eq!(wrapped("a path  with blanks", 80), "a path  with blanks");
        for columns in 1..60 {
            let line = "  skipped: 12 symbolic links, 3 excluded by a pattern, 1 a-name-that-is-long";
            let text = wrapped(line, columns);
            assert_eq!(text.replace("\n    ", " "), line);
            let longest = text.lines().filter(|line| line.trim().contains(' ')).map(str::len).max();
            assert!(longest.is_none_or(|longest| longest <= columns.max(14)), "{columns}: {text}");
        }
    }
}
