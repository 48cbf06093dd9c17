//! JSON, written by hand: every field where it was put, so that equal findings give equal bytes.
//!
//! Characters that could harm a terminal are escaped: a report for programs gets looked at, too.

use crate::text::is_unprintable;

/// Adds an array of what `item` writes for each.
pub(super) fn list<T>(json: &mut String, items: &[T], mut item: impl FnMut(&mut String, &T)) {
    json.push('[');
    for (index, each) in items.iter().enumerate() {
        if index > 0 {
            json.push(',');
        }
        item(json, each);
    }
    json.push(']');
}

/// A JSON object that is being written.
pub(super) struct Object<'j> {
    json: &'j mut String,
    first: bool,
}

impl<'j> Object<'j> {
    /// Begins an object at the end of `json`.
    pub(super) fn open(json: &'j mut String) -> Self {
        json.push('{');
        Self { json, first: true }
    }

    /// Ends it.
    pub(super) fn close(self) {
        self.json.push('}');
    }

    /// A name; its value is up to the caller.
    pub(super) fn key(&mut self, key: &str) {
        if !std::mem::take(&mut self.first) {
            self.json.push(',');
        }
        quote(self.json, key);
        self.json.push(':');
    }

    /// A value that is JSON already.
    pub(super) fn raw(&mut self, key: &str, value: &str) {
        self.key(key);
        self.json.push_str(value);
    }

    /// A string.
    pub(super) fn text(&mut self, key: &str, value: &str) {
        self.key(key);
        quote(self.json, value);
    }

    /// A string, or null.
    pub(super) fn text_or_null(&mut self, key: &str, value: Option<&str>) {
        match value {
            Some(value) => self.text(key, value),
            None => self.null(key),
        }
    }

    /// A number.
    pub(super) fn number(&mut self, key: &str, value: impl ToString) {
        self.raw(key, &value.to_string());
    }

    /// A number, or null.
    pub(super) fn number_or_null(&mut self, key: &str, value: Option<i64>) {
        match value {
            Some(value) => self.number(key, value),
            None => self.null(key),
        }
    }

    /// Null.
    pub(super) fn null(&mut self, key: &str) {
        self.raw(key, "null");
    }

    /// An array of strings.
    pub(super) fn texts(&mut self, key: &str, values: &[impl AsRef<str>]) {
        self.key(key);
        list(self.json, values, |json, value| quote(json, value.as_ref()));
    }

    /// An object.
    pub(super) fn object(&mut self, key: &str, fields: impl FnOnce(&mut Object<'_>)) {
        self.key(key);
        let mut object = Object::open(self.json);
        fields(&mut object);
        object.close();
    }

    /// An array of objects.
    pub(super) fn objects<T>(&mut self, key: &str, items: &[T], mut fields: impl FnMut(&mut Object<'_>, &T)) {
        self.key(key);
        list(self.json, items, |json, item| {
            let mut object = Object::open(json);
            fields(&mut object, item);
            object.close();
        });
    }
}

fn quote(json: &mut String, text: &str) {
    json.push('"');
    for c in text.chars() {
        match c {
            '"' => json.push_str("\\\""),
            '\\' => json.push_str("\\\\"),
            '\n' => json.push_str("\\n"),
            '\r' => json.push_str("\\r"),
            '\t' => json.push_str("\\t"),
            c if is_unprintable(c) => {
                for unit in c.encode_utf16(&mut [0; 2]) {
                    json.push_str(&format!("\\u{unit:04x}"));
                }
            }
            c => json.push(c),
        }
    }
    json.push('"');
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn quoted_text_reads_back_and_holds_nothing_that_moves_a_cursor() {
        let text = "a\"b\\c\n\r\t\u{1b}[0m\u{202e}\u{7f}\u{85}\u{e0041}密😀";
        let mut json = String::new();
        quote(&mut json, text);
        assert!(!json.chars().any(is_unprintable), "{json}");
        assert_eq!(serde_json::from_str::<String>(&json).expect("JSON"), text);
    }

    #[test]
    fn objects_stand_in_each_other() {
        let mut json = String::new();
        let mut object = Object::open(&mut json);
        object.objects("a", &[1, 2], |object, n| object.number("n", n));
        object.object("b", |object| object.null("c"));
        object.close();
        assert_eq!(json, r#"{"a":[{"n":1},{"n":2}],"b":{"c":null}}"#);
    }
}
