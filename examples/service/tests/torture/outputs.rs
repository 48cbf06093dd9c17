//! The list through every output.

use std::collections::BTreeSet;
use std::sync::LazyLock;

use serde_json::Value;

use crate::sinks::{FORMATS, Format, Guard, run};
use crate::words::{Oracle, Words};
use crate::{Case, list, stays};

/// A case with its words, which all tests share: to compile a policy for each takes long.
struct Ready {
    case: &'static Case,
    words: Words,
    oracle: Oracle,
}

fn ready() -> &'static [Ready] {
    static READY: LazyLock<Vec<Ready>> = LazyLock::new(|| {
        let one = |case: &'static Case| {
            let words = Words::mint(case.name);
            let oracle = Oracle::new(&words);
            Ready { case, words, oracle }
        };
        list().map(one).collect()
    });
    &READY
}

/// Runs a case; an output for each format.
fn outputs(case: &Case, words: &Words, guard: Guard) -> Vec<(Format, String)> {
    let one = |format: Format| {
        let text = run(words, &[format], guard, || (case.emit)(words));
        (format, text.concat())
    };
    FORMATS.into_iter().filter(|f| !case.unseen.contains(f)).map(one).collect()
}

/// What an output shows that it must not.
fn leak(case: &Case, oracle: &Oracle, output: &str) -> Option<String> {
    let short = case.hide.iter().find(|text| output.contains(**text));
    short.map(|text| format!("`{text}`")).or_else(|| oracle.shown_in(output))
}

/// Complains about all cases at once: a list of what fails tells more than the first of it.
fn none(complaints: &[String]) {
    assert!(complaints.is_empty(), "{} complaints:\n{}", complaints.len(), complaints.join("\n"));
}

#[test]
fn the_list_is_long_and_its_names_are_different() {
    let names: BTreeSet<&str> = list().map(|case| case.name).collect();
    assert_eq!(names.len(), list().count());
    assert!(names.len() >= 60, "{}", names.len());
}

#[test]
fn without_the_layer_every_event_shows_a_secret_in_every_output() {
    let mut complaints = Vec::new();
    for Ready { case, words, oracle } in ready() {
        for (format, output) in outputs(case, words, Guard::Plain) {
            if leak(case, oracle, &output).is_none() {
                complaints.push(format!("{} ({format:?}) shows nothing:\n{output}", case.name));
            }
            for text in case.keep.iter().map(|k| words.resolve(k)).filter(|k| !output.contains(*k)) {
                complaints.push(format!("{} ({format:?}) is wrong about {text:?}:\n{output}", case.name));
            }
        }
    }
    none(&complaints);
}

#[test]
fn with_the_layer_no_event_shows_a_secret_in_any_output() {
    none(&guarded(Guard::Wrapper));
}

#[test]
fn with_the_net_under_it_as_well() {
    none(&guarded(Guard::Both));
}

fn guarded(guard: Guard) -> Vec<String> {
    let mut complaints = Vec::new();
    for Ready { case, words, oracle } in ready() {
        for (format, output) in outputs(case, words, guard) {
            complaints.extend(check(case, words, oracle, format, &output));
        }
    }
    complaints
}

/// What is wrong with one output of a guarded event.
fn check(case: &Case, words: &Words, oracle: &Oracle, format: Format, output: &str) -> Vec<String> {
    let place = format!("{} ({format:?})", case.name);
    let mut complaints = Vec::new();
    if let Some(what) = leak(case, oracle, output) {
        complaints.push(format!("{place} shows {what}:\n{output}"));
    }
    // Bytes stay bytes: their mask is written as they are.
    if !output.contains("****") && !output.contains("2a 2a 2a 2a") {
        complaints.push(format!("{place} masks nothing:\n{output}"));
    }
    for text in case.keep.iter().map(|k| words.resolve(k)).filter(|k| !output.contains(*k)) {
        complaints.push(format!("{place} lost {text:?}:\n{output}"));
    }
    if format == Format::Json {
        complaints.extend(json(case, words, output).map(|what| format!("{place}: {what}:\n{output}")));
    }
    complaints
}

/// Compares JSON lines with those without the layer: the same members, and of the same types where
/// nothing was masked.
fn json(case: &Case, words: &Words, output: &str) -> Option<String> {
    let plain = run(words, &[Format::Json], Guard::Plain, || (case.emit)(words)).concat();
    if plain.lines().count() != output.lines().count() {
        return Some("another number of lines".to_owned());
    }
    plain.lines().zip(output.lines()).find_map(|(plain, masked)| {
        let plain = serde_json::from_str(plain).expect("the formatter writes JSON");
        match serde_json::from_str(masked) {
            Ok(masked) => differs(&plain, &masked),
            Err(e) => Some(format!("no JSON: {e}")),
        }
    })
}

fn differs(plain: &Value, masked: &Value) -> Option<String> {
    match (plain, masked) {
        (Value::Object(a), Value::Object(b)) => {
            let names = |m: &serde_json::Map<String, Value>| m.keys().cloned().collect::<BTreeSet<_>>();
            if names(a) != names(b) {
                return Some(format!("members {:?} became {:?}", names(a), names(b)));
            }
            a.iter().find_map(|(name, value)| differs(value, &b[name]))
        }
        (Value::Array(a), Value::Array(b)) if a.len() == b.len() => {
            a.iter().zip(b).find_map(|(a, b)| differs(a, b))
        }
        (_, Value::String(text)) if text.contains("****") || text.contains("2a 2a 2a 2a") => None,
        (Value::String(_), Value::String(_)) => None,
        (a, b) => (a != b).then(|| format!("{a} became {b}")),
    }
}

#[test]
fn one_subscriber_with_all_outputs_shows_no_more() {
    // Formatters of one kind share what they keep of a span's fields, and a value is formatted once
    // for each of them: both have leaked elsewhere.
    let mut complaints = Vec::new();
    for Ready { case, words, oracle } in ready() {
        let outputs = run(words, &FORMATS, Guard::Wrapper, || (case.emit)(words));
        for (format, output) in FORMATS.into_iter().zip(outputs) {
            if !case.unseen.contains(&format) {
                // The JSON formatter writes what another has kept of a span as one string.
                complaints.extend(
                    leak(case, oracle, &output).map(|what| {
                        format!("{} ({format:?}, one of all) shows {what}:\n{output}", case.name)
                    }),
                );
            }
        }
    }
    none(&complaints);
}

/// What a formatter has written without the layer, scrubbed as a log.
#[test]
fn a_log_of_these_kinds_is_scrubbed_as_well() {
    let (mut complaints, mut seen) = (Vec::new(), 0);
    for Ready { case, words, oracle } in ready().iter().filter(|r| is_of_kinds(r.case)) {
        let plain = run(words, &[Format::Text], Guard::Plain, || (case.emit)(words)).concat();
        if leak(case, oracle, &plain).is_none() {
            continue;
        }
        seen += 1;
        let mut scrubbed = Vec::new();
        words.masker.mask(plain.as_bytes(), &mut Default::default(), &mut scrubbed);
        let scrubbed = String::from_utf8_lossy(&scrubbed);
        complaints.extend(
            leak(case, oracle, &scrubbed).map(|what| format!("{} shows {what}:\n{scrubbed}", case.name)),
        );
    }
    none(&complaints);
    assert!(seen >= 100, "{seen} kinds show a secret in a log");
}

fn is_of_kinds(case: &Case) -> bool {
    crate::kinds().into_iter().flatten().any(|kind| kind.name == case.name)
}

#[test]
fn what_holds_no_secret_comes_out_as_it_went_in() {
    let mut complaints = Vec::new();
    for case in stays::CASES {
        let words = Words::mint(case.name);
        let plain = outputs(case, &words, Guard::Plain);
        for guard in [Guard::Wrapper, Guard::Both] {
            for ((format, before), (_, after)) in plain.iter().zip(outputs(case, &words, guard)) {
                for text in case.keep.iter().map(|k| words.resolve(k)).filter(|k| !before.contains(*k)) {
                    complaints.push(format!("{} is wrong about {text:?}:\n{before}", case.name));
                }
                if untimed(before) != untimed(&after) {
                    complaints.push(format!("{} ({format:?}, {guard:?}):\n{before}{after}", case.name));
                }
            }
        }
    }
    none(&complaints);
}

/// An exporter is told how long a span was busy, and in which thread.
fn untimed(output: &str) -> Vec<&str> {
    let varies = |word: &&str| !["busy_ns=", "idle_ns=", "thread.id="].iter().any(|n| word.starts_with(n));
    output.split(' ').filter(varies).collect()
}

#[cfg(feature = "opentelemetry")]
#[test]
fn an_exporter_that_masks_shows_no_secret_whatever_fills_its_spans() {
    let mut complaints = Vec::new();
    // What an exporter gets of bytes is their hex, in which nobody finds anything; and of an error the text
    // a second time, under another name. The wrapper around the subscriber is before both.
    let past = |name: &str| name.starts_with("bytes ") || name == "an error under a secret name";
    // It sees each value of an event for itself.
    let past = |name: &str| past(name) || name.starts_with("apart: ");
    let shown = |r: &&Ready| !r.case.unseen.contains(&Format::Otel) && !past(r.case.name);
    for Ready { case, words, oracle } in ready().iter().filter(shown) {
        let output = run(words, &[Format::Otel], Guard::Exporter, || (case.emit)(words)).concat();
        complaints.extend(check(case, words, oracle, Format::Otel, &output));
    }
    none(&complaints);
}

#[cfg(feature = "opentelemetry")]
#[test]
fn an_exporter_of_log_records_that_masks_shows_no_secret() {
    use crate::records;
    let (mut complaints, mut seen) = (Vec::new(), 0);
    for Ready { case, words, oracle } in ready() {
        // A record shows its event, and nothing of the spans around it.
        let plain = records::run(words, false, || (case.emit)(words));
        if leak(case, oracle, &plain).is_none() || case.name.starts_with("apart: ") {
            continue;
        }
        seen += 1;
        let masked = records::run(words, true, || (case.emit)(words));
        let place = case.name;
        if let Some(what) = leak(case, oracle, &masked) {
            complaints.push(format!("{place} shows {what}:\n{masked}"));
        }
        let kept = case.keep.iter().map(|k| words.resolve(k)).filter(|k| plain.contains(*k));
        for text in kept.filter(|k| !masked.contains(*k)) {
            complaints.push(format!("{place} lost {text:?}:\n{masked}"));
        }
    }
    none(&complaints);
    assert!(seen >= 60, "{seen} cases show a secret in a record");
}

#[cfg(feature = "opentelemetry")]
#[test]
fn what_is_put_on_a_span_past_tracing_is_masked_by_the_exporter() {
    use tracing_opentelemetry::OpenTelemetrySpanExt as _;
    let words = Words::mint("past tracing");
    let oracle = Oracle::new(&words);
    let past = || {
        let span = tracing::Span::current();
        span.set_attribute("token", words.key.clone());
        span.set_attribute("note", format!("joined with {}", words.token));
        span.set_attribute("device_id", words.device_id.clone());
        span.set_status(opentelemetry::trace::Status::error(format!(
            "password={}, which is wrong",
            words.password
        )));
    };
    for guard in [Guard::Plain, Guard::Wrapper] {
        let shown = run(&words, &[Format::Otel], guard, past).concat();
        assert!(oracle.shown_in(&shown).is_some(), "{guard:?} cannot see it:\n{shown}");
    }
    let masked = run(&words, &[Format::Otel], Guard::Exporter, past).concat();
    assert_eq!(oracle.shown_in(&masked), None, "{masked}");
    for kept in ["joined with ", "password=", ", which is wrong", &words.device_id] {
        assert!(masked.contains(kept), "{kept:?} is lost:\n{masked}");
    }
}
