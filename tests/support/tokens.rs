//! Tokens and keys that are right in every detail and open nothing: signed with keys that are made
//! up for the occasion and forgotten at once.

use base64::Engine as _;
use base64::engine::general_purpose::{STANDARD, URL_SAFE_NO_PAD};
use hmac::{Hmac, KeyInit as _, Mac as _};
use sha2::Sha256;

use super::NOW;
use super::prng::Prng;

/// HMAC-SHA256.
pub(crate) fn hmac(key: &[u8], text: &[u8]) -> Vec<u8> {
    let mut mac = Hmac::<Sha256>::new_from_slice(key).expect("HMAC takes a key of any length");
    mac.update(text);
    mac.finalize().into_bytes().to_vec()
}

/// A TiRTC v1 token of the named variant.
pub(crate) fn tirtc(rng: &mut Prng, variant: &str) -> Option<String> {
    let (device, issuer) = (rng.device_id(), format!("ak_{}", rng.alnum(16)));
    let subject = format!("user_{}", rng.below(100_000));
    let nonce = URL_SAFE_NO_PAD.encode(rng.bytes(16));
    let payload = |iat: i64, exp: Option<i64>| {
        let exp = exp.map_or_else(String::new, |exp| format!(r#","exp":{exp}"#));
        format!(
            r#"{{"sub":"{subject}","scope":"connect:device://{device}","iss":"{issuer}","iat":{iat}{exp},"nonce":"{nonce}"}}"#
        )
    };
    let text = match variant {
        "" => payload(NOW - 60, Some(NOW + 240)),
        "expired" => payload(NOW - 86_400, Some(NOW - 86_100)),
        "future" => payload(NOW + 3600, Some(NOW + 3900)),
        "noexp" => payload(NOW - 60, None),
        "long" => payload(NOW - 60, Some(NOW - 60 + 30 * 86_400)),
        "app" => {
            let (iat, exp) = (NOW - 60, NOW + 240);
            let text = format!(
                r#"{{"iss":"{issuer}","exp":{exp},"iat":{iat},"nonce":"{nonce}","scope":"connect:{device}","sub":"{subject}"}}"#
            );
            return Some(sign_app_only(rng, text.as_bytes()));
        }
        _ => return None,
    };
    Some(sign(rng, text.as_bytes()))
}

/// Signs any payload as the reference signer does: device secret first, then application secret.
pub(crate) fn sign(rng: &mut Prng, payload: &[u8]) -> String {
    let (device_secret, app_secret) = (rng.alnum(32), rng.alnum(32));
    let payload = URL_SAFE_NO_PAD.encode(payload);
    let inner = URL_SAFE_NO_PAD.encode(hmac(device_secret.as_bytes(), payload.as_bytes()));
    let outer = hmac(app_secret.as_bytes(), format!("{payload}.{inner}").as_bytes());
    format!("v1.{payload}.{}", URL_SAFE_NO_PAD.encode(outer))
}

fn sign_app_only(rng: &mut Prng, payload: &[u8]) -> String {
    let payload = URL_SAFE_NO_PAD.encode(payload);
    let signature = hmac(rng.alnum(32).as_bytes(), payload.as_bytes());
    format!("v1.{payload}.{}", URL_SAFE_NO_PAD.encode(signature))
}

/// A UserSig v2 of the named variant. Its life is one day, so that only the variant decides how bad it is.
pub(crate) fn usersig(rng: &mut Prng, variant: &str) -> Option<String> {
    let mut user = format!("user_{}", rng.below(100_000));
    let (mut time, mut expire, mut level, mut room) = (NOW - 3600, 86_400, 6, false);
    match variant {
        "" | "go" | "rfc" => {}
        "expired" => time = NOW - 30 * 86_400,
        "future" => time = NOW + 3600,
        "last" => time = NOW - 86_400,
        "over" => time = NOW - 86_401,
        "long" => expire = 180 * 86_400,
        "admin" => "administrator".clone_into(&mut user),
        "userbuf" => room = true,
        "stored" => level = 0,
        "l1" => level = 1,
        "l9" => level = 9,
        _ => return None,
    }
    let app = format!("1400{:06}", rng.below(1_000_000));
    let key = rng.hex(64);
    let buffer = room.then(|| STANDARD.encode(user_buffer(rng, &user, &app)));
    let mut text =
        format!("TLS.identifier:{user}\nTLS.sdkappid:{app}\nTLS.time:{time}\nTLS.expire:{expire}\n");
    let mut field = String::new();
    if let Some(buffer) = buffer {
        text.push_str(&format!("TLS.userbuf:{buffer}\n"));
        field = format!(r#""TLS.userbuf":"{buffer}","#);
    }
    let sig = STANDARD.encode(hmac(key.as_bytes(), text.as_bytes()));
    let document = format!(
        r#"{{"TLS.ver":"2.0","TLS.identifier":"{user}","TLS.sdkappid":{app},"TLS.expire":{expire},"TLS.time":{time},{field}"TLS.sig":"{sig}"}}"#
    );
    Some(match variant {
        "go" => tencent_alphabet(&go_stored(format!("{document}\n").as_bytes())),
        // The published crate forgets to swap the alphabet.
        "rfc" => STANDARD.encode(zlib(document.as_bytes(), 9)),
        _ => tencent_alphabet(&zlib(document.as_bytes(), level)),
    })
}

/// A legacy UserSig: with `lf` or `crlf` an expired one whose signature has such line ends, as the
/// first signers wrote it. The signature has the shape of one only: finding it needs no key.
pub(crate) fn usersig_legacy(rng: &mut Prng, variant: &str) -> Option<String> {
    let mut der = vec![0x30, 0x44];
    for _ in 0..2 {
        der.extend([0x02, 0x20, 0x11]);
        der.extend(rng.bytes(31));
    }
    let (user, app) = (format!("user_{}", rng.below(100_000)), 1_400_000_001 + rng.below(999_998));
    let sig = STANDARD.encode(der);
    let (head, tail) = sig.split_at(64);
    let (time, sig) = match variant {
        "" => (NOW - 3600, sig),
        "lf" => (NOW - 200_000, format!("{head}\\n{tail}\\n")),
        "crlf" => (NOW - 200_000, format!("{head}\\r\\n{tail}\\r\\n")),
        _ => return None,
    };
    let document = format!(
        r#"{{"TLS.account_type":"0","TLS.identifier":"{user}","TLS.appid_at_3rd":"0","TLS.sdk_appid":"{app}","TLS.expire_after":"86400","TLS.version":"201512300000","TLS.time":"{time}","TLS.sig":"{sig}"}}"#
    );
    Some(tencent_alphabet(&zlib(document.as_bytes(), 6)))
}

/// A room buffer: account, application, room, absolute expiry, all privileges.
fn user_buffer(rng: &mut Prng, user: &str, app: &str) -> Vec<u8> {
    let mut out = vec![0, 0, user.len() as u8];
    out.extend(user.as_bytes());
    out.extend(app.parse::<u32>().unwrap_or(0).to_be_bytes());
    out.extend((rng.below(100_000) as u32).to_be_bytes());
    out.extend(((NOW + 82_800) as u32).to_be_bytes());
    out.extend(255_u32.to_be_bytes());
    out.extend([0; 4]);
    out
}

/// A zlib stream whose header names the level as zlib itself writes it.
fn zlib(text: &[u8], level: u8) -> Vec<u8> {
    let mut out = miniz_oxide::deflate::compress_to_vec_zlib(text, level);
    out[0] = 0x78;
    out[1] = match level {
        0 | 1 => 0x01,
        2..=5 => 0x5e,
        6 => 0x9c,
        _ => 0xda,
    };
    out
}

/// What the Go generator of today writes: one stored block that is not the last, then an empty last one.
fn go_stored(text: &[u8]) -> Vec<u8> {
    let length = text.len() as u16;
    let mut out = vec![0x78, 0x01, 0x00];
    out.extend(length.to_le_bytes());
    out.extend((!length).to_le_bytes());
    out.extend(text);
    out.extend([0x01, 0x00, 0x00, 0xff, 0xff]);
    let (a, b) = text.iter().fold((1_u32, 0_u32), |(a, b), byte| {
        let a = (a + u32::from(*byte)) % 65_521;
        (a, (b + a) % 65_521)
    });
    out.extend(((b << 16) | a).to_be_bytes());
    out
}

fn tencent_alphabet(bytes: &[u8]) -> String {
    STANDARD.encode(bytes).replace('+', "*").replace('/', "-").replace('=', "_")
}

/// A SEC1 private key on P-256, DER. The public point is made up too: nothing here computes with it.
pub(crate) fn ec_key(rng: &mut Prng) -> Vec<u8> {
    let mut out = vec![0x30, 0x77, 0x02, 0x01, 0x01, 0x04, 0x20];
    out.extend(rng.bytes(32));
    out.extend([0xa0, 0x0a, 0x06, 0x08, 0x2a, 0x86, 0x48, 0xce, 0x3d, 0x03, 0x01, 0x07]);
    out.extend([0xa1, 0x44, 0x03, 0x42, 0x00, 0x04]);
    out.extend(rng.bytes(64));
    out
}

/// The same key, or one on secp256k1, as PKCS#8.
pub(crate) fn ec_key_in_pkcs8(rng: &mut Prng, old_curve: bool) -> Vec<u8> {
    let curve: &[u8] = if old_curve {
        &[0x06, 0x05, 0x2b, 0x81, 0x04, 0x00, 0x0a]
    } else {
        &[0x06, 0x08, 0x2a, 0x86, 0x48, 0xce, 0x3d, 0x03, 0x01, 0x07]
    };
    let algorithm = [&[0x06, 0x07, 0x2a, 0x86, 0x48, 0xce, 0x3d, 0x02, 0x01][..], curve].concat();
    let mut out = vec![0x30, 0x81, (0x77 + algorithm.len() - 3) as u8, 0x02, 0x01, 0x00];
    out.extend([0x30, algorithm.len() as u8]);
    out.extend(algorithm);
    out.extend([0x04, 0x6d, 0x30, 0x6b, 0x02, 0x01, 0x01, 0x04, 0x20]);
    out.extend(rng.bytes(32));
    out.extend([0xa1, 0x44, 0x03, 0x42, 0x00, 0x04]);
    out.extend(rng.bytes(64));
    out[2] = (out.len() - 3) as u8;
    out
}

/// The base64 lines between the armour of a PEM file, without the last line end.
pub(crate) fn pem_body(der: &[u8]) -> String {
    let text = STANDARD.encode(der);
    let lines: Vec<&str> =
        text.as_bytes().chunks(64).map(|c| std::str::from_utf8(c).unwrap_or_default()).collect();
    lines.join("\n")
}
