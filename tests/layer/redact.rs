//! The runtime layer: what leaves a subscriber holds no secret and everything else.

use crate::support;

use std::fmt;
use std::sync::{Arc, Mutex};

use scrubjay::assert_no_secret;
use scrubjay::redact::{Redact as _, RedactWriter};
use scrubjay::scrub::Policy;
use scrubjay::testing::Captured;
use support::failure::Failure;
use support::prng::Prng;
use tracing_subscriber::layer::SubscriberExt as _;
use tracing_subscriber::{EnvFilter, Layer as _, fmt as format};

/// Runs events under a redacted subscriber with a text formatter, and gives the log.
fn log(run: impl FnOnce()) -> String {
    let log = Captured::default();
    let layer = format::layer().with_writer(log.clone()).with_ansi(false).without_time();
    let subscriber = tracing_subscriber::registry().with(layer).redacted(Policy::default());
    tracing::subscriber::with_default(subscriber, run);
    log.text()
}

fn key() -> String {
    Prng::new(7).alnum(32)
}

#[test]
fn fields_messages_and_structs_are_masked_and_the_rest_stays() {
    #[derive(Debug)]
    #[allow(dead_code, reason = "Debug reads it")]
    struct Config {
        secret_key: Option<String>,
        device_id: &'static str,
    }
    let key = key();
    let config = Config { secret_key: Some(key.clone()), device_id: "TIRA1B2C3D4E" };
    let text = log(|| {
        tracing::info!(password = "hunter2", secret = 123_456_789, count = 7, remote_id = "TIRB", "one");
        tracing::info!("url=/x?token={key}&x=1 two");
        tracing::info!(?config, "three");
        tracing::info!("{config:#?} four");
        tracing::info!(authorization = %format_args!("Bearer {key}"), ok = true, pi = 1.5, "five");
        tracing::info!(license = %format_args!("TIRA1B2C3D4E,{key}"), "six");
        tracing::info!(bytes = format!("secret_key={key}").as_bytes(), "seven");
    });
    assert_no_secret!(text, [key.as_str(), "hunter2", "123456789"]);
    for kept in [
        "count=7",
        "TIRB",
        "TIRA1B2C3D4E",
        "&x=1 two",
        "ok=true",
        "pi=1.5",
        "Bearer ",
        "three",
        "four",
        "seven",
    ] {
        assert!(text.contains(kept), "{kept}: {text}");
    }
}

#[test]
fn a_value_of_a_field_is_masked_where_it_stands_alone() {
    let key = key();
    let text = log(|| {
        tracing::info!(secret_key = %key, "{key} beside it");
        tracing::info!("{key} later");
        tracing::info!(answer = %key, "in a field that says nothing");
    });
    assert_no_secret!(text, [key.as_str()]);
    assert!(text.contains("beside it") && text.contains("later"), "{text}");
}

#[test]
fn spans_parents_and_late_fields_are_masked() {
    let key = key();
    let text = log(|| {
        let outer = tracing::info_span!("outer", secret_key = %key, device_id = "TIRA", late = tracing::field::Empty, token = tracing::field::Empty);
        let _entered = outer.enter();
        outer.record("late", 5);
        outer.record("token", key.as_str());
        let other = tracing::info_span!(parent: None, "other", note = format!("password: {key}"));
        tracing::info!(parent: &other, "in other");
        tracing::info!(parent: None, "in none");
        tracing::info!("in outer");
    });
    assert_no_secret!(text, [key.as_str()]);
    assert!(text.contains("other{note=\"password: ****\"}: layer::redact: in other"), "{text}");
    assert!(text.contains(" INFO layer::redact: in none"), "{text}");
    assert!(text.contains("late=5") && text.contains("device_id=\"TIRA\""), "{text}");
}

#[test]
fn errors_keep_their_chain() {
    let key = key();
    let inner = Failure(format!("bad secret_key={key}"), None);
    let outer = Failure("signing failed".into(), Some(Box::new(inner)));
    let text = log(|| {
        tracing::error!(error = &outer as &dyn std::error::Error, "request failed");
    });
    assert_no_secret!(text, [key.as_str()]);
    assert!(text.contains("signing failed") && text.contains("error.sources=[bad secret_key="), "{text}");
}

#[test]
fn a_value_is_asked_once_and_may_log_itself() {
    struct Changing(std::cell::Cell<u32>, String);
    impl fmt::Debug for Changing {
        fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
            self.0.set(self.0.get() + 1);
            tracing::info!("inside of Debug");
            if self.0.get() > 1 { write!(f, "secret_key={}", self.1) } else { f.write_str("clean") }
        }
    }
    let key = key();
    let text = log(|| tracing::info!(value = ?Changing(Default::default(), key.clone()), "outside"));
    assert_no_secret!(text, [key.as_str()]);
    // Under a scoped subscriber tracing itself drops what is logged inside; a test of its own has a
    // global one.
    assert!(text.matches("inside of Debug").count() <= 1, "{text}");
    assert!(text.contains("outside value=clean"), "{text}");
}

#[test]
fn filters_and_all_kinds_of_layers_work_below() {
    let key = key();
    let log = Captured::default();
    macro_rules! layer {
        () => {
            format::layer().with_writer(log.clone()).with_ansi(false)
        };
    }
    let (reloading, _handle) = tracing_subscriber::reload::Layer::new(layer!().json());
    let boxed: Vec<Box<dyn tracing_subscriber::Layer<_> + Send + Sync>> =
        vec![layer!().pretty().boxed(), log.clone().boxed()];
    let subscriber = tracing_subscriber::registry()
        .with(boxed)
        .with(Some(layer!().compact()))
        .with(layer!().with_filter(EnvFilter::new("info,noisy=off")))
        .with(reloading)
        .redacted(Policy::default());
    tracing::subscriber::with_default(subscriber, || {
        assert!(scrubjay::redact::is_installed());
        let span = tracing::info_span!("request", token = %key);
        let _entered = span.enter();
        tracing::info!(target: "noisy", "only four times");
        tracing::info!(secret_key = %key, n = 5u64, "all five");
    });
    let text = log.text();
    assert_no_secret!(text, [key.as_str()]);
    assert_eq!(text.matches("only four times").count(), 4, "{text}");
    assert_eq!(text.matches("all five").count(), 5, "{text}");
    assert!(text.contains("\"n\":5"), "{text}");
}

#[test]
fn more_than_32_fields_pass() {
    let text = log(|| {
        tracing::info!(
            a1 = 1,
            a2 = 2,
            a3 = 3,
            a4 = 4,
            a5 = 5,
            a6 = 6,
            a7 = 7,
            a8 = 8,
            a9 = 9,
            b1 = 1,
            b2 = 2,
            b3 = 3,
            b4 = 4,
            b5 = 5,
            b6 = 6,
            b7 = 7,
            b8 = 8,
            b9 = 9,
            c1 = 1,
            c2 = 2,
            c3 = 3,
            c4 = 4,
            c5 = 5,
            c6 = 6,
            c7 = 7,
            c8 = 8,
            c9 = 9,
            d1 = 1,
            d2 = 2,
            d3 = 3,
            d4 = 4,
            d5 = 5,
            d6 = 6,
            password = "hunter2",
            "many"
        );
    });
    assert!(text.contains("d6=6") && text.contains("password=\"****\""), "{text}");
}

#[test]
fn what_is_kept_stays_and_what_is_known_goes() {
    let secret = scrubjay::secret::Secret::new("plain words, no key".to_owned());
    let (key, log) = (key(), Captured::default());
    let policy = Policy::builder().keep_fields(["signature"]).literal(&secret).secret_fields(["door_code"]);
    let subscriber =
        tracing_subscriber::registry().with(log.clone()).redacted(policy.build().expect("a policy"));
    tracing::subscriber::with_default(subscriber, || {
        tracing::info!(signature = %key, door_code = 1234, note = "these are plain words, no key", "x");
    });
    let text = log.text();
    assert!(
        text.contains(&key) && text.contains("door_code=****") && text.contains("note=these are ****"),
        "{text}"
    );
}

#[test]
fn records_of_the_log_crate_keep_their_metadata() {
    let (key, log) = (key(), Captured::default());
    let layer = format::layer().with_writer(log.clone()).with_ansi(false).with_file(true);
    let subscriber = tracing_subscriber::registry().with(layer).redacted(Policy::default());
    tracing::subscriber::with_default(subscriber, || {
        let message = format!("token={key} done");
        let record = tracing_log::log::Record::builder();
        let args = format_args!("{message}");
        let mut record = record;
        let record = record.args(args).target("some::target").file(Some("some.rs")).build();
        tracing_log::format_trace(&record).expect("it is dispatched");
    });
    let text = log.text();
    assert_no_secret!(text, [key.as_str()]);
    assert!(text.contains("some::target") && text.contains("some.rs") && text.contains("done"), "{text}");
}

#[test]
fn the_writer_masks_lines_however_they_are_cut() {
    use std::io::Write as _;
    use tracing_subscriber::fmt::MakeWriter as _;
    let (key, log) = (key(), Captured::default());
    let writer = RedactWriter::new(log.clone(), Policy::default());
    let text = format!("one secret_key={key} device_id=TIRA\ntwo password=hunter2");
    for step in 1..text.len() {
        let mut out = writer.make_writer();
        text.as_bytes().chunks(step).for_each(|part| out.write_all(part).expect("it is written"));
    }
    assert_no_secret!(log.text(), [key.as_str(), "hunter2"]);
    assert_eq!(log.text().matches("device_id=TIRA\ntwo password=****").count(), text.len() - 1);
}

#[test]
fn fields_are_known_by_their_last_words_and_keep_what_is_no_secret() {
    #[derive(Debug)]
    #[allow(dead_code, reason = "Debug reads it")]
    struct Token {
        kind: &'static str,
        id: u32,
        value: Option<String>,
        password: &'static str,
    }
    let key = key();
    let token = Token { kind: "AccessKind", id: 42, value: Some(key.clone()), password: "swordfish" };
    let headers = format!(r#"[{{"name":"Authorization","value":"Bearer {key}"}}]"#);
    let text = log(|| {
        tracing::info!(smtp_password = "correct horse", userToken = %key, wx.session_token = "short", "one");
        tracing::info!(token = ?token, "two");
        tracing::info!(token = "com.apple.xpc.activity/4505", key = "user:profile:42", pass = 12, "three");
        tracing::info!(token = %key, key = %key, sync_token = %key, "four");
        tracing::info!(
            password_hash = "h1",
            token_count = 7,
            api_key_id = "k1",
            token_url = "https://x/t",
            "five"
        );
        tracing::info!(headers = %headers, "six {headers}");
        tracing::info!(token = 4505, jwt_secret = 4506, "seven");
        tracing::info!(token = "Token{a64f992 ActivityRecord{4e3d0a5}}", "eight");
    });
    assert_no_secret!(text, [key.as_str(), "correct horse", "swordfish", "4506"]);
    for kept in [
        "kind: \"AccessKind\", id: 42",
        "com.apple.xpc.activity/4505",
        "user:profile:42",
        "pass=12",
        "password_hash=\"h1\"",
        "token_count=7",
        "api_key_id=\"k1\"",
        "token_url=\"https://x/t\"",
        r#"[{"name":"Authorization","value":"Bearer "#,
        "token=4505",
        "Token{a64f992 ActivityRecord{4e3d0a5}}",
    ] {
        assert!(text.contains(kept), "{kept}: {text}");
    }
    assert!(!text.contains("short"), "{text}");
}

#[test]
fn hits_are_told_as_a_scan_tells_them() {
    let told = Arc::new(Mutex::new(Vec::new()));
    let seen = Arc::clone(&told);
    let policy = Policy::builder().on_hit(move |hit| {
        seen.lock().expect("nothing panics").push(format!("{} {}", hit.rule, hit.kind.name()));
    });
    let log = Captured::default();
    let layer = format::layer().with_writer(log.clone()).with_ansi(false).without_time();
    let subscriber = tracing_subscriber::registry().with(layer).redacted(policy.build().expect("valid"));
    let key = key();
    tracing::subscriber::with_default(subscriber, || {
        tracing::info!(tirtc_secret_key = %key, password = "hunter2", "one");
        tracing::info!("two device_secret_key={key}");
    });
    let told = told.lock().expect("nothing panics");
    assert_eq!(
        *told,
        ["tirtc-secret-key secret_key", "field other", "tirtc-device-secret-key device_secret_key"]
    );
}
