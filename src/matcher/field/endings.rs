//! The last words of a name, and what they say of its value.

use super::class::Class;

/// So much of a name's end is compared, in bytes without signs.
const END: usize = 48;

/// Whose `…_key` is a secret. A cache, a table and a map have keys, too.
#[rustfmt::skip]
const KEY_OWNERS: &[&str] = &[
    "access", "api", "private", "encryption", "encrypt", "decryption", "decrypt", "signing", "sign",
    "secret", "shared", "master", "auth", "session", "internal", "aes", "rsa", "hmac", "jwt", "crypto",
    "cipher", "subscription", "device", "pair", "app_secret", "webhook", "token", "password", "ssh",
];

/// Whose `…_key` may be one: only what is random is hidden.
#[rustfmt::skip]
const DOUBTFUL_KEY_OWNERS: &[&str] = &[
    "account", "storage", "server", "client", "service", "admin", "root", "stream", "push", "app",
    "application", "write", "read", "ingest", "deploy", "project", "captcha", "azure", "maps", "openai",
    "stripe", "sendgrid", "wifi", "network", "host", "user", "room", "mqtt", "hub", "functions", "db",
];

/// Whose `…_token` is one that opens something, whatever it looks like. Parsers, windows, containers and
/// pages have tokens, too: of those only what is random is hidden.
#[rustfmt::skip]
const TOKEN_OWNERS: &[&str] = &[
    "user", "client", "mqtt", "temp", "server", "device", "access", "refresh", "refreshed", "auth",
    "session", "csrf", "xsrf", "connect", "bearer", "api", "reusable", "rtc", "security", "jwt", "bot",
    "app", "service", "admin", "account", "login", "personal", "private", "deploy", "deployment",
    "gitlab", "github", "npm", "slack", "vault", "webhook", "push", "fcm", "invite", "verify",
    "verification", "reset", "password", "registration", "upload", "stream", "room", "im", "oauth",
    "secret", "registry", "publish", "job", "bootstrap", "remember", "sas", "hub", "telegram", "discord",
];

/// Whose `…_pass` is a password. A compiler, a renderer and a test have passes, too.
#[rustfmt::skip]
const PASS_OWNERS: &[&str] = &[
    "db", "database", "user", "usr", "admin", "root", "smtp", "mail", "email", "ftp", "sftp", "ssh",
    "redis", "mysql", "mariadb", "pg", "postgres", "postgresql", "mongo", "mongodb", "mq", "rabbit",
    "rabbitmq", "amqp", "mqtt", "ldap", "http", "https", "proxy", "basic", "auth", "login", "wifi", "wlan",
    "key", "keystore", "store", "truststore", "cert", "pem", "ssl", "tls", "server", "client", "api",
    "device", "account", "git", "docker", "registry", "sudo", "vnc", "rdp", "imap", "pop", "sql", "web",
    "host", "router", "camera", "rtsp", "ap", "sta", "turn", "ice", "sip", "es", "elastic", "kafka", "vpn",
];

/// What is opened with the value of `…_auth`: the command of the server has a password behind it.
const AUTH_OWNERS: &[&str] = &["redis", "valkey"];

/// The same where it may as well be a kind of authentication: only what is random is hidden.
const DOUBTFUL_AUTH_OWNERS: &[&str] = &[
    "mqtt", "smtp", "basic", "registry", "docker", "npm", "http", "proxy", "mongo", "amqp", "ldap", "turn",
    "kafka", "sentinel", "api", "webhook",
];

/// Whose `…_pin` is a number that opens something. Boards have pins, too.
#[rustfmt::skip]
const PIN_OWNERS: &[&str] = &[
    "user", "card", "sim", "door", "device", "wps", "admin", "login", "security", "unlock", "pairing", "setup",
    "account", "parental", "lock", "owner", "customer", "payment", "transaction", "master", "secret", "bluetooth",
    "alarm", "access", "screen", "phone", "smartcard", "token",
];

/// Names that begin with one of these ask something or do something: their values are mostly words.
#[rustfmt::skip]
const VERBS: &[&str] = &[
    "reset", "change", "update", "forgot", "forget", "save", "toggle", "validate", "check",
    "use", "generate", "rotate", "expire", "set", "clear", "strip", "mask", "parse", "existing", "image",
    "invalid", "unexpected", "expected", "missing",
];

/// Names that begin with one of these are answered with yes or no.
#[rustfmt::skip]
const QUESTIONS: &[&str] = &[
    "is", "has", "have", "no", "show", "hide", "require", "requires", "required", "need", "needs",
    "allow", "enable", "disable", "with", "without", "can", "should", "supports",
];

/// What may follow the last word of a name without changing what it names.
#[rustfmt::skip]
const TAILS: &[&str] = &[
    "production", "prod", "development", "dev", "testing", "test", "staging", "stage", "previous", "prev",
    "backup", "default", "primary", "secondary", "current", "value", "local", "live", "main", "old", "new",
];

/// What the end of a name says, dotted or not.
pub(super) fn class(name: &[u8]) -> Option<Class> {
    let said = |name: &[u8]| {
        if !may_say(name) {
            return None;
        }
        Some((by_last_word(name, fold_end(name, &mut [0; END]))?, name.len()))
    };
    let (said, length) = said(name).or_else(|| said(without_tail(name)?))?;
    let segment = name.rsplit(|b| *b == b'.').next().unwrap_or(name);
    let first = first_word(segment);
    let is = |words: &[&str]| words.iter().any(|w| first.eq_ignore_ascii_case(w.as_bytes()));
    if first.len() == segment.len() {
        return Some(said);
    }
    if is(QUESTIONS) {
        return None;
    }
    // `reset_token` is a token, `reset_password` mostly a flag.
    let is_token = name[..length].last_chunk::<5>().is_some_and(|end| end.eq_ignore_ascii_case(b"token"));
    let doubts = matches!(said, Class::Password | Class::Key) && !is_token && is(VERBS);
    Some(if doubts { Class::Weak } else { said })
}

/// Whether the last three letters of a name are those of a word that says something: most names end here.
pub(super) fn may_say(name: &[u8]) -> bool {
    name.last_chunk::<3>().is_some_and(|last| {
        matches!(
            &last.map(|b| b.to_ascii_lowercase()),
            b"ord"
                | b"swd"
                | b"pwd"
                | b"ase"
                | b"ode"
                | b"nse"
                | b"nce"
                | b"ure"
                | b"sig"
                | b"ial"
                | b"als"
                | b"ion"
                | b"ken"
                | b"otp"
                | b"ass"
                | b"ret"
                | b"jwt"
                | b"uth"
                | b"pin"
                | b"key"
        )
    })
}

/// By the last word alone; `folded` is the end of the name in lower case, without signs.
fn by_last_word(name: &[u8], folded: &[u8]) -> Option<Class> {
    let owned = |word: &str, owners: &[&str]| {
        let owner = folded.strip_suffix(word.as_bytes());
        owner.is_some_and(|owner| owners.iter().any(|o| ends_with(owner, o)))
    };
    let is = |word: &str| folded.ends_with(word.as_bytes());
    let is_word = |word: &str| is(word) && begins_word(name, word.len());
    match folded.last()? {
        b'd' if is("password") || is("passwd") => Some(Class::Password),
        b'd' if is_word("pwd") || owned("pwd", PASS_OWNERS) => Some(Class::Password),
        b'e' if is("passphrase") || is("passcode") => Some(Class::Password),
        b'e' if is_pin_code(name, folded) => Some(Class::Password),
        b'e' if is_word("license") || is_word("licence") => Some(Class::License),
        b'e' if is_word("signature") => Some(Class::Weak),
        b'g' if is("usersig") => Some(Class::Key),
        b'h' if owned("auth", AUTH_OWNERS) => Some(Class::Password),
        b'h' if owned("auth", DOUBTFUL_AUTH_OWNERS) => Some(Class::Weak),
        b'l' | b's' if is("credential") || is("credentials") => Some(Class::Weak),
        b'n' if is("authorization") => Some(Class::Header),
        b'n' if owned("pin", PIN_OWNERS) && is_word("pin") => Some(Class::Password),
        // Names of assemblies hold a digest of the public key.
        b'n' if is("publickeytoken") => None,
        b'n' if is("token") => Some(if owned("token", TOKEN_OWNERS) { Class::Key } else { Class::Weak }),
        b'p' if is_word("otp") || is_word("totp") => Some(Class::Key),
        b's' if is("pass") && owned("pass", PASS_OWNERS) => Some(Class::Password),
        b's' if is_word("pass") => Some(Class::Weak),
        b't' if is("secret") => Some(Class::Key),
        b't' if is_word("jwt") => Some(Class::Weak),
        b'y' if owned("key", KEY_OWNERS) => Some(Class::Key),
        b'y' if owned("key", DOUBTFUL_KEY_OWNERS) => Some(Class::Weak),
        b'y' if name.len() > 3 && name[..name.len() - 3].ends_with(b".") && is("key") => Some(Class::Weak),
        _ => None,
    }
}

/// `pin_code`, `pinCode`, `userPincode`.
fn is_pin_code(name: &[u8], folded: &[u8]) -> bool {
    const SIGN: usize = 1;
    let is_begin = |length: usize| begins_word(name, length);
    folded.ends_with(b"pincode") && (is_begin(b"pincode".len()) || is_begin(b"pincode".len() + SIGN))
}

/// Whether the folded text ends with a word, in which `_` says nothing.
fn ends_with(folded: &[u8], word: &str) -> bool {
    let mut letters = word.bytes().rev().filter(|b| *b != b'_');
    let mut text = folded.iter().rev();
    letters.all(|letter| text.next() == Some(&letter))
}

/// Whether the last `length` bytes of a name are a word of their own: `user_pwd`, `userPwd`, `PWD`.
fn begins_word(name: &[u8], length: usize) -> bool {
    let Some(at) = name.len().checked_sub(length) else { return false };
    at == 0 || !name[at - 1].is_ascii_alphabetic() || is_hump(name, at)
}

/// The name without digits at its end, or without a word that says where or when it holds.
fn without_tail(name: &[u8]) -> Option<&[u8]> {
    const MOST_DIGITS: usize = 3;
    const LONGEST: usize = 12;
    if !may_be_tail(name) {
        return None;
    }
    let digits = name.iter().rev().take_while(|b| b.is_ascii_digit()).count();
    let length = if digits > 0 {
        Some(digits).filter(|n| *n <= MOST_DIGITS)?
    } else {
        let from = name.len().saturating_sub(LONGEST).max(1);
        let at =
            (from..name.len()).rev().find(|&at| !name[at - 1].is_ascii_alphabetic() || is_hump(name, at))?;
        let word = &name[at..];
        TAILS.iter().find(|t| word.eq_ignore_ascii_case(t.as_bytes()))?.len()
    };
    let head = &name[..name.len() - length];
    let signs = head.iter().rev().take_while(|b| matches!(b, b'_' | b'-' | b'.' | b'\\')).count();
    Some(&head[..head.len() - signs])
}

/// Whether a name ends as one of the [`TAILS`] does: most do not.
fn may_be_tail(name: &[u8]) -> bool {
    name.last_chunk::<2>().is_some_and(|last| {
        matches!(
            &last.map(|b| b.to_ascii_lowercase()),
            [_, b'0'..=b'9']
                | b"on"
                | b"od"
                | b"nt"
                | b"ev"
                | b"ng"
                | b"st"
                | b"ge"
                | b"us"
                | b"up"
                | b"lt"
                | b"ry"
                | b"ue"
                | b"al"
                | b"ve"
                | b"in"
                | b"ld"
                | b"ew"
        )
    })
}

/// The first word of a name.
fn first_word(name: &[u8]) -> &[u8] {
    let ends = |&at: &usize| !name[at].is_ascii_alphanumeric() || is_hump(name, at);
    &name[..(1..name.len()).find(ends).unwrap_or(name.len())]
}

/// The end of a name in lower case, without signs.
fn fold_end<'b>(name: &[u8], buffer: &'b mut [u8; END]) -> &'b [u8] {
    let mut at = END;
    for &b in name.iter().rev() {
        if at == 0 {
            break;
        }
        if !matches!(b, b'_' | b'-' | b'.' | b'\\') {
            at -= 1;
            buffer[at] = b.to_ascii_lowercase();
        }
    }
    &buffer[at..]
}

/// Whether a capital begins a word: `userToken`, and the `S` of `HTTPServer`.
pub(super) fn is_hump(name: &[u8], at: usize) -> bool {
    let before = name[at - 1];
    name[at].is_ascii_uppercase()
        && (before.is_ascii_lowercase()
            || before.is_ascii_digit()
            || (before.is_ascii_uppercase() && name.get(at + 1).is_some_and(u8::is_ascii_lowercase)))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_quick_looks_let_every_word_pass() {
        for tail in TAILS {
            assert!(may_be_tail(format!("x_{tail}").as_bytes()), "{tail}");
            assert_eq!(class(format!("db_password_{tail}").as_bytes()), Some(Class::Password), "{tail}");
        }
        for owner in KEY_OWNERS {
            assert_eq!(class(format!("{owner}_key").as_bytes()), Some(Class::Key), "{owner}");
        }
        for owner in TOKEN_OWNERS {
            assert_eq!(class(format!("{owner}_token").as_bytes()), Some(Class::Key), "{owner}");
        }
        for owner in PASS_OWNERS {
            assert_eq!(class(format!("{owner}_pass").as_bytes()), Some(Class::Password), "{owner}");
        }
        for (name, expected) in [
            ("wallpass", None),
            ("render_pass", Some(Class::Weak)),
            ("sync_token", Some(Class::Weak)),
            ("reset_password", Some(Class::Weak)),
            ("reset_token", Some(Class::Key)),
            ("is_password", None),
            ("hasSecret", None),
            ("existingSecret", Some(Class::Weak)),
            ("HTTP_AUTHORIZATION", Some(Class::Header)),
            ("vendor_license", Some(Class::License)),
            ("cache.key", Some(Class::Weak)),
            ("secret.key", Some(Class::Key)),
            ("cache_key", None),
        ] {
            assert_eq!(class(name.as_bytes()), expected, "{name}");
        }
    }
}
