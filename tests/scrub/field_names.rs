//! Names of fields: which say that their value is secret, in every style and syntax in which logs write
//! them, and which only look as if they did.

use crate::support;

use scrubjay::scrub::{Masker, Naming, Policy};
use support::prng::Prng;
use support::scrubbing::masked;

/// Names whose values are hidden, in words.
const SECRET: &[&str] = &[
    "user token",
    "mqtt token",
    "client token",
    "temp token",
    "refreshed access token",
    "ti cloud storage access token",
    "ti cloud storage refreshed access token",
    "wx session token",
    "wx session key",
    "wx server token",
    "wxa session key",
    "aws session token",
    "jwt secret",
    "webhook secret",
    "aws secret access key",
    "config encryption key",
    "x internal key",
    "encoding aes key",
    "app wifi password",
    "tirtc link wifi password",
    "app config wifi password",
    "mysql root password",
    "smtp password",
    "mqtt password",
    "db pass",
    "smtp pass",
    "redis pass",
    "user pwd",
    "admin pwd",
    "otp",
    "sms otp",
    "mini program secret key",
    "app secret key",
    "captcha secret key",
    "github token",
    "slack bot token",
    "npm token",
    "vault token",
    "push token",
    "telegram bot token",
    "ci job token",
    "oauth token",
    "id token",
    "csrf token",
    "x auth token",
    "shared access key",
    "storage api key",
    "x api key",
    "rsa private key",
    "tls private key",
    "hmac signing key",
    "url signing key",
    "master key",
    "client secret",
    "session secret",
    "oauth client secret",
    "signing secret",
    "trtc user sig",
    "device secret key",
    "pair key",
    "new password",
    "old password",
    "confirm password",
    "keystore password",
    "key passphrase",
    "redis password",
    "ldap bind password",
    "api key",
    "private key",
    "password",
    "redis auth",
    "cache redis auth",
    "ssh key",
    "deploy ssh key",
    "pin code",
    "user pin",
    "sim pin",
    "door passcode",
    "device passcode",
    "backup passphrase",
];

/// Names whose values stay.
const HARMLESS: &[&str] = &[
    "max tokens",
    "prompt tokens",
    "completion tokens",
    "total tokens",
    "token count",
    "tokens used",
    "token len",
    "token length",
    "token expires",
    "token expires in",
    "token expiry",
    "token id",
    "access token id",
    "access key id",
    "aws access key id",
    "key id",
    "token url",
    "token endpoint",
    "token path",
    "token file",
    "token type",
    "token name",
    "token hash",
    "token kind",
    "tokenizer",
    "password hash",
    "password length",
    "password policy",
    "password file",
    "password url",
    "password expires",
    "password changed at",
    "password id",
    "password type",
    "password count",
    "passwords count",
    "secret name",
    "secret id",
    "secret path",
    "secret version",
    "secret count",
    "secret type",
    "secret url",
    "secret hash",
    "api key id",
    "api key name",
    "api key hash",
    "private key path",
    "private key id",
    "private key type",
    "public key",
    "primary key",
    "foreign key",
    "partition key",
    "cache key",
    "sort key",
    "hot keys",
    "key count",
    "session id",
    "session count",
    "compass",
    "bypass",
    "monkey",
    "otp length",
    "otp expires",
    "isotp",
    "laptop",
    "passes",
    "author",
    "authority",
    "is password",
    "has secret",
    "signing key id",
    "license url",
    "license type",
    "cookie path",
    "credential type",
];

type Style = (&'static str, fn(&[&str]) -> String);

fn capital(word: &str) -> String {
    let (first, rest) = word.split_at(1);
    first.to_ascii_uppercase() + rest
}

/// How names are spelled.
const STYLES: &[Style] = &[
    ("snake", |words| words.join("_")),
    ("kebab", |words| words.join("-")),
    ("camel", |words| words[0].to_owned() + &words[1..].iter().map(|w| capital(w)).collect::<String>()),
    ("pascal", |words| words.iter().map(|w| capital(w)).collect()),
    ("screaming", |words| words.join("_").to_ascii_uppercase()),
    ("header", |words| words.iter().map(|w| capital(w)).collect::<Vec<_>>().join("-")),
    ("path", |words| format!("app.config.{}", words.join("_"))),
];

/// How a name and its value are written.
const SYNTAXES: &[&str] = &[
    "INFO {name}={value} done",
    "{name}: {value}",
    "{\"a\":1,\"{name}\":\"{value}\",\"b\":[2]}",
    "{\"log\":\"{\\\"{name}\\\":\\\"{value}\\\"}\"}",
    "config:\n  {name}: {value}\n  next: 1",
    "GET /v1/x?a=1&{name}={value}&page=2 HTTP/1.1",
    "Config { a: 1, {name}: \"{value}\", b: Some(2) }",
    "Config { {name}: Some(\"{value}\") }",
    "\u{1b}[3m{name}\u{1b}[0m\u{1b}[2m=\u{1b}[0m{value} done",
    "[{\"name\":\"{name}\",\"value\":\"{value}\"}]",
];

/// A value that no rule knows by its form.
fn value(seed: &str) -> String {
    Prng::from_text(seed).alnum(14)
}

#[test]
fn names_are_known_by_their_last_words() {
    let masker = Masker::default();
    let mut wrong = Vec::new();
    for (names, is_secret) in [(SECRET, true), (HARMLESS, false)] {
        for name in names {
            let words: Vec<&str> = name.split(' ').collect();
            for (style, spell) in STYLES {
                let (name, value) = (spell(&words), value(name));
                for syntax in SYNTAXES {
                    let text = syntax.replace("{name}", &name).replace("{value}", &value);
                    let out = masked(&masker, &text);
                    let right = if is_secret { !out.contains(&value) } else { out == text };
                    if !right {
                        wrong.push(format!("{style}: {text}"));
                    }
                }
                let naming = masker.naming(&name);
                if matches!(naming, Naming::Secret(_)) != is_secret {
                    wrong.push(format!("naming: {name}"));
                }
            }
        }
    }
    assert!(SECRET.len() + HARMLESS.len() >= 103);
    assert!(wrong.is_empty(), "{} wrong:\n{}", wrong.len(), wrong.join("\n"));
}

#[test]
fn glued_and_dotted_names_are_known_too() {
    let masker = Masker::default();
    let value = value("glued");
    for name in [
        "PGPASSWORD",
        "userpwd",
        "dbpass",
        "MYSQL_PWD",
        "secret.key",
        "api.key",
        "db.password",
        "mail.smtp.password",
        "spring.datasource.password",
        "internal.key",
        "DB_PASSWORD_PROD",
        "password2",
        "api_key_2",
        "JSESSIONID",
        "PHPSESSID",
        "DB_PASS",
        "user.token",
    ] {
        let text = format!("INFO {name}={value} done");
        assert!(!masked(&masker, &text).contains(&value), "{text}");
    }
    for name in ["token.count", "password.hash", "api.key.id", "secret.name", "tokens.max", "compass"] {
        let text = format!("INFO {name}={value} done");
        // Another masker: this one has learned the value.
        assert_eq!(masked(&Masker::default(), &text), text);
    }
    for text in ["PWD=/home/bob/src", "OLDPWD=/var/tmp", "pwd: ~/src", "PWD=C:\\Users\\bob"] {
        assert_eq!(masked(&masker, text), text);
    }
}

#[test]
fn own_names_take_globs() {
    let secret = |name: &str| Masker::new(Policy::builder().secret_fields([name]).build().expect("valid"));
    let keep = |name: &str| Masker::new(Policy::builder().keep_fields([name]).build().expect("valid"));
    let value = "Some words, no key";
    let cases = [
        (
            "*_token",
            &["sync_token", "syncToken", "X-Sync-Token", "SYNC_TOKEN", "a.b.sync_token"][..],
            &["token", "sync_tokens", "tokenizer"][..],
        ),
        ("*door*", &["door_code", "frontDoor", "my-door-lock"], &["dog", "dor"]),
        ("pin*", &["pin", "pin_code", "pinCode"], &["spin", "my_pin"]),
        ("*_pin", &["door_pin", "doorPin"], &["pin", "spin", "door_pins"]),
        ("app.*.lock", &["app.door.lock"], &["door.lock", "lock"]),
        ("*bolt", &["bolt", "deadbolt", "door_bolt"], &["bolts"]),
    ];
    for (glob, names, others) in cases {
        for (names, is_secret) in [(names, true), (others, false)] {
            for name in names {
                let json = format!("{{\"{name}\":\"{value}\"}}");
                let out = masked(&secret(glob), &json);
                assert_eq!(out != json, is_secret, "{glob}: {json} {out}");
                let logfmt = format!("a=1 {name}=\"{value}\" b=2");
                assert_eq!(masked(&secret(glob), &logfmt) != logfmt, is_secret, "{glob}: {logfmt}");
                let is_hidden = |n| matches!(n, Naming::Secret(secrecy) if !secrecy.is_weak());
                assert_eq!(is_hidden(secret(glob).naming(name)), is_secret, "{glob} {name}");
                assert_eq!(keep(glob).naming(name) == Naming::Keep, is_secret, "{glob} {name}");
            }
        }
    }
    let text = "session_token=a b_secret=c password=d";
    assert_eq!(masked(&keep("*_token"), text), "session_token=a b_secret=**** password=****");
    assert_eq!(masked(&keep("pass*"), text), "session_token=**** b_secret=**** password=d");
    for wide in ["*", "a*", "*_id*"] {
        let error = Policy::builder().secret_fields([wide]).build().expect_err(wide).to_string();
        assert!(error.contains(wide) && error.contains("three letters"), "{error}");
    }
}
