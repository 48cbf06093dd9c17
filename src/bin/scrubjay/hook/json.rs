//! Our entry in a file of JSON: package.json for simple-git-hooks, lefthook.json.
//!
//! Only the member that changes is written; the rest of the file stays byte for byte as it was.

use std::ops::Range;

use serde_json::Value;

/// A member of an object: its name, and where it begins and its value stands.
struct Member {
    name: String,
    start: usize,
    value: Range<usize>,
}

/// The file as a value.
///
/// # Errors
///
/// It is not JSON, or has comments, which JSON has not.
pub(super) fn read(text: &str) -> Result<Value, String> {
    serde_json::from_str(text).map_err(|error| format!("it is not plain JSON: line {}", error.line()))
}

/// The file with a value at a path of names; objects on the way are made.
///
/// # Errors
///
/// It is not JSON, or something on the way is no object.
pub(super) fn set(text: &str, path: &[&str], value: &Value) -> Result<String, String> {
    read(text)?;
    let mut open = text.find(|c: char| !c.is_whitespace()).unwrap_or_default();
    for (depth, name) in path.iter().enumerate() {
        if text.as_bytes().get(open) != Some(&b'{') {
            return Err(format!("what holds `{name}` is no object"));
        }
        let members = members(text, open);
        match members.iter().find(|member| member.name == *name) {
            Some(member) if depth + 1 == path.len() => {
                let mut new = text.to_owned();
                new.replace_range(member.value.clone(), &value.to_string());
                return Ok(new);
            }
            Some(member) => open = member.value.start,
            None => {
                let rest = path[depth + 1..].iter().rev();
                let inner = rest.fold(value.clone(), |inner, name| serde_json::json!({ *name: inner }));
                let member = format!("{}: {inner}", Value::from(*name));
                let new = match members.first() {
                    Some(first) => format!("{}{member},", &text[open + 1..first.start]),
                    None => member,
                };
                return Ok(format!("{}{new}{}", &text[..=open], &text[open + 1..]));
            }
        }
    }
    Ok(text.to_owned())
}

/// The file without the value at a path, and without objects on the way that then hold nothing, down
/// to a depth of `keep` names.
///
/// # Errors
///
/// It is not JSON.
pub(super) fn remove(text: &str, path: &[&str], keep: usize) -> Result<String, String> {
    read(text)?;
    let mut open = text.find('{').unwrap_or_default();
    let mut cut = None;
    for (depth, name) in path.iter().enumerate() {
        if text.as_bytes().get(open) != Some(&b'{') {
            return Ok(text.to_owned());
        }
        let members = members(text, open);
        let Some(at) = members.iter().position(|member| member.name == *name) else {
            return Ok(text.to_owned());
        };
        if members.len() > 1 || depth <= keep || cut.is_none() {
            let from = if at == 0 { open + 1 } else { members[at - 1].value.end };
            let to = match members.get(at + 1) {
                // With the comma that follows, or else with the one before.
                Some(next) if at == 0 => text[..next.start].rfind(',').map_or(next.start, |comma| comma + 1),
                _ => members[at].value.end,
            };
            cut = Some(from..to);
        }
        open = members[at].value.start;
    }
    let mut new = text.to_owned();
    if let Some(cut) = cut {
        new.replace_range(cut, "");
    }
    Ok(new)
}

/// The members of the object that begins at a byte of a file that is JSON.
fn members(text: &str, open: usize) -> Vec<Member> {
    let bytes = text.as_bytes();
    let mut members: Vec<Member> = Vec::new();
    let (mut at, mut depth, mut name): (usize, usize, Option<Range<usize>>) = (open, 0, None);
    while at < bytes.len() {
        match bytes[at] {
            b'"' => {
                let end = string_end(bytes, at);
                if depth == 1 && name.is_none() {
                    name = Some(at..end);
                }
                at = end;
                continue;
            }
            b'{' | b'[' => depth += 1,
            b'}' | b']' => depth -= 1,
            _ => {}
        }
        if (depth == 1 && bytes[at] == b',') || depth == 0 {
            if let Some(name) = name.take() {
                let colon = name.end + text[name.end..at].find(':').unwrap_or_default() + 1;
                let trim = &text[colon..at];
                let start = colon + (trim.len() - trim.trim_start().len());
                let value = start..colon + trim.trim_end().len();
                let text = serde_json::from_str(&text[name.clone()]).unwrap_or_default();
                members.push(Member { name: text, start: name.start, value });
            }
            if depth == 0 {
                break;
            }
        }
        at += 1;
    }
    members
}

/// Where the string that begins here is over.
fn string_end(bytes: &[u8], start: usize) -> usize {
    let mut at = start + 1;
    while at < bytes.len() && bytes[at] != b'"' {
        at += if bytes[at] == b'\\' { 2 } else { 1 };
    }
    (at + 1).min(bytes.len())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_was_put_in_comes_out_again() {
        for text in [
            "{}",
            "{ }\n",
            "{\"a\": {}}",
            "{\n  \"b\": [1, \"},{\"],\n  \"a\": {\n    \"x\": \"y \\\" z\"\n  }\n}\n",
            "{\r\n\t\"a\": {\"c\": {\"q\": 1}}\r\n}\r\n",
        ] {
            let path = ["a", "c", "d"];
            let added = set(text, &path, &Value::from("v \" w")).expect("JSON");
            let read: Value = serde_json::from_str(&added).expect("JSON");
            assert_eq!(read["a"]["c"]["d"], "v \" w", "{added}");
            let back = remove(&added, &path, 0).expect("JSON");
            let same: Value = serde_json::from_str(&back).expect("JSON");
            if text != "{\"a\": {}}" {
                assert_eq!(back, text, "{added}");
            }
            assert!(same["a"]["c"]["d"].is_null());
        }
    }

    #[test]
    fn a_value_is_replaced_where_it_stands() {
        let text = "{ \"h\" : { \"p\" : \"old\" , \"q\":1 } }";
        assert_eq!(
            set(text, &["h", "p"], &Value::from("new")).as_deref(),
            Ok("{ \"h\" : { \"p\" : \"new\" , \"q\":1 } }")
        );
        assert!(set("{\"h\": 1}", &["h", "p"], &Value::Null).is_err());
        assert!(set("{ // no\n}", &["h"], &Value::Null).is_err());
    }
}
