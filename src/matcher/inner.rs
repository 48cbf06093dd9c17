//! Values that stand for themselves in another writing, whose name says what is inside: base64 of a key,
//! as Secrets of Kubernetes and charts of Helm have it; a private key over several lines.
//!
//! Base64 of a longer text needs no name and is a view, in `decode`.

use base64::Engine;
use base64::engine::general_purpose::{STANDARD_PAD_INDIFFERENT, URL_SAFE_NO_PAD};
use zeroize::Zeroizing;

use super::{der, hex};
use crate::rule::Value;

/// A value as it is, taken out of its writing.
pub(crate) struct Inner {
    /// The value.
    pub(crate) text: Zeroizing<Vec<u8>>,
    /// The decoding that was undone, by its name in reports.
    pub(crate) decoded: Option<&'static str>,
}

/// The value inside, where a rule's value is written as something else.
pub(crate) fn inner(value: Value, raw: &[u8]) -> Option<Inner> {
    match value {
        Value::Key | Value::Hex64 => {
            let text = text_of(raw)?;
            let fits = value == Value::Key || hex::is_key(&text);
            fits.then_some(Inner { text, decoded: Some("base64") })
        }
        Value::Pem => {
            let hit = der::CORES.iter().find_map(|(core, _)| memchr::memmem::find(raw, *core));
            let body = der::body_at(raw, hit.filter(|_| !raw.starts_with(b"-"))?)?;
            (body.span.len() != body.text.len()).then_some(Inner { text: body.text, decoded: None })
        }
        Value::License | Value::Any => None,
    }
}

/// The lengths of base64 that may hold a key, in characters.
const ENCODED: std::ops::RangeInclusive<usize> = 22..=344;

/// What is encoded, where that is a text of ASCII: of 16 random bytes not one in a million is, so that no key
/// is taken for the base64 of another value.
fn text_of(raw: &[u8]) -> Option<Zeroizing<Vec<u8>>> {
    if !ENCODED.contains(&raw.len()) || !raw[0].is_ascii_alphabetic() {
        return None;
    }
    // Most values end here, before anything is allocated.
    let mut start = [0; 3];
    STANDARD_PAD_INDIFFERENT.decode_slice(&raw[..4], &mut start).ok()?;
    if !start.iter().all(is_text) {
        return None;
    }
    let plain = raw.trim_ascii_end();
    let unpadded = &plain[..plain.len() - plain.iter().rev().take(2).take_while(|b| **b == b'=').count()];
    let text = STANDARD_PAD_INDIFFERENT.decode(plain).or_else(|_| URL_SAFE_NO_PAD.decode(unpadded)).ok()?;
    let mut text = Zeroizing::new(text);
    // `echo` writes a line end along.
    let length = text.trim_ascii_end().len();
    text.truncate(length);
    (length >= 16 && text.iter().all(is_text)).then_some(text)
}

fn is_text(b: &u8) -> bool {
    b.is_ascii_graphic() || *b == b' '
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_key_comes_out_of_its_base64() {
        let key = "9f3a0c7be1d2".repeat(6)[..64].to_owned();
        for encoded in [
            STANDARD_PAD_INDIFFERENT.encode(&key),
            URL_SAFE_NO_PAD.encode(&key),
            STANDARD_PAD_INDIFFERENT.encode(format!("{key}\n")),
        ] {
            for value in [Value::Key, Value::Hex64] {
                let inner = inner(value, encoded.as_bytes()).expect("a key");
                assert_eq!((&inner.text[..], inner.decoded), (key.as_bytes(), Some("base64")));
            }
        }
    }

    #[test]
    fn what_is_no_base64_of_a_key_is_left_alone() {
        let binary = STANDARD_PAD_INDIFFERENT.encode([0x9c; 32]);
        let short = STANDARD_PAD_INDIFFERENT.encode("too short");
        for raw in [binary.as_str(), short.as_str(), "aZ3kQ9xWv7LmNp2RtY5uBc8dEf1gHj4K", "", "MTIz"] {
            assert!(inner(Value::Key, raw.as_bytes()).is_none(), "{raw}");
        }
        let short = STANDARD_PAD_INDIFFERENT.encode("aZ3kQ9xWv7LmNp2RtY5u");
        assert!(inner(Value::Hex64, short.as_bytes()).is_none());
    }
}
