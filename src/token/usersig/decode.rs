//! Reads a UserSig of version 2, as the platform writes it and as home-made signers do.

use base64::Engine;
use base64::engine::general_purpose::STANDARD_PAD_INDIFFERENT;

use crate::token::claims::Claims;
use crate::token::envelope::{self, Envelope};
use crate::token::evidence::Evidence;
use crate::token::homemade;
use crate::token::json::{Object, Value};
use crate::token::scheme::Token;
use crate::token::user_sig_document::{Lines, room, speaks_legacy};

/// The application of the vendor's documentation, and the users that its samples name.
const SAMPLE_APP: u64 = 1_400_000_000;

const SAMPLE_USERS: [&str; 2] = ["xiaojun", "0"];

pub(in crate::token) fn decode(input: &[u8]) -> Option<Token> {
    let envelope = envelope::open(input)?;
    let object = Object::read(&envelope.document)?;
    if speaks_legacy(&envelope.document) {
        return None;
    }
    if envelope.complete {
        return read_any(&object, &envelope);
    }
    let claims = claims(&object);
    Some(Token { length: envelope.length, claims, truncated: true, ..Token::default() })
}

/// A token from its whole document, as it should be or as a home-made signer wrote it.
fn read_any(object: &Object<'_>, envelope: &Envelope) -> Option<Token> {
    let token = read(object, envelope.length).filter(|_| envelope.is_plain());
    token.or_else(|| homemade::read(&envelope.document, envelope.length))
}

/// A token of `length` bytes from its whole document; none where it is not of this version.
pub(in crate::token) fn read(object: &Object<'_>, length: usize) -> Option<Token> {
    object.length?;
    if object.text("TLS.ver")? != "2.0" {
        return None;
    }
    let identifier = object.text("TLS.identifier")?;
    let claims = claims(object);
    let app = claims.sdk_app_id.filter(|_| !matches!(object.get("TLS.sdkappid"), Some(Value::Text(_))))?;
    let signature = STANDARD_PAD_INDIFFERENT.decode(object.text("TLS.sig")?.as_bytes()).ok()?;
    if signature.len() != 32 {
        return None;
    }
    let mut lines = Lines::default();
    lines.add(object, "TLS.identifier");
    lines.add(object, "TLS.sdkappid");
    lines.add(object, "TLS.time");
    lines.add(object, "TLS.expire");
    lines.add(object, "TLS.userbuf");
    Some(Token {
        length,
        sample: app == SAMPLE_APP && SAMPLE_USERS.contains(&&*identifier),
        evidence: Evidence::pack(lines.0.as_bytes(), &signature),
        claims,
        truncated: false,
        refused: !(object.is_integer("TLS.time") && object.is_integer("TLS.expire")),
    })
}

fn claims(object: &Object<'_>) -> Claims {
    let issued_at = object.seconds("TLS.time").map(|s| s.whole);
    let life = object.seconds("TLS.expire").map(|s| s.whole);
    let app = object.seconds("TLS.sdkappid").filter(|s| !s.fraction);
    Claims {
        subject: object.text("TLS.identifier").map(Into::into),
        scope: room(object),
        issued_at,
        expires_at: issued_at.zip(life).and_then(|(start, life)| start.checked_add(life)),
        sdk_app_id: app.and_then(|s| u64::try_from(s.whole).ok()),
        ..Claims::default()
    }
}
