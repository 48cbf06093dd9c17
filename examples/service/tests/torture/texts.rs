//! Secrets in the text of a message, in the syntaxes that services log.

use tracing::info;

use crate::words::as_in_a_url;
use crate::{Case, Words};

fn json(w: &Words) -> String {
    format!(
        r#"{{"remote_id":"{}","token":"{}","max_tokens":5,"user_sig":"{}"}}"#,
        w.remote_id, w.key, w.user_sig
    )
}

fn percent(text: &str) -> String {
    text.as_bytes().iter().map(as_in_a_url).collect()
}

pub(crate) const CASES: &[Case] = &[
    Case::new(
        "logfmt",
        |w| info!("login user=bob token={} code=0 ok", w.key),
        &["login user=bob token=", "code=0 ok"],
    ),
    Case::new(
        "logfmt with quotes",
        |w| info!("login user=bob password='{} and more' code=0", w.password),
        &["login user=bob", "code=0"],
    )
    .hide(&["and more"]),
    Case::new("a colon", |w| info!("secret_key: {} was read", w.key), &["secret_key: ", "was read"]),
    Case::new(
        "a comma after it",
        |w| info!("token: {}, device_id: {}", w.key, w.device_id),
        &["token: ", "$device_id"],
    ),
    Case::new("mixed case", |w| info!("sEcReT_kEy={} used", w.key), &["sEcReT_kEy=", "used"]),
    Case::new("JSON", |w| info!("body {} end", json(w)), &["body ", " end", "$remote_id", "max_tokens"]),
    Case::new("JSON as a field", |w| info!(body = json(w), "got"), &["got", "$remote_id", "max_tokens"]),
    Case::new("JSON, escaped once", |w| info!("body {:?} end", json(w)), &["body ", " end", "$remote_id"]),
    Case::new(
        "JSON, escaped twice",
        |w| info!("body {:?} end", format!("{:?}", json(w))),
        &["body ", " end", "$remote_id"],
    ),
    Case::new(
        "JSON over many lines",
        |w| info!("body {{\n  \"token\": \"{}\",\n  \"code\": 17\n}} end", w.key),
        &["body ", " end", "17"],
    ),
    Case::new("a number in JSON", |w| info!("{{\"password\":{},\"code\":17}}", w.number), &["17"]),
    Case::new(
        "a list in JSON",
        |w| info!("{{\"token\":[\"{}\",\"{}\"],\"code\":17}}", w.key, w.sdk_key),
        &["17"],
    ),
    Case::new("an object in JSON", |w| info!("{{\"token\":{{\"v\":\"{}\"}},\"code\":17}}", w.key), &["17"]),
    Case::new("escapes in a JSON key", |w| info!("{{\"tok\\u0065n\":\"{}\",\"code\":17}}", w.key), &["17"]),
    Case::new("escapes for the quotes", |w| info!("\\u0022token\\u0022:\\u0022{}\\u0022 17", w.key), &["17"]),
    Case::new("a sign of no width in a name", |w| info!("secret\u{200b}_key={} 17", w.key), &["17"]),
    Case::new("a Python dict", |w| info!("{{'token': '{}', 'code': 17}}", w.key), &["17"]),
    Case::new("YAML", |w| info!("config:\n  secret_key: {}\n  zone: eu\n", w.key), &["config:", "zone: eu"]),
    Case::new("XML", |w| info!("<a><secret_key>{}</secret_key><b>17</b></a>", w.key), &["secret_key", "17"]),
    Case::new(
        "TOML",
        |w| info!("secret_key = \"{}\" # of {}", w.key, w.device_id),
        &["secret_key", "$device_id"],
    ),
    Case::new("the environment", |w| info!("env TIRTC_SECRET_KEY={} HOME=/root", w.key), &["HOME=/root"]),
    Case::new(
        "a command line",
        |w| info!("exec tool --secret-key {} --zone eu", w.key),
        &["exec tool", "--zone eu"],
    ),
    Case::new(
        "a command line with =",
        |w| info!("exec tool --password={} --zone eu", w.password),
        &["--zone eu"],
    ),
    Case::new(
        "a URL query",
        |w| info!("GET /v1/join?token={}&room=17 200", w.key),
        &["GET /v1/join?token=", "&room=17 200"],
    ),
    Case::new(
        "a URL as a field",
        |w| info!(uri = format!("/join?room=17&user_sig={}", w.user_sig), "hit"),
        &["hit", "/join?room=17&user_sig="],
    ),
    Case::new(
        "the query alone",
        |w| info!(query = format!("?token={}&room=17", w.key), "hit"),
        &["hit", "room=17"],
    ),
    Case::new(
        "a URL in a URL",
        |w| info!("GET /go?next={}", percent(&format!("/join?token={}&room=17", w.key))),
        &["GET /go?next=", "17"],
    ),
    Case::new(
        "a URL in a URL in a URL",
        |w| info!("GET /go?next={}", percent(&percent(&format!("/join?token={}&room=17", w.key)))),
        &["GET /go?next=", "17"],
    ),
    Case::new(
        "a license in a URL",
        |w| info!("GET /boot?license={}&zone=eu", percent(&w.license)),
        &["GET /boot?license=", "$device_id", "zone=eu"],
    ),
    Case::new(
        "a form",
        |w| info!(body = format!("user=bob&password={}&x=17", percent(&w.password)), "post"),
        &["user=bob", "x=17"],
    ),
    Case::new("JSON, percent-encoded", |w| info!("q={} 17", percent(&json(w))), &["17", "$remote_id"]),
    Case::new(
        "a header",
        |w| info!("> Authorization: Bearer {}\r\n> Host: a.example", w.key),
        &["Authorization: Bearer", "Host: a.example"],
    ),
    Case::new(
        "a basic header",
        |w| info!("authorization: Basic {} sent", w.key),
        &["authorization: Basic", "sent"],
    ),
    Case::new(
        "a header as JSON",
        |w| info!("{{\"Authorization\":\"Bearer {}\",\"x\":17}}", w.key),
        &["Bearer", "17"],
    ),
    Case::new("cookies", |w| info!("Cookie: a={}; theme=dark", w.key), &["Cookie: "]),
    Case::new(
        "a cookie that is set",
        |w| info!("set-cookie: sid={}; Path=/; HttpOnly", w.key),
        &["set-cookie: "],
    ),
    Case::new(
        "a header in a command",
        |w| info!("curl -H 'Authorization: Bearer {}' https://a.example", w.key),
        &["curl -H", "https://a.example"],
    ),
    Case::new(
        "colours around the name",
        |w| {
            info!(
                note = format_args!("{}", format!("\x1b[3msecret_key\x1b[0m\x1b[2m=\x1b[0m{} 17", w.key)),
                "dim"
            );
        },
        &["dim", "17"],
    ),
    Case::new(
        "passwords that begin like JSON",
        |w| {
            info!(
                "password=\"}}{0}\" password=\",{0}\" password=\"]{0}\" password=\":{0}\" password=\" {0}\" password=\"){0}\" 17",
                w.key
            );
        },
        &["17"],
    ),
    Case::new("tabs", |w| info!("token\t=\t{}\t17", w.key), &["17"]),
    Case::new("an arrow", |w| info!(":token => {}, :code => 17", w.key), &["17"]),
    Case::new("SQL", |w| info!("ALTER USER bob WITH PASSWORD '{}' VALID", w.password), &["bob", "VALID"]),
    Case::new("a statement", |w| info!("SET password = '{}' WHERE id = 17", w.password), &["17"]),
    Case::new(
        "a key of another service",
        |w| info!("> X-Api-Key: {}\r\n> Host: a.example", w.key),
        &["X-Api-Key: ", "Host: a.example"],
    ),
    Case::new(
        "a proxy's header",
        |w| info!("Proxy-Authorization: Basic {}", w.key),
        &["Proxy-Authorization: Basic"],
    ),
    Case::new(
        "pretty Debug in JSON",
        |w| {
            info!(
                "{{\"body\":\"Config {{\\n    token: Some(\\n        \\\"{}\\\",\\n    ),\\n}}\",\"code\":17}}",
                w.key
            );
        },
        &["17"],
    ),
    Case::new("a token that is cut off", |w| info!("token={}… (cut)", &w.token[..60]), &["(cut)"]),
    Case::new("a value without an end", |w| info!("{{\"code\":17,\"token\":\"{}", w.key), &["17"]),
    Case::new("Chinese", |w| info!("设备密钥：{}，重试", w.device_key), &["重试"]),
    Case::new("a sentence", |w| info!("the secret key is {} now", w.key), &["now"]),
];
