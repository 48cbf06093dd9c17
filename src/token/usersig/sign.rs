//! Signs and verifies UserSig of version 2, with every trap of the official signers closed.

use base64::Engine;

use super::stream::{STREAM_EXTRA, STREAM_HEAD, seal, unseal};
use crate::error::{Error, Result};
use crate::secret::{SdkSecretKey, Secret, equal};
use crate::token::claims::Claims;
use crate::token::engines::STANDARD;
use crate::token::envelope::MAX_DOCUMENT;
use crate::token::evidence::Evidence;
use crate::token::mac::{self, PreparedKey};
use crate::token::refusal::Refusal;
use crate::token::room::{PrivateMap, Privileges, Room};
use crate::token::strict::Fields;
use crate::token::user_sig::UserSig;
use crate::token::wiped::{Decimal, Wiped};

/// Life of a UserSig in seconds, where nothing else is asked for: the seven days of the vendor's demos.
pub const DEFAULT_EXPIRE: i64 = 604_800;

/// Whom a UserSig is for, from when and for how long.
#[derive(Debug, Clone)]
pub struct Grant {
    sdk_app_id: u32,
    user_id: String,
    issued_at: i64,
    expire: i64,
    buffer: Option<Vec<u8>>,
}

impl Grant {
    /// A grant for a user id as TRTC takes it: 1 to 32 letters, digits, `_` and `-`. Issued at `issued_at`
    /// (Unix seconds), valid for seven days.
    ///
    /// # Errors
    /// For another user id, the application id 0, and a time before 1970. Names the field.
    pub fn new(sdk_app_id: u32, user_id: impl Into<String>, issued_at: i64) -> Result<Self> {
        let grant = Self::for_chat(sdk_app_id, user_id, issued_at)?;
        let plain = |b: u8| b.is_ascii_alphanumeric() || matches!(b, b'_' | b'-');
        if !grant.user_id.bytes().all(plain) {
            return Err(Error::invalid("user id: expected 1 to 32 letters, digits, `_` and `-`"));
        }
        Ok(grant)
    }

    /// As [`Grant::new`], for a user id as Chat takes it: 1 to 32 printable ASCII characters. A line feed
    /// would add lines to the signed text, so nothing wider is offered.
    ///
    /// # Errors
    /// As [`Grant::new`].
    pub fn for_chat(sdk_app_id: u32, user_id: impl Into<String>, issued_at: i64) -> Result<Self> {
        let user_id = user_id.into();
        if !(1..=32).contains(&user_id.len()) || !user_id.bytes().all(|b| matches!(b, b' '..=b'~')) {
            return Err(Error::invalid("user id: expected 1 to 32 printable ASCII characters"));
        }
        if sdk_app_id == 0 {
            return Err(Error::invalid("sdk app id: expected a number above 0"));
        }
        if issued_at < 0 {
            return Err(Error::invalid("issued at: expected a time after 1970"));
        }
        Self { sdk_app_id, user_id, issued_at, expire: DEFAULT_EXPIRE, buffer: None }.expire(DEFAULT_EXPIRE)
    }

    /// Sets the life in seconds. A room is granted for the life that is set before.
    ///
    /// # Errors
    /// Outside 1 to 2147483647, what the C++ signer takes, and where the expiry does not fit 64 bits.
    pub fn expire(mut self, seconds: i64) -> Result<Self> {
        if !(1..=i64::from(i32::MAX)).contains(&seconds) {
            return Err(Error::invalid("expire: expected 1 to 2147483647 seconds"));
        }
        if self.issued_at.checked_add(seconds).is_none() {
            return Err(Error::invalid("issued at: the expiry does not fit 64 bits"));
        }
        self.expire = seconds;
        Ok(self)
    }

    /// Adds a buffer of one's own.
    ///
    /// # Errors
    /// Where it is empty (signers disagree whether that is signed), or where the document would be longer
    /// than 4 KiB.
    pub fn buffer(mut self, buffer: impl Into<Vec<u8>>) -> Result<Self> {
        let buffer = buffer.into();
        if buffer.is_empty() {
            return Err(Error::invalid("userbuf: expected at least 1 byte"));
        }
        if buffer.len() > MAX_DOCUMENT / 2 {
            return Err(Error::invalid("userbuf: expected at most 2048 bytes"));
        }
        self.buffer = Some(buffer);
        Ok(self)
    }

    /// Makes it a PrivateMapKey: the right to enter one room, and what for, until the token expires.
    ///
    /// # Errors
    /// As [`PrivateMap::encode`].
    pub fn room(self, room: Room, privileges: Privileges) -> Result<Self> {
        let end = self.issued_at.saturating_add(self.expire);
        let map = PrivateMap {
            account: self.user_id.clone(),
            sdk_app_id: self.sdk_app_id,
            room,
            // The field has 32 bits and wraps in 2106, in every signer.
            expires_at: u32::try_from(end & i64::from(u32::MAX)).unwrap_or_default(),
            privileges,
        };
        let buffer = map.encode()?;
        self.buffer(buffer)
    }
}

#[cfg(feature = "legacy")]
impl Grant {
    pub(in crate::token) fn sdk_app_id(&self) -> u32 {
        self.sdk_app_id
    }

    pub(in crate::token) fn user_id(&self) -> &str {
        &self.user_id
    }

    pub(in crate::token) fn issued_at(&self) -> i64 {
        self.issued_at
    }

    pub(in crate::token) fn lifetime(&self) -> i64 {
        self.expire
    }

    pub(in crate::token) fn raw_buffer(&self) -> Option<&[u8]> {
        self.buffer.as_deref()
    }
}

/// What a verifier asks for besides a good signature. What is none is not checked.
#[derive(Debug, Clone, Default)]
pub struct Expect<'e> {
    /// The application.
    pub sdk_app_id: Option<u32>,
    /// The user.
    pub user_id: Option<&'e str>,
    /// The room of a PrivateMapKey, which must then be for the same user and application.
    pub room: Option<&'e Room>,
}

/// The key of an application, ready to sign and to verify.
///
/// ```
/// use scrubjay::secret::SdkSecretKey;
/// use scrubjay::token::Refusal;
/// use scrubjay::token::usersig::{Expect, Grant, Key, Privileges, Room};
///
/// let key = Key::new(&SdkSecretKey::parse("0123456789abcdef".repeat(4)).unwrap());
/// let grant = Grant::new(1_400_000_001, "alice", 1_700_000_000).unwrap().expire(300).unwrap();
/// let token = key.sign(&grant.room(Room::Number(10_000), Privileges::ALL).unwrap()).unwrap();
///
/// let expect = Expect { user_id: Some("alice"), ..Expect::default() };
/// let claims = key.verify(token.expose(), &expect, 1_700_000_300).unwrap();
/// assert_eq!(claims.scope.as_deref(), Some("room:10000"));
/// assert_eq!(key.verify(token.expose(), &expect, 1_700_000_301), Err(Refusal::Expired));
/// ```
#[derive(Debug, Clone)]
pub struct Key(PreparedKey);

impl Key {
    /// Takes the characters of the key as they are; they look like hex, but are not decoded.
    pub fn new(key: &SdkSecretKey) -> Self {
        Self(PreparedKey::new(key.expose().as_bytes()))
    }

    /// Signs a grant.
    ///
    /// # Errors
    /// Where the document would be longer than 4 KiB.
    pub fn sign(&self, grant: &Grant) -> Result<UserSig> {
        let buffer = grant.buffer.as_ref().map(|buffer| STANDARD.encode(buffer));
        let lines = Lines {
            identifier: &grant.user_id,
            app: Decimal::new(grant.sdk_app_id.into()),
            time: Decimal::new(grant.issued_at),
            expire: Decimal::new(grant.expire),
            buffer: buffer.as_deref(),
        };
        let token = seal(stream(&lines, &lines.tag(&self.0)));
        let token = token.ok_or_else(|| Error::invalid("userbuf: the document is longer than 4 KiB"))?;
        Ok(UserSig::from_signer(Secret::new(token)))
    }

    /// Verifies a token at `now` (Unix seconds): its envelope, the types of its fields, its version, those
    /// claims that are asked for, its signature, and last its life, which ends after
    /// `TLS.time + TLS.expire`. The claims are returned only where all of it holds.
    ///
    /// # Errors
    /// The first check that failed.
    pub fn verify(&self, token: &str, expect: &Expect<'_>, now: i64) -> Result<Claims, Refusal> {
        let document = unseal(token)?;
        let fields = Fields::read(&document, &FIELDS)?;
        if fields.text(0)? != "2.0" {
            return Err(fields.expected(0, "\"2.0\""));
        }
        let identifier = fields.text(1)?;
        if identifier.is_empty() || identifier.chars().any(char::is_control) {
            return Err(fields.expected(1, "a user id without control characters"));
        }
        let app = u32::try_from(fields.integer(2)?).map_err(|_| fields.expected(2, "a number of 32 bits"))?;
        let (time, expire) = (fields.integer(3)?, fields.integer(4)?);
        let expires_at = time
            .checked_add(expire)
            .ok_or_else(|| fields.expected(4, "a sum with `TLS.time` that fits 64 bits"))?;
        let buffer = fields.optional_text(5)?;
        let raw = buffer.map(|b| STANDARD.decode(b)).transpose();
        let raw = raw.map_err(|_| fields.expected(5, "padded base64"))?;
        let mut tag = [0; 33];
        if STANDARD.decode_slice(fields.text(6)?, &mut tag) != Ok(32) {
            return Err(fields.expected(6, "32 bytes in padded base64"));
        }
        let map = raw.as_deref().and_then(PrivateMap::decode);
        expect.check(&[FIELDS[2], FIELDS[1], FIELDS[5]], identifier, app, map.as_ref())?;
        let [app_digits, time_digits, expire_digits] = [app.into(), time, expire].map(Decimal::new);
        let lines = Lines { identifier, app: app_digits, time: time_digits, expire: expire_digits, buffer };
        if !equal(&lines.tag(&self.0), &tag[..32]) {
            return Err(Refusal::Signature);
        }
        if now > expires_at {
            return Err(Refusal::Expired);
        }
        if time > now {
            return Err(Refusal::NotYetValid);
        }
        Ok(Claims {
            subject: Some(identifier.into()),
            scope: map.map(|map| map.room.to_string()),
            issued_at: Some(time),
            expires_at: Some(expires_at),
            sdk_app_id: Some(app.into()),
            ..Claims::default()
        })
    }
}

impl Expect<'_> {
    /// `names` are those of the application, the user and the buffer in the document.
    pub(in crate::token) fn check(
        &self,
        names: &[&'static str; 3],
        user: &str,
        app: u32,
        map: Option<&PrivateMap>,
    ) -> Result<(), Refusal> {
        if self.sdk_app_id.is_some_and(|wanted| wanted != app) {
            return Err(Refusal::Mismatch(names[0]));
        }
        if self.user_id.is_some_and(|wanted| wanted != user) {
            return Err(Refusal::Mismatch(names[1]));
        }
        let Some(room) = self.room else { return Ok(()) };
        match map {
            Some(map) if map.room == *room && map.account == user && map.sdk_app_id == app => Ok(()),
            _ => Err(Refusal::Mismatch(names[2])),
        }
    }
}

/// Whether the key signed the token; a token's [`Evidence`] is what its document says was signed.
///
/// ```
/// use scrubjay::secret::SdkSecretKey;
/// use scrubjay::token::mac::PreparedKey;
/// use scrubjay::token::usersig::{Grant, Key, SCHEME, prove};
/// use scrubjay::token::Evidence;
///
/// let secret = SdkSecretKey::parse("0123456789abcdef".repeat(4)).unwrap();
/// let grant = Grant::new(1_400_000_001, "alice", 1_700_000_000).unwrap();
/// let text = Key::new(&secret).sign(&grant).unwrap();
/// let token = (SCHEME.decode)(text.expose().as_bytes()).unwrap();
/// let evidence = Evidence::of(&token.evidence).unwrap();
/// assert!(prove(evidence, &PreparedKey::new(secret.expose().as_bytes())));
/// assert!(!prove(evidence, &PreparedKey::new(b"another")));
/// ```
pub fn prove(evidence: Evidence<'_>, key: &PreparedKey) -> bool {
    key.verify(&[evidence.signed], evidence.signature)
}

/// Whether this is the sample key of the vendor's documentation, known by its SHA-256 alone.
pub fn is_sample_key(key: &[u8]) -> bool {
    const DIGEST: [u8; 32] = [
        0x03, 0x45, 0xc1, 0x3c, 0x21, 0x4c, 0x9e, 0x35, 0x05, 0x61, 0xaa, 0x9b, 0x92, 0x1f, 0x42,
        0x67, //
        0x69, 0xfb, 0x35, 0x1d, 0x29, 0x47, 0x72, 0xf0, 0xea, 0xce, 0x4e, 0x6d, 0x77, 0x32, 0x95, 0xb0,
    ];
    mac::hash(&[key]) == DIGEST
}

/// The names of the document, in the order in which [`Key::verify`] asks for them.
const FIELDS: [&str; 7] =
    ["TLS.ver", "TLS.identifier", "TLS.sdkappid", "TLS.time", "TLS.expire", "TLS.userbuf", "TLS.sig"];

/// What is signed: these values, a line each.
struct Lines<'a> {
    identifier: &'a str,
    app: Decimal,
    time: Decimal,
    expire: Decimal,
    /// The buffer in base64; it is this text that is signed.
    buffer: Option<&'a str>,
}

impl Lines<'_> {
    fn tag(&self, key: &PreparedKey) -> [u8; 32] {
        let (name, buffer) = self.buffer.map_or(("", ""), |buffer| ("\nTLS.userbuf:", buffer));
        key.tag(&[
            b"TLS.identifier:",
            self.identifier.as_bytes(),
            b"\nTLS.sdkappid:",
            &self.app,
            b"\nTLS.time:",
            &self.time,
            b"\nTLS.expire:",
            &self.expire,
            name.as_bytes(),
            buffer.as_bytes(),
            b"\n",
        ])
    }
}

/// The document as compact JSON, in the order of the Go signer, in a stream to be sealed.
fn stream(lines: &Lines<'_>, tag: &[u8; 32]) -> Wiped {
    let strings = Wiped::quoted_size(lines.identifier) + lines.buffer.map_or(0, str::len);
    let mut out = Wiped::with_capacity(STREAM_EXTRA + strings + 256);
    out.put(&STREAM_HEAD);
    out.put(b"{\"TLS.ver\":\"2.0\",\"TLS.identifier\":");
    out.put_quoted("", lines.identifier);
    out.put(b",\"TLS.sdkappid\":");
    out.put(&lines.app);
    out.put(b",\"TLS.expire\":");
    out.put(&lines.expire);
    out.put(b",\"TLS.time\":");
    out.put(&lines.time);
    if let Some(buffer) = lines.buffer {
        out.put(b",\"TLS.userbuf\":");
        out.put_quoted("", buffer);
    }
    out.put(b",\"TLS.sig\":\"");
    let mut text = [0; 44];
    // 32 bytes are 44 characters with their padding, so that this cannot fail.
    let written = STANDARD.encode_slice(tag, &mut text);
    debug_assert!(written.is_ok());
    out.put(&text);
    out.put(b"\"}");
    out
}
