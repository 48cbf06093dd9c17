//! `scrubjay scrub`: arguments to a policy, and bytes through it.

use std::io::{self, Write as _};

use scrubjay::scrub::{Masker, Policy, Scrubber, Style};

use crate::args::{MaskStyle, ScrubArgs};
use crate::output::Output;
use crate::{Result, Status};

pub(crate) fn run(args: ScrubArgs, output: &Output) -> Result<Status> {
    let style = match args.mask {
        MaskStyle::Partial => Style::Partial,
        MaskStyle::Full => Style::Full,
        MaskStyle::Fingerprint => Style::Fingerprint,
    };
    let policy = Policy::builder().style(style).build()?;
    let mut scrubber = Scrubber::new(Masker::new(policy));
    let tally = if let Some(path) = args.paths.first() {
        let mut file = std::fs::File::open(path).map_err(scrubjay::Error::from)?;
        scrubber.look_ahead().copy(&mut file, &mut io::stdout().lock())
    } else {
        scrubber.copy(&mut io::stdin().lock(), &mut io::stdout().lock())
    };
    let tally = tally.map_err(scrubjay::Error::from)?;
    output.note(&format!("{tally:?}"));
    Ok(Status::Clean)
}
