//! Which secret signed which token: a scan that found both can compute the signatures again, offline,
//! and so knows that a secret is real, where all others can only say that it looks like one.
//!
//! While threads scan they put by, for each finding, what a proof needs (`Exhibit`), once for each
//! value. After the scan every token is tried with every key, the likely ones first, up to a limit;
//! then all of it is wiped. What comes out is in the findings: a [`Proof`] and never a key.
//!
//! | file | does |
//! |---|---|
//! | `exhibits` | what is put by during a scan |
//! | `known` | secrets that were given, not found |
//! | `keyring` | keys, prepared, with the device or application that stands near them |
//! | `near` | keys with a digit lost or added |
//! | `trials` | tries tokens with keys, in a fixed order whatever the number of threads |
//! | `nonces` | tokens that were seen twice |

mod exhibits;
mod keyring;
mod known;
mod near;
mod nonces;
mod trials;

use std::collections::HashMap;

pub(crate) use exhibits::{Exhibit, Exhibits};
pub use known::Known;
pub(crate) use nonces::reused;

use self::keyring::Keyring;
use self::trials::{Case, Outcome};
use crate::finding::{Finding, Proof, Severity};

/// How many HMACs a scan spends on proofs where nothing else is asked for: some seconds of one
/// processor.
pub const DEFAULT_LIMIT: u64 = 20_000_000;

/// How to prove.
#[derive(Debug)]
pub struct Proving {
    /// The most HMACs to compute.
    pub limit: u64,
    /// Secrets to try besides those that are found.
    pub known: Known,
}

impl Default for Proving {
    fn default() -> Self {
        Self { limit: DEFAULT_LIMIT, known: Known::default() }
    }
}

/// What came of it, besides the proofs in the findings.
#[derive(Debug, Default)]
pub(crate) struct Conclusion {
    /// Tokens whose keys are known.
    pub(crate) proven: u64,
    /// Tokens that were not tried with every key, because of the limit.
    pub(crate) unproven: u64,
    /// What turned out to be documentation: sample keys, and what they signed. No longer among the
    /// findings; the reason says why.
    pub(crate) samples: Vec<Finding>,
}

/// Tries every token among `findings` (in their order) with every key among them and every known one.
pub(crate) fn conclude(
    findings: &mut Vec<Finding>,
    mut exhibits: Exhibits,
    proving: &Proving,
    jobs: usize,
) -> Conclusion {
    let mut keys = Keyring::default();
    let mut cases = Vec::new();
    for (at, finding) in findings.iter().enumerate() {
        if let Some(claims) = &finding.claims
            && let Some(exhibit) = exhibits.take(&finding.fingerprint)
        {
            cases.extend(Case::new(at, claims, exhibit));
        }
    }
    for finding in findings.iter().filter(|finding| finding.claims.is_none()) {
        // To prepare a key takes longer than to find it; without a token there is nothing to try it on.
        if (!cases.is_empty() || Keyring::may_be_sample(finding.kind))
            && let Some(exhibit) = exhibits.take(&finding.fingerprint)
        {
            keys.add(finding, &exhibit);
        }
    }
    drop(exhibits);
    if cases.is_empty() && !keys.has_samples() {
        return Conclusion::default();
    }
    keys.add_known(&proving.known);
    keys.settle();
    let outcomes = trials::run(&cases, &keys, proving.limit, jobs);
    let mut verdicts = Verdicts::default();
    let mut conclusion = Conclusion::default();
    for (case, outcome) in cases.iter().zip(&outcomes) {
        match outcome {
            Outcome::Signed(proof) => {
                conclusion.proven += 1;
                verdicts.signed(findings, case.finding, proof);
            }
            Outcome::NearlySigned { proof, found, mended } => {
                conclusion.proven += 1;
                verdicts.nearly_signed(findings, case.finding, proof, found, mended);
            }
            Outcome::Sample => verdicts.sample(&findings[case.finding]),
            Outcome::Open { tried_all } => conclusion.unproven += u64::from(!tried_all),
        }
    }
    let key_of = |finding: &Finding| keys.key_of(&finding.fingerprint);
    verdicts.add_places(findings, key_of);
    findings.iter_mut().for_each(|finding| verdicts.tell(finding, key_of(finding)));
    let is_sample = |finding: &mut Finding| verdicts.drop_sample(finding, &keys);
    conclusion.samples = findings.extract_if(.., is_sample).collect();
    conclusion
}

/// What the trials said, by the fingerprints of tokens and keys.
#[derive(Default)]
struct Verdicts {
    tokens: HashMap<String, Proof>,
    keys: HashMap<String, Signer>,
    /// Keys that are one digit away from the one that signed.
    near_keys: HashMap<String, Signer>,
    /// For a token that such a key leads to, the fingerprint of the key.
    nearly_signed: HashMap<String, String>,
    samples: HashMap<String, &'static str>,
}

/// A key that signed.
struct Signer {
    /// For the first token that it signed.
    proof: Proof,
    /// Where that token stands.
    token: String,
    /// How many different tokens it signed.
    count: u64,
    /// Where the key stands first; none for a known one.
    place: Option<String>,
    /// What mends a key that did not sign itself: one digit …
    mended: Option<&'static str>,
}

impl Signer {
    fn new(proof: &Proof, token: &Finding) -> Self {
        Self { proof: proof.clone(), token: place(token), count: 0, place: None, mended: None }
    }

    /// Writes the proof into the finding of the key.
    fn tell(&self, finding: &mut Finding) {
        let mut proof = self.proof.clone();
        let key = match self.mended {
            Some(mended) => format!("this key, with one digit {mended},"),
            None => "this key".to_owned(),
        };
        proof.words = format!("{key} signed the token at {}", self.token);
        if self.count > 1 {
            proof.words.push_str(&format!(" and {} more", self.count - 1));
        }
        finding.severity = Severity::Critical;
        let (message, reason) = match self.mended {
            Some(_) => (
                ", proven but for one digit by a token that the whole key signed",
                "; the key at one digit's distance signed a token that was found",
            ),
            None => (", proven by a token that it signed", "; it signed a token that was found"),
        };
        finding.message.push_str(message);
        finding.reason.push_str(reason);
        finding.proof = Some(Box::new(proof));
    }
}

impl Verdicts {
    fn signed(&mut self, findings: &[Finding], token: usize, proof: &Proof) {
        let token = &findings[token];
        let proof = &Proof { token: token.fingerprint.clone(), ..proof.clone() };
        self.tokens.insert(token.fingerprint.clone(), proof.clone());
        for key in std::iter::once(&proof.secret_key).chain(&proof.device_secret_key) {
            let signer = self.keys.entry(key.clone()).or_insert_with(|| Signer::new(proof, token));
            // One value can be both keys of a token; it signed it once.
            let both = proof.device_secret_key.as_ref() == Some(&proof.secret_key);
            signer.count += u64::from(!both || signer.count == 0);
        }
    }

    fn nearly_signed(
        &mut self,
        findings: &[Finding],
        token: usize,
        proof: &Proof,
        found: &str,
        mended: &'static str,
    ) {
        let token = &findings[token];
        let proof = Proof { token: token.fingerprint.clone(), ..proof.clone() };
        let signer = self.near_keys.entry(found.to_owned()).or_insert_with(|| Signer::new(&proof, token));
        signer.mended = Some(mended);
        signer.count += 1;
        self.nearly_signed.insert(token.fingerprint.clone(), found.to_owned());
        self.tokens.insert(token.fingerprint.clone(), proof);
    }

    fn sample(&mut self, token: &Finding) {
        self.samples.insert(token.fingerprint.clone(), "a token that a published sample key signed");
    }

    fn add_places<'k>(&mut self, findings: &[Finding], key_of: impl Fn(&Finding) -> Option<&'k str>) {
        if self.keys.is_empty() && self.near_keys.is_empty() {
            return;
        }
        for finding in findings {
            let whole = key_of(finding).and_then(|key| self.keys.get_mut(key));
            if let Some(signer) = whole.or_else(|| self.near_keys.get_mut(&finding.fingerprint)) {
                signer.place.get_or_insert_with(|| place(finding));
            }
        }
    }

    /// Writes the proof into a token's or a key's finding.
    fn tell(&self, finding: &mut Finding, key: Option<&str>) {
        let whole = key.and_then(|key| self.keys.get(key));
        if let Some(signer) = whole.or_else(|| self.near_keys.get(&finding.fingerprint)) {
            signer.tell(finding);
        } else if let Some(proof) = self.tokens.get(&finding.fingerprint) {
            let keys = std::iter::once(&proof.secret_key).chain(&proof.device_secret_key);
            let places: Vec<&str> = keys.filter_map(|key| self.keys.get(key)?.place.as_deref()).collect();
            let near = self.nearly_signed.get(&finding.fingerprint).and_then(|key| self.near_keys.get(key));
            let near = near.and_then(|signer| signer.place.as_deref());
            let mut proof = proof.clone();
            proof.words = match places.as_slice() {
                [] if near.is_some() => {
                    format!("the key at {} signed this token, but for one digit", near.unwrap_or_default())
                }
                [] => "a known secret signed this token".to_owned(),
                places => format!("the key at {} signed this token", places.join(" and the key at ")),
            };
            finding.message.push_str(", signed by a key that is known");
            finding.reason.push_str(match places.as_slice() {
                [] if near.is_some() => "; a key at one digit's distance from one that was found signed it",
                [] => "; a known secret signed it",
                _ => "; a secret that was found signed it",
            });
            finding.proof = Some(Box::new(proof));
        }
    }

    /// Whether this is documentation; then its reason says so.
    fn drop_sample(&self, finding: &mut Finding, keys: &Keyring) -> bool {
        let of_token = self.samples.get(&finding.fingerprint).copied();
        let of_key = keys.is_sample(&finding.fingerprint).then_some("a sample key that the vendor published");
        let Some(reason) = of_token.or(of_key) else { return false };
        reason.clone_into(&mut finding.reason);
        finding.severity = Severity::Info;
        true
    }
}

fn place(finding: &Finding) -> String {
    format!("{}:{}", finding.path, finding.line)
}

#[cfg(test)]
#[allow(clippy::unwrap_used, reason = "a test may stop")]
mod tests {
    use super::*;
    use crate::blob::{Blob, Origin};
    use crate::detect::{Detector, Scratch};
    use crate::finding::{Columns, Kind};
    use crate::secret::SdkSecretKey;
    use crate::token::usersig::{Grant, Key, SCHEME};
    use crate::token::{Evidence, Token};

    const NOW: i64 = 1_800_000_000;

    fn token(key: &str) -> Token {
        let key = Key::new(&SdkSecretKey::parse(key).unwrap());
        let text = key.sign(&Grant::new(1_400_123_456, "alice", NOW).unwrap()).unwrap();
        (SCHEME.decode)(text.expose().as_bytes()).unwrap()
    }

    fn case(token: &Token) -> Case {
        Case::new(0, &token.claims, Exhibit::token(&token.evidence)).unwrap()
    }

    #[test]
    fn what_a_sample_key_signed_is_a_sample() {
        let key = "0123456789abcdef".repeat(4);
        let token = token(&key);
        assert!(Evidence::of(&token.evidence).is_some());
        let prepare = || crate::token::mac::PreparedKey::new(key.as_bytes());
        for (sample, expected) in [(true, true), (false, false)] {
            let mut keys = Keyring::default();
            keys.sdks.add("f", &["1400123456".into()], sample, prepare);
            let outcomes = trials::run(&[case(&token)], &keys, 1, 1);
            assert_eq!(outcomes == [Outcome::Sample], expected);
            assert_eq!(matches!(&outcomes[0], Outcome::Signed(proof) if proof.secret_key == "f"), !expected);
        }
    }

    #[test]
    fn without_tokens_or_keys_there_is_nothing_to_do() {
        let proofs = conclude(&mut Vec::new(), Exhibits::default(), &Proving::default(), 4);
        assert_eq!((proofs.proven, proofs.unproven, proofs.samples.len()), (0, 0, 0));
        let outcomes = trials::run(&[case(&token("key"))], &Keyring::default(), DEFAULT_LIMIT, 4);
        assert_eq!(outcomes, [Outcome::Open { tried_all: true }]);
    }

    #[test]
    fn the_least_of_rules_becomes_critical_by_a_proof() {
        let detector = Detector::new(crate::rule::builtin(), NOW);
        let key = "0123456789abcdef".repeat(4);
        let text = format!("SDKSECRETKEY={key}");
        let (mut findings, mut exhibits) = (Vec::new(), Exhibits::default());
        let origin = Origin::file("a.env");
        let blob = Blob::whole(text.as_bytes(), &origin);
        detector.detect(&blob, &mut Scratch::default(), &mut |d| {
            exhibits.add("key", Exhibit::secret(&d.value, blob.bytes, d.span));
        });
        let signed = token(&key);
        exhibits.add("token", Exhibit::token(&signed.evidence));
        for (name, kind, claims) in
            [("key", Kind::SdkSecretKey, None), ("token", Kind::UserSig, Some(signed.claims.clone()))]
        {
            let severity = Severity::Low;
            let fingerprint = name.to_owned();
            findings.push(Finding {
                kind,
                claims: claims.map(Box::new),
                severity,
                fingerprint,
                path: name.to_owned(),
                line: 3,
                ..blank()
            });
        }
        let proofs = conclude(&mut findings, exhibits, &Proving::default(), 1);
        assert_eq!(proofs.proven, 1);
        let said: Vec<_> =
            findings.iter().map(|f| (f.severity, f.proof.as_ref().unwrap().words.as_str())).collect();
        let expected = [
            (Severity::Critical, "this key signed the token at token:3"),
            (Severity::Low, "the key at key:3 signed this token"),
        ];
        assert_eq!(said, expected);
    }

    fn blank() -> Finding {
        Finding {
            rule: String::new(),
            kind: Kind::Other,
            severity: Severity::Low,
            message: String::new(),
            reason: String::new(),
            path: String::new(),
            line: 1,
            column: 1,
            end_line: 1,
            end_column: 1,
            columns: Columns::default(),
            offset: 0,
            length: 0,
            masked: String::new(),
            fingerprint: String::new(),
            status: None,
            claims: None,
            decoded: Vec::new(),
            entry: Vec::new(),
            commit: None,
            suppressed: None,
            proof: None,
            excerpt: crate::finding::Excerpt::default(),
        }
    }
}
