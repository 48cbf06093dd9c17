//! Keys that were badly copied: an SDKSecretKey with one digit lost or added. Which one is found by trying
//! them all against a token.

use std::fmt;

use zeroize::Zeroizing;

use crate::finding::fingerprint;
use crate::token::mac::PreparedKey;
use crate::token::{Evidence, usersig};

/// The length of a whole key, in hex digits.
const WHOLE: usize = 64;

/// What a candidate costs, in HMACs: the key has to be prepared as well.
const CANDIDATE_COST: u64 = 2;

/// A key with one digit too few or too many; wiped on drop.
pub(super) struct NearKey {
    digits: Zeroizing<Vec<u8>>,
}

impl fmt::Debug for NearKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("NearKey(****)")
    }
}

impl NearKey {
    /// None where it is whole, or further away than one digit: then there is too much to try.
    pub(super) fn new(digits: &[u8]) -> Option<Self> {
        matches!(digits.len(), 63 | 65).then(|| Self { digits: Zeroizing::new(digits.to_vec()) })
    }

    /// What happened to the key, to end a sentence: with one digit …
    pub(super) fn mended(&self) -> &'static str {
        if self.digits.len() < WHOLE { "added" } else { "taken away" }
    }

    /// What it costs to try all candidates with one token, in HMACs.
    pub(super) fn cost(&self) -> u64 {
        let candidates = if self.digits.len() < WHOLE { WHOLE * 16 } else { self.digits.len() };
        candidates as u64 * CANDIDATE_COST
    }

    /// The fingerprint of the whole key that signed the token, if one of those at one digit's distance did.
    /// Spends at most `granted` HMACs.
    pub(super) fn prove(&self, evidence: Evidence<'_>, granted: u64) -> Option<String> {
        let most = usize::try_from(granted / CANDIDATE_COST).unwrap_or(usize::MAX);
        let mut found = None;
        self.candidates(most, &mut |candidate| {
            let signed = usersig::prove(evidence, &PreparedKey::new(candidate));
            if signed {
                found = Some(fingerprint(candidate));
            }
            signed
        });
        found
    }

    /// Gives `try_out` the first `most` keys at one digit's distance, each once, until it says that it is
    /// the one.
    fn candidates(&self, most: usize, try_out: &mut dyn FnMut(&[u8]) -> bool) {
        const DIGITS: &[u8; 16] = b"0123456789abcdef";
        let mut left = most;
        let mut candidate = Zeroizing::new([0; WHOLE]);
        let mut give = |candidate: &[u8; WHOLE]| {
            left = left.saturating_sub(1);
            try_out(candidate) || left == 0
        };
        if most == 0 {
            return;
        }
        let (digits, is_short) = (&self.digits[..], self.digits.len() < WHOLE);
        for at in 0..if is_short { WHOLE } else { digits.len() } {
            // The same digit beside its twin gives the same key as the twin does.
            let before = at.checked_sub(1).map(|i| digits[i]);
            candidate[..at.min(WHOLE)].copy_from_slice(&digits[..at.min(WHOLE)]);
            if is_short {
                candidate[at + 1..].copy_from_slice(&digits[at..]);
                for digit in DIGITS.iter().filter(|digit| Some(**digit) != before) {
                    candidate[at] = *digit;
                    if give(&candidate) {
                        return;
                    }
                }
            } else if before != Some(digits[at]) {
                candidate[at..].copy_from_slice(&digits[at + 1..]);
                if give(&candidate) {
                    return;
                }
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use std::collections::HashSet;

    use super::*;

    fn all(digits: &[u8], most: usize) -> Vec<Vec<u8>> {
        let mut out = Vec::new();
        NearKey::new(digits).expect("near").candidates(most, &mut |candidate| {
            out.push(candidate.to_vec());
            false
        });
        out
    }

    #[test]
    fn every_key_at_one_digits_distance_is_tried_once() {
        let key: Vec<u8> = b"9f3a0c7be1d2aa45".iter().cycle().take(WHOLE).copied().collect();
        for at in 0..WHOLE {
            let mut lost = key.clone();
            lost.remove(at);
            let candidates = all(&lost, usize::MAX);
            assert!(candidates.contains(&key), "lost {at}");
            assert_eq!(candidates.iter().collect::<HashSet<_>>().len(), candidates.len());
            assert_eq!(candidates.len(), WHOLE * 15 + 1);
            let mut added = key.clone();
            added.insert(at, b'7');
            let candidates = all(&added, usize::MAX);
            assert!(candidates.contains(&key), "added {at}");
            assert_eq!(candidates.iter().collect::<HashSet<_>>().len(), candidates.len());
        }
        assert_eq!(all(&key[..63], 10).len(), 10);
        assert_eq!(all(&key[..63], 0).len(), 0);
        assert!(NearKey::new(&key).is_none() && NearKey::new(&key[..62]).is_none());
    }
}
