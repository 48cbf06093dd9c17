//! Values in a notation of their own: URLs, addresses, identifiers, numbers, digests, paths to a file,
//! and what code passes on. Whether a value is made of words is another question (`likelihood`).

use super::case::{Case, silent};
use super::likelihood::score;
use crate::finding::Verdict;
use crate::matcher::Form;
use crate::text::is_uuid;

pub(super) fn judge(case: &Case<'_>) -> Option<Verdict> {
    if !case.is_key() {
        return None;
    }
    let value = case.secret();
    if value.iter().any(|b| b.is_ascii_whitespace() || b.is_ascii_control()) {
        return Some(silent("a text with blanks, not a key"));
    }
    let text = String::from_utf8_lossy(value);
    let reason = if has_scheme(&text) {
        "a URL"
    } else if is_file(&text) {
        "the path of a file"
    } else if is_address(&text) {
        "an e-mail address"
    } else if is_network_address(&text) {
        "a network address"
    } else if is_date(value) {
        "a date"
    } else if is_expression(&text) {
        "a regular expression"
    } else if ends_in_uuid(value) && !(value.len() == 36 && case.is_assigned()) {
        "a UUID: an identifier"
    } else if is_hex_number(&text) {
        "a number"
    } else if is_digest(&text) {
        "a digest with the name of its algorithm"
    } else if text.starts_with("v1.") || ["eyJ", "arn:", "vault:"].iter().any(|p| text.starts_with(p)) {
        "a token or a reference, not a key"
    } else if is_in_hex(case) {
        "bytes written in hex: these keys are text"
    } else {
        return glued(case);
    };
    Some(silent(reason))
}

/// `https://…`: letters, then the sign of a scheme.
fn has_scheme(text: &str) -> bool {
    let Some((scheme, _)) = text.split_once("://") else { return false };
    (2..=24).contains(&scheme.len())
        && scheme.starts_with(|c: char| c.is_ascii_alphabetic())
        && scheme.chars().all(|c| c.is_ascii_lowercase() || c.is_ascii_digit() || "+-.:".contains(c))
}

/// A path that begins at a well-known root, or ends with the extension of a file that holds keys or
/// settings. Base64 begins with `/` as well, so the sign alone says nothing.
fn is_file(text: &str) -> bool {
    const ROOTS: [&str; 20] = [
        "/etc/",
        "/var/",
        "/run/",
        "/usr/",
        "/home/",
        "/opt/",
        "/tmp/",
        "/data/",
        "/root/",
        "/app/",
        "/mnt/",
        "/srv/",
        "/dev/",
        "/proc/",
        "/Users/",
        "/private/",
        "/secrets/",
        "/keys/",
        "/config/",
        "/vault/",
    ];
    const EXTENSIONS: [&str; 20] = [
        ".pem",
        ".key",
        ".json",
        ".yaml",
        ".yml",
        ".txt",
        ".conf",
        ".toml",
        ".env",
        ".crt",
        ".der",
        ".p12",
        ".pfx",
        ".jks",
        ".java",
        ".html",
        ".xml",
        ".ini",
        ".properties",
        ".swift",
    ];
    let is_relative = ["./", "../", "~/"].iter().any(|start| text.starts_with(start));
    let names_directory = || {
        let first = text.trim_start_matches(['.', '~', '/']).split('/').next().unwrap_or("");
        first.len() >= 3 && first.chars().all(|c| c.is_ascii_lowercase() || c == '-' || c == '_')
    };
    ROOTS.iter().any(|root| text.starts_with(root))
        || EXTENSIONS.iter().any(|extension| text.ends_with(extension))
        || (is_relative && names_directory())
}

/// `name@host.example`.
fn is_address(text: &str) -> bool {
    let Some((name, host)) = text.split_once('@') else { return false };
    let is_label = |label: &str| {
        !label.is_empty() && label.chars().all(|c| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '-')
    };
    let Some((rest, top)) = host.rsplit_once('.') else { return false };
    // Chance may write one as well.
    const MAX_SCORE: f32 = 30.0;
    !name.is_empty()
        && score(text.as_bytes()) < MAX_SCORE
        && name.chars().all(|c| c.is_ascii_alphanumeric() || "._+-".contains(c))
        && rest.split('.').all(is_label)
        && (2..=12).contains(&top.len())
        && top.chars().all(|c| c.is_ascii_lowercase())
}

/// An address of IPv6, with its prefix length or in brackets with a port, or a hardware address.
fn is_network_address(text: &str) -> bool {
    let bare = text.strip_prefix('[').and_then(|t| t.split_once(']')).map_or(text, |(inner, _)| inner);
    let bare = bare.split_once(['/', '%']).map_or(bare, |(address, _)| address);
    let is_octet = |part: &str| part.len() == 2 && part.chars().all(|c| c.is_ascii_hexdigit());
    bare.parse::<std::net::Ipv6Addr>().is_ok()
        || [':', '-'].iter().any(|joint| {
            let parts: Vec<&str> = text.split(*joint).collect();
            matches!(parts.len(), 6 | 8) && parts.into_iter().all(is_octet)
        })
}

/// `2027-01-15T08:00:00Z` and what else begins with a year, a month and a day.
fn is_date(value: &[u8]) -> bool {
    let is_digit = |i: usize| value.get(i).is_some_and(u8::is_ascii_digit);
    let day = [0, 1, 2, 3, 5, 6, 8, 9].into_iter().all(is_digit);
    let is_part = |b: &u8| b.is_ascii_digit() || b"TZtz:+.-".contains(b);
    day && value[4] == value[7] && matches!(value[4], b'-' | b'/') && value[10..].iter().all(is_part)
}

/// `^[A-Za-z0-9]{32}$`
fn is_expression(text: &str) -> bool {
    let is_anchored = text.starts_with('^') && text.ends_with('$');
    let has_class = ["[a-z", "[A-Z", "[0-9"].iter().any(|class| text.contains(class));
    has_class || (is_anchored && text.contains(['[', '(', '{']))
}

/// 8-4-4-4-12 hex digits, alone or behind a prefix such as the region of a cloud.
pub(super) fn ends_in_uuid(value: &[u8]) -> bool {
    let Some(from) = value.len().checked_sub(36) else { return false };
    is_uuid(&value[from..]) && from.checked_sub(1).is_none_or(|i| !value[i].is_ascii_alphanumeric())
}

/// `0x0123abcdULL`, `0x0123u64`: the keys are text, and this is a number to a compiler.
fn is_hex_number(text: &str) -> bool {
    let Some(digits) = text.strip_prefix("0x").or_else(|| text.strip_prefix("0X")) else { return false };
    let suffix = digits.trim_start_matches(|c: char| c.is_ascii_hexdigit() || c == '_');
    suffix.len() < digits.len()
        && suffix.len() <= 5
        && (suffix.is_empty() || suffix.starts_with(['u', 'U', 'l', 'L', 'i', 'n']))
}

/// `sha256:…`, `sha384-…`, `md5=…`, and the stored forms of passwords: `$2b$10$…`.
fn is_digest(text: &str) -> bool {
    const ALGORITHMS: [&str; 9] =
        ["sha1", "sha224", "sha256", "sha384", "sha512", "md5", "hmac", "blake2b", "blake3"];
    const PASSWORDS: [&str; 7] = ["$1$", "$2a$", "$2b$", "$2y$", "$5$", "$6$", "$argon2"];
    let lower = text.to_ascii_lowercase();
    let is_named = ALGORITHMS
        .iter()
        .filter_map(|name| lower.strip_prefix(name))
        .any(|rest| rest.starts_with([':', '-', '=', '$']));
    is_named || PASSWORDS.iter().any(|start| text.starts_with(start))
}

/// `hex!("…")`, `unhexlify('…')`, `Buffer.from("…", "hex")`: test vectors of other algorithms.
fn is_in_hex(case: &Case<'_>) -> bool {
    let start = case.found.value.start;
    let before = &case.page.bytes[start.saturating_sub(24)..start];
    let call =
        before.rsplit(|b| b.is_ascii_whitespace() || matches!(b, b',' | b'=')).next().unwrap_or(before);
    let lower = call.to_ascii_lowercase();
    let opens = lower.contains(&b'(') && memchr::memmem::find(&lower, b"hex").is_some();
    let hex = case.value.iter().all(u8::is_ascii_hexdigit);
    hex && (opens
        || case.after().get(1..).is_some_and(|a| a.starts_with(b", \"hex\"") || a.starts_with(b", 'hex'")))
}

/// What a colon glues to a path: the tag of an image (`team/secret-key:3f9a…`), the hash of a symbol
/// (`issuer::secret_key::h3f9a…`). An assigned value has a blank or a quote before it there.
fn glued(case: &Case<'_>) -> Option<Verdict> {
    let name = case.found.name.filter(|_| case.found.form != Form::Cell)?;
    let before = &case.page.bytes[..name.start];
    let between = case.page.bytes.get(name.end..case.found.value.start)?;
    let has_upper = case.value.iter().any(u8::is_ascii_uppercase);
    match between {
        b":" if before.ends_with(b"/") && !has_upper => Some(silent("the tag of an image")),
        b"::" if before.ends_with(b"::") && !has_upper => Some(silent("the symbol of a function")),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn notations_are_recognised_by_their_form_not_by_a_single_character() {
        assert!(has_scheme("https://host.example/x") && has_scheme("jdbc:mysql://host"));
        assert!(!has_scheme("aB3/x9://kQ2"));
        assert!(is_file("/etc/tirtc/key") && is_file("keys/prod.pem") && is_file("./config/key"));
        assert!(!is_file("/aB3x9kQ2/Zm8pL4wT7"));
        assert!(is_address("ops@mail.example.com") && !is_address("aB@3x.9kQ2"));
        assert!(
            is_digest("sha256:00") && is_digest("sha384-AA") && is_digest("$2b$10$x") && !is_digest("sha2x")
        );
        assert!(is_hex_number("0x00ffULL") && !is_hex_number("0xyz"));
        assert!(is_network_address("fe80::1ff:fe23:4567:890a") && is_network_address("00:1a:2b:3c:4d:5e"));
        assert!(is_date(b"2027-01-15T08:00:00.000Z") && !is_date(b"2027-01-aB3x9kQ2Zm8p"));
        assert!(is_expression("^[A-Za-z0-9+/]{32,64}$") && !is_expression("aB3x9kQ2^Zm8pL4w$"));
    }
}
