//! Where events end: the formatters of `tracing-subscriber` and an OpenTelemetry exporter, each over
//! a buffer that is read afterwards.

use std::io;
use std::sync::{Arc, Mutex, Once};

use opentelemetry::trace::TracerProvider as _;
use opentelemetry::{KeyValue, trace::Status};
use opentelemetry_sdk::trace::{InMemorySpanExporter, SdkTracerProvider, SpanData};
use scrubjay::redact::{Redact as _, RedactWriter};
use tracing::Dispatch;
use tracing_subscriber::fmt::{self, MakeWriter};
use tracing_subscriber::prelude::*;
use tracing_subscriber::{Layer, Registry};

use crate::words::Words;

/// A form of output.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Format {
    Text,
    Ansi,
    Pretty,
    Compact,
    Json,
    Otel,
}

/// All of them.
pub(crate) const FORMATS: [Format; 6] =
    [Format::Text, Format::Ansi, Format::Pretty, Format::Compact, Format::Json, Format::Otel];

/// What stands between an event and its output.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Guard {
    /// Nothing: the output as it would be without the layer.
    Plain,
    /// The wrapper around the subscriber.
    Wrapper,
    /// The wrapper, and the net under every writer.
    Both,
    /// A wrapper around the exporter alone: the last place where something can be masked.
    #[cfg(feature = "opentelemetry")]
    Exporter,
}

#[derive(Clone, Default)]
struct Buffer(Arc<Mutex<Vec<u8>>>);

impl io::Write for Buffer {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.0.lock().expect("no writer panics").extend(bytes);
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

impl<'a> MakeWriter<'a> for Buffer {
    type Writer = Self;

    fn make_writer(&'a self) -> Self {
        self.clone()
    }
}

type Boxed = Box<dyn Layer<Registry> + Send + Sync>;

/// The layer of a text format, without the time, which is another one in every run.
fn text_layer<W>(format: Format, writer: W) -> Boxed
where
    W: for<'w> MakeWriter<'w> + Send + Sync + 'static,
{
    let layer = fmt::layer().without_time().with_writer(writer);
    match format {
        Format::Ansi => layer.with_ansi(true).boxed(),
        Format::Pretty => layer.with_ansi(false).pretty().boxed(),
        Format::Compact => layer.with_ansi(false).compact().boxed(),
        Format::Json => layer.with_ansi(false).json().boxed(),
        Format::Text | Format::Otel => layer.with_ansi(false).boxed(),
    }
}

/// Runs `emit` with one subscriber that writes all `formats`, and returns what each holds then.
pub(crate) fn run(words: &Words, formats: &[Format], guard: Guard, emit: impl FnOnce()) -> Vec<String> {
    static LOG: Once = Once::new();
    LOG.call_once(|| tracing_log::LogTracer::init().expect("no other bridge is installed"));
    let exporter = InMemorySpanExporter::default();
    let provider = SdkTracerProvider::builder();
    let provider = match guard {
        #[cfg(feature = "opentelemetry")]
        Guard::Exporter => provider
            .with_simple_exporter(scrubjay::redact::RedactSpans::new(exporter.clone(), words.masker.clone())),
        _ => provider.with_simple_exporter(exporter.clone()),
    };
    let provider = provider.build();
    let buffers: Vec<Buffer> = formats.iter().map(|_| Buffer::default()).collect();
    let layers: Vec<Boxed> = formats
        .iter()
        .zip(&buffers)
        .map(|(format, buffer)| match (format, guard) {
            (Format::Otel, _) => tracing_opentelemetry::layer()
                .with_tracer(provider.tracer("torture"))
                .with_error_records_to_exceptions(true)
                .boxed(),
            (format, Guard::Both) => {
                text_layer(*format, RedactWriter::new(buffer.clone(), words.masker.clone()))
            }
            (format, _) => text_layer(*format, buffer.clone()),
        })
        .collect();
    let subscriber = tracing_subscriber::registry().with(layers);
    let dispatch = match guard {
        Guard::Wrapper | Guard::Both => Dispatch::new(subscriber.redacted(words.masker.clone())),
        _ => Dispatch::new(subscriber),
    };
    tracing::dispatcher::with_default(&dispatch, || {
        // An exporter of spans sees events only where there is a span.
        tracing::info_span!("work").in_scope(emit);
    });
    let texts = formats.iter().zip(buffers).map(|(format, buffer)| match format {
        Format::Otel => exporter.get_finished_spans().expect("in memory").iter().map(dump).collect(),
        _ => {
            let bytes = std::mem::take(&mut *buffer.0.lock().expect("no writer panics"));
            String::from_utf8(bytes).expect("what is logged is UTF-8")
        }
    });
    texts.collect()
}

/// All that an exporter sends of a span.
fn dump(span: &SpanData) -> String {
    let pairs = |list: &[KeyValue]| -> String {
        list.iter().map(|pair| format!(" {}={}", pair.key, pair.value)).collect()
    };
    let mut out = format!("span {}{}\n", span.name, pairs(&span.attributes));
    for event in &span.events.events {
        out.push_str(&format!("event {}{}\n", event.name, pairs(&event.attributes)));
    }
    for link in &span.links.links {
        out.push_str(&format!("link{}\n", pairs(&link.attributes)));
    }
    if let Status::Error { description } = &span.status {
        out.push_str(&format!("error {description}\n"));
    }
    out
}
