//! TOML that is taken apart key by key: whatever is wrong in a rule file or a project file is told with
//! its line and column and with what was expected, so that no mistake is silently without effect.

use regex::bytes::{Regex, RegexBuilder};
use strsim::levenshtein;
use toml::Spanned;
use toml::de::{DeTable, DeValue};

use crate::error::{Error, Result};

/// A compiled regex may take this many bytes, so that a rule file cannot take all memory.
const REGEX_SIZE: usize = 10 << 20;

/// Reads a whole file.
pub(crate) fn document(text: &str) -> Result<Spanned<DeTable<'_>>> {
    DeTable::parse(text).map_err(|e| {
        let (line, column) = place(text, e.span().map_or(0, |s| s.start));
        Error::invalid(e.message().to_owned()).at(line, column)
    })
}

/// A table with what is needed to complain about it.
pub(crate) struct Table<'a> {
    text: &'a str,
    what: &'static str,
    span: std::ops::Range<usize>,
    table: &'a DeTable<'a>,
}

impl<'a> Table<'a> {
    /// The whole file; `what` names it in messages.
    pub(crate) fn top(text: &'a str, what: &'static str, table: &'a Spanned<DeTable<'a>>) -> Self {
        Self { text, what, span: table.span(), table: table.get_ref() }
    }

    fn get(&self, key: &str) -> Option<&'a Spanned<DeValue<'a>>> {
        self.table.iter().find(|(k, _)| k.get_ref() == key).map(|(_, v)| v)
    }

    /// Refuses keys that nobody reads.
    pub(crate) fn only(&self, keys: &[&str]) -> Result<()> {
        for key in self.table.keys() {
            let name = key.get_ref().as_ref();
            if !keys.contains(&name) {
                let near = nearest(name, keys).map(|k| format!("; did you mean `{k}`?")).unwrap_or_default();
                let (line, column) = place(self.text, key.span().start);
                let message =
                    format!("unknown key `{}` in {}{near}", crate::text::printable(name), self.what);
                return Err(Error::invalid(message).at(line, column));
            }
        }
        Ok(())
    }

    /// A complaint about the value of `key`, or about the table where there is none.
    pub(crate) fn error(&self, key: &str, message: String) -> Error {
        let at = self.get(key).map_or(self.span.start, |v| v.span().start);
        let (line, column) = place(self.text, at);
        Error::invalid(message).at(line, column)
    }

    /// True where the table has `key`.
    pub(crate) fn has(&self, key: &str) -> bool {
        self.get(key).is_some()
    }

    /// A complaint about `key` itself.
    pub(crate) fn key_error(&self, key: &str, message: String) -> Error {
        let found = self.table.keys().find(|k| k.get_ref() == key);
        let (line, column) = place(self.text, found.map_or(self.span.start, |k| k.span().start));
        Error::invalid(message).at(line, column)
    }

    /// The complaint that `key` is missing.
    pub(crate) fn missing(&self, key: &str) -> Error {
        self.error(key, format!("{} needs `{key}`", self.what))
    }

    fn expected(&self, key: &str, what: &str, got: &DeValue<'_>) -> Error {
        self.error(key, format!("`{key}` must be {what}, not {}", got.type_str()))
    }

    /// Line and column of the value of `key`, or of the table where there is none.
    #[cfg(feature = "cli")]
    pub(crate) fn at(&self, key: &str) -> (usize, usize) {
        place(self.text, self.get(key).map_or(self.span.start, |v| v.span().start))
    }

    /// Every key with its line and column, in the order of the file.
    #[cfg(feature = "cli")]
    pub(crate) fn keys(&self) -> Vec<(String, (usize, usize))> {
        let mut keys: Vec<_> = self.table.keys().map(|k| (k.span().start, k.get_ref())).collect();
        keys.sort();
        keys.into_iter().map(|(at, key)| (key.to_string(), place(self.text, at))).collect()
    }

    /// A list of strings, each with its line and column.
    #[cfg(feature = "cli")]
    pub(crate) fn strings_at(&self, key: &str) -> Result<Vec<(String, (usize, usize))>> {
        let strings = self.strings(key)?;
        let items = self.get(key).and_then(|v| v.get_ref().as_array());
        let places = items.into_iter().flatten().map(|item| place(self.text, item.span().start));
        Ok(strings.into_iter().zip(places).collect())
    }

    /// A date, bare or as a string, as it is written.
    #[cfg(feature = "cli")]
    pub(crate) fn date(&self, key: &str) -> Result<Option<String>> {
        match self.get(key).map(|v| v.get_ref()) {
            Some(DeValue::Datetime(date)) => Ok(Some(date.to_string())),
            _ => self.string(key),
        }
    }

    /// A string.
    pub(crate) fn string(&self, key: &str) -> Result<Option<String>> {
        let Some(value) = self.get(key) else { return Ok(None) };
        let value = value.get_ref();
        value.as_str().map(|s| Some(s.to_owned())).ok_or_else(|| self.expected(key, "a string", value))
    }

    /// A string, or a list of them.
    pub(crate) fn one_or_more(&self, key: &str) -> Result<Vec<String>> {
        match self.get(key).map(|v| v.get_ref()) {
            Some(DeValue::String(one)) => Ok(vec![one.to_string()]),
            _ => self.strings(key),
        }
    }

    /// A list of strings.
    pub(crate) fn strings(&self, key: &str) -> Result<Vec<String>> {
        let Some(value) = self.get(key) else { return Ok(Vec::new()) };
        let array = value.get_ref().as_array();
        let array = array.ok_or_else(|| self.expected(key, "a list of strings", value.get_ref()))?;
        let one = |item: &Spanned<DeValue<'_>>| {
            let text = item.get_ref().as_str().map(str::to_owned);
            text.ok_or_else(|| self.expected(key, "a list of strings", item.get_ref()))
        };
        array.iter().map(one).collect()
    }

    fn number(&self, key: &str) -> Result<Option<String>> {
        let Some(value) = self.get(key) else { return Ok(None) };
        match value.get_ref() {
            DeValue::Integer(i) => Ok(Some(i.to_string())),
            DeValue::Float(f) => Ok(Some(f.as_str().to_owned())),
            other => Err(self.expected(key, "a number", other)),
        }
    }

    /// A whole number.
    pub(crate) fn integer(&self, key: &str) -> Result<Option<usize>> {
        let number = self.number(key)?;
        let parse =
            |n: String| n.parse().map_err(|_| self.error(key, format!("`{key}` must be a whole number")));
        number.map(parse).transpose()
    }

    /// A number.
    pub(crate) fn float(&self, key: &str) -> Result<Option<f64>> {
        let number = self.number(key)?;
        let parse = |n: String| n.parse().map_err(|_| self.error(key, format!("`{key}` must be a number")));
        number.map(parse).transpose()
    }

    /// One of these names.
    pub(crate) fn choice<T: Copy>(&self, key: &str, names: &[(T, &str)]) -> Result<Option<T>> {
        let Some(name) = self.string(key)? else { return Ok(None) };
        let found = names.iter().find(|(_, n)| *n == name).map(|(v, _)| Some(*v));
        found.ok_or_else(|| {
            let all: Vec<&str> = names.iter().map(|(_, n)| *n).collect();
            self.error(key, format!("`{key}` must be one of {}", all.join(", ")))
        })
    }

    /// A regular expression.
    pub(crate) fn regex(&self, key: &str) -> Result<Option<Regex>> {
        self.string(key)?.map(|text| self.compile(key, &text)).transpose()
    }

    /// A list of regular expressions.
    pub(crate) fn regexes(&self, key: &str) -> Result<Vec<Regex>> {
        self.strings(key)?.iter().map(|text| self.compile(key, text)).collect()
    }

    fn compile(&self, key: &str, text: &str) -> Result<Regex> {
        let compiled = RegexBuilder::new(text).size_limit(REGEX_SIZE).build();
        compiled.map_err(|e| self.error(key, format!("`{key}` is no regular expression: {e}")))
    }

    /// A table; `what` names it in messages.
    pub(crate) fn table(&self, key: &str, what: &'static str) -> Result<Option<Table<'a>>> {
        let Some(value) = self.get(key) else { return Ok(None) };
        let table = value.get_ref().as_table();
        let table = table.ok_or_else(|| self.expected(key, "a table", value.get_ref()))?;
        Ok(Some(Table { text: self.text, what, span: value.span(), table }))
    }

    /// A list of tables; `what` names one of them in messages.
    pub(crate) fn tables(&self, key: &str, what: &'static str) -> Result<Vec<Table<'a>>> {
        let Some(value) = self.get(key) else { return Ok(Vec::new()) };
        let array = value.get_ref().as_array();
        let array = array.ok_or_else(|| self.expected(key, "a list of tables", value.get_ref()))?;
        let one = |item: &'a Spanned<DeValue<'a>>| {
            let table = item.get_ref().as_table();
            let table = table.ok_or_else(|| self.expected(key, "a list of tables", item.get_ref()))?;
            Ok(Table { text: self.text, what, span: item.span(), table })
        };
        array.iter().map(one).collect()
    }
}

/// Line and column, both from 1, in characters.
fn place(text: &str, at: usize) -> (usize, usize) {
    let before = text.get(..at).unwrap_or(text);
    let line_start = before.rfind('\n').map_or(0, |i| i + 1);
    (before.matches('\n').count() + 1, before[line_start..].chars().count() + 1)
}

/// The key that was probably meant.
fn nearest<'k>(name: &str, keys: &[&'k str]) -> Option<&'k str> {
    let close = keys.iter().map(|k| (levenshtein(name, k), *k)).min()?;
    (close.0 <= 2.max(name.len() / 3)).then_some(close.1)
}
