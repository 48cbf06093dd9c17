//! Spans: their fields, those that are recorded late, and who is whose parent.

use tracing::{Instrument as _, Level, debug_span, field::Empty, info, info_span, instrument, span};

use crate::sinks::Format;
use crate::{Case, Words};

#[instrument]
fn open(secret_key: &str, device_id: &str) {
    info!("opening");
}

#[instrument(skip_all, fields(token = %token, remote_id))]
fn join(token: &str, remote_id: &str) {
    tracing::Span::current().record("remote_id", remote_id);
    info!("joining");
}

#[instrument(skip_all, err)]
fn fail(w: &Words) -> Result<(), String> {
    Err(format!("refused user_sig={} (code 70001)", w.user_sig))
}

#[instrument(skip_all, ret)]
fn sign(w: &Words) -> String {
    w.token.clone()
}

fn wide(w: &Words) -> tracing::Span {
    info_span!(
        "wide",
        f1 = 1,
        f2 = 2,
        f3 = 3,
        f4 = 4,
        f5 = 5,
        f6 = 6,
        f7 = 7,
        f8 = 8,
        f9 = 9,
        f10 = 10,
        f11 = 11,
        f12 = 12,
        f13 = 13,
        f14 = 14,
        f15 = 15,
        f16 = 16,
        f17 = 17,
        f18 = 18,
        f19 = 19,
        f20 = 20,
        f21 = 21,
        f22 = 22,
        f23 = 23,
        f24 = 24,
        f25 = 25,
        f26 = 26,
        f27 = 27,
        f28 = 28,
        f29 = 29,
        f30 = 30,
        f31 = 31,
        f32 = 32,
        f33 = Empty,
        secret_key = w.key
    )
}

pub(crate) const CASES: &[Case] = &[
    Case::new(
        "a span's field",
        |w| info_span!("join", token = w.key, device_id = w.device_id).in_scope(|| info!("inside")),
        &["inside", "join", "$device_id"],
    ),
    Case::new(
        "a span's Debug",
        |w| info_span!("join", body = ?Some(format!("token={} 17", w.key))).in_scope(|| info!("inside")),
        &["inside", "17"],
    ),
    Case::new(
        "spans in spans",
        |w| {
            let outer = info_span!("outer", password = w.password).entered();
            let inner = debug_span!("inner", n = 17, license = %w.license).entered();
            info!("deep");
            drop((inner, outer));
        },
        &["deep", "outer", "inner", "17", "$device_id"],
    ),
    Case::new(
        "a field that is recorded late",
        |w| {
            let span = info_span!("join", secret_key = Empty, remote_id = Empty);
            span.record("secret_key", &w.key);
            span.record("remote_id", &w.remote_id);
            span.in_scope(|| info!("inside"));
        },
        &["inside", "$remote_id"],
    ),
    Case::new(
        "a field that is recorded while inside",
        |w| {
            let span = info_span!("join", detail = Empty, n = 17).entered();
            info!("before");
            span.record("detail", tracing::field::debug(format!("token={}", w.key)));
            info!("after");
        },
        &["before", "after", "17"],
    ),
    Case::new(
        "a field that is recorded twice",
        |w| {
            let span = info_span!("join", token = Empty);
            span.record("token", &w.key);
            span.record("token", &w.sdk_key);
            span.in_scope(|| info!("inside"));
        },
        &["inside"],
    ),
    Case::new(
        "an event with an explicit parent",
        |w| {
            let parent = info_span!("parent", token = w.key);
            info!(parent: &parent, secret_key = w.key, device_id = w.device_id, "child");
        },
        &["child", "parent", "$device_id"],
    ),
    Case::new(
        "an event without a parent",
        |w| info!(parent: None, secret_key = w.key, device_id = w.device_id, "alone"),
        &["alone", "$device_id"],
    )
    .unseen(&[Format::Otel]),
    Case::new(
        "a span with an explicit parent",
        |w| {
            let parent = info_span!("parent", token = w.key);
            let child = span!(parent: &parent, Level::INFO, "child", user_sig = w.user_sig);
            child.in_scope(|| info!("inside"));
        },
        &["inside", "parent", "child"],
    ),
    Case::new(
        "a span without a parent",
        |w| span!(parent: None, Level::INFO, "root", token = w.key).in_scope(|| info!("inside")),
        &["inside", "root"],
    ),
    Case::new(
        "a span that follows from another",
        |w| {
            let first = info_span!("first", token = w.key);
            let second = info_span!("second", secret_key = w.key);
            second.follows_from(&first);
            second.in_scope(|| info!(parent: &first, "inside"));
        },
        &["inside", "first"],
    ),
    Case::new(
        "more than 32 fields of a span",
        |w| wide(w).in_scope(|| info!("inside")),
        &["inside", "wide", "f32"],
    ),
    Case::new("arguments", |w| open(&w.key, &w.device_id), &["opening", "$device_id", "open"]),
    Case::new("chosen arguments", |w| join(&w.token, &w.remote_id), &["joining", "$remote_id"]),
    Case::new("a returned error", |w| drop(fail(w)), &["refused user_sig=", "(code 70001)"]),
    Case::new("a returned value", |w| drop(sign(w)), &["sign"]),
    Case::new(
        "a span around a future",
        |w| {
            let future = async { info!("polled") }.instrument(info_span!("task", token = w.key));
            let mut context = std::task::Context::from_waker(std::task::Waker::noop());
            assert!(std::pin::pin!(future).poll(&mut context).is_ready());
        },
        &["polled", "task"],
    ),
];
