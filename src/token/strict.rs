//! The strict reader behind verification: one JSON object, no name twice, nothing after it.
//!
//! A name that comes twice lets two readers disagree about what was signed; a number in a string, or
//! a time with a fraction, lets two clocks. Here each of these is an error that names the field.

use std::borrow::Cow;
use std::fmt;

use serde_core::de::{DeserializeSeed, Deserializer, Error, IgnoredAny, MapAccess, SeqAccess, Visitor};

use super::refusal::Refusal;

/// A value as verification needs it.
#[derive(Debug, Clone, PartialEq)]
pub(super) enum Scalar<'d> {
    /// A string.
    Text(Cow<'d, str>),
    /// An integer of 64 bits.
    Integer(i64),
    /// Anything else.
    Other,
}

/// The values of some names, in the order of `NAMES`.
#[derive(Debug)]
pub(super) struct Fields<'d, const N: usize> {
    names: &'static [&'static str; N],
    values: [Option<Scalar<'d>>; N],
}

impl<'d, const N: usize> Fields<'d, N> {
    /// Reads the whole of `document`, which must be one JSON object in UTF-8.
    pub(super) fn read(document: &'d [u8], names: &'static [&'static str; N]) -> Result<Self, Refusal> {
        let text = std::str::from_utf8(document).map_err(|_| Refusal::Malformed("not UTF-8"))?;
        let mut reader = serde_json::Deserializer::from_str(text);
        let mut twice = false;
        let fields = reader.deserialize_map(ObjectVisitor { names, twice: &mut twice }).and_then(|values| {
            reader.end()?;
            Ok(Self { names, values })
        });
        match fields {
            Ok(fields) => Ok(fields),
            Err(_) if twice => Err(Refusal::Malformed("a JSON field that comes twice")),
            Err(_) => Err(Refusal::Malformed("not a JSON object")),
        }
    }

    /// The string at that place of the names.
    pub(super) fn text(&self, index: usize) -> Result<&str, Refusal> {
        match &self.values[index] {
            Some(Scalar::Text(text)) => Ok(text),
            _ => Err(self.expected(index, "a string")),
        }
    }

    /// The string at that place, none where the name is missing.
    pub(super) fn optional_text(&self, index: usize) -> Result<Option<&str>, Refusal> {
        self.values[index].is_some().then(|| self.text(index)).transpose()
    }

    /// The integer at that place.
    pub(super) fn integer(&self, index: usize) -> Result<i64, Refusal> {
        match self.values[index] {
            Some(Scalar::Integer(number)) => Ok(number),
            _ => Err(self.expected(index, "an integer")),
        }
    }

    /// The refusal of that field.
    pub(super) fn expected(&self, index: usize, expected: &'static str) -> Refusal {
        Refusal::Field { name: self.names[index], expected }
    }
}

struct ObjectVisitor<'t, const N: usize> {
    names: &'static [&'static str; N],
    twice: &'t mut bool,
}

impl<'d, const N: usize> Visitor<'d> for ObjectVisitor<'_, N> {
    type Value = [Option<Scalar<'d>>; N];

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("an object")
    }

    fn visit_map<A: MapAccess<'d>>(self, mut map: A) -> Result<Self::Value, A::Error> {
        let mut values = [const { None }; N];
        let mut strangers: Vec<String> = Vec::new();
        while let Some(name) = map.next_key_seed(NameSeed(self.names))? {
            let twice = match &name {
                Name::Known(index) => values[*index].is_some(),
                Name::Stranger(name) => strangers.contains(name),
            };
            if twice {
                *self.twice = true;
                return Err(A::Error::custom("a name that comes twice"));
            }
            let value = map.next_value_seed(ScalarSeed)?;
            match name {
                Name::Known(index) => values[index] = Some(value),
                Name::Stranger(name) => strangers.push(name),
            }
        }
        Ok(values)
    }
}

enum Name {
    Known(usize),
    Stranger(String),
}

struct NameSeed<const N: usize>(&'static [&'static str; N]);

impl<'d, const N: usize> DeserializeSeed<'d> for NameSeed<N> {
    type Value = Name;

    fn deserialize<D: Deserializer<'d>>(self, deserializer: D) -> Result<Name, D::Error> {
        deserializer.deserialize_str(self)
    }
}

impl<const N: usize> Visitor<'_> for NameSeed<N> {
    type Value = Name;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a name")
    }

    fn visit_str<E: Error>(self, name: &str) -> Result<Name, E> {
        let known = self.0.iter().position(|n| *n == name);
        Ok(known.map_or_else(|| Name::Stranger(name.to_owned()), Name::Known))
    }
}

struct ScalarSeed;

impl<'d> DeserializeSeed<'d> for ScalarSeed {
    type Value = Scalar<'d>;

    fn deserialize<D: Deserializer<'d>>(self, deserializer: D) -> Result<Scalar<'d>, D::Error> {
        deserializer.deserialize_any(self)
    }
}

impl<'d> Visitor<'d> for ScalarSeed {
    type Value = Scalar<'d>;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a value")
    }

    fn visit_borrowed_str<E: Error>(self, text: &'d str) -> Result<Scalar<'d>, E> {
        Ok(Scalar::Text(Cow::Borrowed(text)))
    }

    fn visit_str<E: Error>(self, text: &str) -> Result<Scalar<'d>, E> {
        Ok(Scalar::Text(Cow::Owned(text.to_owned())))
    }

    fn visit_i64<E: Error>(self, number: i64) -> Result<Scalar<'d>, E> {
        Ok(Scalar::Integer(number))
    }

    fn visit_u64<E: Error>(self, number: u64) -> Result<Scalar<'d>, E> {
        Ok(i64::try_from(number).map_or(Scalar::Other, Scalar::Integer))
    }

    fn visit_f64<E: Error>(self, _: f64) -> Result<Scalar<'d>, E> {
        Ok(Scalar::Other)
    }

    fn visit_bool<E: Error>(self, _: bool) -> Result<Scalar<'d>, E> {
        Ok(Scalar::Other)
    }

    fn visit_unit<E: Error>(self) -> Result<Scalar<'d>, E> {
        Ok(Scalar::Other)
    }

    fn visit_seq<A: SeqAccess<'d>>(self, mut seq: A) -> Result<Scalar<'d>, A::Error> {
        while seq.next_element::<IgnoredAny>()?.is_some() {}
        Ok(Scalar::Other)
    }

    fn visit_map<A: MapAccess<'d>>(self, mut map: A) -> Result<Scalar<'d>, A::Error> {
        while map.next_entry::<IgnoredAny, IgnoredAny>()?.is_some() {}
        Ok(Scalar::Other)
    }
}

#[cfg(test)]
#[allow(clippy::unwrap_used, reason = "a test may stop")]
mod tests {
    use super::*;

    const NAMES: [&str; 2] = ["a", "n"];

    #[test]
    fn reads_strings_and_integers_by_name() {
        let text = br#"{"x":[1,{"x":2}],"n":-7,"y":null,"a":"\u00e9"}"#;
        let fields = Fields::read(text, &NAMES).unwrap();
        assert_eq!(fields.text(0), Ok("é"));
        assert_eq!(fields.integer(1), Ok(-7));
        assert_eq!(fields.text(1), Err(Refusal::Field { name: "n", expected: "a string" }));
    }

    #[test]
    fn refuses_what_two_readers_may_read_differently() {
        for text in [
            r#"{"a":"1","a":"2"}"#,
            r#"{"a":"1","\u0061":"2"}"#,
            r#"{"x":1,"x":2}"#,
            r#"{"a":"1"}{}"#,
            r#"{"a":"1"} x"#,
            r#"{"a":NaN}"#,
            r#"{"n":1e999}"#,
            r#"["a"]"#,
            r#"{"a":"1""#,
            "{\"a\":\"\n\"}",
            "",
        ] {
            assert!(matches!(Fields::read(text.as_bytes(), &NAMES), Err(Refusal::Malformed(_))), "{text}");
        }
        assert!(Fields::read(b"{\"a\":\"\xff\"}", &NAMES).is_err());
        for value in ["1.0", "1e3", "\"1\"", "true", "null", "[1]", "9223372036854775808"] {
            let text = format!(r#"{{"n":{value}}}"#);
            let fields = Fields::read(text.as_bytes(), &NAMES).unwrap();
            assert_eq!(
                fields.integer(1),
                Err(Refusal::Field { name: "n", expected: "an integer" }),
                "{value}"
            );
        }
    }
}
