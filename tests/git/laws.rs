//! The law on which a fast look at deltas stands: where nothing was found in a base, a look at what a
//! change touches finds what a look at everything finds.

use std::ops::Range;

use scrubjay::detect::{Detector, Scratch};

use crate::support::cases;
use crate::support::prng::Prng;
use crate::support::{NOW, template::expand};

/// What is found: place, rule, the value's length.
fn glance(
    detector: &Detector,
    bytes: &[u8],
    changed: Option<&[Range<usize>]>,
) -> Vec<(usize, String, usize)> {
    let mut found = Vec::new();
    detector.glance(bytes, changed, &mut Scratch::default(), &mut |d| {
        found.push((d.span.start, d.rule.id.clone(), d.value.len()));
    });
    found
}

/// A text in pieces of cases and filler.
fn text(rng: &mut Prng, cases: &[cases::Case], pieces: usize) -> Vec<u8> {
    let mut out = Vec::new();
    for _ in 0..pieces {
        if rng.below(3) == 0 {
            out.extend(expand(&rng.pick(cases).text, &rng.next().to_string()).bytes);
        } else {
            let length = rng.below(12_000);
            let words = [&b"word "[..], b"\n", b"key=", b"\"x\": 1,", b"0a", b"{", b"}", b"  ", b"secret"];
            let end = out.len() + length;
            while out.len() < end {
                out.extend(rng.pick::<&[u8]>(&words).iter());
            }
        }
        out.extend(rng.pick::<&[u8]>(&[b"\n", b"", b" "]).iter());
    }
    out
}

/// Cuts, puts in, or takes from elsewhere; gives the new text and what changed in it, as a delta tells.
fn edited(rng: &mut Prng, base: &[u8], cases: &[cases::Case]) -> (Vec<u8>, Vec<Range<usize>>) {
    let mut places: Vec<usize> = (0..2 * (1 + rng.below(3))).map(|_| rng.below(base.len() + 1)).collect();
    places.sort_unstable();
    let (mut out, mut changed, mut at) = (Vec::new(), Vec::new(), 0);
    for pair in places.chunks(2) {
        let (from, to) = (pair[0], if rng.below(2) == 0 { pair[1] } else { pair[0] });
        out.extend_from_slice(&base[at..from]);
        let start = out.len();
        let length = rng.below(64) + 1;
        match rng.below(4) {
            0 => {}
            1 => out.extend(rng.bytes(length)),
            2 => out.extend(rng.alnum(length).into_bytes()),
            _ => out.extend(expand(&rng.pick(cases).text, &rng.next().to_string()).bytes),
        }
        changed.push(start..out.len());
        at = to;
    }
    out.extend_from_slice(&base[at..]);
    (out, changed)
}

#[test]
fn what_changed_in_a_quiet_base_is_all_that_needs_a_look() {
    let detector = Detector::new(scrubjay::rule::builtin(), NOW);
    let cases = cases::load();
    let (mut quiet, mut loud) = (0, 0);
    for seed in 0..400 {
        let mut rng = Prng::new(seed);
        let mut base = Vec::new();
        // A base in which nothing is found: cases that are right are cut away until it is.
        let pieces = 1 + rng.below(5);
        for _ in 0..8 {
            base = text(&mut rng, &cases, pieces);
            while let Some((start, _, length)) = glance(&detector, &base, None).first().cloned() {
                base.drain(start..base.len().min(start + 1 + length / 2));
            }
            if !base.is_empty() {
                break;
            }
        }
        quiet += 1;
        let (new, changed) = edited(&mut rng, &base, &cases);
        let whole = glance(&detector, &new, None);
        loud += usize::from(!whole.is_empty());
        assert_eq!(glance(&detector, &new, Some(&changed)), whole, "seed {seed}, {changed:?}");
    }
    assert!(quiet == 400 && loud > 100, "{loud} of {quiet} changes brought something");
}
