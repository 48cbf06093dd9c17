//! Standard input and files that go to standard output, as streams: what is packed in them is gone over part by
//! part.

use std::fs::File;
use std::io::{self, Read, Seek};

use scrubjay::blob::Origin;
use scrubjay::pack::{self, Filter, Input, Limits, Sighted, Told};
use scrubjay::rewrite::{Collector, NAME_STAYS, Outcome};
use scrubjay::scrub::Masker;

use crate::Result;
use crate::output::{self, Output};
#[cfg(unix)]
use crate::signals;

/// A file up to this size is gone over twice, so that a value is masked before it is recognised, too.
const TWICE: u64 = 64 * 1024 * 1024;

/// A collector that knows what is recognised in a file, which is read from its beginning afterwards.
pub(super) fn known_ahead(
    masker: &Masker,
    collector: &Collector,
    origin: &Origin,
    mut file: File,
) -> io::Result<(Collector, File)> {
    let meta = file.metadata()?;
    let collector = collector.clone().with_memory();
    if masker.policy().learns() && meta.is_file() && meta.len() <= TWICE {
        let ahead = collector.unheard();
        let copied = match pack::sniff(&head(&mut file)?) {
            _ if file.rewind().is_err() => Ok(()),
            None => {
                let mut outcome = Outcome::default();
                let mut leaves = Leaves { collector: &ahead, outcome: &mut outcome, waits: false };
                pack::rewrite_plain(origin, &mut file, &mut io::sink(), &mut leaves).map(drop)
            }
            Some(kind) => {
                let mut outcome = Outcome::default();
                let mut leaves = Leaves { collector: &ahead, outcome: &mut outcome, waits: false };
                let input = Input::Stream(&mut file);
                pack::rewrite(kind, origin, input, &mut io::sink(), Limits::default(), &mut leaves).map(drop)
            }
        };
        // What fails here fails again, and is told then.
        drop(copied);
        ahead.again();
        file.rewind()?;
    }
    Ok((collector, file))
}

/// Standard input: as the end of a pipe it goes on to the last line of those before, whatever signal
/// ends them; says which signal was meant to end this program as well.
pub(super) fn standard_input(
    collector: &Collector,
    output: &Output,
    outcome: &mut Outcome,
    ended_by: &mut Option<u8>,
) -> Result<io::Result<()>> {
    let origin = Origin::stdin();
    #[cfg(unix)]
    match signals::Pipeline::input() {
        Ok(Some((pipeline, mut reader))) => {
            let done = stream(collector, &origin, &mut reader, output, outcome)?;
            *ended_by = pipeline.ended_by().map(signals::status_of);
            return Ok(done);
        }
        Ok(None) => {}
        Err(error) => return Ok(Err(error)),
    }
    let _ = ended_by;
    stream(collector, &origin, &mut output::input(), output, outcome)
}

/// One stream, unpacked and packed again where it is packed. What stops the program is that standard
/// output cannot be written.
pub(super) fn stream(
    collector: &Collector,
    origin: &Origin,
    reader: &mut (dyn Read + Send),
    output: &Output,
    outcome: &mut Outcome,
) -> Result<io::Result<()>> {
    let head = match head(reader) {
        Ok(head) => head,
        Err(error) => return Ok(Err(error)),
    };
    let kind = pack::sniff(&head);
    let is_file = origin.path != "-";
    let mut reader = io::Cursor::new(head).chain(reader);
    output.stream(&mut |writer| {
        let mut leaves = Leaves { collector, outcome, waits: !is_file };
        let Some(kind) = kind else {
            return pack::rewrite_plain(origin, &mut reader, writer, &mut leaves).map(drop);
        };
        pack::rewrite(kind, origin, Input::Stream(&mut reader), writer, Limits::default(), &mut leaves)
            .map(drop)
    })
}

/// The first bytes that there are, so that a line never waits for the ones after it.
fn head(reader: &mut dyn Read) -> io::Result<Vec<u8>> {
    let mut head = vec![0; pack::HEAD];
    let mut length = 0;
    while length == 0 || (pack::may_begin(&head[..length]) && length < head.len()) {
        match reader.read(&mut head[length..]) {
            Ok(0) => break,
            Ok(read) => length += read,
            Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
            Err(error) => return Err(error),
        }
    }
    head.truncate(length);
    Ok(head)
}

struct Leaves<'l> {
    collector: &'l Collector,
    outcome: &'l mut Outcome,
    /// Somebody may wait for each line of what is no container.
    waits: bool,
}

impl Filter for Leaves<'_> {
    fn leaf(
        &mut self,
        origin: &Origin,
        reader: &mut (dyn Read + Send),
        writer: &mut dyn io::Write,
    ) -> io::Result<()> {
        origin.entry.last().iter().flat_map(|name| name.split('/')).for_each(|name| {
            self.beside(origin, name.as_bytes());
        });
        let ahead = !self.waits || !origin.entry.is_empty();
        let mut reader = Sighted::new(reader);
        self.outcome.bytes += self.collector.copy(origin, ahead, &mut reader, writer)?.read;
        if let Some(kind) = reader.sight.kind(origin.name()) {
            *self.outcome.unopened.entry(kind.reason).or_default() += 1;
        }
        Ok(())
    }

    fn told(&mut self, origin: &Origin, told: Told) {
        let why = match told {
            Told::Skipped(why) => why.to_owned(),
            Told::Failed(error) => error.to_string(),
        };
        self.outcome.skipped.push((origin.way(), why));
    }

    fn beside(&mut self, origin: &Origin, text: &[u8]) {
        if self.collector.would_mask(text) {
            self.outcome.skipped.push((origin.way(), NAME_STAYS.to_owned()));
            self.outcome.skipped.dedup();
        }
    }
}
