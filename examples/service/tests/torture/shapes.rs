//! Secrets that no name announces: their shape does, or the policy knows the value itself.

use base64::Engine as _;
use base64::engine::general_purpose::{STANDARD, URL_SAFE_NO_PAD};
use tracing::info;

use crate::Case;
use crate::words::as_in_a_url;

pub(crate) const CASES: &[Case] = &[
    Case::new("a license", |w| info!("device {} is up", w.license), &["is up", "$device_id"]),
    Case::new("a license in a struct", |w| info!(seen = ?Some(&w.license), "up"), &["up", "$device_id"]),
    Case::new("a connect token", |w| info!("joining with {} now", w.token), &["joining with", "now"]),
    Case::new(
        "a connect token in a path",
        |w| info!("GET /join/{}/room 200", w.token),
        &["GET /join/", "/room 200"],
    ),
    Case::new("a connect token in a list", |w| info!(all = ?[&w.token], "list"), &["list"]),
    Case::new("a UserSig", |w| info!("joining with {} now", w.user_sig), &["joining with", "now"]),
    Case::new("a legacy UserSig", |w| info!(with = w.legacy_sig, "joining"), &["joining"]),
    Case::new("a PEM key", |w| info!("read\n{}\nfrom disk", w.pem), &["read", "from disk"]),
    Case::new("a PEM key in Debug", |w| info!(file = ?w.pem, "read"), &["read"]),
    Case::new("a PEM key in JSON", |w| info!("{{\"file\":{:?},\"code\":17}}", w.pem), &["17"]),
    Case::new(
        "a connect token in base64",
        |w| info!("blob {} end", STANDARD.encode(format!("token={}", w.token))),
        &["blob", "end"],
    ),
    Case::new("our own secret", |w| info!("using {} now", w.own), &["using ", " now"]),
    Case::new("our own secret, twice", |w| info!(a = w.own, b = w.own, "using"), &["using"]),
    Case::new("our own secret in Debug", |w| info!("using {:?} now", w.own), &["using ", " now"]),
    Case::new(
        "our own secret in Debug of Debug",
        |w| info!("using {:?} now", format!("{:?}", w.own)),
        &["using ", " now"],
    ),
    Case::new(
        "our own secret in base64",
        |w| info!("blob {} end", STANDARD.encode(&w.own)),
        &["blob", "end"],
    ),
    Case::new(
        "our own secret in base64, one byte on",
        |w| info!("blob {} end", STANDARD.encode(format!("1{}22", w.own))),
        &["blob", "end"],
    ),
    Case::new(
        "our own secret in base64, two bytes on",
        |w| info!("blob {} end", URL_SAFE_NO_PAD.encode(format!("22{}1", w.own))),
        &["blob", "end"],
    ),
    Case::new(
        "our own secret in hex",
        |w| info!("blob {} end", w.own.bytes().map(|b| format!("{b:02x}")).collect::<String>()),
        &["blob", "end"],
    ),
    Case::new(
        "our own secret in upper-case hex",
        |w| info!("blob {} end", w.own.bytes().map(|b| format!("{b:02X}")).collect::<String>()),
        &["blob", "end"],
    ),
    Case::new(
        "our own secret, every byte percent-encoded",
        |w| info!("blob {} end", w.own.bytes().map(|b| format!("%{b:02X}")).collect::<String>()),
        &["blob", "end"],
    ),
    Case::new(
        "our own secret in a URL",
        |w| {
            info!("GET /x?y={}&room=17", w.own.as_bytes().iter().map(as_in_a_url).collect::<String>());
        },
        &["GET /x?y=", "&room=17"],
    ),
];
