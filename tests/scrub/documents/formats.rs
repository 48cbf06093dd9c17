//! Records in other formats than JSON: how each is written, and a strict reader for it.

use super::hostile::Text;
use crate::support::prng::Prng;

/// A member: its name and its text.
pub(crate) type Pair = (String, Text);

type Read = Vec<Vec<(String, String)>>;

/// A format of records.
pub(crate) struct Format {
    pub(crate) name: &'static str,
    /// The first row names the columns of all.
    pub(crate) columns: bool,
    /// Whether it can say such a text at all.
    pub(crate) can_hold: fn(&str) -> bool,
    pub(crate) write: fn(&[Vec<Pair>], &mut Prng) -> String,
    pub(crate) read: fn(&str) -> Option<Read>,
}

pub(crate) const FORMATS: &[Format] = &[
    Format { name: "logfmt", columns: false, can_hold: |_| true, write: write_logfmt, read: read_logfmt },
    Format { name: "YAML", columns: false, can_hold: |_| true, write: write_yaml, read: read_yaml },
    Format { name: "flow YAML", columns: false, can_hold: |_| true, write: write_flow, read: read_flow },
    Format { name: "TOML", columns: false, can_hold: |_| true, write: write_toml, read: read_toml },
    Format { name: "env", columns: false, can_hold: |_| true, write: write_env, read: read_env },
    Format { name: "XML", columns: false, can_hold: |_| true, write: write_xml, read: read_xml },
    Format { name: "INI", columns: false, can_hold: is_trimmed, write: write_ini, read: read_ini },
    Format { name: "query", columns: false, can_hold: |_| true, write: write_query, read: read_query },
    Format { name: "CSV", columns: true, can_hold: |_| true, write: write_csv, read: read_csv },
];

fn is_trimmed(text: &str) -> bool {
    text.trim() == text
}

/// As JSON writes a string, which most formats understand.
fn quoted(text: &str) -> String {
    serde_json::Value::from(text).to_string()
}

/// A string of JSON at the beginning, and what is behind it.
fn unquoted(text: &str) -> Option<(String, &str)> {
    let mut strings = serde_json::Deserializer::from_str(text).into_iter::<String>();
    let string = strings.next()?.ok()?;
    Some((string, &text[strings.byte_offset()..]))
}

/// A single-quoted string at the beginning, in which two quotes are one.
fn single_unquoted(text: &str) -> Option<(String, &str)> {
    let mut rest = text.strip_prefix('\'')?;
    let mut string = String::new();
    loop {
        let end = rest.find('\'')?;
        string.push_str(&rest[..end]);
        rest = &rest[end + 1..];
        match rest.strip_prefix('\'') {
            Some(more) => {
                string.push('\'');
                rest = more;
            }
            None => return Some((string, rest)),
        }
    }
}

fn by_line(rows: &[Vec<Pair>], mut row: impl FnMut(&[Pair]) -> String) -> String {
    rows.iter().map(|pairs| row(pairs) + "\n").collect()
}

fn write_logfmt(rows: &[Vec<Pair>], _: &mut Prng) -> String {
    by_line(rows, |pairs| {
        let is_bare = |text: &str| {
            !text.is_empty() && text.chars().all(|c| c > ' ' && !matches!(c, '"' | '=' | '\\' | '\'' | '`'))
        };
        let value = |text: &str| if is_bare(text) { text.to_owned() } else { quoted(text) };
        let pairs: Vec<String> =
            pairs.iter().map(|(name, text)| format!("{name}={}", value(&text.text))).collect();
        pairs.join(" ")
    })
}

fn read_logfmt(text: &str) -> Option<Read> {
    let line = |mut rest: &str| {
        let mut pairs = Vec::new();
        loop {
            let (name, value) = rest.split_once('=')?;
            let (value, behind) = if value.starts_with('"') {
                unquoted(value)?
            } else {
                let end = value.find(' ').unwrap_or(value.len());
                (value[..end].to_owned(), &value[end..])
            };
            pairs.push((name.to_owned(), value));
            match behind.strip_prefix(' ') {
                Some(more) => rest = more,
                None => return behind.is_empty().then_some(pairs),
            }
        }
    };
    text.lines().map(line).collect()
}

fn write_csv(rows: &[Vec<Pair>], rng: &mut Prng) -> String {
    let all = rng.below(2) == 0;
    let cell = |text: &str| {
        if all || text.contains([',', '"', '\n', '\r']) {
            format!("\"{}\"", text.replace('"', "\"\""))
        } else {
            text.to_owned()
        }
    };
    let names = rows[0].iter().map(|(name, _)| name.clone()).collect::<Vec<_>>().join(",");
    let body =
        by_line(rows, |pairs| pairs.iter().map(|(_, text)| cell(&text.text)).collect::<Vec<_>>().join(","));
    format!("{names}\n{body}")
}

fn read_csv(text: &str) -> Option<Read> {
    let mut table: Vec<Vec<String>> = vec![vec![String::new()]];
    let mut rest = text.chars().peekable();
    let (mut is_quoted, mut begins) = (false, true);
    while let Some(c) = rest.next() {
        let cell = table.last_mut()?.last_mut()?;
        match c {
            '"' if is_quoted && rest.peek() == Some(&'"') => cell.push(rest.next()?),
            '"' if is_quoted => {
                is_quoted = false;
                if !matches!(rest.peek(), Some(',' | '\n')) {
                    return None;
                }
            }
            c if is_quoted => cell.push(c),
            '"' if begins => is_quoted = true,
            '"' => return None,
            ',' => table.last_mut()?.push(String::new()),
            '\n' => table.push(vec![String::new()]),
            c => cell.push(c),
        }
        begins = matches!(c, ',' | '\n') && !is_quoted;
    }
    if is_quoted || table.pop()? != [""] {
        return None;
    }
    let names = table.remove(0);
    let row = |row: Vec<String>| (row.len() == names.len()).then(|| names.iter().cloned().zip(row).collect());
    table.into_iter().map(row).collect()
}

/// Whether a text may stand in YAML without quotes.
fn is_plain_scalar(text: &str) -> bool {
    text.starts_with(|c: char| c.is_ascii_alphabetic())
        && is_trimmed(text)
        && !text.contains(": ")
        && !text.contains(" #")
        && !text.ends_with(':')
}

fn write_yaml(rows: &[Vec<Pair>], rng: &mut Prng) -> String {
    rows.iter()
        .map(|pairs| {
            let mut out = String::from("-\n");
            for (name, text) in pairs {
                let text = &text.text;
                let value = match rng.below(4) {
                    0 if is_plain_scalar(text) => text.clone(),
                    1 => format!("'{}'", text.replace('\'', "''")),
                    2 if is_trimmed(text) && !text.is_empty() => format!("|-\n    {text}"),
                    _ => quoted(text),
                };
                out.push_str(&format!("  {name}: {value}\n"));
            }
            out
        })
        .collect()
}

fn read_yaml(text: &str) -> Option<Read> {
    let mut rows: Read = Vec::new();
    let mut lines = text.lines();
    while let Some(line) = lines.next() {
        if line == "-" {
            rows.push(Vec::new());
            continue;
        }
        let (name, value) = line.strip_prefix("  ")?.split_once(": ")?;
        let value = match value {
            "|-" => lines.next()?.strip_prefix("    ")?.to_owned(),
            _ if value.starts_with('"') => unquoted(value).filter(|(_, rest)| rest.is_empty())?.0,
            _ if value.starts_with('\'') => single_unquoted(value).filter(|(_, rest)| rest.is_empty())?.0,
            // A mask may stand where a plain scalar stood: as an alias it would say something else.
            _ if value.is_empty() || !is_trimmed(value) => return None,
            _ => value.to_owned(),
        };
        rows.last_mut()?.push((name.to_owned(), value));
    }
    Some(rows)
}

fn write_flow(rows: &[Vec<Pair>], rng: &mut Prng) -> String {
    by_line(rows, |pairs| {
        let value = |text: &str, single: bool| {
            if single { format!("'{}'", text.replace('\'', "''")) } else { quoted(text) }
        };
        let members: Vec<String> = pairs
            .iter()
            .map(|(name, text)| format!("{name}: {}", value(&text.text, rng.below(2) == 0)))
            .collect();
        format!("- {{{}}}", members.join(", "))
    })
}

fn read_flow(text: &str) -> Option<Read> {
    let line = |line: &str| {
        let mut rest = line.strip_prefix("- {")?.strip_suffix('}')?;
        let mut pairs = Vec::new();
        loop {
            let (name, value) = rest.split_once(": ")?;
            let (value, behind) = unquoted(value).or_else(|| single_unquoted(value))?;
            pairs.push((name.to_owned(), value));
            match behind.strip_prefix(", ") {
                Some(more) => rest = more,
                None => return behind.is_empty().then_some(pairs),
            }
        }
    };
    text.lines().map(line).collect()
}

fn escaped(text: &str) -> String {
    text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;")
}

fn unescaped(text: &str) -> String {
    text.replace("&quot;", "\"").replace("&lt;", "<").replace("&gt;", ">").replace("&amp;", "&")
}

fn write_xml(rows: &[Vec<Pair>], rng: &mut Prng) -> String {
    rows.iter()
        .map(|pairs| match rng.below(3) {
            0 => {
                let attributes = pairs.iter().map(|(name, text)| {
                    format!(" {name}=\"{}\"", escaped(&text.text).replace('"', "&quot;"))
                });
                format!("<row{}/>\n", attributes.collect::<String>())
            }
            indented => {
                let end = if indented == 1 { "\n" } else { "" };
                let elements =
                    pairs.iter().map(|(name, text)| format!("<{name}>{}</{name}>{end}", escaped(&text.text)));
                format!("<row>{end}{}</row>\n", elements.collect::<String>())
            }
        })
        .collect()
}

fn read_xml(text: &str) -> Option<Read> {
    let mut rows: Read = Vec::new();
    let mut rest = text;
    while !rest.is_empty() {
        let mut row = Vec::new();
        if let Some(mut attributes) = rest.strip_prefix("<row ") {
            loop {
                let (name, value) = attributes.split_once("=\"")?;
                let (value, behind) = value.split_once('"')?;
                row.push((name.trim_start().to_owned(), unescaped(value)).clone());
                attributes = behind;
                if let Some(behind) = behind.strip_prefix("/>\n") {
                    rest = behind;
                    break;
                }
            }
        } else {
            rest = rest.strip_prefix("<row>")?.trim_start_matches('\n');
            while let Some(tag) = rest.strip_prefix('<').filter(|tag| !tag.starts_with("/row>")) {
                let (name, value) = tag.split_once('>')?;
                let (value, behind) = value.split_once('<')?;
                rest =
                    behind.strip_prefix('/')?.strip_prefix(name)?.strip_prefix('>')?.trim_start_matches('\n');
                row.push((name.to_owned(), unescaped(value)));
            }
            rest = rest.strip_prefix("</row>\n")?;
        }
        rows.push(row);
    }
    Some(rows)
}

fn percent(text: &str, plus: bool) -> String {
    text.bytes()
        .map(|b| match b {
            b'A'..=b'Z' | b'a'..=b'z' | b'0'..=b'9' | b'-' | b'.' | b'_' | b'~' => char::from(b).to_string(),
            b' ' if plus => "+".to_owned(),
            b => format!("%{b:02X}"),
        })
        .collect()
}

fn from_percent(text: &str) -> Option<String> {
    let mut out = Vec::new();
    let mut rest = text.as_bytes();
    while let [b, behind @ ..] = rest {
        rest = behind;
        match b {
            b'%' => {
                let digits = std::str::from_utf8(rest.get(..2)?).ok()?;
                out.push(u8::from_str_radix(digits, 16).ok()?);
                rest = &rest[2..];
            }
            b'+' => out.push(b' '),
            b => out.push(*b),
        }
    }
    String::from_utf8(out).ok()
}

fn write_query(rows: &[Vec<Pair>], rng: &mut Prng) -> String {
    by_line(rows, |pairs| {
        let plus = rng.below(2) == 0;
        let members: Vec<String> =
            pairs.iter().map(|(name, text)| format!("{name}={}", percent(&text.text, plus))).collect();
        members.join("&")
    })
}

fn read_query(text: &str) -> Option<Read> {
    let member = |member: &str| {
        let (name, value) = member.split_once('=')?;
        Some((name.to_owned(), from_percent(value)?))
    };
    text.lines().map(|line| line.split('&').map(member).collect()).collect()
}

fn write_toml(rows: &[Vec<Pair>], rng: &mut Prng) -> String {
    rows.iter()
        .map(|pairs| {
            let mut out = String::from("[[row]]\n");
            for (name, text) in pairs {
                let text = &text.text;
                let value = if rng.below(2) == 0 && !text.contains('\'') {
                    format!("'{text}'")
                } else {
                    quoted(text)
                };
                out.push_str(&format!("{name} = {value}\n"));
            }
            out
        })
        .collect()
}

fn read_toml(text: &str) -> Option<Read> {
    use toml::de::{DeTable, DeValue};
    let document = DeTable::parse(text).ok()?;
    let DeValue::Array(rows) = document.get_ref().get("row")?.get_ref() else { return None };
    let row = |table: &DeTable<'_>| {
        let mut pairs: Vec<(usize, (String, String))> = Vec::new();
        for (name, value) in table.iter() {
            let DeValue::String(value) = value.get_ref() else { return None };
            pairs.push((name.span().start, (name.get_ref().to_string(), value.to_string())));
        }
        pairs.sort();
        Some(pairs.into_iter().map(|(_, pair)| pair).collect())
    };
    rows.iter()
        .map(|value| if let DeValue::Table(table) = value.get_ref() { row(table) } else { None })
        .collect()
}

fn write_ini(rows: &[Vec<Pair>], _: &mut Prng) -> String {
    let section = |pairs: &Vec<Pair>| {
        let members: String = pairs.iter().map(|(name, text)| format!("{name} = {}\n", text.text)).collect();
        format!("[row]\n{members}")
    };
    rows.iter().map(section).collect()
}

fn read_ini(text: &str) -> Option<Read> {
    let mut rows: Read = Vec::new();
    for line in text.lines() {
        if line == "[row]" {
            rows.push(Vec::new());
            continue;
        }
        let (name, value) = line.split_once('=')?;
        rows.last_mut()?.push((name.trim().to_owned(), value.trim().to_owned()));
    }
    Some(rows)
}

fn write_env(rows: &[Vec<Pair>], rng: &mut Prng) -> String {
    rows.iter()
        .map(|pairs| {
            let line = |(name, text): &Pair, rng: &mut Prng| {
                let text = &text.text;
                let is_bare = text.chars().all(|c| c.is_ascii_alphanumeric() || "-_./:[]{}=,".contains(c));
                let value = match rng.below(3) {
                    0 if is_bare => text.clone(),
                    1 if !text.contains('\'') => format!("'{text}'"),
                    _ => quoted(text),
                };
                format!("{name}={value}\n")
            };
            format!("# row\n{}", pairs.iter().map(|pair| line(pair, rng)).collect::<String>())
        })
        .collect()
}

fn read_env(text: &str) -> Option<Read> {
    let mut rows: Read = Vec::new();
    for line in text.lines() {
        if line == "# row" {
            rows.push(Vec::new());
            continue;
        }
        let (name, value) = line.split_once('=')?;
        let value = match value.as_bytes().first() {
            Some(b'"') => unquoted(value).filter(|(_, rest)| rest.is_empty())?.0,
            Some(b'\'') => value[1..].strip_suffix('\'').filter(|value| !value.contains('\''))?.to_owned(),
            _ => value.to_owned(),
        };
        rows.last_mut()?.push((name.to_owned(), value));
    }
    Some(rows)
}
