//! Lines that a container runtime cut in two: a value that stands in both parts is masked in both.

#[path = "support/mod.rs"]
mod support;

use std::sync::Arc;

use scrubjay::scrub::{Masker, Scrubber};
use support::template::expand;

/// The text in parts, as a runtime writes it.
type Cut = fn(&[&str]) -> String;

fn cri(parts: &[&str]) -> String {
    let line = |(at, part): (usize, &&str)| {
        let tag = if at + 1 == parts.len() { "F" } else { "P" };
        format!("2026-01-01T00:00:00.{at}Z stdout {tag} {part}\n")
    };
    parts.iter().enumerate().map(line).collect()
}

fn docker(parts: &[&str]) -> String {
    let line = |(at, part): (usize, &&str)| {
        let end = if at + 1 == parts.len() { "\\n" } else { "" };
        format!(
            "{{\"log\":\"{part}{end}\",\"stream\":\"stderr\",\"time\":\"2026-01-01T00:00:0{at}.123456789Z\"}}\n"
        )
    };
    parts.iter().enumerate().map(line).collect()
}

fn stream(text: &[u8], piece: usize, masker: &Arc<Masker>) -> Vec<u8> {
    let (mut out, mut scrubber) = (Vec::new(), Scrubber::new(masker.clone()));
    text.chunks(piece).for_each(|piece| scrubber.push(piece, &mut out).expect("memory can be written"));
    scrubber.finish(&mut out).expect("memory can be written");
    out
}

#[test]
fn a_value_that_was_cut_anywhere_is_masked_in_every_part() {
    let masker = Arc::new(Masker::default());
    for (template, seed) in [
        ("req token={mint:tirtc} done", "cut token"),
        ("config secret_key={alnum:64} done", "cut key"),
        ("GET /x?userSig={mint:usersig}&page=2 done", "cut sig"),
    ] {
        let filled = expand(template, seed);
        let text = std::str::from_utf8(&filled.bytes).expect("text");
        let start = text.find('=').expect("a name") + 1;
        let value = text[start..].find([' ', '&']).expect("an end");
        for form in [cri as Cut, docker] {
            for at in (8..value - 8).step_by(7) {
                let cut = start + at;
                let mut shapes = vec![form(&[&text[..cut], &text[cut..]])];
                if value - at > 24 {
                    shapes.push(form(&[&text[..cut], &text[cut..cut + 12], &text[cut + 12..]]));
                }
                for whole in shapes {
                    for piece in [1, 13, whole.len()] {
                        let out = stream(whole.as_bytes(), piece, &masker);
                        for secret in &filled.secrets {
                            let shown = secret.shown_in(&out);
                            assert!(shown.is_none(), "{seed} {at} {piece}: {}", shown.unwrap_or_default());
                        }
                        let out = String::from_utf8(out).expect("text");
                        assert_eq!(out.lines().count(), whole.lines().count());
                        assert!(out.contains(" done"), "{out}");
                        let heads = |text: &str| -> Vec<String> {
                            text.lines().map(|line| line.chars().take(8).collect()).collect()
                        };
                        assert_eq!(heads(&out), heads(&whole));
                        assert_eq!(stream(out.as_bytes(), out.len(), &masker), out.as_bytes());
                    }
                }
            }
        }
    }
}

#[test]
fn lines_of_their_own_stay_apart() {
    let masker = Arc::new(Masker::default());
    for text in [
        "2026-01-01T00:00:00.1Z stdout F token=abcdefgh\n2026-01-01T00:00:00.2Z stdout F plain words\n",
        "2026-01-01T00:00:00.1Z stdout P token=abcdefgh\n2026-01-01T00:00:00.2Z stderr F plain words\n",
        "{\"log\":\"token=abcdefgh\\n\",\"stream\":\"stdout\"}\n{\"log\":\"plain words\\n\",\"stream\":\"stdout\"}\n",
    ] {
        let out = String::from_utf8(stream(text.as_bytes(), text.len(), &masker)).expect("text");
        assert_eq!(out, text.replace("abcdefgh", "****"));
    }
}
