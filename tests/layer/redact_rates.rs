//! The error rates of the runtime layer, as laws: a service logs a random key under an exact name, in
//! every form in which events carry values, and no nine characters of it in a row leave the subscriber.
//! The bounds are those of `error_rates`; `ERROR_RATES_KEYS` sets how many keys are drawn.

use crate::support;

use std::collections::BTreeMap;
use std::fmt;
use std::io;
use std::sync::{Arc, Mutex};

use scrubjay::redact::Redact as _;
use scrubjay::scrub::Policy;
use support::keys::CARRIERS;
use support::rates::measure;
use tracing::Dispatch;
use tracing::dispatcher::with_default;
use tracing_subscriber::fmt as format;
use tracing_subscriber::layer::SubscriberExt as _;

/// How many keys an ordinary run draws in each form.
const KEYS_PER_FORM: usize = 3_300;

/// A mask shows less than this many characters in a row.
const READABLE: usize = 9;

/// What a subscriber has written.
#[derive(Clone, Default)]
struct Log(Arc<Mutex<Vec<u8>>>);

impl io::Write for Log {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.0.lock().expect("nobody panics here").extend_from_slice(bytes);
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

/// One subscriber with its log: each thread has two, for the forms of text and of JSON.
struct Service {
    log: Log,
    dispatch: Dispatch,
}

impl Service {
    fn new(is_json: bool) -> Self {
        let log = Log::default();
        let writer = log.clone();
        let layer = format::layer().with_writer(move || writer.clone()).with_ansi(false).without_time();
        let dispatch = if is_json {
            Dispatch::new(tracing_subscriber::registry().with(layer.json()).redacted(Policy::default()))
        } else {
            Dispatch::new(tracing_subscriber::registry().with(layer).redacted(Policy::default()))
        };
        Self { log, dispatch }
    }

    /// What these events leave in the log.
    fn log_of(&self, run: impl FnOnce()) -> String {
        with_default(&self.dispatch, run);
        let written = std::mem::take(&mut *self.log.0.lock().expect("nobody panics here"));
        String::from_utf8(written).expect("logs are text")
    }
}

thread_local! {
    static SERVICES: [Service; 2] = [Service::new(false), Service::new(true)];
}

#[derive(Debug)]
#[allow(dead_code, reason = "Debug reads it")]
struct Config<'k> {
    device_id: &'static str,
    device_secret_key: Option<&'k str>,
    port: u16,
}

#[derive(Debug)]
struct Failure(String);

impl fmt::Display for Failure {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl std::error::Error for Failure {}

/// A way in which an event carries a key.
struct Form {
    name: &'static str,
    log: fn(&str),
}

const ID: &str = "TIRA1B2C3D4E";

const FORMS: &[Form] = &[
    Form {
        name: "field as text",
        log: |key| tracing::info!(device_secret_key = key, device_id = ID, "start"),
    },
    Form { name: "field by Display", log: |key| tracing::info!(device_secret_key = %key, n = 1, "start") },
    Form { name: "field by Debug", log: |key| tracing::info!(secret_key_id = ?key, n = 1, "start") },
    Form { name: "optional field", log: |key| tracing::info!(device_secret_key = ?Some(key), "start") },
    Form { name: "license field", log: |key| tracing::info!(license = %format_args!("{ID},{key}"), "start") },
    Form { name: "message", log: |key| tracing::info!("config device_secret_key={key} device_id={ID}") },
    Form { name: "message with Debug", log: |key| tracing::info!("config device_secret_key={key:?} n=1") },
    Form {
        name: "struct",
        log: |key| {
            let config = Config { device_id: ID, device_secret_key: Some(key), port: 80 };
            tracing::info!(?config, "start");
        },
    },
    Form {
        name: "struct over lines",
        log: |key| {
            let config = Config { device_id: ID, device_secret_key: Some(key), port: 80 };
            tracing::info!("start {config:#?}");
        },
    },
    Form {
        name: "map",
        log: |key| {
            let map = BTreeMap::from([("device_id", ID), ("device_secret_key", key)]);
            tracing::info!(?map, "start");
        },
    },
    Form {
        name: "span",
        log: |key| {
            let span = tracing::info_span!("start", device_secret_key = %key, late = tracing::field::Empty);
            span.record("late", format!("secret_key_id={key}"));
            span.in_scope(|| tracing::info!("in it"));
        },
    },
    Form {
        name: "error",
        log: |key| {
            let error = Failure(format!("bad device_secret_key={key}"));
            tracing::error!(error = &error as &dyn std::error::Error, "failed");
        },
    },
];

/// Whether a log shows a part of a key.
fn shows_part(log: &str, key: &str) -> bool {
    (0..=key.len() - READABLE).any(|at| log.contains(&key[at..at + READABLE]))
}

/// Whether both services write something, and nothing of the key.
fn is_hidden(key: &str, log: &dyn Fn()) -> bool {
    SERVICES.with(|services| {
        services.iter().all(|service| {
            let written = service.log_of(log);
            assert!(written.contains("INFO") || written.contains("ERROR"), "the event is lost");
            !shows_part(&written, key)
        })
    })
}

#[test]
fn events_show_nothing_of_random_keys() {
    let keys = KEYS_PER_FORM * FORMS.len();
    let rates = measure(FORMS, |form| form.name, keys, &|form, key, _| is_hidden(key, &|| (form.log)(key)));
    rates.check("events");
}

#[test]
fn messages_show_nothing_of_random_keys() {
    let keys = KEYS_PER_FORM * CARRIERS.len();
    let rates = measure(CARRIERS, |carrier| carrier.name, keys, &|carrier, key, rng| {
        let text = (carrier.write)(key, rng);
        is_hidden(key, &|| tracing::info!("{text}"))
    });
    rates.check("messages");
}

#[test]
fn texts_in_fields_show_nothing_of_random_keys() {
    let keys = KEYS_PER_FORM * CARRIERS.len();
    let rates = measure(CARRIERS, |carrier| carrier.name, keys, &|carrier, key, rng| {
        let text = (carrier.write)(key, rng);
        is_hidden(key, &|| tracing::info!(body = text, "got"))
    });
    rates.check("texts in fields");
}
