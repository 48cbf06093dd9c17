//! What may be wrong with any claim: missing, there twice, of another type, in milliseconds.

use zeroize::Zeroizing;

use super::problem::Problem;
use crate::token::json::{Object, Value, seconds};
use crate::token::spelling::{Sextets, Spelling};

/// What a claim has to be.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Type {
    Text,
    Number,
}

impl Type {
    fn words(self) -> &'static str {
        match self {
            Type::Text => "a string",
            Type::Number => "a number",
        }
    }
}

/// From here on a time is no number of seconds: the year 5138.
const MILLISECONDS: i64 = 100_000_000_000;

/// The document of a token, and what is wrong with it so far.
pub(super) struct Claims<'o, 'p> {
    pub(super) object: &'o Object<'o>,
    pub(super) problems: &'p mut Vec<Problem>,
    /// What the platform answers to a document that it cannot read.
    pub(super) unreadable: &'static [i32],
    /// False where the document is cut off: then nothing is missing.
    pub(super) is_whole: bool,
}

impl Claims<'_, '_> {
    /// Adds a problem with a claim.
    pub(super) fn add(
        &mut self,
        code: &'static str,
        claim: &'static str,
        message: impl Into<String>,
        cure: impl Into<String>,
        answered: &'static [i32],
    ) {
        self.problems.push(Problem::new(code, message, cure).about(claim).answered(answered));
    }

    /// Checks that a claim is there once and of its type; says whether it can be used.
    pub(super) fn check(&mut self, name: &'static str, wanted: Type, other: Option<&str>) -> bool {
        let count = self.object.entries().filter(|(n, _)| n == name).count();
        let unreadable = self.unreadable;
        if count > 1 {
            let cure = "write each claim once";
            let message = format!("`{name}` is there {count} times, and two readers may take different ones");
            self.add("claim_twice", name, message, cure, unreadable);
        }
        let Some(value) = self.object.get(name) else {
            if let Some(other) = other {
                let message = format!("`{other}` stands where `{name}` belongs");
                self.add(
                    "claim_name",
                    name,
                    message,
                    format!("call it `{name}`, in these letters"),
                    unreadable,
                );
            } else if self.is_whole {
                let message = format!("`{name}` is missing");
                self.add(
                    "claim_missing",
                    name,
                    message,
                    format!("sign with `{name}`, {}", wanted.words()),
                    unreadable,
                );
            }
            return false;
        };
        let is_right = match wanted {
            Type::Text => matches!(value, Value::Text(_)),
            Type::Number => self.object.is_integer(name),
        };
        if !is_right {
            let is = match (value, wanted) {
                (Value::Text(_), _) => "a string",
                (Value::Number(_), Type::Text) => "a number",
                (Value::Number(_), Type::Number) => "no integer",
                (Value::Other, _) => "neither a string nor a number",
            };
            let cure = match (value, wanted) {
                (Value::Text(_), Type::Number) => "write it without quotes, as an integer",
                (Value::Number(_), Type::Text) => "write it in quotes",
                (Value::Number(_), Type::Number) => "write an integer, without a fraction or an exponent",
                _ => "write it as the platform's own signers do",
            };
            let message = format!("`{name}` is {is}; the platform wants {}", wanted.words());
            self.add("claim_type", name, message, cure, unreadable);
        }
        is_right
    }

    /// The seconds of a claim, where it can be read at all.
    pub(super) fn seconds(&self, name: &str) -> Option<i64> {
        seconds(self.object.text_or_digits(name)?.trim()).map(|s| s.whole)
    }

    /// Whether a point in time is in milliseconds, which is told then.
    pub(super) fn is_in_milliseconds(&mut self, name: &'static str, answered: &'static [i32]) -> bool {
        let Some(time) = self.seconds(name).filter(|time| *time >= MILLISECONDS) else { return false };
        let message =
            format!("`{name}` is in milliseconds ({time}); the platform wants seconds ({})", time / 1000);
        self.add("milliseconds", name, message, "divide by 1000, without a fraction", answered);
        true
    }
}

/// Words for a signature of another length or in another encoding than base64 of 32 bytes; none where it is
/// right. `digits` are its characters without padding.
pub(super) fn signature_problem(digits: &str) -> Option<(&'static str, String)> {
    let is_hex = |text: &[u8]| !text.is_empty() && text.iter().all(u8::is_ascii_hexdigit);
    let bytes = digits.len() * 6 / 8;
    if digits.len() != 43 && is_hex(digits.as_bytes()) {
        return Some(("signature_encoding", "the signature is written in hex".to_owned()));
    }
    let decoded = decode(digits);
    if is_hex(&decoded) && decoded.len() >= 32 {
        return Some((
            "signature_encoding",
            "the signature is base64 of its hex digits instead of its bytes".to_owned(),
        ));
    }
    (digits.len() != 43).then(|| {
        let which = match bytes {
            20 => ", as of SHA-1",
            28 => ", as of SHA-224",
            48 => ", as of SHA-384",
            64 => ", as of SHA-512",
            _ => "",
        };
        ("signature_length", format!("the signature has {bytes} bytes{which}; HMAC-SHA256 gives 32"))
    })
}

/// Base64 of any alphabet as bytes; what is no base64 is left out.
fn decode(digits: &str) -> Zeroizing<Vec<u8>> {
    let mut out = Sextets::with_room(digits.len());
    let sextets = digits.bytes().filter_map(|byte| Spelling::PLATFORM.sextet(&[byte]));
    sextets.for_each(|(value, _)| out.push(value));
    out.into_bytes()
}
