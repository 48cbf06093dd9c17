//! Keeps secrets out of what a service logs through `tracing`, whatever the exporter.
//!
//! ```no_run
//! scrubjay::redact::init()?; // formatter, filter, masking, panic hook and `log` bridge
//! # Ok::<(), scrubjay::Error>(())
//! ```
//!
//! or around the subscriber that a service has already:
//!
//! ```
//! use scrubjay::redact::{Redact as _, RedactWriter};
//! use scrubjay::scrub::{Masker, Policy};
//! use std::sync::Arc;
//! use tracing_subscriber::{fmt, layer::SubscriberExt as _};
//!
//! let masker: Arc<Masker> = Policy::builder().secret_fields(["door_code"]).build()?.into();
//! let writer = RedactWriter::new(std::io::stdout, masker.clone());
//! let subscriber = tracing_subscriber::registry().with(fmt::layer().with_writer(writer)).redacted(masker);
//! # let _ = subscriber;
//! # Ok::<(), scrubjay::Error>(())
//! ```
//!
//! The wrapper goes around the *whole* subscriber: layers share what they have formatted of spans, so
//! one that is not wrapped leaks through one that is. Each value is captured once, the capture is
//! scanned, and the capture is what goes on, so a Debug value that answers differently the second time
//! has no second time. Numbers stay numbers, errors keep their chain of sources (as texts: their types
//! are gone). A number or a bool under a secret name becomes the text `****`.
//!
//! In steady state an event allocates nothing, with a secret or without: fields, messages, Debug values,
//! errors with their sources, connect tokens, licenses. What has to be decoded or judged does: UserSigs,
//! keys that only their surroundings tell from other text, secrets inside of base64, hex or escapes.
//!
//! Nothing turns masking off while the program runs, neither a variable nor a flag.
//!
//! # What no layer can catch, and what does
//!
//! | what | answer |
//! |---|---|
//! | `println!`, `eprintln!`, `dbg!` | pipe the process through the scrubber |
//! | C libraries that write to the descriptor | the same |
//! | `fn main() -> Result<_, E>`, which prints the Debug of `E` past every hook | return [`exit`]'s code instead |
//! | panic hooks that others installed before | [`panic_hook`] replaces them; call it last |
//! | `set_attribute` and `set_status` on an OpenTelemetry span | the exporters' wrappers, feature `opentelemetry` |
//! | bytes printed as a list of decimal numbers | mask by the name of the field |
//! | a secret that is split over two fields or events | nothing; do not log pieces |
//! | core dumps, swap | nothing here; the types of [`crate::secret`] wipe what they hold |
//! | a literal that is compressed or encrypted | nothing; log something else |

mod capture;
mod captured;
mod error_chain;
mod names;
#[cfg(feature = "opentelemetry")]
mod otel;
mod panics;
mod record;
mod setup;
mod subscriber;
mod visitor;
mod writer;

use tracing_core::dispatcher;

#[cfg(feature = "opentelemetry")]
pub use otel::{RedactLogs, RedactSpans};
pub use panics::{Failure, exit, panic_hook};
pub use setup::{init, init_with};
pub use subscriber::{Redact, Redacted};
pub use writer::{Net, RedactWriter};

/// Whether the current subscriber is redacted, for a check at start-up.
pub fn is_installed() -> bool {
    dispatcher::get_default(|current| current.is::<subscriber::Installed>())
}
