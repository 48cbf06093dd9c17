//! Masks that are the same for the same secret, so that lines can still be told to belong together.

use std::sync::OnceLock;

use hmac::{Hmac, KeyInit, Mac};

use crate::finding::fingerprint;
use crate::matcher::field::Class;
use crate::text::STARS;

/// The key for what people choose, which a public key would let everybody find by trying.
static KEY: OnceLock<Option<[u8; 32]>> = OnceLock::new();

/// Appends `****#` and the first eight digits of the value's fingerprint.
pub(super) fn put(value: &[u8], class: Option<Class>, out: &mut Vec<u8>) {
    out.extend_from_slice(STARS.as_bytes());
    // Without a generator of random numbers there is no tag, and still a mask.
    if let Some(tag) = fingerprint_of(value, class) {
        out.push(b'#');
        out.extend_from_slice(&tag.as_bytes()[..8]);
    }
}

/// The fingerprint of a value; of what could be guessed one of this process alone.
pub(super) fn fingerprint_of(value: &[u8], class: Option<Class>) -> Option<String> {
    if is_guessable(value, class) { private(value) } else { Some(fingerprint(value)) }
}

/// A fingerprint under a key of this process.
fn private(value: &[u8]) -> Option<String> {
    let key = KEY.get_or_init(|| {
        let mut key = [0; 32];
        getrandom::fill(&mut key).is_ok().then_some(key)
    });
    let mut mac = Hmac::<sha2::Sha256>::new_from_slice(key.as_ref()?).ok()?;
    mac.update(value);
    Some(mac.finalize().into_bytes()[..8].iter().map(|byte| format!("{byte:02x}")).collect())
}

/// What is shorter, in bytes, could be found by trying.
const LONG: usize = 16;

/// Whether a value could be found by trying: what people choose, and what is short.
pub(super) fn is_guessable(value: &[u8], class: Option<Class>) -> bool {
    value.len() < LONG || matches!(class, Some(Class::Password | Class::Cookie))
}
