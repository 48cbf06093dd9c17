//! A nonce that comes twice: a connect token is for one use, and a signer that repeats its nonces
//! gives tokens that can be used again.

use std::collections::BTreeMap;

use crate::finding::{Finding, Status, fingerprint};
use crate::summary::{NonceReuse, Place};
use crate::text::mask;

/// Nonces of two different tokens, or of one token in several places; by their first place.
///
/// At least one of them is to be reported. Tokens that are cut off do not count: they are the beginning of another that stands whole beside.
pub(crate) fn reused(findings: &[Finding]) -> Vec<NonceReuse> {
    let mut seen: BTreeMap<&str, Vec<&Finding>> = BTreeMap::new();
    for finding in findings.iter().filter(|f| f.status != Some(Status::Truncated)) {
        let nonce = finding.claims.as_ref().and_then(|claims| claims.nonce.as_deref());
        if let Some(nonce) = nonce.filter(|nonce| !nonce.is_empty()) {
            seen.entry(nonce).or_default().push(finding);
        }
    }
    let counts = |f: &[&Finding]| f.len() > 1 && f.iter().any(|f| f.suppressed.is_none());
    let mut reused: Vec<NonceReuse> = seen.into_iter().filter(|(_, f)| counts(f)).map(describe).collect();
    reused.sort_by(|a, b| (&a.places, &a.fingerprint).cmp(&(&b.places, &b.fingerprint)));
    reused
}

fn describe((nonce, findings): (&str, Vec<&Finding>)) -> NonceReuse {
    let mut tokens: Vec<&str> = findings.iter().map(|f| f.fingerprint.as_str()).collect();
    tokens.sort_unstable();
    tokens.dedup();
    NonceReuse {
        masked: mask(nonce.as_bytes()),
        fingerprint: fingerprint(nonce.as_bytes()),
        tokens: tokens.len() as u64,
        places: findings.iter().map(|f| Place { path: f.path.clone(), line: f.line }).collect(),
    }
}
