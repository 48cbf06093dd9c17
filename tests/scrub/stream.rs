//! Streams: whatever the pieces are in which bytes come, what goes out holds no secret, and the rest is
//! as it was.

use crate::support;

use scrubjay::detect::Detector;
use scrubjay::rule;
use scrubjay::scrub::{Masker, Scrubber};
use std::sync::Arc;
use support::prng::Prng;
use support::{NOW, cases};

/// How the bytes come.
#[derive(Debug, Clone, Copy)]
enum Pieces {
    Whole,
    Ahead,
    Lines,
    Bytes,
    Random(u64),
}

const ALL: [Pieces; 5] = [Pieces::Whole, Pieces::Ahead, Pieces::Lines, Pieces::Bytes, Pieces::Random(1)];

fn scrub(masker: &Arc<Masker>, text: &[u8], pieces: Pieces) -> Vec<u8> {
    let mut scrubber = Scrubber::new(Arc::clone(masker));
    if matches!(pieces, Pieces::Ahead) {
        scrubber = scrubber.look_ahead();
    }
    let mut out = Vec::new();
    let mut random = Prng::new(if let Pieces::Random(seed) = pieces { seed } else { 0 });
    let mut rest = text;
    while !rest.is_empty() {
        let length = match pieces {
            Pieces::Whole | Pieces::Ahead => rest.len(),
            Pieces::Lines => rest.iter().position(|b| *b == b'\n').map_or(rest.len(), |i| i + 1),
            Pieces::Bytes => 1,
            Pieces::Random(_) => (1 + random.below(300)).min(rest.len()),
        };
        scrubber.push(&rest[..length], &mut out).expect("memory takes everything");
        rest = &rest[length..];
    }
    scrubber.finish(&mut out).expect("memory takes everything");
    out
}

#[test]
fn no_case_leaks_in_any_pieces() {
    let detector = Detector::new(rule::builtin(), NOW);
    let masker = Arc::new(Masker::default());
    let mut wrong = Vec::new();
    // A value on a line before its name, or a first piece that says too little alone: only who looks ahead
    // can know.
    const AHEAD: [&str; 8] = [
        "config/Kubernetes env pairs",
        "markup/AndroidManifest meta-data",
        "json/a Postman environment, value first",
        "pieces/a key in two literals of C",
        "pieces/a UserSig in two literals without a name",
        "pieces/a token that was wrapped in a mail",
        "pieces/places to break in HTML #5",
        "pieces/a fallback in pieces",
    ];
    // What is no key because of the lines below it.
    const BELOW: &str = "wild_syntax/silent: vectors with the digits on lines of their own";
    for case in cases::load() {
        let looks_ahead = AHEAD.contains(&case.name.as_str()) || case.name.starts_with(BELOW);
        let all = if looks_ahead { &ALL[..2] } else { &ALL };
        let expanded = case.expand();
        let reported = cases::reported(&detector, &case.path, &expanded.bytes);
        for &pieces in all {
            let out = scrub(&masker, &expanded.bytes, pieces);
            for secret in &expanded.secrets {
                let found =
                    reported.iter().any(|d| d.span.start < secret.span.end && secret.span.start < d.span.end);
                if found
                    && !case.loose
                    && let Some(complaint) = secret.shown_in(&out)
                {
                    wrong.push(format!("{pieces:?} {}: {complaint}", case.name));
                }
            }
            for d in cases::reported(&detector, &case.path, &out) {
                wrong.push(format!(
                    "{pieces:?} {}: {} is still reported {:?}",
                    case.name,
                    d.rule.id,
                    String::from_utf8_lossy(&out)
                ));
            }
            for &again in all.iter().take(3) {
                if scrub(&masker, &out, again) != out {
                    wrong.push(format!("{pieces:?} {again:?} {}: twice changes more", case.name));
                }
            }
        }
    }
    assert!(wrong.is_empty(), "{}\n{}", wrong.len(), wrong.join("\n"));
}
