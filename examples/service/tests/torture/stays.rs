//! What is no secret, however much it looks like one: it has to come out as it went in, to the byte.

use scrubjay::secret::{License, Secret, SecretKey};
use tracing::{info, info_span};
use tracing_log::log;

use crate::Case;

pub(crate) const CASES: &[Case] = &[
    Case::new(
        "identifiers",
        |w| info!(device_id = w.device_id, remote_id = %w.remote_id, access_id = ?w.access_id, "state=connected"),
        &["$device_id", "$remote_id", "$access_id", "state=connected"],
    ),
    Case::new(
        "identifiers in text",
        |w| {
            info!(
                "device_id={} remote_id: {}, {{\"access_id\":\"{}\"}}",
                w.device_id, w.remote_id, w.access_id
            );
        },
        &["$device_id", "$remote_id", "$access_id"],
    ),
    Case::new(
        "error codes",
        |_| info!(code = -10_006, error_code = 70_001_u64, "error 0x8001 (6206)"),
        &["-10006", "70001"],
    ),
    Case::new(
        "types",
        |_| {
            info!(
                a = 1_i64,
                b = 2_u64,
                c = 0.5,
                d = true,
                e = i128::MAX,
                f = u128::MAX,
                g = "s",
                h = 'c'.to_string(),
                "t"
            );
        },
        &["true", "0.5"],
    ),
    Case::new(
        "counts of tokens",
        |_| info!(token_count = 512, max_tokens = 4096, tokenizer = "bpe", "tokens: 17"),
        &["512", "4096", "bpe"],
    ),
    Case::new(
        "counts of tokens in text",
        |_| info!("token_count=512 max_tokens: 4096 \"total_tokens\":99 tokenizer=bpe"),
        &["512", "4096", "99", "bpe"],
    ),
    Case::new(
        "licenses of software",
        |_| info!(license = "MIT", spdx = "license: MIT OR Apache-2.0", "license=MIT"),
        &["MIT"],
    ),
    Case::new("a UUID", |w| info!(request_id = %w.uuid, "trace {}", w.uuid), &["$uuid"]),
    Case::new("UUIDs in a list", |w| info!("ids: {},{},{}", w.uuid, w.uuid, w.uuid), &["$uuid"]),
    Case::new(
        "a commit",
        |w| info!(commit = %w.commit, "at {} ({})", w.commit, &w.commit[..7]),
        &["$commit"],
    ),
    Case::new("versions", |_| info!(version = "v1.2.3", "v1.24.0-rc.1 of app"), &["v1.2.3", "v1.24.0-rc.1"]),
    Case::new("digests", |_| info!("sha256:{} ok", "9f86d081884c7d65".repeat(4)), &["sha256:"]),
    Case::new(
        "an image",
        |_| info!("data:image/png;base64,{}", "iVBORw0KGgoAAAANSUhEUgAA".repeat(8)),
        &["iVBORw0KGgo"],
    ),
    Case::new(
        "times and addresses",
        |_| info!("2027-01-15T08:00:00Z 10.0.0.7:8443 [::1]:80 eui 00:1b:44:11:3a:b7"),
        &["10.0.0.7:8443"],
    ),
    Case::new(
        "paths",
        |_| info!(path = "/etc/app/token_store/v1.rs", "open /var/lib/secrets/list"),
        &["/var/lib/secrets/list"],
    ),
    Case::new(
        "sentences",
        |_| info!("the token expired; a new secret key was issued, no password needed"),
        &["was issued"],
    ),
    Case::new("a refusal", |_| info!("invalid token: signature mismatch"), &["signature mismatch"]),
    Case::new(
        "nothing under a secret's name",
        |_| info!(token = ?None::<&str>, "{{\"secret_key\":null}} password="),
        &["None"],
    ),
    Case::new(
        "a mask",
        |_| info!(token = "ab12****cd34", "secret_key=**** token: ab12****cd34"),
        &["ab12****cd34"],
    ),
    Case::new(
        "typed secrets",
        |w| {
            let key = SecretKey::parse(w.key.as_str()).expect("a key");
            let license = License::parse(w.license.as_str()).expect("a license");
            info!(%key, license = %license, debug = ?license, own = ?Secret::new(w.own.clone()), "typed {key}");
        },
        &["****", "$device_id"],
    ),
    Case::new("lines", |_| info!("one\ntwo\n\n  three\ttabs \"quotes\" \\ and 'more'"), &["three"]),
    Case::new(
        "signs",
        |_| info!(name = "密钥", "é \u{1f512} = : , ; {{}} [] <> & ? # %20 %zz \\n \\u00e9"),
        &["\u{1f512}"],
    ),
    Case::new("an empty message", |_| info!(n = 17, ""), &["17"]),
    Case::new("no fields", |_| info!("only text"), &["only text"]),
    Case::new(
        "spans",
        |w| {
            info_span!("s", device_id = w.device_id, late = tracing::field::Empty).in_scope(|| {
                tracing::Span::current().record("late", 17);
                info!("inside");
            });
        },
        &["$device_id", "17"],
    ),
    Case::new(
        "a record of log",
        |w| log::info!("device {} up, token_count=5", w.device_id),
        &["$device_id", "token_count=5"],
    ),
    Case::new(
        "an error with sources",
        |_| {
            let inner = std::io::Error::other("os error 104");
            tracing::error!(error = &std::io::Error::other(inner) as &dyn std::error::Error, "failed");
        },
        &["os error 104"],
    ),
    Case::new("bytes", |_| info!(head = &[0x16_u8, 3, 1, 2][..], "tls"), &["tls"]),
];
