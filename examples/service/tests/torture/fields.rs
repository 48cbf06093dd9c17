//! Fields: every method of `Visit`, every way to write a name, and more fields than fit a small array.

use tracing::info;

use crate::Case;

pub(crate) const CASES: &[Case] = &[
    Case::new(
        "a string",
        |w| info!(secret_key = w.key.as_str(), device_id = w.device_id, "session opened"),
        &["session opened", "secret_key", "$device_id"],
    ),
    Case::new("an owned string", |w| info!(token = w.token.clone(), "joining"), &["joining", "token"]),
    Case::new("Display", |w| info!(token = %w.token, code = 40_013, "refused"), &["refused", "40013"]),
    Case::new("Debug", |w| info!(password = ?w.password, user = "bob", "login"), &["login", "bob"]),
    Case::new("display()", |w| info!(device_secret_key = display(&w.device_key), "boot"), &["boot"]),
    Case::new("debug()", |w| info!(sdk_secret_key = debug(&w.sdk_key), "boot"), &["boot"]),
    Case::new(
        "the name of a variable",
        |w| {
            let (user_sig, device_id) = (&w.user_sig, &w.device_id);
            info!(user_sig, %device_id, "room entered");
        },
        &["room entered", "user_sig", "$device_id"],
    ),
    Case::new(
        "i64",
        |w| info!(password = -w.number.cast_signed(), attempt = -3_i64, "pin"),
        &["pin", "-3", "password"],
    ),
    Case::new("u64", |w| info!(password = w.number, attempt = 3_u64, "pin"), &["pin", "attempt"]),
    Case::new(
        "i128",
        |w| info!(token = i128::from(w.number) * -1_000_003 + 1, password = w.number, "wide"),
        &["wide", "token"],
    ),
    Case::new(
        "u128",
        |w| info!(secret_key = u128::from(w.number) << 3, token = u128::from(w.number), "wide"),
        &["wide", "secret_key"],
    ),
    Case::new("f64", |w| info!(password = w.float, ratio = 0.25, "float"), &["float", "0.25"]),
    Case::new("bool", |_| info!(password = true, online = false, "flag"), &["flag", "online", "false"])
        .hide(&["true"]),
    Case::new("bytes", |w| info!(secret_key = w.key.as_bytes(), "raw"), &["raw", "secret_key"]),
    Case::new(
        "bytes that hold text",
        |w| info!(body = format!("{{\"token\":\"{}\"}}", w.key).as_bytes(), "request"),
        &["request", "body"],
    ),
    Case::new(
        "bytes that are no text",
        |w| info!(frame = &[b"\xff\xfetoken=", w.key.as_bytes(), b"\0\xff"].concat()[..], "frame in"),
        &["frame in", "ff"],
    ),
    Case::new("bytes with our own secret", |w| info!(frame = w.own.as_bytes(), "frame in"), &["frame in"]),
    Case::new("Option", |w| info!(license = Some(w.license.as_str()), "provisioned"), &["provisioned"]),
    Case::new(
        "Option without a value beside one with",
        |w| info!(token = None::<&str>, secret_key = Some(&w.key), "half"),
        &["half"],
    ),
    Case::new("a boxed value", |w| info!(token = Box::new(w.key.as_str()), "boxed"), &["boxed", "token"]),
    Case::new("format_args", |w| info!(token = format_args!("<{}>", w.key), "args"), &["args"]),
    Case::new("no message", |w| info!(token = w.key, remote_id = w.remote_id), &["$remote_id", "token"]),
    Case::new(
        "an empty field beside it",
        |w| info!(token = w.key, late = tracing::field::Empty, "x y z"),
        &["x y z"],
    ),
    Case::new(
        "camelCase",
        |w| info!(deviceSecretKey = w.device_key, deviceId = w.device_id, "c"),
        &["$device_id"],
    ),
    Case::new("UPPER_CASE", |w| info!(SECRET_KEY = w.key, "upper"), &["upper", "SECRET_KEY"]),
    Case::new("kebab-case", |w| info!("secret-key" = w.key, "kebab"), &["kebab", "secret-key"]),
    Case::new("mIxEd", |w| info!(sEcReT_kEy = w.key, "mixed"), &["mixed", "sEcReT_kEy"]),
    Case::new("PascalCase", |w| info!(UserSig = w.user_sig, "pascal"), &["pascal", "UserSig"]),
    Case::new("dotted", |w| info!(session.token = w.key, session.id = 7, "dots"), &["session.token", "dots"]),
    Case::new(
        "OpenTelemetry's names of headers",
        |w| info!(http.request.header.authorization = format!("Bearer {}", w.key), "sent"),
        &["sent", "Bearer", "http.request.header.authorization"],
    ),
    Case::new("a cookie", |w| info!(cookie = format!("sid={}; theme=dark", w.key), "seen"), &["seen"]),
    Case::new(
        "authorization",
        |w| info!(authorization = format!("Basic {}", w.key), "seen"),
        &["seen", "Basic"],
    ),
    Case::new(
        "a secret under an innocent name",
        |w| info!(note = w.token, detail = format!("key is secret_key={}", w.key), "free"),
        &["free", "key is secret_key="],
    ),
    Case::new("more than 32 fields", many, &["many", "f36", "$device_id"]),
];

fn many(w: &crate::Words) {
    info!(
        f1 = 1,
        f2 = 2,
        f3 = 3,
        f4 = 4,
        f5 = 5,
        f6 = 6,
        f7 = 7,
        f8 = 8,
        f9 = 9,
        f10 = 10,
        f11 = 11,
        f12 = 12,
        f13 = 13,
        f14 = 14,
        f15 = 15,
        f16 = 16,
        f17 = w.token,
        f18 = 18,
        f19 = 19,
        f20 = 20,
        f21 = 21,
        f22 = 22,
        f23 = 23,
        f24 = 24,
        f25 = 25,
        f26 = 26,
        f27 = 27,
        f28 = 28,
        f29 = 29,
        f30 = 30,
        f31 = 31,
        f32 = 32,
        f33 = 33,
        f34 = 34,
        device_id = w.device_id,
        secret_key = w.key,
        f36 = 36,
        "many"
    );
}
