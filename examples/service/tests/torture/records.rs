//! Events as log records of OpenTelemetry, as a bridge makes them, and an exporter in memory behind
//! them: without the layer, so that the exporter's wrapper is all there is.

use std::fmt;

use opentelemetry::Key;
use opentelemetry::logs::{AnyValue, LogRecord as _, Logger as _, LoggerProvider as _};
use opentelemetry_sdk::logs::{InMemoryLogExporter, SdkLogRecord, SdkLogger, SdkLoggerProvider};
use scrubjay::redact::RedactLogs;
use tracing::field::{Field, Visit};
use tracing_subscriber::layer::{Context, Layer, SubscriberExt as _};

use crate::words::Words;

/// Makes a record of every event.
struct Bridge(SdkLogger);

impl<S: tracing::Subscriber> Layer<S> for Bridge {
    fn on_event(&self, event: &tracing::Event<'_>, _: Context<'_, S>) {
        let mut record = self.0.create_log_record();
        record.set_event_name(event.metadata().name());
        record.set_target(event.metadata().target());
        event.record(&mut Fields(&mut record));
        self.0.emit(record);
    }
}

struct Fields<'r>(&'r mut SdkLogRecord);

impl Fields<'_> {
    fn set(&mut self, field: &Field, value: impl Into<AnyValue>) {
        match field.name() {
            "message" => self.0.set_body(value.into()),
            name => self.0.add_attribute(Key::from(name.to_owned()), value.into()),
        }
    }
}

impl Visit for Fields<'_> {
    fn record_i64(&mut self, field: &Field, value: i64) {
        self.set(field, value);
    }

    fn record_u64(&mut self, field: &Field, value: u64) {
        match i64::try_from(value) {
            Ok(value) => self.set(field, value),
            Err(_) => self.set(field, value.to_string()),
        }
    }

    fn record_f64(&mut self, field: &Field, value: f64) {
        self.set(field, value);
    }

    fn record_bool(&mut self, field: &Field, value: bool) {
        self.set(field, value);
    }

    fn record_bytes(&mut self, field: &Field, value: &[u8]) {
        self.set(field, AnyValue::Bytes(Box::new(value.to_vec())));
    }

    fn record_str(&mut self, field: &Field, value: &str) {
        self.set(field, value.to_owned());
    }

    fn record_error(&mut self, field: &Field, value: &(dyn std::error::Error + 'static)) {
        let chain = std::iter::successors(Some(value), |error| error.source());
        let links: Vec<AnyValue> = chain.map(|error| error.to_string().into()).collect();
        let map = [(Key::from("chain"), AnyValue::ListAny(Box::new(links)))];
        self.set(field, AnyValue::Map(Box::new(map.into())));
    }

    fn record_debug(&mut self, field: &Field, value: &dyn fmt::Debug) {
        self.set(field, format!("{value:?}"));
    }
}

/// Runs `emit` and returns what the exporter got, with a wrapper around it or without.
pub(crate) fn run(words: &Words, guarded: bool, emit: impl FnOnce()) -> String {
    let exporter = InMemoryLogExporter::default();
    let provider = SdkLoggerProvider::builder();
    let provider = match guarded {
        true => provider.with_simple_exporter(RedactLogs::new(exporter.clone(), words.masker.clone())),
        false => provider.with_simple_exporter(exporter.clone()),
    };
    let provider = provider.build();
    let subscriber = tracing_subscriber::registry().with(Bridge(provider.logger("torture")));
    tracing::subscriber::with_default(subscriber, || tracing::info_span!("work").in_scope(emit));
    let mut out = String::new();
    for log in exporter.get_emitted_logs().expect("in memory") {
        log.record.body().into_iter().for_each(|body| dump(body, &mut out));
        for (key, value) in log.record.attributes_iter() {
            out.push_str(&format!(" {key}="));
            dump(value, &mut out);
        }
        out.push('\n');
    }
    out
}

/// All that a value holds.
fn dump(value: &AnyValue, out: &mut String) {
    match value {
        AnyValue::Int(v) => out.push_str(&v.to_string()),
        AnyValue::Double(v) => out.push_str(&v.to_string()),
        AnyValue::Boolean(v) => out.push_str(&v.to_string()),
        AnyValue::String(v) => out.push_str(v.as_str()),
        AnyValue::Bytes(v) => out.push_str(&String::from_utf8_lossy(v)),
        AnyValue::ListAny(list) => list.iter().for_each(|v| {
            dump(v, out);
            out.push('\n');
        }),
        AnyValue::Map(map) => map.values().for_each(|v| dump(v, out)),
        other => out.push_str(&format!("{other:?}")),
    }
}
