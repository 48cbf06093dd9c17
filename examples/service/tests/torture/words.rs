//! The words of one event: secrets that were minted for it and identifiers that must stay, and the
//! oracle that searches an output for pieces of the secrets. It shares no code with the layer.

use std::collections::HashMap;
use std::sync::{Arc, LazyLock};

use base64::Engine as _;
use base64::engine::general_purpose::{STANDARD, URL_SAFE};

use scrubjay::scrub::{Masker, Policy};
use scrubjay::secret::Secret;

use crate::support::prng::Prng;
use crate::support::tokens;

/// A piece of this many bytes shows more than a mask may: at most four stand together in one.
const WINDOW: usize = 9;

/// What an event is made of.
pub(crate) struct Words {
    pub(crate) key: String,
    pub(crate) device_key: String,
    pub(crate) sdk_key: String,
    pub(crate) license: String,
    pub(crate) token: String,
    pub(crate) user_sig: String,
    pub(crate) legacy_sig: String,
    pub(crate) pem: String,
    pub(crate) password: String,
    pub(crate) number: u64,
    pub(crate) float: f64,
    /// The service's own secret: no name and no shape tells what it is, only the policy.
    pub(crate) own: String,
    pub(crate) device_id: String,
    pub(crate) remote_id: String,
    pub(crate) access_id: String,
    pub(crate) uuid: String,
    pub(crate) commit: String,
    /// What knows of `own`.
    pub(crate) masker: Arc<Masker>,
}

impl Words {
    /// The same seed gives the same words.
    pub(crate) fn mint(seed: &str) -> Self {
        let mut rng = Prng::from_text(seed);
        let device_id = rng.device_id();
        let device_key = rng.alnum(32);
        let license = format!("{device_id},{device_key}");
        let token = tokens::tirtc(&mut rng, "").expect("a variant that there is");
        let user_sig = tokens::usersig(&mut rng, "").expect("a variant that there is");
        let body = tokens::pem_body(&tokens::ec_key(&mut rng));
        let pem = format!("-----BEGIN EC PRIVATE KEY-----\n{body}\n-----END EC PRIVATE KEY-----");
        let hex = rng.hex(32);
        let (own, masker) = service();
        Self {
            masker,
            key: rng.alnum(32),
            device_key,
            sdk_key: rng.hex(64),
            license,
            token,
            user_sig,
            legacy_sig: tokens::usersig_legacy(&mut rng, "").expect("a variant"),
            pem,
            password: format!("{}!{}", rng.chars(6, b"abcdefghijk"), rng.alnum(6)),
            number: 1_000_000_000_000_000_000 + rng.next() % 8_000_000_000_000_000_000,
            float: (100_000_000_000_000 + rng.below(800_000_000_000_000)) as f64 + 0.5,
            own,
            device_id,
            remote_id: rng.device_id(),
            access_id: format!("ak_{}", rng.alnum(16)),
            uuid: format!(
                "{}-{}-4{}-a{}-{}",
                &hex[..8],
                &hex[8..12],
                &hex[12..15],
                &hex[15..18],
                rng.hex(12)
            ),
            commit: rng.hex(40),
        }
    }

    /// `$device_id` and the like in the lists of what must stay.
    pub(crate) fn resolve<'a>(&'a self, text: &'a str) -> &'a str {
        match text {
            "$device_id" => &self.device_id,
            "$remote_id" => &self.remote_id,
            "$access_id" => &self.access_id,
            "$uuid" => &self.uuid,
            "$commit" => &self.commit,
            text => text,
        }
    }

    fn secrets(&self) -> Vec<(&'static str, String)> {
        let pem: String = self.pem.lines().filter(|l| !l.starts_with('-')).collect();
        let float = format!("{:.1}", self.float);
        vec![
            ("key", self.key.clone()),
            ("device key", self.device_key.clone()),
            ("SDK key", self.sdk_key.clone()),
            ("token", self.token.clone()),
            ("UserSig", self.user_sig.clone()),
            ("legacy UserSig", self.legacy_sig.clone()),
            ("private key", pem),
            ("password", self.password.clone()),
            ("number", self.number.to_string()),
            ("number", float),
            ("own secret", self.own.clone()),
        ]
    }
}

/// The service's own secret and the policy that knows it, compiled once: that takes longer than a test.
fn service() -> (String, Arc<Masker>) {
    static SERVICE: LazyLock<(String, Arc<Masker>)> = LazyLock::new(|| {
        let mut rng = Prng::from_text("service");
        let own = format!("{}+{}/\"{} {}", rng.alnum(7), rng.alnum(9), rng.alnum(5), rng.alnum(11));
        let policy = Policy::builder().literal(&Secret::new(own.clone())).build();
        let masker = policy.expect("a policy that holds").into();
        (own, masker)
    });
    SERVICE.clone()
}

/// The pieces of all secrets of an event, in every encoding that is looked for.
pub(crate) struct Oracle {
    pieces: HashMap<Vec<u8>, (&'static str, &'static str)>,
    lengths: Vec<usize>,
}

impl Oracle {
    pub(crate) fn new(words: &Words) -> Self {
        let mut pieces = HashMap::new();
        for (name, secret) in words.secrets() {
            let mut add = |encoding: &'static str, text: String, window: usize| {
                for piece in text.as_bytes().windows(window) {
                    pieces.insert(piece.to_vec(), (name, encoding));
                }
            };
            let bytes = secret.as_bytes();
            let each = |write: fn(&u8) -> String| bytes.iter().map(write).collect::<String>();
            add("raw", secret.clone(), WINDOW);
            for align in 0..3 {
                // Whole groups only: the last characters of others depend on what follows.
                let whole = &bytes[align..align + (bytes.len() - align) / 3 * 3];
                add("base64", STANDARD.encode(whole), WINDOW / 3 * 4);
                add("base64url", URL_SAFE.encode(whole), WINDOW / 3 * 4);
            }
            add("hex", each(|b| format!("{b:02x}")), 2 * WINDOW);
            add("hex", each(|b| format!("{b:02X}")), 2 * WINDOW);
            add("hex, spaced", each(|b| format!("{b:02x} ")), 3 * WINDOW);
            add("percent", each(|b| format!("%{b:02X}")), 3 * WINDOW);
            add("percent", each(|b| format!("%{b:02x}")), 3 * WINDOW);
            add("percent", each(as_in_a_url), WINDOW);
            for group in bytes.windows(WINDOW) {
                let list: Vec<String> = group.iter().map(u8::to_string).collect();
                pieces.insert(list.join(",").into_bytes(), (name, "decimal list"));
                pieces.insert(list.join(", ").into_bytes(), (name, "decimal list"));
            }
        }
        let mut lengths: Vec<usize> = pieces.keys().map(Vec::len).collect();
        lengths.sort_unstable();
        lengths.dedup();
        Self { pieces, lengths }
    }

    /// Which secret an output shows, and how it is encoded there.
    pub(crate) fn shown_in(&self, output: &str) -> Option<String> {
        let mut windows = self.lengths.iter().flat_map(|&n| output.as_bytes().windows(n));
        let (name, encoding) = windows.find_map(|window| self.pieces.get(window))?;
        Some(format!("a piece of the {name} ({encoding})"))
    }
}

/// A byte as URLs write it.
pub(crate) fn as_in_a_url(byte: &u8) -> String {
    if byte.is_ascii_alphanumeric() { char::from(*byte).to_string() } else { format!("%{byte:02X}") }
}

#[test]
fn the_oracle_sees_every_encoding() {
    let words = Words::mint("oracle");
    let oracle = Oracle::new(&words);
    let (key, bytes) = (&words.key, words.key.as_bytes());
    for text in [
        format!("x{}y", &key[3..12]),
        STANDARD.encode(format!("{key}.")),
        STANDARD.encode(format!("1{key}.")),
        URL_SAFE.encode(format!("22{key}.")),
        bytes.iter().map(|b| format!("{b:02x}")).collect(),
        bytes.iter().map(|b| format!("%{b:02X}")).collect(),
        format!("{:?}", &bytes[..WINDOW]),
        format!("{:02x?}", bytes).replace(',', ""),
    ] {
        assert!(oracle.shown_in(&text).is_some(), "{}", text.replace(key, "KEY"));
    }
    let mask = scrubjay::text::mask(bytes);
    assert_eq!(oracle.shown_in(&format!("{} {mask} {}", words.device_id, words.uuid)), None);
}
