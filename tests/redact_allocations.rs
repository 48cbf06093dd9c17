//! In steady state an event allocates nothing, with a secret and without.

#![allow(unsafe_code, reason = "an allocator that counts is unsafe to declare")]

mod support;

use std::alloc::{GlobalAlloc, Layout, System};
use std::cell::Cell;
use std::io;

use scrubjay::redact::{Redact as _, RedactWriter};
use scrubjay::scrub::{Masker, Policy, Scratch};
use support::failure::Failure;
use support::prng::Prng;
use tracing_subscriber::layer::SubscriberExt as _;

struct Counting;

thread_local! {
    static ALLOCATED: Cell<usize> = const { Cell::new(0) };
}

// SAFETY: every call goes on to the system's allocator as it is.
unsafe impl GlobalAlloc for Counting {
    unsafe fn alloc(&self, layout: Layout) -> *mut u8 {
        let _ = ALLOCATED.try_with(|n| n.set(n.get() + 1));
        // SAFETY: the caller's promise is the system's.
        unsafe { System.alloc(layout) }
    }

    unsafe fn dealloc(&self, pointer: *mut u8, layout: Layout) {
        // SAFETY: the caller's promise is the system's.
        unsafe { System.dealloc(pointer, layout) }
    }
}

#[global_allocator]
static ALLOCATOR: Counting = Counting;

/// How often `run` allocates once everything has grown: what the time of day writes into a line may let a buffer
/// grow once more, so the least of a few rounds counts.
fn allocations(mut run: impl FnMut()) -> usize {
    const ROUNDS: usize = 4;
    let mut round = || {
        let before = ALLOCATED.with(Cell::get);
        (0..50).for_each(|_| run());
        ALLOCATED.with(Cell::get) - before
    };
    round();
    (0..ROUNDS).map(|_| round()).min().unwrap_or(0)
}

/// A name and an event.
type Row = (&'static str, Box<dyn Fn()>);

/// The rows of the table in the README.
fn events() -> Vec<Row> {
    let mut rng = Prng::new(5);
    let (key, id) = (rng.alnum(32), rng.device_id());
    let payload = format!(r#"{{"scope":"connect:device://{id}","iss":"a","iat":1,"exp":2,"nonce":"0f"}}"#);
    let token = support::tokens::sign(&mut rng, payload.as_bytes());
    let license = format!("{id},{key}");
    let failure = Failure(format!("no password={key}"), Some(Box::new(Failure("refused".into(), None))));
    let (one, two, three) = (key.clone(), key.clone(), key);
    let (a, b) = (id.clone(), id.clone());
    vec![
        (
            "literal",
            Box::new(|| tracing::info!(n = 1, state = "open", ok = true, pi = 1.5, "the call is answered")),
        ),
        ("args", Box::new(move || tracing::info!(n = 1, "the device {a} has answered the call"))),
        (
            "debug",
            Box::new(move || tracing::info!(values = ?[Some(&b), None], n = 1, "the call is answered")),
        ),
        ("field", Box::new(move || tracing::info!(secret_key = %one, password = 5, "the call is answered"))),
        ("text", Box::new(move || tracing::info!("answered with secret_key={two} device_id={id}"))),
        ("header", Box::new(move || tracing::info!(headers = ?[("authorization", &three)], "answered"))),
        ("license", Box::new(move || tracing::info!(note = license, "sent"))),
        ("address", Box::new(|| tracing::info!(url = "amqp://user:hunter2@host/", "password: two words"))),
        ("error", Box::new(move || tracing::error!(error = &failure as &dyn std::error::Error, "refused"))),
        ("token", Box::new(move || tracing::info!("answered with {token}"))),
        ("off", Box::new(|| tracing::trace!(password = "hunter2", "nobody listens"))),
    ]
}

#[test]
fn events_allocate_nothing() {
    for row in ["plain", "wrapper", "net", "both"] {
        let masker: std::sync::Arc<Masker> = Policy::default().into();
        let layer = tracing_subscriber::fmt::layer().with_ansi(false);
        let net = RedactWriter::new(io::sink, masker.clone());
        let level = tracing_subscriber::filter::LevelFilter::INFO;
        let registry = tracing_subscriber::registry().with(level);
        let dispatch: tracing::Dispatch = match row {
            "plain" => registry.with(layer.with_writer(io::sink)).into(),
            "wrapper" => registry.with(layer.with_writer(io::sink)).redacted(masker).into(),
            "net" => registry.with(layer.with_writer(net)).into(),
            _ => registry.with(layer.with_writer(net)).redacted(masker).into(),
        };
        tracing::dispatcher::with_default(&dispatch, || {
            for (name, event) in events() {
                assert_eq!(allocations(event), 0, "{row}, {name}");
            }
        });
    }
}

#[test]
fn masking_a_slice_allocates_nothing() {
    let (masker, mut scratch, mut out) = (Masker::default(), Scratch::default(), Vec::new());
    let key = Prng::new(5).alnum(32);
    for text in
        ["nothing here".to_owned(), format!("{{\"token\":\"{key}\"}}"), format!("x?token%3D{key}%26a")]
    {
        let count = allocations(|| {
            out.clear();
            masker.mask(text.as_bytes(), &mut scratch, &mut out);
        });
        assert_eq!(count, 0, "{text}");
    }
}
