//! What is written as the value of a secret's name and is none: the directory of a shell, the path of a
//! key, the name of a secret in Kubernetes, the switch that turns authentication on, a mask.

use super::class::Class;
use crate::text;

/// What authentication is set to.
const SWITCHES: [&[u8]; 22] = [
    b"true",
    b"false",
    b"yes",
    b"no",
    b"none",
    b"on",
    b"off",
    b"basic",
    b"plain",
    b"login",
    b"enabled",
    b"disabled",
    b"required",
    b"optional",
    b"password",
    b"md5",
    b"digest",
    b"ntlm",
    b"oauth2",
    b"0",
    b"1",
    b"cram-md5",
];

/// What secrets of Kubernetes are called after.
#[rustfmt::skip]
const KINDS: [&[u8]; 18] = [
    b"secret", b"secrets", b"tls", b"cert", b"certs", b"credential", b"credentials", b"creds", b"token", b"tokens",
    b"registry", b"pull", b"config", b"auth", b"key", b"keys", b"dockercfg", b"regcred",
];

/// Whether this is something else than the secret that the name announces.
pub(super) fn is_other(name: &[u8], value: &[u8]) -> bool {
    let ends =
        |word: &[u8]| name.len() >= word.len() && name[name.len() - word.len()..].eq_ignore_ascii_case(word);
    let is = |word: &[u8]| name.eq_ignore_ascii_case(word);
    match name.last().map(u8::to_ascii_lowercase) {
        Some(b'd') => (is(b"pwd") || is(b"oldpwd")) && is_directory(value),
        Some(b'h') if ends(b"auth") => SWITCHES.iter().any(|switch| value.eq_ignore_ascii_case(switch)),
        Some(b'y') if ends(b"ssh_key") || ends(b"ssh-key") || ends(b"sshkey") => {
            is_path(value) || is_public_key(value)
        }
        Some(b't') if is(b"secret") => is_name_of_secret(value) || is_volume(value),
        _ => false,
    }
}

fn is_directory(value: &[u8]) -> bool {
    matches!(value, [b'/' | b'~', ..] | [b'A'..=b'Z' | b'a'..=b'z', b':'] | [_, b':', b'\\' | b'/', ..])
}

fn is_path(value: &[u8]) -> bool {
    let ends = [&b".pem"[..], b".pub", b".key", b".ppk", b"_rsa", b"_ed25519", b"_ecdsa"];
    let is_file = ends.iter().any(|end| value.ends_with(end)) && !value.iter().any(u8::is_ascii_whitespace);
    is_directory(value) || value.starts_with(b"./") || value.starts_with(b"../") || is_file
}

fn is_public_key(value: &[u8]) -> bool {
    [&b"ssh-rsa"[..], b"ssh-ed25519", b"ssh-dss", b"ecdsa-sha2-", b"sk-"]
        .iter()
        .any(|kind| value.starts_with(kind))
}

/// `my-tls-secret`: small words with hyphens, one of them a kind of secret; Kubernetes itself adds five
/// characters at the end.
fn is_name_of_secret(value: &[u8]) -> bool {
    const LONGEST: usize = 63;
    const ADDED: usize = 5;
    let parts = || value.split(|b| matches!(b, b'-' | b'.'));
    let is_word = |part: &[u8]| {
        let digits = part.iter().rev().take_while(|b| b.is_ascii_digit()).count();
        let (word, digits) = part.split_at(part.len() - digits);
        word.len() <= 14 && digits.len() <= 2 && !part.is_empty() && word.iter().all(u8::is_ascii_lowercase)
    };
    let is_added =
        |part: &[u8]| part.len() == ADDED && part.iter().all(|b| b"bcdfghjklmnpqrstvwxz2456789".contains(b));
    let last = parts().count().saturating_sub(1);
    value.len() <= LONGEST
        && last > 0
        && parts().enumerate().all(|(i, part)| is_word(part) || (i == last && is_added(part)))
        && parts().any(|part| KINDS.contains(&part))
}

/// `{"secretName": …}`: a volume of Kubernetes, which says where the secret is.
fn is_volume(value: &[u8]) -> bool {
    const REACH: usize = 256;
    let head = &value[..value.len().min(REACH)];
    value.starts_with(b"{") && memchr::memmem::find(head, b"secretName").is_some()
}

/// `pam_unix(passwd:session)`: a service of PAM and what it was asked for.
pub(super) fn is_of_pam(before: &[u8]) -> bool {
    let Some(module) = before.strip_suffix(b"(") else { return false };
    let word = module.iter().rev().take(24).take_while(|b| b.is_ascii_alphanumeric() || **b == b'_').count();
    module[module.len() - word..].starts_with(b"pam_")
}

/// Whether there is anything to hide in a value of this class.
pub(crate) fn is_secret(value: &[u8], class: Class, quoted: bool) -> bool {
    const NOTHING: [&[u8]; 7] = [b"null", b"None", b"nil", b"undefined", b"Null", b"YES", b"NO"];
    // Placeholders of other maskers and of printf.
    const MASKED: [&[u8]; 8] = [
        b"(null)",
        b"(none)",
        b"<null>",
        b"[hidden]",
        b"[REDACTED]",
        b"[FILTERED]",
        b"<redacted>",
        b"<hidden>",
    ];
    if class == Class::Keep
        || value.is_empty()
        // A mask may have been put on another line of a value than the first.
        || text::is_mask(value.trim_ascii())
        || (!quoted && NOTHING.contains(&value))
        || MASKED.iter().any(|masked| value.eq_ignore_ascii_case(masked))
        // As formatters write Debug into a string of JSON.
        || value == b"None"
    {
        return false;
    }
    // The name says "license" of software, too: a secret has a comma or a run of key bytes.
    class != Class::License
        || value.contains(&b',')
        || value.windows(3).any(|w| w.eq_ignore_ascii_case(b"%2c"))
        || value.windows(5).any(|w| w.eq_ignore_ascii_case(b"u002c"))
        || value.split(|b| !(b.is_ascii_alphanumeric() || b"+/_=".contains(b))).any(|run| run.len() >= 16)
}
