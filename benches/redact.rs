//! What masking costs an event: five fields and a message of 100 characters, written by the text
//! formatter without a clock into a writer that forgets.
//!
//! `benches/redact` runs every mode under callgrind and prints the table; `redact MODE EVENT COUNT`
//! runs one, for any profiler, and prints allocations for each event after the first hundred.
//! `redact literals` prints what registered literals cost over a large text without a hit.

#![allow(clippy::unwrap_used, clippy::print_stdout, reason = "a benchmark prints, and may stop")]
#![allow(unsafe_code, reason = "an allocator that counts is unsafe to declare")]

use std::alloc::{GlobalAlloc, Layout, System};
use std::hint::black_box;
use std::io;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use scrubjay::redact::{Redact as _, RedactWriter};
use scrubjay::scrub::{Masker, Policy};
use tracing_core::Dispatch;
use tracing_subscriber::Registry;
use tracing_subscriber::filter::LevelFilter;
use tracing_subscriber::fmt;
use tracing_subscriber::fmt::{FormatEvent, FormatFields, MakeWriter};
use tracing_subscriber::layer::{Layered, SubscriberExt as _};

/// Counts what is allocated.
struct Counting;

static ALLOCATED: AtomicU64 = AtomicU64::new(0);

// SAFETY: every call goes on to the system's allocator as it is.
unsafe impl GlobalAlloc for Counting {
    unsafe fn alloc(&self, layout: Layout) -> *mut u8 {
        ALLOCATED.fetch_add(1, Ordering::Relaxed);
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

/// Takes everything and keeps nothing.
#[derive(Clone)]
struct Forget;

impl io::Write for Forget {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        Ok(black_box(bytes).len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

impl MakeWriter<'_> for Forget {
    type Writer = Self;

    fn make_writer(&self) -> Self {
        Self
    }
}

#[derive(Debug)]
#[allow(dead_code, reason = "Debug reads it")]
struct Request {
    method: &'static str,
    path: &'static str,
    status: u16,
}

const MODES: &[&str] = &["plain", "wrapper", "net", "both"];
const EVENTS: &[&str] = &["literal", "args", "debug", "field", "token", "off"];

fn main() {
    let arguments: Vec<String> = std::env::args().skip(1).filter(|a| a != "--bench").collect();
    match &arguments[..] {
        [what] if what == "literals" => literals(),
        [mode, event, count] => run(mode, event, count.parse().unwrap()),
        _ => {
            for event in EVENTS {
                MODES.iter().for_each(|mode| run(mode, event, 100_000));
            }
        }
    }
}

/// The subscriber of a mode; `+json` behind it chooses the formatter.
fn dispatch(mode: &str) -> Dispatch {
    let layer = || fmt::layer().with_ansi(false).without_time();
    match mode.split_once('+') {
        Some((mode, "json")) => guarded(mode, || layer().json()),
        _ => guarded(mode, layer),
    }
}

type Filtered = Layered<LevelFilter, Registry>;

fn guarded<N, E>(mode: &str, layer: impl Fn() -> fmt::Layer<Filtered, N, E>) -> Dispatch
where
    N: for<'w> FormatFields<'w> + Send + Sync + 'static,
    E: FormatEvent<Filtered, N> + Send + Sync + 'static,
{
    let masker: Arc<Masker> = Policy::default().into();
    let registry = || tracing_subscriber::registry().with(LevelFilter::INFO);
    let net = || RedactWriter::new(Forget, masker.clone());
    match mode {
        "plain" => Dispatch::new(registry().with(layer().with_writer(Forget))),
        "wrapper" => Dispatch::new(registry().with(layer().with_writer(Forget)).redacted(masker.clone())),
        "net" => Dispatch::new(registry().with(layer().with_writer(net()))),
        "both" => Dispatch::new(registry().with(layer().with_writer(net())).redacted(masker.clone())),
        _ => panic!("modes: {MODES:?}, each with `+json` behind it, too"),
    }
}

fn run(mode: &str, event: &str, count: u64) {
    tracing_core::dispatcher::with_default(&dispatch(mode), || {
        let token = token();
        let warm = count.min(100);
        (0..warm).for_each(|n| emit(event, n, &token));
        let (before, start) = (ALLOCATED.load(Ordering::Relaxed), std::time::Instant::now());
        (warm..count).for_each(|n| emit(event, n, &token));
        let allocated = ALLOCATED.load(Ordering::Relaxed) - before;
        let events = (count - warm).max(1);
        let ns = start.elapsed().as_nanos() as u64 / events;
        println!("{mode:8} {event:8} {ns:6} ns  {:.2} allocations", allocated as f64 / events as f64);
    });
}

/// How fast text passes with so many literals, and the share of it that is the search for them.
fn literals() {
    // Words of a log, and numbers that differ from line to line.
    let words = ["GET", "/v1/devices/state", "status=200", "answered", "the call", "elapsed=", "ms", "peer"];
    let mut random = 1u64;
    let mut next = move || {
        random = random.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        random >> 33
    };
    let mut text = String::new();
    while text.len() < 64 << 20 {
        (0..12).for_each(|_| text.extend([words[next() as usize % words.len()], " "]));
        text.push_str(&format!("{:x}\n", next()));
    }
    let mut alone = 0.0;
    for count in [0, 1, 100, 1_000, 10_000] {
        let start = std::time::Instant::now();
        let mut builder = Policy::builder();
        for _ in 0..count {
            let value: String = (0..8).map(|_| format!("{:04x}", next() & 0xffff)).collect();
            builder = builder.literal(&scrubjay::secret::Secret::new(value));
        }
        let masker = Masker::new(builder.build().unwrap());
        let built = start.elapsed();
        let (mut scratch, mut out) = (scrubjay::scrub::Scratch::default(), Vec::new());
        let seconds = (0..5).map(|_| {
            let start = std::time::Instant::now();
            for part in text.as_bytes().chunks(1 << 20) {
                assert_eq!(masker.mask(part, &mut scratch, &mut out), 0);
            }
            start.elapsed().as_secs_f64()
        });
        let best = seconds.fold(f64::INFINITY, f64::min);
        let bytes = text.len() as f64 / 1e9;
        alone = if count == 0 { best } else { alone };
        let search = if count == 0 { String::new() } else { format!("{:5.2} GB/s", bytes / (best - alone)) };
        println!(
            "{count:6} literals: {:5.2} GB/s, the search alone {search:10}, built in {built:?}",
            bytes / best
        );
    }
}

/// A token of the right form, made up here.
fn token() -> String {
    use base64::Engine as _;
    use base64::engine::general_purpose::URL_SAFE_NO_PAD;
    let payload = r#"{"scope":"connect:device://TIRA1B2C3D4E","iss":"ak_demo","iat":1800000000,"exp":1800000300,"nonce":"0f0f"}"#;
    format!("v1.{}.{}", URL_SAFE_NO_PAD.encode(payload), URL_SAFE_NO_PAD.encode([7; 32]))
}

fn emit(event: &str, n: u64, token: &str) {
    let (device_id, path, state) = ("TIRA1B2C3D4E", "/v1/devices/state", "connected");
    match event {
        "literal" => {
            tracing::info!(
                device_id,
                path,
                state,
                n,
                status = 200u64,
                "the device has answered the call and the media channel is open now; the peer's camera is on air"
            );
        }
        "args" => {
            tracing::info!(
                device_id,
                path,
                state,
                n,
                status = 200u64,
                "the device {device_id} has answered call {n} and the media channel is open now; camera is on"
            );
        }
        "debug" => {
            let request = Request { method: "GET", path, status: 200 };
            tracing::info!(
                device_id,
                ?request,
                state,
                n,
                status = 200u64,
                "the device has answered the call and the media channel is open now; the peer's camera is on air"
            );
        }
        "field" => {
            tracing::info!(
                device_id,
                path,
                secret_key = &token[4..36],
                n,
                status = 200u64,
                "the device has answered the call and the media channel is open now; the peer's camera is on air"
            );
        }
        "token" => {
            tracing::info!(
                device_id,
                path,
                state,
                n,
                status = 200u64,
                "the device has answered with {token}"
            );
        }
        "off" => {
            tracing::debug!(device_id, path, state, n, status = 200u64, "nobody hears this {token}");
        }
        _ => panic!("events: {EVENTS:?}"),
    }
}
