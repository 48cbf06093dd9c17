//! How fast tokens are signed, verified, decoded and tried, beside plain HMAC over the same bytes.
//!
//! `cargo bench --bench sign`. The aim: at most about twice the cost of plain HMAC over the same bytes.
//! These are the signed bytes for what is signed (twice, where two keys sign), and the bytes of the token
//! for a UserSig that is verified, all of which have to be unpacked before there is anything to hash.

#![allow(clippy::unwrap_used, clippy::print_stdout, reason = "a benchmark prints, and may stop")]

use std::hint::black_box;
use std::time::Instant;

use hmac::{Hmac, KeyInit, Mac};
use scrubjay::secret::{DeviceSecretKey, SdkSecretKey, SecretKey};
use scrubjay::token::mac::PreparedKey;
use scrubjay::token::{Evidence, tirtc, usersig};
use sha2::Sha256;

fn main() {
    tirtc();
    usersig();
    proof();
    decoding();
}

fn tirtc() {
    let app = SecretKey::parse("a9".repeat(16)).unwrap();
    let device = DeviceSecretKey::parse("k9".repeat(16)).unwrap();
    let keys = tirtc::Keys::device_then_app(&device, &app);
    let grant =
        || tirtc::Grant::new("ak_xtpYlSXpfKtHF4vU", "user_123", "device://TIRA1B2C3D4E", 1_740_000_000);
    let fixed = grant().unwrap().nonce("OszmcghKtkn8vOSbOL3s-g").unwrap();
    let fresh = grant().unwrap();
    let token = keys.sign(&fixed).unwrap();
    let (payload, _) = token.expose()[3..].split_once('.').unwrap();
    let first = "x".repeat(43);

    let plain = time("tirtc: two plain HMACs", || {
        black_box(hmac(device.expose(), &[payload]));
        black_box(hmac(app.expose(), &[payload, ".", &first]));
    });
    against(plain, "tirtc: sign", || drop(black_box(keys.sign(black_box(&fixed)))));
    against(plain, "tirtc: sign, with a fresh nonce", || drop(black_box(keys.sign(black_box(&fresh)))));
    let expect = tirtc::Expect { remote_id: Some("TIRA1B2C3D4E"), ..tirtc::Expect::default() };
    against(plain, "tirtc: verify", || {
        black_box(keys.verify(black_box(token.expose()), &expect, 1_740_000_001)).unwrap();
    });
}

fn usersig() {
    let secret = SdkSecretKey::parse("0123456789abcdef".repeat(4)).unwrap();
    let key = usersig::Key::new(&secret);
    let grant = usersig::Grant::new(1_400_123_456, "alice", 1_700_000_000).unwrap();
    let token = key.sign(&grant).unwrap();
    let signed = "TLS.identifier:alice\nTLS.sdkappid:1400123456\nTLS.time:1700000000\nTLS.expire:604800\n";
    let plain = time("usersig: one plain HMAC over the signed text", || {
        black_box(hmac(secret.expose(), &[signed]));
    });
    against(plain, "usersig: sign", || drop(black_box(key.sign(black_box(&grant)))));
    let plain = time("usersig: one plain HMAC over the token", || {
        black_box(hmac(secret.expose(), &[token.expose()]));
    });
    let expect = usersig::Expect { user_id: Some("alice"), ..usersig::Expect::default() };
    against(plain, "usersig: verify", || {
        black_box(key.verify(black_box(token.expose()), &expect, 1_700_000_001)).unwrap();
    });
}

fn proof() {
    let app = PreparedKey::new(&[b'a'; 32]);
    let device = PreparedKey::new(&[b'd'; 32]);
    let grant = tirtc::Grant::new("ak_xtpYlSXpfKtHF4vU", "user_123", "device://TIRA1B2C3D4E", 1_740_000_000);
    let token = tirtc::Keys::app_only(&SecretKey::parse("key").unwrap()).sign(&grant.unwrap()).unwrap();
    let token = (tirtc::SCHEME.decode)(token.expose().as_bytes()).unwrap();
    let trial = tirtc::Trial::new(Evidence::of(&token.evidence).unwrap());
    let with_app = trial.with_app(&app);
    time("proof: one token, one device, one application", || {
        black_box(with_app.device(black_box(&device)));
    });
    let four = [&device; 4];
    time("proof: one token, four devices, one application", || {
        black_box(with_app.signed(&trial.first(black_box(four))));
    });
    time("proof: one token, one application", || {
        black_box(trial.app_only(black_box(&app)));
    });
}

fn decoding() {
    let grant = usersig::Grant::new(1_400_123_456, "alice", 1_700_000_000).unwrap();
    let token = usersig::Key::new(&SdkSecretKey::parse("key").unwrap()).sign(&grant).unwrap();
    let decode = usersig::SCHEME.decode;
    time("decode: usersig", || drop(black_box(decode(black_box(token.expose().as_bytes())))));
    time("decode: no usersig", || {
        drop(black_box(decode(black_box(b"eyJhbGciOiJIUzI1NiIsInR5cCI6IkpXVCJ9.e30"))));
    });
    let grant = tirtc::Grant::new("ak", "user_123", "TIRA1B2C3D4E", 1_740_000_000).unwrap();
    let token = tirtc::Keys::app_only(&SecretKey::parse("key").unwrap()).sign(&grant).unwrap();
    let decode = tirtc::SCHEME.decode;
    time("decode: tirtc", || drop(black_box(decode(black_box(token.expose().as_bytes())))));
    time("decode: no tirtc", || drop(black_box(decode(black_box(b"v1.2.3 of the license, with a token")))));
}

fn hmac(key: &str, parts: &[&str]) -> [u8; 32] {
    let mut mac = Hmac::<Sha256>::new_from_slice(key.as_bytes()).unwrap();
    parts.iter().for_each(|part| mac.update(part.as_bytes()));
    mac.finalize().into_bytes().into()
}

fn against(plain: f64, name: &str, run: impl FnMut()) {
    let took = time(name, run);
    println!("{:>60}", format!("{:.2} times the plain HMACs", took / plain));
}

/// The best of many short rounds, in nanoseconds a run: what disturbs a round only makes it longer, and a
/// round of half a millisecond is often left alone even on a busy machine.
fn time(name: &str, mut run: impl FnMut()) -> f64 {
    const RUNS: u32 = 500;
    let mut best = f64::INFINITY;
    for _ in 0..1000 {
        let start = Instant::now();
        (0..RUNS).for_each(|_| run());
        best = best.min(start.elapsed().as_secs_f64() * 1e9 / f64::from(RUNS));
    }
    println!("{name:<48} {best:>8.0} ns");
    best
}
