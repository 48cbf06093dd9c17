//! Everything in one line.

use std::sync::Arc;

use tracing_core::dispatcher::{self, Dispatch};
use tracing_log::{AsLog as _, LogTracer};
use tracing_subscriber::filter::{LevelFilter, Targets};
use tracing_subscriber::layer::{Layer, SubscriberExt as _};
use tracing_subscriber::{Registry, fmt};

use super::panics::panic_hook;
use super::subscriber::Redact as _;
use super::writer::RedactWriter;
use crate::error::{Error, Result};
use crate::scrub::{Masker, Policy};

/// Logs to standard output what `RUST_LOG` lets pass (by level and target; `info` where it is not
/// set), masked by the default policy, with the writer net below, the panic hook and the bridge for
/// the `log` crate.
///
/// # Errors
/// Where a subscriber or a logger is set already, and where `RUST_LOG` cannot be read; nothing is
/// installed then. Directives for spans and their fields are for [`init_with`] and an `EnvFilter` of
/// the service's own: what they need would add three crates to every service.
pub fn init() -> Result<()> {
    let filter = match std::env::var("RUST_LOG") {
        Ok(text) if !text.trim().is_empty() => text
            .parse::<Targets>()
            .map_err(|_| Error::invalid("RUST_LOG: expected directives like `info,my_crate=debug`"))?,
        _ => Targets::new().with_default(LevelFilter::INFO),
    };
    init_with(Policy::default(), filter)
}

/// The same with a policy and a filter of the service's own, such as an `EnvFilter`.
///
/// # Errors
/// Where a subscriber or a logger is set already.
pub fn init_with<F>(masker: impl Into<Arc<Masker>>, filter: F) -> Result<()>
where
    F: Layer<Registry> + Send + Sync + 'static,
{
    let masker = masker.into();
    let writer = RedactWriter::new(std::io::stdout, masker.clone());
    let layered = Registry::default().with(filter).with(fmt::layer().with_ansi(false).with_writer(writer));
    let dispatch = Dispatch::new(layered.redacted(masker.clone()));
    let taken = |what: &str| Error::invalid(format!("redact: {what} is set already"));
    dispatcher::set_global_default(dispatch).map_err(|_| taken("a subscriber"))?;
    LogTracer::builder()
        .with_max_level(LevelFilter::current().as_log())
        .init()
        .map_err(|_| taken("a logger for the `log` crate"))?;
    panic_hook(masker);
    Ok(())
}
