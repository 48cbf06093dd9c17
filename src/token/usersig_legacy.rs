//! UserSig, version 1: the same envelope, signed with ECDSA-SHA256 and a private key per application.
//!
//! The names of its fields differ from those of version 2 and every value is a string. The oldest
//! signer wrote the document as it is, without compression and base64; [`decode_json`] reads that.
//! Source: the legacy signers linked from "Secure authentication with UserSig".

use base64::Engine;
use base64::engine::general_purpose::STANDARD_PAD_INDIFFERENT;

use super::envelope::{self, MAX_DOCUMENT};
use super::homemade;
use super::json::{Object, seconds};
use super::usersig::{self, Lines};
use super::{Claims, Evidence, Scheme, Token};

#[cfg(feature = "legacy")]
mod keys;
mod published;
#[cfg(feature = "legacy")]
mod sign;

#[cfg(feature = "legacy")]
pub use keys::{Curve, PrivateKey, PublicKey};
pub(crate) use published::is_published;
#[cfg(feature = "legacy")]
pub use sign::prove;

/// The scheme.
pub const SCHEME: Scheme = Scheme { name: "usersig-legacy", decode, status: usersig::status };

/// Reads a UserSig document that is written as plain JSON, of either version, beginning at its brace.
///
/// Returns the scheme that it belongs to with the token, whose length is that of the object. None
/// where the object does not end within 4 KiB.
///
/// ```
/// use scrubjay::token::usersig_legacy::decode_json;
/// let text = br#"{"TLS.ver":"2.0","TLS.identifier":"alice"} and no signature"#;
/// assert!(decode_json(text).is_none());
/// ```
pub fn decode_json(input: &[u8]) -> Option<(&'static Scheme, Token)> {
    let inner = input.strip_prefix(b"{")?.trim_ascii_start();
    if !inner.starts_with(b"\"TLS.") {
        return None;
    }
    let object = Object::read(&input[..input.len().min(MAX_DOCUMENT)])?;
    let length = object.length?;
    if let Some(token) = read(&object, length) {
        return Some((super::scheme(SCHEME.name)?, token));
    }
    let own = usersig::read(&object, length);
    let homemade = || homemade::read(&input[..length], length);
    let legacy = own.is_none() && speaks_legacy(&input[..length]);
    let name = if legacy { SCHEME.name } else { usersig::SCHEME.name };
    Some((super::scheme(name)?, own.or_else(homemade)?))
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

fn decode(input: &[u8]) -> Option<Token> {
    let envelope = envelope::open(input)?;
    let object = Object::read(&envelope.document)?;
    let is_legacy = speaks_legacy(&envelope.document);
    if envelope.complete {
        let token = read(&object, envelope.length).filter(|_| envelope.is_plain());
        let homemade = || homemade::read(&envelope.document, envelope.length).filter(|_| is_legacy);
        return token.or_else(homemade);
    }
    is_legacy.then(|| Token {
        length: envelope.length,
        claims: claims(&object),
        truncated: true,
        ..Token::default()
    })
}

fn read(object: &Object<'_>, length: usize) -> Option<Token> {
    object.length?;
    object.text("TLS.identifier")?;
    object.text("TLS.sdk_appid")?;
    // Some signers wrap it at 76 columns.
    let signature: Vec<u8> = object.text("TLS.sig")?.bytes().filter(|b| !b.is_ascii_whitespace()).collect();
    let signature = STANDARD_PAD_INDIFFERENT.decode(signature).ok()?;
    // The tag of the ASN.1 sequence of two integers; in P-256 and secp256k1 it never exceeds 72 bytes.
    if signature.first() != Some(&0x30) || !(8..=72).contains(&signature.len()) {
        return None;
    }
    let mut lines = Lines::default();
    for name in [
        "TLS.appid_at_3rd",
        "TLS.account_type",
        "TLS.identifier",
        "TLS.sdk_appid",
        "TLS.time",
        "TLS.expire_after",
        "TLS.userbuf",
    ] {
        lines.add(object, name);
    }
    let evidence = Evidence::pack(lines.0.as_bytes(), &signature);
    Some(Token { length, claims: claims(object), evidence, ..Token::default() })
}

fn claims(object: &Object<'_>) -> Claims {
    let issued_at = object.text_or_digits("TLS.time").and_then(|time| issued_at(&time));
    let life = object.text_or_digits("TLS.expire_after").and_then(|text| seconds(&text)).map(|s| s.whole);
    Claims {
        subject: object.text("TLS.identifier").map(Into::into),
        scope: usersig::room(object),
        issued_at,
        expires_at: issued_at.zip(life).and_then(|(start, life)| start.checked_add(life)),
        sdk_app_id: object.text("TLS.sdk_appid").and_then(|id| id.parse().ok()),
        ..Claims::default()
    }
}

/// Unix seconds, or the oldest form `YYYY-MM-DDThh:mm:ss-08:00`.
///
/// The suffix of that form is a constant of the signer and no offset; the time is a wall clock whose
/// zone nobody wrote down, taken as UTC here and so up to 14 hours off.
fn issued_at(time: &str) -> Option<i64> {
    if let Some(unix) = seconds(time) {
        return Some(unix.whole);
    }
    let wall = time.strip_suffix("-08:00")?;
    let [year, month, day, hour, minute, second] = fields(wall)?;
    if !(1..=12).contains(&month) || !(1..=31).contains(&day) || hour > 23 || minute > 59 || second > 60 {
        return None;
    }
    Some(days_from_epoch(year, month, day) * 86_400 + hour * 3_600 + minute * 60 + second)
}

fn fields(wall: &str) -> Option<[i64; 6]> {
    let marks: Vec<char> = wall.chars().filter(|c| !c.is_ascii_digit()).collect();
    if wall.len() != 19 || marks != ['-', '-', 'T', ':', ':'] {
        return None;
    }
    let mut out = [0; 6];
    for (slot, digits) in out.iter_mut().zip(wall.split(['-', 'T', ':'])) {
        *slot = digits.parse().ok()?;
    }
    Some(out)
}

/// Days of the Gregorian calendar since 1970-01-01, counted in years that begin in March.
fn days_from_epoch(year: i64, month: i64, day: i64) -> i64 {
    let year = if month <= 2 { year - 1 } else { year };
    let day_of_year = (153 * ((month + 9) % 12) + 2) / 5 + day - 1;
    365 * year + year.div_euclid(4) - year.div_euclid(100) + year.div_euclid(400) + day_of_year - 719_468
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_oldest_times_are_read() {
        assert_eq!(issued_at("1550000000"), Some(1_550_000_000));
        assert_eq!(issued_at("2015-12-04T08:30:05-08:00"), Some(1_449_217_805));
        assert_eq!(issued_at("2016-02-29T00:00:00-08:00"), Some(1_456_704_000));
        for wrong in ["", "now", "2015-12-04T08:30:05Z", "2015-13-04T08:30:05-08:00"] {
            assert_eq!(issued_at(wrong), None, "{wrong}");
        }
    }
}
