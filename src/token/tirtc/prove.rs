//! Proves that a key signed a token, for many keys and many tokens.

use super::sign::encode_tag;
use super::wire::SIGNATURE_CHARS;
use crate::token::evidence::Evidence;
use crate::token::mac::{self, BLOCK, Prefix, PreparedKey};
use crate::token::scheme::Token;

/// Whether these keys signed the token: with a device key as `device-then-app`, without as `app-only`.
///
/// For one pair of keys. [`Trial`] does the same for many and shares the work between them.
pub fn prove(evidence: Evidence<'_>, device: Option<&PreparedKey>, app: &PreparedKey) -> bool {
    let trial = Trial::new(evidence);
    match device {
        None => trial.app_only(app),
        Some(device) => trial.with_app(app).device(device),
    }
}

/// One token on trial: keys are tried against it one after the other.
///
/// A try with both keys costs about eight blocks of SHA-256; what a token shares between keys, and a
/// token and an application key between devices, is computed once.
///
/// ```
/// use scrubjay::secret::{DeviceSecretKey, SecretKey};
/// use scrubjay::token::mac::PreparedKey;
/// use scrubjay::token::tirtc::{Grant, Keys, SCHEME, Trial};
/// use scrubjay::token::Evidence;
///
/// let app = SecretKey::parse("app".repeat(10)).unwrap();
/// let device = DeviceSecretKey::parse("dev".repeat(10)).unwrap();
/// let grant = Grant::new("ak_example", "user_123", "TIRA1B2C3D4E", 1_740_000_000).unwrap();
/// let text = Keys::device_then_app(&device, &app).sign(&grant).unwrap();
///
/// let token = (SCHEME.decode)(text.expose().as_bytes()).unwrap();
/// let app = PreparedKey::new(app.expose().as_bytes());
/// let trial = Trial::new(Evidence::of(&token.evidence).unwrap());
/// assert!(!trial.app_only(&app));
/// assert!(trial.with_app(&app).device(&PreparedKey::new(device.expose().as_bytes())));
/// assert!(!trial.with_app(&app).device(&PreparedKey::new(b"another")));
/// ```
pub struct Trial<'t> {
    evidence: Evidence<'t>,
    blocks: Vec<[u8; BLOCK]>,
}

impl<'t> Trial<'t> {
    /// Prepares a token.
    pub fn new(evidence: Evidence<'t>) -> Self {
        Self { evidence, blocks: mac::padded_blocks(evidence.signed) }
    }

    /// Whether the application key alone signed it.
    pub fn app_only(&self, app: &PreparedKey) -> bool {
        app.tag_of_blocks(&self.blocks) == self.evidence.signature
    }

    /// The first of the two signatures by each of these device keys, to be tried with any number of
    /// application keys. Four at a time take much less than four times one.
    pub fn first<const N: usize>(&self, devices: [&PreparedKey; N]) -> [FirstSignature; N] {
        mac::tags_of_blocks(devices, &self.blocks).map(|tag| FirstSignature(encode_tag(&tag)))
    }

    /// Goes on with one application key and any number of device keys.
    pub fn with_app<'a>(&'a self, app: &'a PreparedKey) -> AppTrial<'a> {
        let start = [self.evidence.signed, b"."].concat();
        AppTrial { trial: self, prefix: Prefix::new(app, &start, SIGNATURE_CHARS) }
    }
}

impl std::fmt::Debug for Trial<'_> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Trial").finish_non_exhaustive()
    }
}

/// One token and one application key on trial.
pub struct AppTrial<'t> {
    trial: &'t Trial<'t>,
    prefix: Prefix<'t>,
}

impl AppTrial<'_> {
    /// Whether the device key and then the application key signed it.
    pub fn device(&self, device: &PreparedKey) -> bool {
        self.signed(&self.trial.first([device])).is_some()
    }

    /// Which of these first signatures the application key signed for this token.
    pub fn signed<const N: usize>(&self, firsts: &[FirstSignature; N]) -> Option<usize> {
        let tags = self.prefix.tags(firsts.each_ref().map(|first| &first.0[..]));
        // No secret depends on the time of this comparison: the caller owns both sides.
        tags.iter().position(|tag| tag == self.trial.evidence.signature)
    }
}

impl std::fmt::Debug for AppTrial<'_> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("AppTrial").finish_non_exhaustive()
    }
}

/// What a device key gives for a token, and the application key signs.
pub struct FirstSignature([u8; SIGNATURE_CHARS]);

impl std::fmt::Debug for FirstSignature {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("FirstSignature").finish_non_exhaustive()
    }
}

/// Whether the token was signed with the fake keys of the vendor's published test, and so is
/// documentation.
pub fn is_sample(token: &Token) -> bool {
    const KEYS: [&[u8]; 2] = [b"device-secret", b"sid-test"];
    let Some(evidence) = Evidence::of(&token.evidence) else { return false };
    let trial = Trial::new(evidence);
    let keys = KEYS.map(PreparedKey::new);
    keys.iter().any(|app| trial.app_only(app) || keys.iter().any(|device| trial.with_app(app).device(device)))
}
