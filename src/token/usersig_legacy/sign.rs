//! Signs and verifies UserSig of version 1.

use base64::Engine;
use zeroize::Zeroizing;

use super::decode::FIELDS;
use super::issue_time::issued_at;
use super::keys::{PrivateKey, PublicKey};
use crate::error::{Error, Result};
use crate::secret::Secret;
use crate::token::claims::Claims;
use crate::token::engines::STANDARD;
use crate::token::envelope::MAX_DOCUMENT;
use crate::token::evidence::Evidence;
use crate::token::refusal::Refusal;
use crate::token::room::PrivateMap;
use crate::token::strict::Fields;
use crate::token::user_sig::UserSig;
use crate::token::usersig::stream::{STREAM_EXTRA, STREAM_HEAD, seal, unseal};
use crate::token::usersig::{Expect, Grant};
use crate::token::wiped::Wiped;

impl PrivateKey {
    /// Signs a grant as the official Node signer does, account type and third-party application 0.
    ///
    /// # Errors
    /// Where the document would be longer than 4 KiB.
    pub fn sign(&self, grant: &Grant) -> Result<UserSig> {
        let (app, time) = (grant.sdk_app_id().to_string(), grant.issued_at().to_string());
        let expire = grant.lifetime().to_string();
        let buffer = grant.raw_buffer().map(|buffer| STANDARD.encode(buffer));
        let lines = Lines {
            third_party: Some("0"),
            account_type: "0",
            identifier: grant.user_id(),
            app: &app,
            time: &time,
            expire: &expire,
            buffer: buffer.as_deref(),
        };
        let signature = STANDARD.encode(self.sign_bytes(&lines.signed()));
        let document = Zeroizing::new(lines.document(&signature));
        let mut stream = Wiped::with_capacity(document.len() + STREAM_EXTRA);
        stream.put(&STREAM_HEAD);
        stream.put(document.as_bytes());
        let token = seal(stream);
        let token = token.ok_or_else(|| Error::invalid("userbuf: the document is longer than 4 KiB"))?;
        Ok(UserSig::from_signer(Secret::new(token)))
    }
}

impl PublicKey {
    /// Verifies a token, or the plain JSON that the oldest signer wrote, at `now` (Unix seconds), in the
    /// order of [`Key::verify`](crate::token::usersig::Key::verify).
    ///
    /// The oldest form dates itself by a wall clock without a zone. It is taken as UTC, and its start is
    /// not checked.
    ///
    /// # Errors
    /// The first check that failed.
    pub fn verify(&self, token: &str, expect: &Expect<'_>, now: i64) -> Result<Claims, Refusal> {
        let sealed;
        let document = if token.starts_with('{') {
            if token.len() > MAX_DOCUMENT {
                return Err(Refusal::Malformed("the document is longer than 4 KiB"));
            }
            token.as_bytes()
        } else {
            sealed = unseal(token)?;
            &*sealed
        };
        let fields = Fields::read(document, &FIELDS)?;
        let lines = Lines::of(&fields)?;
        let app = number(lines.app).and_then(|app| u32::try_from(app).ok());
        let app = app.ok_or_else(|| fields.expected(APP, "digits of a 32-bit number"))?;
        let time = issued_at(lines.time).ok_or_else(|| fields.expected(TIME, "digits of a Unix time"))?;
        let life = number(lines.expire).ok_or_else(|| fields.expected(EXPIRE, "digits of a duration"))?;
        let end = time.checked_add(life);
        let end = end.ok_or_else(|| fields.expected(EXPIRE, "a sum with `TLS.time` that fits 64 bits"))?;
        let buffer = lines.buffer.map(|b| STANDARD.decode(b)).transpose();
        let buffer = buffer.map_err(|_| fields.expected(BUFFER, "padded base64"))?;
        let signature = STANDARD.decode(fields.text(SIGNATURE)?);
        let signature = signature.map_err(|_| fields.expected(SIGNATURE, "padded base64"))?;
        let map = buffer.as_deref().and_then(PrivateMap::decode);
        expect.check(&FIELDS_OF_EXPECT, lines.identifier, app, map.as_ref())?;
        if !lines.readings().any(|signed| self.verify_bytes(&signed, &signature)) {
            return Err(Refusal::Signature);
        }
        if now > end {
            return Err(Refusal::Expired);
        }
        if time > now && number(lines.time).is_some() {
            return Err(Refusal::NotYetValid);
        }
        Ok(Claims {
            subject: Some(lines.identifier.into()),
            scope: map.map(|map| map.room.to_string()),
            issued_at: Some(time),
            expires_at: Some(end),
            sdk_app_id: Some(app.into()),
            ..Claims::default()
        })
    }
}

/// Whether the key signed the token; a token's [`Evidence`] is what its document says was signed.
pub fn prove(evidence: Evidence<'_>, key: &PublicKey) -> bool {
    key.verify_bytes(evidence.signed, evidence.signature)
        || (!evidence.signed.starts_with(FIELDS[THIRD_PARTY].as_bytes())
            && MISSING_THIRD_PARTY.iter().any(|head| {
                key.verify_bytes(&[head.as_bytes(), evidence.signed].concat(), evidence.signature)
            }))
}

const THIRD_PARTY: usize = 0;
const ACCOUNT_TYPE: usize = 1;
const IDENTIFIER: usize = 2;
const APP: usize = 3;
const TIME: usize = 4;
const EXPIRE: usize = 5;
const BUFFER: usize = 6;
const SIGNATURE: usize = 7;

/// What is asked for by [`Expect`]: application, user, room.
const FIELDS_OF_EXPECT: [&str; 3] = [FIELDS[APP], FIELDS[IDENTIFIER], FIELDS[BUFFER]];

/// What signers wrote for a third-party application that is not in the document, besides nothing.
const MISSING_THIRD_PARTY: [&str; 2] = ["TLS.appid_at_3rd:0\n", "TLS.appid_at_3rd:\n"];

struct Lines<'a> {
    third_party: Option<&'a str>,
    account_type: &'a str,
    identifier: &'a str,
    app: &'a str,
    time: &'a str,
    expire: &'a str,
    buffer: Option<&'a str>,
}

impl<'a> Lines<'a> {
    fn of(fields: &'a Fields<'_, 8>) -> Result<Self, Refusal> {
        // A line feed in any of them would move the lines that were signed.
        let line = |index: usize| match fields.text(index)? {
            text if text.chars().any(char::is_control) => {
                Err(fields.expected(index, "a string without control characters"))
            }
            text => Ok(text),
        };
        let optional = |index: usize| fields.optional_text(index)?.map(|_| line(index)).transpose();
        Ok(Self {
            third_party: optional(THIRD_PARTY)?,
            account_type: line(ACCOUNT_TYPE)?,
            identifier: line(IDENTIFIER)?,
            app: line(APP)?,
            time: line(TIME)?,
            expire: line(EXPIRE)?,
            buffer: optional(BUFFER)?,
        })
    }

    fn values(&self) -> [Option<&'a str>; 7] {
        [
            self.third_party,
            Some(self.account_type),
            Some(self.identifier),
            Some(self.app),
            Some(self.time),
            Some(self.expire),
            self.buffer,
        ]
    }

    fn signed(&self) -> Vec<u8> {
        let mut out = String::with_capacity(192);
        for (name, value) in FIELDS.into_iter().zip(self.values()) {
            if let Some(value) = value {
                out.extend([name, ":", value, "\n"]);
            }
        }
        out.into_bytes()
    }

    /// The texts that a signer may have signed for this document.
    fn readings(&self) -> impl Iterator<Item = Vec<u8>> {
        let signed = self.signed();
        let missing = self.third_party.is_none();
        let more = MISSING_THIRD_PARTY.into_iter().filter(move |_| missing);
        let more: Vec<_> = more.map(|head| [head.as_bytes(), &signed].concat()).collect();
        std::iter::once(signed).chain(more)
    }

    /// Compact JSON in the order of the Node signer.
    fn document(&self, signature: &str) -> String {
        let identifier = self.identifier.replace('\\', "\\\\").replace('"', "\\\"");
        let mut out = format!(
            "{{\"TLS.account_type\":\"{}\",\"TLS.identifier\":\"{identifier}\",\"TLS.appid_at_3rd\":\"{}\",\
             \"TLS.sdk_appid\":\"{}\",\"TLS.expire_after\":\"{}\",\"TLS.version\":\"201610110000\",\
             \"TLS.time\":\"{}\"",
            self.account_type,
            self.third_party.unwrap_or_default(),
            self.app,
            self.expire,
            self.time,
        );
        for (name, value) in [(FIELDS[BUFFER], self.buffer), (FIELDS[SIGNATURE], Some(signature))] {
            if let Some(value) = value {
                out.extend([",\"", name, "\":\"", value, "\""]);
            }
        }
        out.push('}');
        out
    }
}

/// A number in digits and nothing else.
fn number(text: &str) -> Option<i64> {
    text.bytes().all(|b| b.is_ascii_digit()).then(|| text.parse().ok()).flatten()
}
