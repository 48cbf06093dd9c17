//! Many threads under one global subscriber: nothing leaks, nothing is lost, nothing waits for ever.

mod support;

use std::fmt;
use std::io;
use std::sync::atomic::{AtomicU64, Ordering};

use scrubjay::redact::{Redact as _, RedactWriter};
use scrubjay::scrub::{Masker, Policy};
use scrubjay::testing::Captured;
use support::prng::Prng;
use tracing_subscriber::layer::SubscriberExt as _;

const THREADS: u64 = 8;
const EVENTS: u64 = if cfg!(debug_assertions) { 100_000 } else { 1_000_000 };

static LINES: AtomicU64 = AtomicU64::new(0);
static LEAKS: AtomicU64 = AtomicU64::new(0);
static INSIDE: AtomicU64 = AtomicU64::new(0);

fn key() -> String {
    Prng::new(7).alnum(32)
}

/// Counts events, and those that hold the key.
struct Count(Vec<u8>);

impl io::Write for Count {
    fn write(&mut self, text: &[u8]) -> io::Result<usize> {
        LINES.fetch_add(memchr::memchr_iter(b'\n', text).count() as u64, Ordering::Relaxed);
        LEAKS.fetch_add(u64::from(memchr::memmem::find(text, &self.0).is_some()), Ordering::Relaxed);
        INSIDE.fetch_add(
            u64::from(memchr::memmem::find(text, b"inside of Debug").is_some()),
            Ordering::Relaxed,
        );
        Ok(text.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

/// Logs while it is formatted.
struct Chatty<'k>(&'k str);

impl fmt::Debug for Chatty<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        tracing::info!(token = self.0, "inside of Debug");
        write!(f, "password={}", self.0)
    }
}

#[test]
fn eight_threads_lose_and_leak_nothing() {
    let key = key();
    let (whole, half) = (key.clone().into_bytes(), key.as_bytes()[8..20].to_vec());
    let masker: std::sync::Arc<Masker> = Policy::default().into();
    let layer = tracing_subscriber::fmt::layer().with_ansi(false).without_time();
    let writer = RedactWriter::new(move || Count(half.clone()), masker.clone());
    // A capture of what a layer sees itself, for a few events only.
    let seen = Captured::default();
    let few = tracing_subscriber::filter::Targets::new().with_target("few", tracing::Level::INFO);
    let subscriber = tracing_subscriber::registry()
        .with(layer.with_writer(writer))
        .with(tracing_subscriber::Layer::with_filter(seen.clone(), few))
        .redacted(masker);
    tracing::subscriber::set_global_default(subscriber).expect("the only one in this process");
    let (sender, receiver) = std::sync::mpsc::channel::<tracing::Span>();
    let receiver = std::sync::Mutex::new(receiver);
    std::thread::scope(|scope| {
        for thread in 0..THREADS {
            let (key, sender, receiver) = (&key, sender.clone(), &receiver);
            scope.spawn(move || {
                for n in 0..EVENTS / THREADS {
                    if n % 64 == 0 {
                        let span = tracing::info_span!("work", secret_key = %key, thread, late = tracing::field::Empty);
                        sender.send(span).expect("somebody listens");
                        let other = receiver.lock().expect("no panic").try_recv().ok();
                        if let Some(span) = other {
                            span.record("late", format!("token={key}"));
                            span.in_scope(|| tracing::info!(n, "in the span of another"));
                            continue;
                        }
                    }
                    match n % 4 {
                        0 => tracing::info!(password = %key, n, "one"),
                        1 => tracing::info!("two {n} secret_key={key}"),
                        2 => tracing::info!(n, ok = true, "three"),
                        _ => tracing::info!(target: "few", n, note = %format_args!("token: {key}, n: {n}")),
                    }
                }
            });
        }
    });
    assert_eq!(LINES.load(Ordering::Relaxed), EVENTS / THREADS * THREADS);
    tracing::info!(value = ?Chatty(&key), "outside");
    assert_eq!(
        LINES.load(Ordering::Relaxed),
        EVENTS / THREADS * THREADS + 2,
        "an event inside of Debug counts once"
    );
    assert_eq!(INSIDE.load(Ordering::Relaxed), 1);
    assert_eq!(LEAKS.load(Ordering::Relaxed), 0);
    assert!(memchr::memmem::find(seen.text().as_bytes(), &whole).is_none());
    assert!(seen.text().contains("token: "));
}
