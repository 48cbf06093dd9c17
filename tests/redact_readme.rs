//! The examples of the README that need the feature, as code that runs: there they have no lines around
//! them that make them a program.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use scrubjay::redact::{Redact as _, RedactWriter};
use scrubjay::scrub::{Masker, Policy};
use scrubjay::secret::Secret;
use tracing_subscriber::{EnvFilter, fmt, layer::SubscriberExt as _, registry, util::SubscriberInitExt as _};

/// What a service counts with.
struct Counter(AtomicUsize);

impl Counter {
    fn add(&self, rule: &str, _: &str) {
        self.0.fetch_add(usize::from(!rule.is_empty()), Ordering::Relaxed);
    }
}

static COUNTER: Counter = Counter(AtomicUsize::new(0));

#[rustfmt::skip]
fn one_line() -> Result<(), scrubjay::Error> {
scrubjay::redact::init()?; // text to standard output, RUST_LOG by target, masking, panic hook, log bridge
    Ok(())
}

#[rustfmt::skip]
fn of_its_own(secret_key: Secret<String>, masked: &'static Counter) -> Result<(), scrubjay::Error> {
let policy = Policy::builder()
    .secret_fields(["door_code"])   // besides the names that come with it
    .keep_fields(["signature"])     // stays, whatever it looks like
    .literal(&secret_key)           // this very value, in base64, hex, percent-encoding, JSON and UTF-16 too
    .on_hit(move |hit| masked.add(hit.rule, hit.callsite))
    .build()?;
let masker: Arc<Masker> = policy.into();
let writer = RedactWriter::new(std::io::stdout, masker.clone());
registry().with(EnvFilter::from_default_env()).with(fmt::layer().with_writer(writer)).redacted(masker).init();
    Ok(())
}

#[test]
fn the_examples_of_the_readme_are_these_and_run() {
    let (readme, here) = (include_str!("../README.md"), include_str!("redact_readme.rs"));
    let examples: Vec<&str> =
        readme.split("```rust,ignore\n").skip(1).filter_map(|text| text.split("```").next()).collect();
    assert_eq!(examples.len(), 2, "every example that does not run by itself runs here");
    for example in examples {
        assert!(here.contains(example), "another text than here:\n{example}");
    }
    of_its_own(Secret::new("a key of this service".to_owned()), &COUNTER).expect("nothing else is installed");
    assert!(scrubjay::redact::is_installed());
    tracing::error!(door_code = 17, "opened by a key of this service");
    assert_eq!(COUNTER.0.load(Ordering::Relaxed), 2);
    assert!(one_line().is_err(), "one is installed already");
}
