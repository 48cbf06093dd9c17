//! Tries tokens with keys: the likely keys first, then all others, as far as the limit goes.
//!
//! What each token may cost is fixed before a stage begins, so the same tokens and keys are tried
//! whatever the number of threads.

use std::collections::HashSet;
use std::ops::ControlFlow;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Mutex, PoisonError};

use super::exhibits::Exhibit;
use super::keyring::{Keyring, Keys};
use crate::finding::Proof;
use crate::token::tirtc::{self, AppTrial, Trial};
use crate::token::{Claims, Evidence, Token, usersig, usersig_legacy};

/// What a verification with an elliptic curve counts for, in HMACs of the same time.
const CURVE_COST: u64 = 500;

/// How many tokens a thread takes at once.
const HANDFUL: usize = 16;

/// A token on trial.
pub(super) struct Case {
    /// The index of its first finding.
    pub(super) finding: usize,
    /// The device or application that it names.
    hint: String,
    scheme: Scheme,
    token: Token,
}

/// How it is signed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Scheme {
    UserSig,
    Legacy,
    Tirtc,
}

impl Case {
    /// The token of the finding at this index; none where there is nothing to verify, as in one that is
    /// cut off.
    pub(super) fn new(finding: usize, claims: &Claims, exhibit: Exhibit) -> Option<Self> {
        let evidence = Evidence::of(&exhibit.raw)?;
        let scheme = match evidence {
            Evidence { signed, .. } if !signed.starts_with(b"TLS.") => Scheme::Tirtc,
            Evidence { signature, .. } if signature.len() == 32 => Scheme::UserSig,
            _ => Scheme::Legacy,
        };
        let app = claims.sdk_app_id.map(|id| id.to_string());
        let hint = claims.remote_id.clone().or(app).unwrap_or_default();
        let token = Token { evidence: exhibit.raw, ..Token::default() };
        Some(Self { finding, hint, scheme, token })
    }
}

/// What the trials of a token gave.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Outcome {
    /// These keys signed it. The token's fingerprint and the words are for the caller to fill in.
    Signed(Proof),
    /// A key signed it that is one digit away from one that was found.
    NearlySigned {
        /// Of the key that signed.
        proof: Proof,
        /// The fingerprint of the one that was found.
        found: String,
        /// What mends that one: one digit …
        mended: &'static str,
    },
    /// A published key signed it.
    Sample,
    /// No key that was tried.
    Open {
        /// False where the limit came first.
        tried_all: bool,
    },
}

/// Which keys a stage tries.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Stage {
    /// The published ones of TiRTC, which are part of the program and not counted.
    Published,
    /// Those that stand near the device or application which the token names, and where both keys of
    /// a token are one, all.
    Likely,
    /// All others, but for those of the next stage.
    Rest,
    /// SDKSecretKeys with a digit lost or added, a thousand tries for each.
    Near,
    /// Device keys that stand near the ids of other devices. Of a list of licenses and a log, these are
    /// nearly all pairs, and nearly none of them can have signed anything.
    Elsewhere,
}

/// The part of the limit that each of the last stages may use: a quarter, about a second of one processor.
const UNLIKELY: u64 = 4;

/// Tries every token; an outcome for each.
pub(super) fn run(cases: &[Case], keys: &Keyring, limit: u64, jobs: usize) -> Vec<Outcome> {
    let mut outcomes = vec![Outcome::Open { tried_all: true }; cases.len()];
    let mut left = limit;
    for stage in [Stage::Published, Stage::Likely, Stage::Rest, Stage::Near, Stage::Elsewhere] {
        let is_unlikely = matches!(stage, Stage::Near | Stage::Elsewhere);
        let mut budget = if is_unlikely { left.min(limit / UNLIKELY) } else { left };
        let kept_back = left - budget;
        let mut work: Vec<(usize, u64)> = Vec::new();
        for (at, case) in cases.iter().enumerate() {
            if matches!(outcomes[at], Outcome::Open { .. }) {
                work.push((at, stage.cost(case, keys)));
            }
        }
        if stage == Stage::Published {
            work.retain(|(at, _)| cases[*at].scheme == Scheme::Tirtc);
        } else {
            work.retain(|(_, cost)| *cost > 0);
            // The limit is to leave out as few tokens as it can.
            work.sort_by_key(|(_, cost)| *cost);
            for (at, cost) in &mut work {
                let granted = budget.min(*cost);
                if granted < *cost {
                    outcomes[*at] = Outcome::Open { tried_all: false };
                }
                budget -= granted;
                *cost = granted;
            }
        }
        left = kept_back + budget;
        for (at, outcome) in share_out(&work, jobs, |at, granted| stage.attempt(&cases[at], keys, granted)) {
            outcomes[at] = outcome;
        }
    }
    outcomes
}

/// Does the work with all threads; what succeeded.
fn share_out(
    work: &[(usize, u64)],
    jobs: usize,
    attempt: impl Fn(usize, u64) -> Option<Outcome> + Sync,
) -> Vec<(usize, Outcome)> {
    let next = AtomicUsize::new(0);
    let gathered = Mutex::new(Vec::new());
    let hand = || {
        let mut found = Vec::new();
        loop {
            let start = next.fetch_add(HANDFUL, Ordering::Relaxed);
            let Some(rest) = work.get(start..).filter(|rest| !rest.is_empty()) else { break };
            let some = rest.iter().take(HANDFUL);
            found.extend(some.filter_map(|(at, granted)| Some((*at, attempt(*at, *granted)?))));
        }
        gathered.lock().unwrap_or_else(PoisonError::into_inner).append(&mut found);
    };
    if jobs <= 1 || work.len() <= HANDFUL {
        hand();
    } else {
        std::thread::scope(|scope| {
            (0..jobs).for_each(|_| drop(scope.spawn(hand)));
        });
    }
    gathered.into_inner().unwrap_or_else(PoisonError::into_inner)
}

impl Stage {
    /// What all of the stage costs for a token, in HMACs.
    fn cost(self, case: &Case, keys: &Keyring) -> u64 {
        let apps = keys.apps.all.len() as u64;
        if self == Stage::Near {
            return if case.scheme == Scheme::UserSig { keys.near_cost } else { 0 };
        }
        match case.scheme {
            Scheme::UserSig => self.count(&keys.sdks, &case.hint),
            Scheme::Legacy => self.count(&keys.private, "") * CURVE_COST,
            Scheme::Tirtc if apps == 0 => 0,
            Scheme::Tirtc => {
                let alone = if self == Stage::Likely { apps } else { 0 };
                alone + self.count(&keys.devices, &case.hint) * (1 + apps)
            }
        }
    }

    /// How many keys the stage tries.
    fn count<K>(self, keys: &Keys<K>, hint: &str) -> u64 {
        let near = keys.near(hint);
        let placed = near.iter().filter(|at| keys.all[**at].placed).count();
        let count = match self {
            Stage::Published | Stage::Near => 0,
            Stage::Likely => near.len(),
            Stage::Rest => keys.all.len() - keys.placed - (near.len() - placed),
            Stage::Elsewhere => keys.placed - placed,
        };
        count as u64
    }

    /// The indices of the keys that the stage tries.
    fn keys<K>(self, keys: &Keys<K>, hint: &str) -> Vec<usize> {
        let near = keys.near(hint);
        let others = |placed: bool| {
            let fits = |at: &usize| keys.all[*at].placed == placed && near.binary_search(at).is_err();
            (0..keys.all.len()).filter(fits).collect()
        };
        match self {
            Stage::Published | Stage::Near => Vec::new(),
            Stage::Likely => near.to_vec(),
            Stage::Rest => others(false),
            Stage::Elsewhere => others(true),
        }
    }

    fn attempt(self, case: &Case, keys: &Keyring, granted: u64) -> Option<Outcome> {
        if self == Stage::Published {
            return tirtc::is_sample(&case.token).then_some(Outcome::Sample);
        }
        let evidence = Evidence::of(&case.token.evidence)?;
        if self == Stage::Near {
            return nearly(evidence, keys, &case.hint, granted);
        }
        let granted = usize::try_from(granted).unwrap_or(usize::MAX);
        match case.scheme {
            Scheme::UserSig => {
                let mut order = self.keys(&keys.sdks, &case.hint).into_iter().take(granted);
                let at = order.find(|at| usersig::prove(evidence, &keys.sdks.all[*at].key))?;
                Some(outcome(usersig::SCHEME.name, &keys.sdks, at))
            }
            Scheme::Legacy => {
                let most = granted / CURVE_COST as usize;
                let mut order = self.keys(&keys.private, "").into_iter().take(most);
                let at = order.find(|at| usersig_legacy::prove(evidence, &keys.private.all[*at].key))?;
                Some(outcome(usersig_legacy::SCHEME.name, &keys.private, at))
            }
            Scheme::Tirtc => self.tirtc(evidence, keys, &case.hint, granted),
        }
    }

    fn tirtc(self, evidence: Evidence<'_>, keys: &Keyring, hint: &str, granted: usize) -> Option<Outcome> {
        let trial = Trial::new(evidence);
        let apps = &keys.apps.all;
        let mut left = granted;
        if self == Stage::Likely {
            if let Some(at) = (0..apps.len().min(left)).find(|at| trial.app_only(&apps[*at].key)) {
                return Some(outcome(tirtc::SCHEME.name, &keys.apps, at));
            }
            left = left.saturating_sub(apps.len());
        }
        let order = self.keys(&keys.devices, hint);
        if order.is_empty() {
            return None;
        }
        let with_apps: Vec<_> = apps.iter().map(|app| trial.with_app(&app.key)).collect();
        let order = &order[..order.len().min(left / (1 + apps.len()))];
        let (fours, rest) = order.as_chunks::<4>();
        let pair = fours
            .iter()
            .find_map(|four| pair(&trial, &with_apps, keys, *four))
            .or_else(|| rest.iter().find_map(|one| pair(&trial, &with_apps, keys, [*one])));
        pair.map(|(device, app)| {
            Outcome::Signed(Proof {
                device_secret_key: Some(keys.devices.all[device].fingerprint.clone()),
                ..proof(tirtc::SCHEME.name, &apps[app].fingerprint)
            })
        })
    }
}

/// Tries the keys with a digit lost or added, first those near the token's application.
fn nearly(evidence: Evidence<'_>, keys: &Keyring, hint: &str, granted: u64) -> Option<Outcome> {
    let mut left = granted;
    let mut attempt = |at: usize| {
        let key = &keys.near.all[at];
        let signer = key.key.prove(evidence, left);
        left = left.saturating_sub(key.key.cost());
        let outcome = signer.map(|signer| Outcome::NearlySigned {
            proof: proof(usersig::SCHEME.name, &signer),
            found: key.fingerprint.clone(),
            mended: key.key.mended(),
        });
        if outcome.is_some() || left == 0 { ControlFlow::Break(outcome) } else { ControlFlow::Continue(()) }
    };
    if granted == 0 {
        return None;
    }
    let near = keys.near.near(hint);
    if let ControlFlow::Break(outcome) = near.iter().try_for_each(|at| attempt(*at)) {
        return outcome;
    }
    let near: HashSet<usize> = near.iter().copied().collect();
    let mut others = (0..keys.near.all.len()).filter(|at| !near.contains(at));
    others.try_for_each(attempt).break_value().flatten()
}

/// Which of these devices, with which application, signed the token.
fn pair<const N: usize>(
    trial: &Trial<'_>,
    apps: &[AppTrial<'_>],
    keys: &Keyring,
    devices: [usize; N],
) -> Option<(usize, usize)> {
    let firsts = trial.first(devices.map(|device| &keys.devices.all[device].key));
    apps.iter().enumerate().find_map(|(at, app)| Some((devices[app.signed(&firsts)?], at)))
}

fn outcome<K>(scheme: &'static str, keys: &Keys<K>, at: usize) -> Outcome {
    let key = &keys.all[at];
    if key.sample { Outcome::Sample } else { Outcome::Signed(proof(scheme, &key.fingerprint)) }
}

fn proof(scheme: &'static str, secret_key: &str) -> Proof {
    Proof {
        scheme,
        token: String::new(),
        secret_key: secret_key.to_owned(),
        device_secret_key: None,
        words: String::new(),
    }
}
