//! Errors: as values, as text, and with the chain of what caused them, which the JSON formatter leaves
//! out.

use std::error::Error;
use std::{fmt, io};

use tracing::{error, info};

use crate::sinks::Format;
use crate::{Case, Words};

#[derive(Debug)]
struct Failed {
    what: String,
    source: Option<Box<dyn Error + Send + Sync>>,
}

impl fmt::Display for Failed {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.what)
    }
}

impl Error for Failed {
    fn source(&self) -> Option<&(dyn Error + 'static)> {
        self.source.as_deref().map(|e| e as _)
    }
}

/// `connect to edge 3 failed`, because of `secret_key=… refused`, because of an error of the system.
fn chain(w: &Words) -> Failed {
    let last = io::Error::other("os error 104");
    let what = format!("secret_key={} refused for {}", w.key, w.remote_id);
    let inner = Failed { what, source: Some(Box::new(last)) };
    Failed { what: "connect to edge 3 failed".to_owned(), source: Some(Box::new(inner)) }
}

fn single(w: &Words) -> Failed {
    Failed { what: format!("bad token={} (code 70001)", w.key), source: None }
}

pub(crate) const CASES: &[Case] = &[
    Case::new(
        "an error",
        |w| error!(error = &single(w) as &dyn Error, "join"),
        &["join", "bad token=", "(code 70001)"],
    ),
    Case::new(
        "an error with sources",
        |w| error!(error = &chain(w) as &dyn Error, "join"),
        &["join", "connect to edge 3 failed", " refused for ", "$remote_id", "os error 104"],
    )
    .unseen(&[Format::Json]),
    Case::new(
        "an error that threads share",
        |w| {
            let shared: Box<dyn Error + Send + Sync> = Box::new(chain(w));
            error!(err = shared.as_ref() as &dyn Error, "join");
        },
        &["join"],
    )
    .unseen(&[Format::Json]),
    Case::new(
        "an error of the system",
        |w| error!(error = &io::Error::other(single(w)) as &dyn Error, "io"),
        &["io", "(code 70001)"],
    ),
    Case::new("an error's text", |w| error!("join: {}", single(w)), &["join: bad token=", "(code 70001)"]),
    Case::new(
        "an error's text as a field",
        |w| error!(error = %single(w), "join"),
        &["join", "(code 70001)"],
    ),
    Case::new(
        "an error's Debug",
        |w| error!(error = ?chain(w), "join"),
        &["join", "connect to edge 3 failed", "os error 104"],
    ),
    Case::new(
        "an error's Debug over many lines",
        |w| error!("{:#?} !", chain(w)),
        &["connect to edge 3 failed", " refused for "],
    ),
    Case::new(
        "a report of causes",
        |w| {
            error!(
                "{}\n\nCaused by:\n    0: {}\n    1: os error 104",
                chain(w),
                chain(w).source().expect("set above")
            );
        },
        &["Caused by:", "$remote_id", "os error 104"],
    ),
    Case::new("a result", |w| info!(outcome = ?Err::<(), _>(single(w)), "join"), &["join", "(code 70001)"]),
    Case::new(
        "an error under a secret name",
        |w| error!(token = &Failed { what: w.key.clone(), source: None } as &dyn Error, "join"),
        &["join"],
    ),
    Case::new(
        "a parser that quotes its input",
        |w| {
            let text = format!("secret_key = \"{}\" oops", w.key);
            let what = format!("TOML parse error at line 1\n  |\n1 | {text}\n  |    ^ expected newline");
            error!("config: {what}");
        },
        &["config: TOML parse error", "expected newline"],
    ),
    Case::new(
        "an error with our own secret",
        |w| {
            error!(
                error = &Failed { what: format!("cannot log in as {}", w.own), source: None } as &dyn Error,
                "x y"
            );
        },
        &["cannot log in as", "x y"],
    ),
];
