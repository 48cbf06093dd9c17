//! UserSig documents as home-made signers write them: numbers in strings, names in other letters or of the
//! other version, the quotes of another language.
//!
//! No server takes them. They are read because whoever finds one reads it, too, and because its writer wants
//! to know what is wrong with it. What is read here proves no key.

use zeroize::Zeroizing;

use super::claims::Claims;
use super::json::{Object, Seconds, Value, seconds};
use super::scheme::Token;
use super::spelling::Spelling;
use super::user_sig_document::room;

/// A signature is at least this long: 128 bits in base64.
const MIN_SIGNATURE_CHARS: usize = 22;

/// The fields of a document, under whatever spelling of their names.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Field {
    /// `TLS.ver`
    Version,
    /// `TLS.identifier`
    Identifier,
    /// `TLS.sdkappid`
    App,
    /// `TLS.time`
    Time,
    /// `TLS.expire`
    Expire,
    /// `TLS.userbuf`
    Buffer,
    /// `TLS.sig`
    Signature,
}

impl Field {
    /// The field that a name means; none for a stranger.
    pub(super) fn of(name: &str) -> Option<Self> {
        let plain: String =
            name.chars().filter(|c| !matches!(c, '_' | '-')).map(|c| c.to_ascii_lowercase()).collect();
        Some(match plain.strip_prefix("tls.").unwrap_or(&plain) {
            "ver" | "version" => Self::Version,
            "identifier" | "userid" => Self::Identifier,
            "sdkappid" => Self::App,
            "time" => Self::Time,
            "expire" | "expireafter" => Self::Expire,
            "userbuf" => Self::Buffer,
            "sig" => Self::Signature,
            _ => return None,
        })
    }
}

/// A token of `length` bytes from its whole document; none where there is no signature in it that could open
/// anything.
pub(super) fn read(document: &[u8], length: usize) -> Option<Token> {
    let object = Object::read(document)?;
    object.length?;
    match find(&object, Field::Signature)? {
        Value::Text(signature) if is_signature(signature) => {}
        _ => return None,
    }
    Some(Token { length, claims: claims(&object), refused: true, ..Token::default() })
}

/// What such a document says.
pub(super) fn claims(object: &Object<'_>) -> Claims {
    let text = |field| find(object, field).and_then(Value::text_or_digits);
    let number = |field| text(field).and_then(|digits| seconds(digits.trim()));
    let (issued_at, life) = (number(Field::Time).map(whole), number(Field::Expire).map(whole));
    Claims {
        subject: text(Field::Identifier).map(Into::into),
        scope: room(object),
        issued_at,
        expires_at: issued_at.zip(life).and_then(|(start, life)| start.checked_add(life)),
        sdk_app_id: number(Field::App).and_then(|id| u64::try_from(id.whole).ok()),
        ..Claims::default()
    }
}

/// The value of a field, the last one where it comes more than once.
pub(super) fn find<'a>(object: &Object<'a>, field: Field) -> Option<Value<'a>> {
    object.entries().filter(|(name, _)| Field::of(name) == Some(field)).last().map(|(_, value)| value)
}

/// Gives a document the quotes of JSON, where it has those of a Python dictionary; says whether it had.
pub(super) fn replace_quotes(document: &mut [u8]) -> bool {
    let inner = document.trim_ascii_start().strip_prefix(b"{");
    let has_single = inner.is_some_and(|rest| rest.trim_ascii_start().starts_with(b"'"));
    if has_single {
        document.iter_mut().filter(|b| **b == b'\'').for_each(|b| *b = b'"');
    }
    has_single
}

fn whole(seconds: Seconds) -> i64 {
    seconds.whole
}

/// Whether a text may be a signature: base64 of whole bytes in any alphabet, or hex, and no mask.
fn is_signature(text: &[u8]) -> bool {
    let text = Zeroizing::new(super::json::unescape(text).into_owned());
    let digits = Zeroizing::new(text.split_ascii_whitespace().collect::<String>());
    let digits = digits.trim_end_matches(['=', '_']);
    let is_part = |c: char| c.is_ascii_alphanumeric() || matches!(c, '+' | '/' | '-' | '_' | '*');
    let spelled = Spelling::PLATFORM;
    let last = digits.as_bytes().last().and_then(|&b| spelled.sextet(&[b])).map_or(0, |(value, _)| value);
    let is_whole = match digits.len() % 4 {
        0 => true,
        2 => last & 0b1111 == 0,
        3 => last & 0b11 == 0,
        _ => false,
    };
    digits.len() >= MIN_SIGNATURE_CHARS
        && (is_whole || digits.bytes().all(|b| b.is_ascii_hexdigit()))
        && digits.chars().all(is_part)
        && !digits.contains("***")
        && digits.chars().any(|c| c.is_ascii_digit())
}

#[cfg(test)]
#[allow(clippy::unwrap_used, reason = "a test may stop")]
mod tests {
    use super::*;

    #[test]
    fn names_mean_a_field_in_whatever_letters() {
        for (name, field) in [
            ("TLS.sdkappid", Some(Field::App)),
            ("TLS.sdkAppId", Some(Field::App)),
            ("tls.sdk_appid", Some(Field::App)),
            ("TLS.expire_after", Some(Field::Expire)),
            ("TLS.sig", Some(Field::Signature)),
            ("TLS.account_type", None),
        ] {
            assert_eq!(Field::of(name), field, "{name}");
        }
    }

    #[test]
    fn numbers_in_strings_are_read_and_a_masked_signature_is_none() {
        let document = |signature: &str| {
            format!(
                r#"{{'TLS.ver': 2.0, 'TLS.sdkappid': '7', 'TLS.time': '10', 'TLS.expire': '5', 'TLS.sig': '{signature}'}}"#
            )
        };
        let read = |signature: &str| {
            let mut document = document(signature).into_bytes();
            assert!(replace_quotes(&mut document) && !replace_quotes(&mut document));
            read(&document, 1)
        };
        let token = read(&"a7".repeat(22)).unwrap();
        assert_eq!((token.claims.sdk_app_id, token.claims.expires_at), (Some(7), Some(15)));
        assert!(token.refused && token.evidence.is_empty());
        for none in ["", "abcd***************************wxyz", "your-signature-goes-right-here"] {
            assert!(read(none).is_none(), "{none}");
        }
    }
}
