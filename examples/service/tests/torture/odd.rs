//! What is odd: values that change while one looks, events inside of values, records of `log`.

use std::cell::Cell;
use std::fmt;

use tracing::{info, info_span};
use tracing_log::log;

use crate::{Case, Words};

/// Says nothing when it is asked first, and a secret from then on.
struct Changing<'w>(Cell<u32>, &'w Words);

impl fmt::Debug for Changing<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let count = self.0.replace(self.0.get() + 1);
        if count == 0 { f.write_str("nothing yet") } else { write!(f, "token={}", self.1.key) }
    }
}

/// Logs while it is written. A subscriber for one thread drops the inner event; `process` has a global one.
pub(crate) struct Chatty<'w>(pub(crate) &'w Words);

impl fmt::Debug for Chatty<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        info!(secret_key = self.0.key, device_id = self.0.device_id, "from within");
        write!(f, "Chatty {{ token: {:?} }}", self.0.sdk_key)
    }
}

/// Writes itself in many small pieces.
struct Pieces<'w>(&'w Words);

impl fmt::Display for Pieces<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        format!("token={} end", self.0.key).chars().try_for_each(|c| write!(f, "{c}"))
    }
}

pub(crate) const CASES: &[Case] = &[
    Case::new(
        "a value that changes",
        |w| {
            let value = Changing(Cell::default(), w);
            info!(first = ?value, second = ?value, "changing");
        },
        &["changing", "first"],
    ),
    Case::new("an event inside of a value", |w| info!(value = ?Chatty(w), "around"), &["around"]),
    Case::new(
        "an event inside of a span's value",
        |w| info_span!("work", value = ?Chatty(w)).in_scope(|| info!("around")),
        &["around"],
    ),
    Case::new("a value in pieces", |w| info!(value = %Pieces(w), "p q"), &["p q", " end"]),
    Case::new("a value in pieces in the message", |w| info!("got {}.", Pieces(w)), &["got token=", " end."]),
    Case::new(
        "a record of log",
        |w| log::info!("login token={} code=17", w.key),
        &["login token=", "code=17"],
    ),
    Case::new(
        "a record of log with a target",
        |w| log::warn!(target: "driver::usb", "secret_key: {:?} of {}", w.key, w.device_id),
        &["driver::usb", "$device_id"],
    ),
    Case::new("a record of log with our own secret", |w| log::error!("as {} !", w.own), &["as ", " !"]),
    Case::new(
        "a long message",
        |w| info!("{} token={} {}", "x ".repeat(5000), w.key, "y ".repeat(5000)),
        &["x x x", "y y y"],
    ),
    Case::new(
        "two secrets side by side",
        |w| info!("token={} secret_key={}", w.key, w.sdk_key),
        &["secret_key="],
    ),
    Case::new("many secrets", |w| info!("{}", format!("token={} n=17; ", w.key).repeat(200)), &["n=17"]),
    Case::new(
        "a secret beside a mask",
        |w| info!("token=ab12****cd34 then token={}", w.key),
        &["ab12****cd34"],
    ),
    Case::new("a secret after signs of all kinds", |w| info!("é密\u{1f512}\0 token={} é", w.key), &["é密"]),
    Case::new(
        "a target with the name of a secret",
        |w| info!(target: "app::token", secret_key = w.key, "t u"),
        &["t u"],
    ),
];
