//! Reads a UserSig of version 1.

use base64::Engine;
use base64::engine::general_purpose::STANDARD_PAD_INDIFFERENT;

use super::issue_time::issued_at;
use crate::token::claims::Claims;
use crate::token::envelope;
use crate::token::evidence::Evidence;
use crate::token::homemade;
use crate::token::json::{Object, seconds};
use crate::token::scheme::Token;
use crate::token::user_sig_document::{Lines, room, speaks_legacy};

/// The names of the document; all but the last are signed, in this order.
pub(super) const FIELDS: [&str; 8] = [
    "TLS.appid_at_3rd",
    "TLS.account_type",
    "TLS.identifier",
    "TLS.sdk_appid",
    "TLS.time",
    "TLS.expire_after",
    "TLS.userbuf",
    "TLS.sig",
];

pub(in crate::token) fn decode(input: &[u8]) -> Option<Token> {
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

pub(super) fn read(object: &Object<'_>, length: usize) -> Option<Token> {
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
    FIELDS[..FIELDS.len() - 1].iter().for_each(|name| lines.add(object, name));
    let evidence = Evidence::pack(lines.0.as_bytes(), &signature);
    Some(Token { length, claims: claims(object), evidence, ..Token::default() })
}

fn claims(object: &Object<'_>) -> Claims {
    let issued_at = object.text_or_digits("TLS.time").and_then(|time| issued_at(&time));
    let life = object.text_or_digits("TLS.expire_after").and_then(|text| seconds(&text)).map(|s| s.whole);
    Claims {
        subject: object.text("TLS.identifier").map(Into::into),
        scope: room(object),
        issued_at,
        expires_at: issued_at.zip(life).and_then(|(start, life)| start.checked_add(life)),
        sdk_app_id: object.text("TLS.sdk_appid").and_then(|id| id.parse().ok()),
        ..Claims::default()
    }
}
