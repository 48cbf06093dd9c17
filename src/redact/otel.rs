//! Exporters of OpenTelemetry, masked: for what goes to a span or a logger directly and never through
//! `tracing`, such as `set_attribute` and `set_status`.

use std::borrow::Cow;
use std::future::Future;
use std::sync::Arc;
use std::time::Duration;

use opentelemetry::logs::{AnyValue, LogRecord as _, Logger as _, LoggerProvider as _, Severity};
use opentelemetry::trace::Status;
use opentelemetry::{Array, InstrumentationScope, KeyValue, StringValue, Value};
use opentelemetry_sdk::Resource;
use opentelemetry_sdk::error::OTelSdkResult;
use opentelemetry_sdk::logs::{LogBatch, LogExporter, SdkLogRecord, SdkLogger, SdkLoggerProvider};
use opentelemetry_sdk::trace::{SpanData, SpanExporter};

use crate::scrub::{Masker, Naming, Scratch};

/// An exporter of spans that exports masked names, attributes, events, links and status texts.
#[derive(Debug)]
pub struct RedactSpans<E> {
    inner: E,
    masker: Arc<Masker>,
}

/// An exporter of log records that exports masked bodies and attributes.
#[derive(Debug)]
pub struct RedactLogs<E> {
    inner: E,
    masker: Arc<Masker>,
    /// Makes empty records; it has no processor, so nothing ever goes through it.
    empty: SdkLogger,
}

impl<E> RedactSpans<E> {
    /// Wraps an exporter.
    pub fn new(inner: E, masker: impl Into<Arc<Masker>>) -> Self {
        Self { inner, masker: masker.into() }
    }
}

impl<E> RedactLogs<E> {
    /// Wraps an exporter.
    pub fn new(inner: E, masker: impl Into<Arc<Masker>>) -> Self {
        let empty = SdkLoggerProvider::builder().build().logger("");
        Self { inner, masker: masker.into(), empty }
    }
}

impl<E: SpanExporter> SpanExporter for RedactSpans<E> {
    fn export(&self, mut batch: Vec<SpanData>) -> impl Future<Output = OTelSdkResult> + Send {
        let mut hide = Hide::new(&self.masker);
        for span in &mut batch {
            hide.cow(&mut span.name);
            hide.attributes(&mut span.attributes);
            for event in &mut span.events.events {
                hide.cow(&mut event.name);
                hide.attributes(&mut event.attributes);
            }
            span.links.links.iter_mut().for_each(|link| hide.attributes(&mut link.attributes));
            if let Status::Error { description } = &mut span.status {
                hide.cow(description);
            }
        }
        self.inner.export(batch)
    }

    fn shutdown_with_timeout(&self, timeout: Duration) -> OTelSdkResult {
        self.inner.shutdown_with_timeout(timeout)
    }

    fn force_flush(&self) -> OTelSdkResult {
        self.inner.force_flush()
    }

    fn set_resource(&mut self, resource: &Resource) {
        self.inner.set_resource(resource);
    }
}

impl<E: LogExporter> LogExporter for RedactLogs<E> {
    async fn export(&self, batch: LogBatch<'_>) -> OTelSdkResult {
        let masked: Vec<(SdkLogRecord, &InstrumentationScope)> = {
            let mut hide = Hide::new(&self.masker);
            batch.iter().map(|(record, scope)| (self.record(record, &mut hide), scope)).collect()
        };
        let borrowed: Vec<(&SdkLogRecord, &InstrumentationScope)> =
            masked.iter().map(|(record, scope)| (record, *scope)).collect();
        self.inner.export(LogBatch::new(&borrowed)).await
    }

    fn shutdown_with_timeout(&self, timeout: Duration) -> OTelSdkResult {
        self.inner.shutdown_with_timeout(timeout)
    }

    fn event_enabled(&self, level: Severity, target: &str, name: Option<&str>) -> bool {
        self.inner.event_enabled(level, target, name)
    }

    fn set_resource(&mut self, resource: &Resource) {
        self.inner.set_resource(resource);
    }
}

impl<E> RedactLogs<E> {
    /// The same record with masked texts; the attributes of a record cannot be changed in place.
    fn record(&self, record: &SdkLogRecord, hide: &mut Hide<'_>) -> SdkLogRecord {
        let mut out = self.empty.create_log_record();
        record.event_name().into_iter().for_each(|name| out.set_event_name(name));
        record.target().into_iter().for_each(|target| out.set_target(target.clone()));
        record.timestamp().into_iter().for_each(|time| out.set_timestamp(time));
        record.observed_timestamp().into_iter().for_each(|time| out.set_observed_timestamp(time));
        record.severity_text().into_iter().for_each(|text| out.set_severity_text(text));
        record.severity_number().into_iter().for_each(|number| out.set_severity_number(number));
        if let Some(context) = record.trace_context() {
            out.set_trace_context(context.trace_id, context.span_id, context.trace_flags);
        }
        if let Some(body) = record.body() {
            let mut body = body.clone();
            hide.any("", &mut body);
            out.set_body(body);
        }
        for (key, value) in record.attributes_iter() {
            let mut value = value.clone();
            hide.any(key.as_str(), &mut value);
            out.add_attribute(key.clone(), value);
        }
        out
    }
}

/// Masks values of both data models.
struct Hide<'m> {
    masker: &'m Masker,
    scratch: Scratch,
    out: Vec<u8>,
}

impl<'m> Hide<'m> {
    fn new(masker: &'m Masker) -> Self {
        Self { masker, scratch: Scratch::default(), out: Vec::new() }
    }

    /// The masked text, where there is something to hide.
    fn text(&mut self, name: &str, text: &str) -> Option<String> {
        self.out.clear();
        let hidden = match self.masker.naming(name) {
            Naming::Secret(secrecy) => self.masker.mask_value(text.as_bytes(), secrecy, &mut self.out),
            _ => self.masker.mask_at(text.as_bytes(), name, &mut self.scratch, &mut self.out) > 0,
        };
        hidden.then(|| String::from_utf8_lossy(&self.out).into_owned())
    }

    fn cow(&mut self, text: &mut Cow<'static, str>) {
        if let Some(masked) = self.text("", text) {
            *text = masked.into();
        }
    }

    fn attributes(&mut self, attributes: &mut [KeyValue]) {
        for KeyValue { key, value, .. } in attributes {
            let secret = matches!(self.masker.naming(key.as_str()), Naming::Secret(_));
            match value {
                Value::String(text) => {
                    if let Some(masked) = self.text(key.as_str(), text.as_str()) {
                        *value = masked.into();
                    }
                }
                Value::Array(Array::String(texts)) => {
                    for text in texts {
                        if let Some(masked) = self.text(key.as_str(), text.as_str()) {
                            *text = StringValue::from(masked);
                        }
                    }
                }
                _ if secret => *value = crate::text::STARS.into(),
                _ => {}
            }
        }
    }

    fn any(&mut self, name: &str, value: &mut AnyValue) {
        match value {
            AnyValue::String(text) => {
                if let Some(masked) = self.text(name, text.as_str()) {
                    *value = masked.into();
                }
            }
            AnyValue::Bytes(bytes) => {
                let text = String::from_utf8_lossy(bytes).into_owned();
                if let Some(masked) = self.text(name, &text) {
                    **bytes = masked.into_bytes();
                }
            }
            AnyValue::ListAny(values) => values.iter_mut().for_each(|value| self.any(name, value)),
            AnyValue::Map(values) => {
                for (key, value) in values.iter_mut() {
                    // Everything under a secret name is secret.
                    let inherits = matches!(self.masker.naming(name), Naming::Secret(_));
                    self.any(if inherits { name } else { key.as_str() }, value);
                }
            }
            _ if matches!(self.masker.naming(name), Naming::Secret(_)) => {
                *value = crate::text::STARS.into();
            }
            _ => {}
        }
    }
}
