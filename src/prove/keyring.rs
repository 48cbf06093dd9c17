//! The keys of a scan, prepared, each once however often it was found.

use std::collections::HashMap;

use super::exhibits::Exhibit;
use super::known::{Form, Known};
use super::near::NearKey;
use crate::finding::{Finding, Kind, fingerprint};
use crate::token::mac::PreparedKey;
use crate::token::usersig::is_sample_key;
use crate::token::usersig_legacy::{PrivateKey, PublicKey};

/// A key that is ready to be tried.
pub(super) struct Key<K> {
    pub(super) key: K,
    pub(super) fingerprint: String,
    /// True for what the vendor published.
    pub(super) sample: bool,
    /// True where a device id stands near it, and so it is hardly the key of another device.
    pub(super) placed: bool,
}

/// Keys of one kind, in the order in which they were found.
pub(super) struct Keys<K> {
    pub(super) all: Vec<Key<K>>,
    /// How many of them are placed.
    pub(super) placed: usize,
    places: HashMap<String, usize>,
    near: HashMap<Box<str>, Vec<usize>>,
}

impl<K> Keys<K> {
    /// Those that stand near that word, a device id or the number of an application, in order.
    pub(super) fn near(&self, word: &str) -> &[usize] {
        self.near.get(word).map_or(&[], Vec::as_slice)
    }

    /// Adds a key, or to a key that is held the words that it stands near.
    pub(super) fn add(
        &mut self,
        fingerprint: &str,
        near: &[Box<str>],
        sample: bool,
        key: impl FnOnce() -> K,
    ) {
        let at = *self.places.entry(fingerprint.to_owned()).or_insert_with(|| {
            self.all.push(Key { key: key(), fingerprint: fingerprint.to_owned(), sample, placed: false });
            self.all.len() - 1
        });
        let is_device = |word: &str| !word.bytes().all(|b| b.is_ascii_digit());
        if !self.all[at].placed && near.iter().any(|word| is_device(word)) {
            self.all[at].placed = true;
            self.placed += 1;
        }
        for word in near {
            self.near.entry(word.clone()).or_default().push(at);
        }
    }

    /// Puts the keys near each word in order, each once. Nothing may be looked up before.
    fn settle(&mut self) {
        for keys in self.near.values_mut() {
            keys.sort_unstable();
            keys.dedup();
        }
    }
}

impl<K> Default for Keys<K> {
    fn default() -> Self {
        Self { all: Vec::new(), placed: 0, places: HashMap::new(), near: HashMap::new() }
    }
}

/// All of them.
#[derive(Default)]
pub(super) struct Keyring {
    pub(super) apps: Keys<PreparedKey>,
    pub(super) devices: Keys<PreparedKey>,
    pub(super) sdks: Keys<PreparedKey>,
    pub(super) private: Keys<PublicKey>,
    /// SDKSecretKeys with a digit lost or added.
    pub(super) near: Keys<NearKey>,
    /// What it costs to try all of these with one token, in HMACs.
    pub(super) near_cost: u64,
    /// The key behind the fingerprint of a secret's finding, and whether it is a published sample.
    of_findings: HashMap<String, (String, bool)>,
}

impl Keyring {
    /// Takes in what was found.
    pub(super) fn add(&mut self, finding: &Finding, exhibit: &Exhibit) {
        let (raw, near, known) = (&exhibit.raw[..], &exhibit.near, finding.fingerprint.as_str());
        let prepare = || PreparedKey::new(raw);
        let (key, sample) = match finding.kind {
            Kind::SecretKey => {
                self.apps.add(known, near, false, prepare);
                // Grants and QR codes call a device's secret by the name of the application's.
                self.devices.add(known, near, false, prepare);
                (known.to_owned(), false)
            }
            Kind::DeviceSecretKey => {
                self.devices.add(known, near, false, prepare);
                (known.to_owned(), false)
            }
            Kind::License => (self.license(raw), false),
            Kind::SdkSecretKey => {
                let sample = is_sample_key(raw);
                self.sdks.add(known, near, sample, prepare);
                if let Some(key) = NearKey::new(raw) {
                    let (cost, before) = (key.cost(), self.near.all.len());
                    self.near.add(known, near, false, || key);
                    self.near_cost += if self.near.all.len() > before { cost } else { 0 };
                }
                (known.to_owned(), sample)
            }
            Kind::PrivateKey => match self.private_key(raw, known) {
                Some(sample) => (known.to_owned(), sample),
                None => return,
            },
            Kind::Token | Kind::UserSig | Kind::Other => return,
        };
        self.of_findings.insert(known.to_owned(), (key, sample));
    }

    /// Takes in what was given.
    pub(super) fn add_known(&mut self, known: &Known) {
        for entry in &known.entries {
            let raw = entry.value.as_bytes();
            let prepare = || PreparedKey::new(raw);
            let name = fingerprint(raw);
            let near: Vec<Box<str>> = entry.id.iter().map(|id| id.as_str().into()).collect();
            match entry.form {
                Form::License => drop(self.license(raw)),
                Form::Pem => drop(self.private_key(raw, &name)),
                Form::Key => {
                    self.apps.add(&name, &near, false, prepare);
                    self.devices.add(&name, &near, false, prepare);
                    self.sdks.add(&name, &near, is_sample_key(raw), prepare);
                }
            }
        }
    }

    /// Ends the adding; the keys can be tried then.
    pub(super) fn settle(&mut self) {
        [&mut self.apps, &mut self.devices, &mut self.sdks].into_iter().for_each(Keys::settle);
        self.private.settle();
    }

    /// Whether a key of this kind may be one that a vendor published.
    pub(super) fn may_be_sample(kind: Kind) -> bool {
        matches!(kind, Kind::SdkSecretKey | Kind::PrivateKey)
    }

    /// The fingerprint of the key in the finding with this one; none where it is no secret. They differ
    /// where the finding is a license, of which a part is the key.
    pub(super) fn key_of(&self, finding: &str) -> Option<&str> {
        self.of_findings.get(finding).map(|(key, _)| key.as_str())
    }

    /// Whether the finding with this fingerprint is a sample that the vendor published.
    pub(super) fn is_sample(&self, finding: &str) -> bool {
        self.of_findings.get(finding).is_some_and(|(_, sample)| *sample)
    }

    /// Whether any key is a sample.
    pub(super) fn has_samples(&self) -> bool {
        self.of_findings.values().any(|(_, sample)| *sample)
    }

    /// Adds the secret part of a license; its fingerprint.
    fn license(&mut self, license: &[u8]) -> String {
        let comma = license.iter().position(|b| *b == b',').unwrap_or(license.len());
        let (id, key) = (&license[..comma], license.get(comma + 1..).unwrap_or_default());
        let near = [String::from_utf8_lossy(id).into()];
        let name = fingerprint(key);
        self.devices.add(&name, &near, false, || PreparedKey::new(key));
        name
    }

    /// Adds a private key, as PEM or without its armour, if it is one: whether it is a sample.
    fn private_key(&mut self, pem: &[u8], name: &str) -> Option<bool> {
        // In code and JSON its line ends are often written out.
        let text =
            zeroize::Zeroizing::new(std::str::from_utf8(pem).ok()?.replace("\\r", "").replace("\\n", "\n"));
        let armoured = text.contains("-----BEGIN ");
        let key = if armoured { PrivateKey::from_pem(&text) } else { PrivateKey::from_base64(&text) };
        let key = key.ok()?;
        let sample = key.is_sample();
        self.private.add(name, &[], sample, || key.public_key());
        Some(sample)
    }
}
