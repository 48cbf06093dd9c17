//! What the documents of both versions of UserSig have in common: the buffer of a PrivateMapKey, the text that
//! is signed, and the names by which a document says which version it is.

use base64::Engine;
use base64::engine::general_purpose::STANDARD_PAD_INDIFFERENT;

use super::json::Object;
use super::room::PrivateMap;

/// `room:…` where the document carries the buffer of a PrivateMapKey.
pub(super) fn room(object: &Object<'_>) -> Option<String> {
    let buffer = STANDARD_PAD_INDIFFERENT.decode(object.text("TLS.userbuf")?.as_bytes()).ok()?;
    PrivateMap::decode(&buffer).map(|map| map.room.to_string())
}

/// The text that is signed: a line each for the fields that are there, in the order of the calls.
#[derive(Default)]
pub(super) struct Lines(pub(super) String);

impl Lines {
    pub(super) fn add(&mut self, object: &Object<'_>, name: &str) {
        if let Some(value) = object.text_or_digits(name) {
            self.put(name, &value);
        }
    }

    pub(super) fn put(&mut self, name: &str, value: &str) {
        for part in [name, ":", value, "\n"] {
            self.0.push_str(part);
        }
    }
}

/// True for a document, perhaps cut off, that holds a name which only this version has.
pub(super) fn speaks_legacy(document: &[u8]) -> bool {
    // A home-made signer may have taken names of both; the version says which it meant.
    if memchr::memmem::find(document, b"\"TLS.ver\"").is_some() {
        return false;
    }
    let names: [&[u8]; 4] = [b"\"TLS.a", b"\"TLS.sdk_", b"\"TLS.expire_", b"\"TLS.vers"];
    names.iter().any(|name| document.windows(name.len()).any(|w| w == *name))
}
