//! What is printed when a program panics, or ends with an error.

use std::backtrace::{Backtrace, BacktraceStatus};
use std::error::Error;
use std::fmt::Write as _;
use std::io::Write as _;
use std::panic::{self, PanicHookInfo};
use std::process::ExitCode;
use std::sync::Arc;

use crate::scrub::{Masker, Scratch};

/// Replaces the panic hook by one that prints the message masked, with thread, place and, where
/// `RUST_BACKTRACE` asks for it, the backtrace. Hooks that were there before are gone: they would
/// print the message as it is.
pub fn panic_hook(masker: impl Into<Arc<Masker>>) {
    let masker = masker.into();
    panic::set_hook(Box::new(move |info| print(&masker, &report(info))));
}

/// What a `main` may fail with: whatever becomes a `Box<dyn Error>`, and a boxed error that goes
/// between threads, which does not become one by itself. `K` only tells the two apart.
pub trait Failure<K> {
    #[doc(hidden)]
    fn boxed(self) -> Box<dyn Error>;
}

impl<E: Into<Box<dyn Error>>> Failure<()> for E {
    fn boxed(self) -> Box<dyn Error> {
        self.into()
    }
}

impl Failure<[(); 1]> for Box<dyn Error + Send + Sync> {
    fn boxed(self) -> Box<dyn Error> {
        self
    }
}

/// The end of `main`: prints an error and its sources masked, where `fn main() -> Result` would print
/// it as it is.
///
/// ```
/// use std::process::ExitCode;
/// use scrubjay::scrub::Policy;
///
/// fn run() -> Result<(), Box<dyn std::error::Error>> {
///     Ok(())
/// }
///
/// fn main() -> ExitCode {
///     scrubjay::redact::exit(Policy::default(), run())
/// }
/// ```
pub fn exit<E: Failure<K>, K>(masker: impl Into<Arc<Masker>>, result: Result<(), E>) -> ExitCode {
    let Err(error) = result else { return ExitCode::SUCCESS };
    let error = error.boxed();
    let mut text = format!("Error: {error}\n");
    let mut source = error.source();
    while let Some(cause) = source {
        let done = writeln!(text, "Caused by: {cause}");
        debug_assert!(done.is_ok(), "a string grows");
        source = cause.source();
    }
    print(&masker.into(), &text);
    ExitCode::FAILURE
}

fn report(info: &PanicHookInfo<'_>) -> String {
    let payload = info.payload();
    let message = payload
        .downcast_ref::<&str>()
        .copied()
        .or_else(|| payload.downcast_ref::<String>().map(String::as_str))
        .unwrap_or("a value that is no text");
    let thread = std::thread::current();
    let place = info.location().map_or_else(String::new, ToString::to_string);
    let mut text =
        format!("\nthread '{}' panicked at {place}:\n{message}\n", thread.name().unwrap_or("<unnamed>"));
    let backtrace = Backtrace::capture();
    if backtrace.status() == BacktraceStatus::Captured {
        let done = write!(text, "stack backtrace:\n{backtrace}");
        debug_assert!(done.is_ok(), "a string grows");
    }
    text
}

/// Writes to standard error; where that fails, nobody can be told.
fn print(masker: &Masker, text: &str) {
    let mut out = Vec::new();
    let hits = masker.mask(text.as_bytes(), &mut Scratch::default(), &mut out);
    let _ = std::io::stderr().write_all(if hits > 0 { &out } else { text.as_bytes() });
}
