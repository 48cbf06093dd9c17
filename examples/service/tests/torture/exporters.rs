//! The wrappers around the exporters of spans and log records, without anything of `tracing` before them.

use opentelemetry::KeyValue;
use opentelemetry::logs::{LogRecord as _, Logger as _, LoggerProvider as _};
use opentelemetry::trace::{Span as _, Status, Tracer as _, TracerProvider as _};
use opentelemetry_sdk::logs::{InMemoryLogExporter, SdkLoggerProvider};
use opentelemetry_sdk::trace::{InMemorySpanExporter, SdkTracerProvider};
use scrubjay::redact::{RedactLogs, RedactSpans};
use scrubjay::scrub::Policy;

fn key() -> String {
    "qX7vTz2mLp".repeat(4)
}

#[test]
fn what_is_set_on_a_span_is_masked() {
    let seen = InMemorySpanExporter::default();
    let exporter = RedactSpans::new(seen.clone(), Policy::default());
    let provider = SdkTracerProvider::builder().with_simple_exporter(exporter).build();
    let mut span = provider.tracer("test").start(format!("GET /?token={}", key()));
    span.set_attribute(KeyValue::new("secret_key", key()));
    span.set_attribute(KeyValue::new("count", 7));
    span.add_event("secret", vec![KeyValue::new("note", format!("password={}", key()))]);
    span.set_status(Status::error(format!("bad secret_key={}", key())));
    span.end();
    let spans = format!("{:?}", seen.get_finished_spans().unwrap());
    assert!(!spans.contains(&key()[4..20]), "{spans}");
    assert!(spans.contains("I64(7)") && spans.contains("password=****"), "{spans}");
}

#[test]
fn log_records_are_masked() {
    let seen = InMemoryLogExporter::default();
    let exporter = RedactLogs::new(seen.clone(), Policy::default());
    let provider = SdkLoggerProvider::builder().with_simple_exporter(exporter).build();
    let logger = provider.logger("test");
    let mut record = logger.create_log_record();
    record.set_body(format!("token={} done", key()).into());
    record.add_attribute("secret_key", key());
    record.add_attribute("count", 7);
    logger.emit(record);
    let logs = format!("{:?}", seen.get_emitted_logs().unwrap());
    assert!(!logs.contains(&key()[4..20]), "{logs}");
    assert!(logs.contains("done") && logs.contains("Int(7)"), "{logs}");
}
