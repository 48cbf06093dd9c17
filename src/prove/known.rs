//! Secrets that a person gives to a scan: which tokens out there did the key sign that we just had to
//! replace?
//!
//! They are not looked for in the files; they only prove tokens. Nobody says of which kind they are,
//! so each is tried as all that it can be.

use std::fmt;

use serde_core::Deserializer as _;
use serde_core::de::{Error as _, MapAccess, SeqAccess, Visitor};
use zeroize::Zeroizing;

use crate::error::{Error, Result};
use crate::secret::{License, SecretKey};
use crate::token::usersig_legacy::PrivateKey;

/// Secrets that were given, wiped on drop.
#[derive(Default)]
pub struct Known {
    pub(super) entries: Vec<Entry>,
}

/// One of them.
pub(super) struct Entry {
    pub(super) value: Zeroizing<String>,
    pub(super) form: Form,
    /// The device that it was said to belong to.
    pub(super) id: Option<String>,
}

/// What it can be.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Form {
    /// Any key that is a string.
    Key,
    /// `<device_id>,<device_secret_key>`.
    License,
    /// The key of a legacy signer.
    Pem,
}

impl Known {
    /// Reads a secret, a license or a PEM private key a line (the last over its lines), with `#` comments
    /// and blank lines between; or a JSON array of such strings, or an object of them, whose names may
    /// be device ids.
    ///
    /// ```
    /// use scrubjay::prove::Known;
    /// let text = "# our keys\nk9k9k9k9k9k9k9k9\nTIRA1B2C3D4E,x7x7x7x7x7x7x7x7\n";
    /// assert_eq!(Known::parse(text.as_bytes()).unwrap().len(), 2);
    /// let error = Known::parse(b"one,two,three").unwrap_err();
    /// assert_eq!(error.position(), Some((1, 1)));
    /// assert!(!error.to_string().contains("two"));
    /// ```
    ///
    /// # Errors
    /// Names the line that can be no secret, and never the value.
    pub fn parse(bytes: &[u8]) -> Result<Self> {
        let text = std::str::from_utf8(bytes).map_err(|error| {
            let line = 1 + memchr::memchr_iter(b'\n', &bytes[..error.valid_up_to()]).count();
            Error::invalid("expected UTF-8").at(line, 1)
        })?;
        let text = text.strip_prefix('\u{feff}').unwrap_or(text);
        let entries = match text.trim_start().as_bytes().first() {
            Some(b'[' | b'{') => json(text)?,
            _ => lines(text)?,
        };
        Ok(Self { entries })
    }

    /// Adds those of another file.
    pub fn extend(&mut self, other: Known) {
        self.entries.extend(other.entries);
    }

    /// How many.
    pub fn len(&self) -> usize {
        self.entries.len()
    }

    /// True where there are none.
    pub fn is_empty(&self) -> bool {
        self.entries.is_empty()
    }
}

impl fmt::Debug for Known {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Known({})", self.len())
    }
}

impl Entry {
    fn new(value: Zeroizing<String>, id: Option<String>) -> Result<Self> {
        let form = if value.contains(PEM_BEGIN) {
            PrivateKey::from_pem(&value)?;
            Form::Pem
        } else if value.contains(',') {
            License::parse(value.as_str())?;
            Form::License
        } else {
            SecretKey::parse(value.as_str())?;
            Form::Key
        };
        Ok(Self { value, form, id })
    }
}

const PEM_BEGIN: &str = "-----BEGIN ";
const PEM_END: &str = "-----END ";

fn lines(text: &str) -> Result<Vec<Entry>> {
    let mut entries = Vec::new();
    let mut lines = text.lines().enumerate();
    while let Some((index, line)) = lines.next() {
        let line = line.trim();
        if line.is_empty() || line.starts_with('#') {
            continue;
        }
        let mut value = Zeroizing::new(line.to_owned());
        if line.starts_with(PEM_BEGIN) {
            // What does not end has no end to look for: the key is refused then.
            for (_, next) in lines.by_ref() {
                value.push('\n');
                value.push_str(next.trim());
                if next.trim_start().starts_with(PEM_END) && !next.contains("EC PARAMETERS") {
                    break;
                }
            }
        }
        entries.push(Entry::new(value, None).map_err(|error| error.at(index + 1, 1))?);
    }
    Ok(entries)
}

fn json(text: &str) -> Result<Vec<Entry>> {
    let mut reader = serde_json::Deserializer::from_str(text);
    let entries = reader.deserialize_any(Strings).and_then(|entries| reader.end().map(|()| entries));
    // The reader's own message may quote the value.
    entries.map_err(|error| {
        Error::invalid(
            "expected a JSON array or object of strings, each a secret, a license or a PEM private key",
        )
        .at(error.line(), error.column())
    })
}

struct Strings;

impl<'de> Visitor<'de> for Strings {
    type Value = Vec<Entry>;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("an array or an object of strings")
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut list: A) -> Result<Vec<Entry>, A::Error> {
        let mut entries = Vec::new();
        while let Some(value) = list.next_element::<String>()? {
            entries.push(Entry::new(Zeroizing::new(value), None).map_err(A::Error::custom)?);
        }
        Ok(entries)
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Vec<Entry>, A::Error> {
        let mut entries = Vec::new();
        while let Some((name, value)) = map.next_entry::<String, String>()? {
            entries.push(Entry::new(Zeroizing::new(value), Some(name)).map_err(A::Error::custom)?);
        }
        Ok(entries)
    }
}

#[cfg(test)]
#[allow(clippy::unwrap_used, reason = "a test may stop")]
mod tests {
    use super::*;

    #[test]
    fn lines_and_json_say_the_same() {
        let (key, license) = ["k9".repeat(16), format!("TIRA1B2C3D4E,{}", "x7".repeat(16))].into();
        let texts = [
            format!("# comment\r\n\r\n {key} \r\n{license}\r\n"),
            format!("\u{feff}\n[\"{key}\", \"{license}\"]\n"),
            format!("{{\"TIRA1B2C3D4E\": \"{key}\", \"b\": \"{license}\"}}"),
        ];
        for text in texts {
            let known = Known::parse(text.as_bytes()).unwrap();
            let forms: Vec<Form> = known.entries.iter().map(|e| e.form).collect();
            assert_eq!(forms, [Form::Key, Form::License], "{text}");
            assert_eq!(known.entries[0].value.as_str(), key);
            assert_eq!(format!("{known:?}"), "Known(2)");
        }
    }

    #[test]
    fn what_is_no_secret_is_refused_by_its_line() {
        let cases: [(&[u8], usize); 8] = [
            (b"goodgoodgood\nsecretvalue,a,b\n", 2),
            (b"a\nb\n\xff\n", 3),
            (b"[\n\"secretvalue\",\n12345678\n]", 3),
            (b"[\n\"secretvalue\",\n", 3),
            (b"{\"a\":\n{\"b\": \"secretvalue\"}}", 2),
            (b"[\"secretvalue\"] secretvalue", 1),
            (b"x\nsecret\tvalue", 2),
            (b"# k\n-----BEGIN EC PRIVATE KEY-----\nsecretvalue", 2),
        ];
        for (text, line) in cases {
            let error = Known::parse(text).unwrap_err();
            assert_eq!(error.position().map(|(line, _)| line), Some(line), "{}", text.escape_ascii());
            let error = error.to_string();
            assert!(!error.contains("secretvalue") && !error.contains("12345678"), "{error}");
        }
    }
}
