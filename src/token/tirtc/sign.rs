//! Signs and verifies connect tokens: the reference for both ways in which they are signed.

use base64::Engine;

use super::connect_token::ConnectToken;
use super::wire::{DEVICE_PREFIX, MAX_LIFE, MAX_PAYLOAD, SCOPE_PREFIX, SIGNATURE_CHARS, remote_id};
use crate::error::{Error, Result};
use crate::secret::{DeviceSecretKey, Secret, SecretKey};
use crate::token::claims::Claims;
use crate::token::engines::URL_SAFE;
use crate::token::mac::PreparedKey;
use crate::token::refusal::Refusal;
use crate::token::strict::Fields;
use crate::token::wiped::{Decimal, Wiped};

/// Life of a token in seconds, where nothing else is asked for.
pub const DEFAULT_TTL: i64 = 300;

/// The longest life in seconds that [`Grant::ttl`] takes; the issuing services of the vendor end here too.
pub const MAX_TTL: i64 = MAX_LIFE;

/// How the signature is made.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Signing {
    /// HMAC with the device secret over the payload, then with the application secret over the payload,
    /// a dot and the first signature. The rule of the documentation.
    DeviceThenApp,
    /// HMAC with the application secret over the payload alone, as newer samples do.
    AppOnly,
}

impl Signing {
    /// Both.
    pub const ALL: [Signing; 2] = [Signing::DeviceThenApp, Signing::AppOnly];

    /// The name in arguments and reports: `device-then-app` or `app-only`.
    pub fn name(self) -> &'static str {
        match self {
            Signing::DeviceThenApp => "device-then-app",
            Signing::AppOnly => "app-only",
        }
    }
}

/// What a token is to allow: who may connect to which device, from when and for how long.
#[derive(Debug, Clone)]
pub struct Grant {
    access_id: String,
    subject: String,
    remote_id: String,
    issued_at: i64,
    ttl: i64,
    nonce: Option<String>,
}

impl Grant {
    /// A grant for `subject` to connect to `remote_id` (the bare id or `device://<id>`; the scope keeps the
    /// form that is given), issued by the public `access_id` at `issued_at` (Unix seconds) for 300 seconds.
    ///
    /// # Errors
    /// Where one of the three is empty, longer than 1024 bytes or holds control characters, where the
    /// remote id has another scheme than `device://`, and for a time before 1970. Names the field.
    pub fn new(
        access_id: impl Into<String>,
        subject: impl Into<String>,
        remote_id: impl Into<String>,
        issued_at: i64,
    ) -> Result<Self> {
        let (access_id, subject, remote_id) = (access_id.into(), subject.into(), remote_id.into());
        check("access id", &access_id)?;
        check("subject", &subject)?;
        check("remote id", &remote_id)?;
        let device = remote_id.strip_prefix(DEVICE_PREFIX).unwrap_or(&remote_id);
        if device.is_empty() || device.contains("://") {
            return Err(Error::invalid("remote id: expected a device id or `device://<device id>`"));
        }
        if issued_at < 0 {
            return Err(Error::invalid("issued at: expected a time after 1970"));
        }
        Ok(Self { access_id, subject, remote_id, issued_at, ttl: DEFAULT_TTL, nonce: None })
    }

    /// Sets the life in seconds.
    ///
    /// # Errors
    /// Outside 1 to [`MAX_TTL`], and where the expiry would not fit 64 bits.
    pub fn ttl(self, seconds: i64) -> Result<Self> {
        if seconds > MAX_TTL {
            return Err(Error::invalid(
                "ttl: above 86400 seconds; a longer life has to be asked for by name",
            ));
        }
        self.long_lived(seconds)
    }

    /// Sets the life in seconds without the upper limit: such a token is a lasting key once it leaks.
    ///
    /// # Errors
    /// Below 1, and where the expiry would not fit 64 bits.
    pub fn long_lived(mut self, seconds: i64) -> Result<Self> {
        if seconds < 1 {
            return Err(Error::invalid("ttl: expected at least 1 second"));
        }
        if self.issued_at.checked_add(seconds).is_none() {
            return Err(Error::invalid("ttl: the expiry does not fit 64 bits"));
        }
        self.ttl = seconds;
        Ok(self)
    }

    /// Sets the nonce, for test vectors; otherwise every signature takes 16 fresh bytes.
    ///
    /// # Errors
    /// Where it is empty, longer than 1024 bytes or holds control characters.
    pub fn nonce(mut self, nonce: impl Into<String>) -> Result<Self> {
        let nonce = nonce.into();
        check("nonce", &nonce)?;
        self.nonce = Some(nonce);
        Ok(self)
    }

    /// The claims as compact JSON, in the order of the documentation.
    fn payload(&self) -> Result<Wiped> {
        let mut fresh = [0; 22];
        let nonce = match &self.nonce {
            Some(nonce) => nonce,
            None => fresh_nonce(&mut fresh)?,
        };
        let expires_at = self.issued_at.checked_add(self.ttl);
        let expires_at =
            expires_at.ok_or_else(|| Error::invalid("issued at: the expiry does not fit 64 bits"))?;
        let strings: [&str; 4] = [&self.subject, &self.remote_id, &self.access_id, nonce];
        let room: usize = strings.into_iter().map(Wiped::quoted_size).sum();
        let mut out = Wiped::with_capacity(room + 100);
        out.put(b"{\"sub\":");
        out.put_quoted("", &self.subject);
        out.put(b",\"scope\":");
        out.put_quoted(SCOPE_PREFIX, &self.remote_id);
        out.put(b",\"iss\":");
        out.put_quoted("", &self.access_id);
        out.put(b",\"iat\":");
        out.put(&Decimal::new(self.issued_at));
        out.put(b",\"exp\":");
        out.put(&Decimal::new(expires_at));
        out.put(b",\"nonce\":");
        out.put_quoted("", nonce);
        out.put(b"}");
        Ok(out)
    }
}

/// What a verifier asks for besides a good signature. What is none is not checked.
#[derive(Debug, Clone, Default)]
pub struct Expect<'e> {
    /// The device; with or without `device://`, as in the token.
    pub remote_id: Option<&'e str>,
    /// The subject.
    pub subject: Option<&'e str>,
    /// The access id.
    pub access_id: Option<&'e str>,
}

/// The keys that sign for one device, or for all devices of an application.
///
/// ```
/// use scrubjay::secret::{DeviceSecretKey, SecretKey};
/// use scrubjay::token::Refusal;
/// use scrubjay::token::tirtc::{Expect, Grant, Keys};
///
/// let app = SecretKey::parse("app".repeat(10)).unwrap();
/// let device = DeviceSecretKey::parse("dev".repeat(10)).unwrap();
/// let keys = Keys::device_then_app(&device, &app);
///
/// let grant = Grant::new("ak_example", "user_123", "device://TIRA1B2C3D4E", 1_740_000_000).unwrap();
/// let token = keys.sign(&grant.ttl(60).unwrap()).unwrap();
///
/// let expect = Expect { remote_id: Some("TIRA1B2C3D4E"), ..Expect::default() };
/// let claims = keys.verify(token.expose(), &expect, 1_740_000_059).unwrap();
/// assert_eq!(claims.subject.as_deref(), Some("user_123"));
/// assert_eq!(keys.verify(token.expose(), &expect, 1_740_000_060), Err(Refusal::Expired));
/// assert_eq!(Keys::app_only(&app).verify(token.expose(), &expect, 0), Err(Refusal::Signature));
/// ```
#[derive(Debug, Clone)]
pub struct Keys {
    device: Option<PreparedKey>,
    app: PreparedKey,
}

impl Keys {
    /// Keys for [`Signing::DeviceThenApp`].
    pub fn device_then_app(device: &DeviceSecretKey, app: &SecretKey) -> Self {
        Self { device: Some(PreparedKey::new(device.expose().as_bytes())), ..Self::app_only(app) }
    }

    /// The key for [`Signing::AppOnly`].
    pub fn app_only(app: &SecretKey) -> Self {
        Self { device: None, app: PreparedKey::new(app.expose().as_bytes()) }
    }

    /// Signs a grant.
    ///
    /// # Errors
    /// Where the expiry does not fit 64 bits, the claims are longer than 8 KiB in base64url, or the
    /// system gives no random bytes.
    pub fn sign(&self, grant: &Grant) -> Result<ConnectToken> {
        let payload = grant.payload()?;
        let mut token = String::with_capacity(3 + payload.len().div_ceil(3) * 4 + 1 + SIGNATURE_CHARS);
        token.push_str("v1.");
        URL_SAFE.encode_string(&*payload, &mut token);
        if token.len() - 3 > MAX_PAYLOAD {
            return Err(Error::invalid("claims: longer than 8 KiB in base64url"));
        }
        let tag = self.tag(&token.as_bytes()[3..]);
        token.push('.');
        URL_SAFE.encode_string(tag, &mut token);
        Ok(ConnectToken::from_signer(Secret::new(token)))
    }

    /// Verifies a token at `now` (Unix seconds): its form, the types of its claims, those of them that are
    /// asked for, its signature, and last its life, which ends before `exp`. The claims are returned
    /// only where all of it holds.
    ///
    /// # Errors
    /// The first check that failed. Padding, a second spelling of the same bytes, a field that comes
    /// twice and a number in a string are refused, since other readers might take them otherwise.
    pub fn verify(&self, token: &str, expect: &Expect<'_>, now: i64) -> Result<Claims, Refusal> {
        let (payload, tag) = split(token)?;
        let mut document = Wiped::with_capacity(payload.len());
        let decoded = URL_SAFE.decode_vec(payload, document.as_mut_vec());
        decoded.map_err(|_| Refusal::Malformed("the payload is not base64url"))?;
        let fields = Fields::read(&document, &["sub", "scope", "iss", "nonce", "iat", "exp"])?;
        let [subject, scope, issuer, nonce] =
            [fields.text(0)?, fields.text(1)?, fields.text(2)?, fields.text(3)?];
        let [issued_at, expires_at] = [fields.integer(4)?, fields.integer(5)?];
        let device = remote_id(scope).ok_or_else(|| fields.expected(1, "`connect:` and a device"))?;
        let wanted = expect.remote_id.map(|id| id.strip_prefix(DEVICE_PREFIX).unwrap_or(id));
        for (name, wanted, found) in
            [("scope", wanted, device), ("sub", expect.subject, subject), ("iss", expect.access_id, issuer)]
        {
            if wanted.is_some_and(|wanted| wanted != found) {
                return Err(Refusal::Mismatch(name));
            }
        }
        if !crate::secret::equal(&self.tag(payload.as_bytes()), &tag) {
            return Err(Refusal::Signature);
        }
        if now >= expires_at {
            return Err(Refusal::Expired);
        }
        if issued_at > now {
            return Err(Refusal::NotYetValid);
        }
        Ok(Claims {
            subject: Some(subject.into()),
            scope: Some(scope.into()),
            remote_id: Some(device.into()),
            issuer: Some(issuer.into()),
            issued_at: Some(issued_at),
            expires_at: Some(expires_at),
            nonce: Some(nonce.into()),
            ..Claims::default()
        })
    }

    fn tag(&self, payload: &[u8]) -> [u8; 32] {
        let Some(device) = &self.device else { return self.app.tag(&[payload]) };
        let first = encode_tag(&device.tag(&[payload]));
        self.app.tag(&[payload, b".", &first])
    }
}

/// A signature in base64url.
pub(super) fn encode_tag(tag: &[u8; 32]) -> [u8; SIGNATURE_CHARS] {
    let mut out = [0; SIGNATURE_CHARS];
    // 32 bytes are 43 characters, so that this cannot fail.
    let written = URL_SAFE.encode_slice(tag, &mut out);
    debug_assert!(written.is_ok());
    out
}

/// The payload and the signature of a token, in the only spelling that they have.
fn split(token: &str) -> Result<(&str, [u8; 32]), Refusal> {
    let form = Refusal::Malformed("expected `v1.<payload>.<signature>`");
    let (payload, signature) = token.strip_prefix("v1.").and_then(|t| t.split_once('.')).ok_or(form)?;
    if payload.len() > MAX_PAYLOAD {
        return Err(Refusal::Malformed("the payload is longer than 8 KiB"));
    }
    let mut tag = [0; 32];
    match URL_SAFE.decode_slice(signature, &mut tag) {
        Ok(32) => Ok((payload, tag)),
        _ => Err(Refusal::Malformed("the signature is not 32 bytes in base64url")),
    }
}

fn check(name: &str, value: &str) -> Result<()> {
    let expected = match value {
        "" => "a value, found none",
        value if value.len() > 1024 => "at most 1024 bytes",
        value if value.chars().any(char::is_control) => "no control characters",
        _ => return Ok(()),
    };
    Err(Error::invalid(format!("{name}: expected {expected}")))
}

/// 16 fresh bytes of the system's generator, in base64url.
fn fresh_nonce(out: &mut [u8; 22]) -> Result<&str> {
    let mut bytes = [0; 16];
    getrandom::fill(&mut bytes).map_err(|_| Error::invalid("nonce: the system gave no random bytes"))?;
    // 16 bytes are 22 characters of ASCII, so that neither can fail.
    let written = URL_SAFE.encode_slice(bytes, out).unwrap_or_default();
    debug_assert_eq!(written, out.len());
    Ok(std::str::from_utf8(out).unwrap_or_default())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_payload_of_8_kib_is_taken_and_no_longer_one() {
        let token = |length| format!("v1.{}.{}", "A".repeat(length), "A".repeat(43));
        assert!(split(&token(MAX_PAYLOAD)).is_ok());
        assert!(
            matches!(split(&token(MAX_PAYLOAD + 1)), Err(Refusal::Malformed(what)) if what.contains("8 KiB"))
        );
    }
}
