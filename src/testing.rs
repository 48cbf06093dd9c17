//! For the tests of services: capture what is logged, and make sure that no secret is in it.
//!
//! ```
//! use scrubjay::{assert_no_secret, redact::Redact as _, scrub::Policy, testing::Captured};
//! use tracing_subscriber::{fmt, layer::SubscriberExt as _};
//!
//! let log = Captured::default();
//! let subscriber = tracing_subscriber::registry()
//!     .with(fmt::layer().with_writer(log.clone()))
//!     .redacted(Policy::default());
//! tracing::subscriber::with_default(subscriber, || {
//!     tracing::info!(password = "correct horse", user = "bob", "signed in");
//! });
//! assert!(log.text().contains("bob"));
//! assert_no_secret!(log.text(), ["correct horse"]);
//! ```

use std::fmt::{self, Write as _};
use std::io;
use std::sync::{Arc, Mutex, PoisonError};

use tracing_core::field::{Field, Visit};
use tracing_core::span::{Attributes, Id, Record};
use tracing_core::{Event, Subscriber};
use tracing_subscriber::fmt::MakeWriter;
use tracing_subscriber::layer::{Context, Layer};

use crate::scrub::forms;

/// What was logged, shared between the subscriber and the test: give a clone to a formatter as its
/// writer, or to a registry as a layer, which then holds every value as the layer saw it.
#[derive(Debug, Clone, Default)]
pub struct Captured(Arc<Mutex<Vec<u8>>>);

/// Writes into a [`Captured`].
#[derive(Debug)]
pub struct Writer(Captured);

impl Captured {
    /// All of it so far; what is not UTF-8 is replaced.
    pub fn text(&self) -> String {
        String::from_utf8_lossy(&self.0.lock().unwrap_or_else(PoisonError::into_inner)).into_owned()
    }

    fn add(&self, bytes: &[u8]) {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).extend_from_slice(bytes);
    }
}

impl io::Write for Writer {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.0.add(bytes);
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

impl<'a> MakeWriter<'a> for Captured {
    type Writer = Writer;

    fn make_writer(&'a self) -> Self::Writer {
        Writer(self.clone())
    }
}

impl<S: Subscriber> Layer<S> for Captured {
    fn on_new_span(&self, span: &Attributes<'_>, _: &Id, _: Context<'_, S>) {
        let mut line = Line(format!("span {}", span.metadata().name()));
        span.record(&mut line);
        self.add(line.end().as_bytes());
    }

    fn on_record(&self, _: &Id, values: &Record<'_>, _: Context<'_, S>) {
        let mut line = Line("record".to_owned());
        values.record(&mut line);
        self.add(line.end().as_bytes());
    }

    fn on_event(&self, event: &Event<'_>, _: Context<'_, S>) {
        let mut line = Line(format!("event {}", event.metadata().target()));
        event.record(&mut line);
        self.add(line.end().as_bytes());
    }
}

/// One line of a [`Captured`] that is used as a layer: names and values.
struct Line(String);

impl Line {
    fn end(mut self) -> String {
        self.0.push('\n');
        self.0
    }

    fn add(&mut self, field: &Field, value: fmt::Arguments<'_>) {
        let done = write!(self.0, " {}={value}", field.name());
        debug_assert!(done.is_ok(), "a string grows");
    }
}

impl Visit for Line {
    fn record_str(&mut self, field: &Field, value: &str) {
        self.add(field, format_args!("{value}"));
    }

    fn record_bytes(&mut self, field: &Field, value: &[u8]) {
        self.add(field, format_args!("{}", String::from_utf8_lossy(value)));
    }

    fn record_error(&mut self, field: &Field, value: &(dyn std::error::Error + 'static)) {
        let mut next = Some(value);
        while let Some(error) = next {
            self.add(field, format_args!("{error} {error:?}"));
            next = error.source();
        }
    }

    fn record_debug(&mut self, field: &Field, value: &dyn fmt::Debug) {
        self.add(field, format_args!("{value:?}"));
    }
}

/// What of these secrets stands in an output, in words without values: raw, in base64 at its three
/// alignments and in both alphabets, in hex, percent-encoded, in the escapes of JSON. Of a secret of 16
/// bytes or more nine bytes in a row count, since a mask shows eight.
///
/// ```
/// use scrubjay::testing::shown;
/// assert!(shown("nothing", &["secret value"]).is_empty());
/// assert_eq!(shown("x=736563726574", &["secret"]).len(), 1);
/// ```
pub fn shown(output: impl AsRef<[u8]>, secrets: &[impl AsRef<[u8]>]) -> Vec<String> {
    let output = output.as_ref();
    let mut out = Vec::new();
    for (i, secret) in secrets.iter().enumerate() {
        let secret = secret.as_ref();
        for (n, form) in forms(secret).iter().enumerate() {
            let window = match (n, form.len()) {
                (0, 16..) => 9,
                (0, length) => length,
                (_, 24..) => 16,
                (_, length) => length,
            };
            let there = |part: &[u8]| !part.is_empty() && memchr::memmem::find(output, part).is_some();
            if form.windows(window.max(1)).any(there) {
                let how = if n == 0 { "as it is" } else { "encoded" };
                out.push(format!("secret {i} ({} bytes) is in the output, {how}", secret.len()));
                break;
            }
        }
    }
    out
}

/// Panics where one of the secrets stands in the output, in any form of [`testing::shown`](crate::testing::shown);
/// the message names it by its place in the list.
#[macro_export]
macro_rules! assert_no_secret {
    ($output:expr, $secrets:expr $(,)?) => {{
        let shown = $crate::testing::shown(&$output, &$secrets);
        assert!(shown.is_empty(), "{}", shown.join("; "));
    }};
}
