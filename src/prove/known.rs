//! Secrets that a person gives to a scan: which tokens out there did the key sign that we just had to
//! replace?
//!
//! They are not looked for in the files; they only prove tokens. Nobody says of which kind they are,
//! so each is tried as all that it can be.

use std::cell::RefCell;
use std::collections::HashSet;
use std::fmt;

use serde_core::Deserializer as _;
use serde_core::de::{MapAccess, SeqAccess, Visitor};
use zeroize::Zeroizing;

use crate::error::{Error, Result};
use crate::secret::{License, Secret, SecretKey};
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
        Ok(Self { entries: read(bytes, &Entry::new)? })
    }

    /// The values of such a file that may stand nowhere: of a license its key, of a PEM block the lines of
    /// its body, and any other text of 8 bytes and more as it is.
    ///
    /// ```
    /// use scrubjay::prove::Known;
    /// let text = "# our keys\nk9k9k9k9k9k9k9k9\nTIRA1B2C3D4E,x7x7x7x7x7x7x7x7\n";
    /// let values = Known::literals(text.as_bytes()).unwrap();
    /// assert_eq!(values.iter().map(|v| v.expose().as_str()).collect::<Vec<_>>(), ["k9k9k9k9k9k9k9k9", "x7x7x7x7x7x7x7x7"]);
    /// ```
    ///
    /// # Errors
    /// As [`Known::parse`]; names the line of a value that is too short, and never the value.
    pub fn literals(bytes: &[u8]) -> Result<Vec<Secret<String>>> {
        Ok(read(bytes, &literals)?.into_iter().flatten().collect())
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

/// A shorter value stands in the middle of words.
const SHORTEST: usize = 8;

/// What is to be hidden of a value.
fn literals(value: Zeroizing<String>, _id: Option<String>) -> Result<Vec<Secret<String>>> {
    let secret = |text: &str| Secret::new(text.to_owned());
    if value.contains(PEM_BEGIN) {
        let lines = value.lines().map(str::trim);
        // The armour and the headers of RFC 1421 say nothing.
        let body = lines.filter(|l| l.len() >= SHORTEST && !l.starts_with("-----") && !l.contains(':'));
        let body: Vec<_> = body.map(secret).collect();
        return if body.is_empty() {
            Err(Error::invalid("expected a key between the lines of a PEM block"))
        } else {
            Ok(body)
        };
    }
    let key = match value.split_once(',') {
        Some((_, key)) if License::parse(value.as_str()).is_ok() => key,
        _ => value.as_str(),
    };
    if key.len() < SHORTEST {
        return Err(Error::invalid(format!(
            "expected at least {SHORTEST} bytes; a shorter value would be masked in the middle of words"
        )));
    }
    Ok(vec![secret(key)])
}

/// What is made of a value with the name that it has in an object.
type Make<'m, T> = &'m dyn Fn(Zeroizing<String>, Option<String>) -> Result<T>;

/// Reads a file of secrets: lines, or JSON.
fn read<T>(bytes: &[u8], make: Make<'_, T>) -> Result<Vec<T>> {
    let text = std::str::from_utf8(bytes).map_err(|error| {
        let line = 1 + memchr::memchr_iter(b'\n', &bytes[..error.valid_up_to()]).count();
        Error::invalid("expected UTF-8").at(line, 1)
    })?;
    let text = text.strip_prefix('\u{feff}').unwrap_or(text);
    match text.trim_start().as_bytes().first() {
        Some(b'[' | b'{') => json(text, make),
        _ => lines(text, make),
    }
}

const PEM_BEGIN: &str = "-----BEGIN ";
const PEM_END: &str = "-----END ";

fn lines<T>(text: &str, make: Make<'_, T>) -> Result<Vec<T>> {
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
        entries.push(make(value, None).map_err(|error| error.at(index + 1, 1))?);
    }
    Ok(entries)
}

fn json<T>(text: &str, make: Make<'_, T>) -> Result<Vec<T>> {
    // The reader's own message may quote the value.
    let why = RefCell::new(String::from(
        "expected a JSON array or object of strings, each a secret, a license or a PEM private key",
    ));
    let mut reader = serde_json::Deserializer::from_str(text);
    let entries = reader.deserialize_any(Strings { make, why: &why });
    let entries = entries.and_then(|entries| reader.end().map(|()| entries));
    entries.map_err(|error| Error::invalid(why.take()).at(error.line(), error.column()))
}

/// An array or an object of strings.
struct Strings<'m, T> {
    make: Make<'m, T>,
    /// What is wrong, where it is not the JSON.
    why: &'m RefCell<String>,
}

impl<T> Strings<'_, T> {
    /// Says what is wrong with a value.
    fn refuse<E: serde_core::de::Error>(&self, why: impl fmt::Display) -> E {
        self.why.replace(why.to_string());
        E::custom("refused")
    }
}

impl<'de, T> Visitor<'de> for Strings<'_, T> {
    type Value = Vec<T>;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("an array or an object of strings")
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut list: A) -> Result<Vec<T>, A::Error> {
        let mut entries = Vec::new();
        while let Some(value) = list.next_element::<String>()? {
            entries.push((self.make)(Zeroizing::new(value), None).map_err(|error| self.refuse(error))?);
        }
        Ok(entries)
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Vec<T>, A::Error> {
        let (mut entries, mut names) = (Vec::new(), HashSet::new());
        while let Some((name, value)) = map.next_entry::<String, String>()? {
            let value = Zeroizing::new(value);
            // Most readers keep the last and drop what stood under the name before.
            if !names.insert(name.clone()) {
                let twice = "expected each name once in the object; one of them is there twice";
                return Err(self.refuse(twice));
            }
            entries.push((self.make)(value, Some(name)).map_err(|error| self.refuse(error))?);
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
        let cases: [(&[u8], usize); 9] = [
            (b"{\"a\": \"secretvalue\",\n\"a\": \"secretvalue\"}", 2),
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

    #[test]
    fn what_is_to_be_hidden_is_read_from_every_form() {
        let (key, other) = ("k9".repeat(16), "x7".repeat(16));
        let body = ["MHcCAQEEIK9".repeat(5), "AwEHoUQDQgAE".repeat(4)];
        let pem = format!(
            "-----BEGIN EC PRIVATE KEY-----\nProc-Type: 4\n{}\n{}\n-----END EC PRIVATE KEY-----",
            body[0], body[1]
        );
        let json = |text: &str| serde_json::to_string(text).unwrap();
        let texts = [
            format!("# a remark\n{key}\n\nTIRA1B2C3D4E,{other}\na pass phrase, of words\n{pem}\n"),
            format!(
                "[{}]",
                [&key, &format!("TIRA1B2C3D4E,{other}"), "a pass phrase, of words", &pem].map(json).join(",")
            ),
            format!(
                "{{\"a\":\"{key}\",\"TIRA1B2C3D4E\":\"{other}\",\"c\":\"a pass phrase, of words\",\"d\":{}}}",
                json(&pem)
            ),
        ];
        for text in texts {
            let values = Known::literals(text.as_bytes()).unwrap();
            let values: Vec<&str> = values.iter().map(|v| v.expose().as_str()).collect();
            assert_eq!(values, [&key, &other, "a pass phrase, of words", &body[0], &body[1]], "{text}");
        }
        for (text, line) in [("long enough\nshort\n", 2), ("[\"long enough\",\n\"short\"]", 2)] {
            let error = Known::literals(text.as_bytes()).unwrap_err();
            assert_eq!(error.position().map(|(line, _)| line), Some(line), "{text}");
            assert!(!error.to_string().contains("short\""), "{error}");
        }
    }
}
