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
    let tag = match class {
        None | Some(Class::Key | Class::License | Class::Header) if value.len() >= LONG => fingerprint(value),
        _ => match private(value) {
            Some(tag) => tag,
            // Without a generator of random numbers there is no tag, and still a mask.
            None => return,
        },
    };
    out.push(b'#');
    out.extend_from_slice(&tag.as_bytes()[..8]);
}

/// What is shorter, in bytes, could be found by trying.
const LONG: usize = 16;

/// A fingerprint under a key of this process.
fn private(value: &[u8]) -> Option<String> {
    let key = KEY.get_or_init(|| {
        let mut key = [0; 32];
        getrandom::fill(&mut key).is_ok().then_some(key)
    });
    let mut mac = Hmac::<sha2::Sha256>::new_from_slice(key.as_ref()?).ok()?;
    mac.update(value);
    Some(mac.finalize().into_bytes()[..4].iter().map(|byte| format!("{byte:02x}")).collect())
}
