//! What is put by during a scan, so that a proof is possible after it: the only raw secrets that live
//! longer than the bytes they stand in. They are wiped on drop and never printed.

use std::collections::HashMap;
use std::fmt;

use zeroize::Zeroizing;

use crate::text::Span;

/// How far from a value its device or its application may stand, in bytes.
const REACH: usize = 512;

/// How many words are remembered for one value, however often it stands somewhere.
const MOST_WORDS: usize = 16;

/// Words, each once and by the alphabet.
pub(super) type Near = Vec<Box<str>>;

/// One value: the raw secret, or a token's evidence.
#[derive(Clone)]
pub(crate) struct Exhibit {
    /// The secret, or [`Token::evidence`](crate::token::Token).
    pub(super) raw: Zeroizing<Vec<u8>>,
    /// Words near it that may be a device id or the number of an application.
    pub(super) near: Near,
}

impl Exhibit {
    /// A token's evidence.
    pub(crate) fn token(evidence: &Zeroizing<Vec<u8>>) -> Self {
        Self { raw: evidence.clone(), near: Near::new() }
    }

    /// A secret that stands at `span` of `bytes`.
    pub(crate) fn secret(value: &Zeroizing<Vec<u8>>, bytes: &[u8], span: Span) -> Self {
        Self { raw: value.clone(), near: words_near(bytes, span) }
    }
}

impl fmt::Debug for Exhibit {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Exhibit").finish_non_exhaustive()
    }
}

/// The exhibits of a scan, one for each fingerprint: a secret that stands in a million places is held
/// once.
#[derive(Debug, Default)]
pub(crate) struct Exhibits(HashMap<String, Exhibit>);

impl Exhibits {
    /// Puts one by.
    pub(crate) fn add(&mut self, fingerprint: &str, exhibit: Exhibit) {
        match self.0.get_mut(fingerprint) {
            Some(held) => held.see(exhibit.near),
            None => drop(self.0.insert(fingerprint.to_owned(), exhibit)),
        }
    }

    /// Puts all of them by.
    pub(crate) fn merge(&mut self, other: Exhibits) {
        if self.0.is_empty() {
            return *self = other;
        }
        for (fingerprint, exhibit) in other.0 {
            self.add(&fingerprint, exhibit);
        }
    }

    /// Hands one out; each is asked for once.
    pub(super) fn take(&mut self, fingerprint: &str) -> Option<Exhibit> {
        self.0.remove(fingerprint)
    }
}

impl Exhibit {
    /// Keeps the first words by the alphabet: the same whichever thread comes first.
    fn see(&mut self, words: Near) {
        for word in words {
            if let Err(at) = self.near.binary_search(&word) {
                self.near.insert(at, word);
                self.near.truncate(MOST_WORDS);
            }
        }
    }
}

/// The nearest words that look like a device id (`TIRA1B2C3D4E`) or the number of an application: what
/// names a secret stands before it more often than after.
fn words_near(bytes: &[u8], span: Span) -> Near {
    let (start, end) = (span.start.min(bytes.len()), span.end.min(bytes.len()));
    let before = &bytes[start.saturating_sub(REACH)..start];
    let after = &bytes[end..bytes.len().min(end + REACH)];
    let mut near = Near::new();
    add_ids(&mut near, before.iter().rev(), 3, |at, length| &before[before.len() - at - length..][..length]);
    add_ids(&mut near, after.iter(), 2, |at, length| &after[at..at + length]);
    near.sort_unstable();
    near.dedup();
    near
}

/// What a byte says about the word that it is in.
const UPPER: u8 = 1;
const DIGIT: u8 = 2;
const OTHER: u8 = 4;

/// For each byte one of these, or 0 for what is between words. Looked up, since a kilobyte is read for every
/// secret that is found.
const CLASSES: [u8; 256] = {
    let mut classes = [0; 256];
    let mut byte = 0_u8;
    while byte < 128 {
        classes[byte as usize] = match byte {
            b'A'..=b'Z' => UPPER,
            b'0'..=b'9' => DIGIT,
            b'a'..=b'z' | b'_' => OTHER,
            _ => 0,
        };
        byte += 1;
    }
    classes
};

/// Adds the first `most` words that are ids, of 8 to 16 capitals and digits. `word` gives the one that begins at
/// an index of `bytes`, by its length.
fn add_ids<'b>(
    near: &mut Near,
    bytes: impl Iterator<Item = &'b u8>,
    most: usize,
    word: impl Fn(usize, usize) -> &'b [u8],
) {
    let (mut seen, mut start, mut found) = (0, 0, 0);
    for (at, class) in bytes.map(|byte| CLASSES[usize::from(*byte)]).chain([0]).enumerate() {
        if class != 0 {
            seen |= class;
            continue;
        }
        if seen & (DIGIT | OTHER) == DIGIT && (8..=16).contains(&(at - start)) {
            near.push(String::from_utf8_lossy(word(start, at - start)).into());
            found += 1;
            if found == most {
                return;
            }
        }
        (seen, start) = (0, at + 1);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_nearest_ids_are_remembered() {
        let text = "A1B2C3D4E5F6 SDKAPPID = 1400123456; key = \"<>\" device://TIRZ00000001 x MAXIMUM_SIZE1";
        let at = text.find("<>").unwrap_or_default();
        let words = words_near(text.as_bytes(), Span::new(at, at + 2));
        let words: Vec<&str> = words.iter().map(AsRef::as_ref).collect();
        assert_eq!(words, ["1400123456", "A1B2C3D4E5F6", "TIRZ00000001"]);
    }

    #[test]
    fn one_value_is_held_once_and_its_words_do_not_depend_on_the_order() {
        let exhibit =
            |id: usize| Exhibit { raw: Zeroizing::new(vec![1]), near: vec![format!("TIRZ{id:08}").into()] };
        let [mut up, mut down] = [Exhibits::default(), Exhibits::default()];
        (0..40).for_each(|id| up.add("f", exhibit(id)));
        (0..40).rev().for_each(|id| down.add("f", exhibit(id)));
        assert_eq!(up.0.len(), 1);
        let (up, down) = (up.take("f"), down.take("f"));
        assert_eq!(up.as_ref().map(|e| e.near.len()), Some(MOST_WORDS));
        assert_eq!(up.map(|e| e.near), down.map(|e| e.near));
    }
}
