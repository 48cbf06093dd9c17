//! Documents of JSON: compact, indented, in strings of each other, one a line, between other text.

use serde_json::{Map, Value};

use super::hostile::{self, NAMES, PLAIN_NAMES};
use crate::support::prng::Prng;

/// A document, and the secrets in it.
pub(crate) struct Made {
    pub(crate) value: Value,
    pub(crate) secrets: Vec<String>,
}

pub(crate) fn made(rng: &mut Prng) -> Made {
    let mut secrets = Vec::new();
    let value = object(rng, 3, &mut secrets);
    Made { value, secrets }
}

fn object(rng: &mut Prng, depth: usize, secrets: &mut Vec<String>) -> Value {
    let mut map = Map::new();
    for i in 0..1 + rng.below(4) {
        let name = match rng.below(6) {
            0 => (*rng.pick(NAMES)).to_owned(),
            1 => {
                let text = hostile::text(rng);
                secrets.extend(text.secrets);
                text.text
            }
            _ => format!("{}{i}", rng.pick(PLAIN_NAMES)),
        };
        let value = value(rng, &name, depth, secrets);
        map.insert(name, value);
    }
    map.insert("end".to_owned(), Value::from(17));
    Value::from(map)
}

fn value(rng: &mut Prng, name: &str, depth: usize, secrets: &mut Vec<String>) -> Value {
    match rng.below(10) {
        0 if depth > 0 => object(rng, depth - 1, secrets),
        1 if depth > 0 => {
            let elements = (0..rng.below(4)).map(|_| value(rng, "", depth - 1, secrets));
            Value::from(elements.collect::<Vec<_>>())
        }
        2 if depth > 0 => Value::from(object(rng, depth - 1, secrets).to_string()),
        3 => Value::from(rng.below(100_000)),
        4 => [Value::Null, Value::from(true), Value::from(1.5)][rng.below(3)].clone(),
        _ => {
            let text = hostile::under(name, rng);
            secrets.extend(text.secrets);
            Value::from(text.text)
        }
    }
}

/// How a document is written.
#[derive(Debug, Clone, Copy)]
pub(crate) enum Form {
    Compact,
    Indented,
    /// In so many strings of JSON.
    Inside(usize),
    /// Twice, one a line.
    Lines,
    /// Behind other text, and before it.
    Between,
}

impl Form {
    pub(crate) fn any(rng: &mut Prng) -> Self {
        match rng.below(8) {
            0 | 1 => Self::Compact,
            2 | 3 => Self::Indented,
            4 | 5 => Self::Inside(1 + rng.below(3)),
            6 => Self::Lines,
            _ => Self::Between,
        }
    }

    /// One that is a document alone.
    #[cfg(feature = "tracing")]
    pub(crate) fn one_document(rng: &mut Prng) -> Self {
        *rng.pick(&[Self::Compact, Self::Indented, Self::Inside(1), Self::Inside(2)])
    }

    pub(crate) fn write(self, value: &Value) -> String {
        match self {
            Self::Compact => format!("{value}\n"),
            Self::Indented => format!("{value:#}\n"),
            Self::Inside(times) => {
                let inner = (0..times).fold(value.to_string(), |inner, _| {
                    serde_json::json!({ "log": inner, "stream": "stdout" }).to_string()
                });
                format!("{inner}\n")
            }
            Self::Lines => format!("{value}\n{value}\n"),
            Self::Between => format!("2027-01-15T08:00:00Z INFO body {value} was read\n"),
        }
    }

    /// What stands in a text that was written so.
    pub(crate) fn read(self, text: &str) -> Result<Value, String> {
        let json = |text: &str| serde_json::from_str::<Value>(text).map_err(|error| error.to_string());
        match self {
            Self::Compact | Self::Indented => json(text),
            Self::Inside(times) => {
                let mut inner = text.to_owned();
                for _ in 0..times {
                    let around = json(&inner)?;
                    let log = around["log"].as_str().filter(|_| around["stream"] == "stdout");
                    inner = log.ok_or("the text around it has changed")?.to_owned();
                }
                json(&inner)
            }
            Self::Lines => {
                let lines = text.lines().map(json).collect::<Result<Vec<_>, _>>()?;
                match &lines[..] {
                    [a, b] if a == b => Ok(a.clone()),
                    _ => Err("the lines are not two of the same".to_owned()),
                }
            }
            Self::Between => {
                let body = text.strip_prefix("2027-01-15T08:00:00Z INFO body ");
                let body = body.and_then(|body| body.strip_suffix(" was read\n"));
                json(body.ok_or("the text around it has changed")?)
            }
        }
    }
}

/// Whether two documents are the same but for masks. `named` is the name under which they stand, if it says
/// that they are secret.
pub(crate) fn is_same(old: &Value, new: &Value, named: Option<&str>) -> Result<(), String> {
    let differ = || Err(format!("{old} becomes {new}"));
    match (old, new) {
        // Names may be masked as well, and two of them are one then.
        (Value::Object(a), Value::Object(b))
            if (named.is_some() || b.len() < a.len()) && b.keys().any(|name| name.contains("****")) =>
        {
            if b.len() <= a.len() { Ok(()) } else { differ() }
        }
        (Value::Object(a), Value::Object(b)) if a.len() == b.len() => {
            // They are sorted, and a name with a mask may stand elsewhere.
            let all = b;
            for ((name, a), (new_name, b)) in a.iter().zip(b) {
                let named = named.or_else(|| NAMES.iter().find(|n| name.contains(**n)).copied());
                let is_it = |new: (&String, &Value)| {
                    super::is_masked_form(name, new.0) && is_same(a, new.1, named).is_ok()
                };
                let is_elsewhere = || all.iter().any(|new| new.0.contains("****") && is_it(new));
                if !is_it((new_name, b)) && !is_elsewhere() {
                    is_same(a, b, named)?;
                    return Err(format!("the name {name:?} becomes {new_name:?}"));
                }
            }
            Ok(())
        }
        (Value::Array(a), Value::Array(b)) if a.len() == b.len() => {
            a.iter().zip(b).try_for_each(|(a, b)| is_same(a, b, named))
        }
        (Value::Array(_), Value::Array(b)) if named.is_some() && b.iter().all(|n| n.as_u64() == Some(42)) => {
            Ok(())
        }
        // A document in a string is one afterwards.
        (Value::String(a), Value::String(b)) => {
            let inner = serde_json::from_str::<Value>(a).ok().filter(Value::is_object);
            match inner {
                Some(inner) if named.is_none() => {
                    let now =
                        serde_json::from_str(b).map_err(|error| format!("{error}: {a:?} becomes {b:?}"))?;
                    is_same(&inner, &now, named)
                }
                _ if super::is_masked_form(a, b) => Ok(()),
                _ => differ(),
            }
        }
        (Value::Number(_), Value::String(b)) if named.is_some() && b == "****" => Ok(()),
        // The mask of an element of an array of numbers.
        (Value::Number(_), Value::Number(b)) if named.is_some() && b.as_u64() == Some(42) => Ok(()),
        _ if old == new => Ok(()),
        _ => differ(),
    }
}
