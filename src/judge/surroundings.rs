//! What is around a value: what it is nested in, its line, and the members beside it, by braces and by
//! indentation. Bounded: a few lines in each direction.

use crate::matcher::name::identifier;
use crate::text::Span;

/// How many lines of members are read in each direction, and how many bytes of a line.
const MAX_MEMBERS: usize = 8;
const MAX_LINES: usize = 60;
const MAX_LINE_BYTES: usize = 300;

/// The surroundings of a named value.
#[derive(Debug)]
pub(super) struct Surroundings<'a> {
    /// The whole identifier of the value.
    pub(super) identifier: &'a str,
    /// The identifier and, in front of it, what it is nested in.
    pub(super) nesting: String,
    /// What is called on its own line, its comment, and comments directly above and below.
    line: Vec<&'a [u8]>,
    /// The members beside it.
    members: Vec<&'a [u8]>,
}

impl<'a> Surroundings<'a> {
    pub(super) fn of(bytes: &'a [u8], name: Span, value: Span) -> Self {
        let span = identifier(bytes, name.start);
        let span = if span.is_empty() { name } else { span };
        let text = std::str::from_utf8(&bytes[span.range()]).unwrap_or_default();
        let mut all =
            Self { identifier: text, nesting: String::new(), line: Vec::new(), members: Vec::new() };
        let (start, end) = own_line(bytes, span, value);
        all.read_line(bytes, Span::new(start, end), span, value);
        all.nest(subscripts(&bytes[start..span.start]));
        all.read_up(bytes, start, indent(&bytes[start..]));
        all.read_down(bytes, end, indent(&bytes[start..]));
        all.nesting.push(' ');
        all.nesting.push_str(text);
        all
    }

    /// Takes the own line apart: what an open brace on it is called is nesting, the rest is beside.
    fn read_line(&mut self, bytes: &'a [u8], line: Span, name: Span, value: Span) {
        let before = &bytes[line.start..name.start];
        let after = bytes.get(value.end.min(line.end)..line.end).unwrap_or_default();
        let open = last_open_brace(before);
        let inside = open.map_or(before, |at| &before[at + 1..]);
        self.nest(open.map_or(&[][..], |at| &before[..at]));
        let close = after.iter().position(|b| *b == b'}').filter(|_| open.is_some()).unwrap_or(after.len());
        // Free text on the line says nothing of the value: only its comment does, and what is called.
        self.line.extend([inside, &after[..close]].into_iter().filter_map(comment));
        self.line.extend(callees(before));
        let pieces = [inside, &after[..close]].into_iter();
        self.members.extend(pieces.flat_map(|part| part.split(|b| matches!(b, b',' | b';'))));
    }

    /// Goes up: members have the same indentation, what has less is what they are nested in.
    fn read_up(&mut self, bytes: &'a [u8], start: usize, own: usize) {
        let (mut at, mut least, mut is_beside) = (start, own, true);
        for number in 0..MAX_LINES {
            let Some(end) = at.checked_sub(1) else { return };
            let floor = end.saturating_sub(MAX_LINE_BYTES);
            let from = memchr::memrchr(b'\n', &bytes[floor..end]).map_or(floor, |i| floor + i + 1);
            let line = &bytes[from..end];
            at = from;
            let is_blank = line.trim_ascii().is_empty();
            is_beside &= !is_blank;
            if number == 0 && is_comment(line) {
                self.line.push(line);
            }
            let depth = indent(line);
            if !is_blank && (depth < least || (depth == least && line.trim_ascii().starts_with(b"["))) {
                (least, is_beside) = (depth, false);
                self.nest(line);
            } else if depth == own && is_beside && number < MAX_MEMBERS {
                self.members.push(line);
            }
            // Far back on one long line is nothing that has to do with this.
            let is_piece = from > 0 && bytes[from - 1] != b'\n';
            if (least == 0 && !is_beside) || (is_piece && number >= MAX_MEMBERS) {
                return;
            }
        }
    }

    fn read_down(&mut self, bytes: &'a [u8], end: usize, own: usize) {
        let mut at = end + 1;
        for number in 0..MAX_MEMBERS {
            let Some(rest) = bytes.get(at..).filter(|rest| !rest.is_empty()) else { return };
            let line = &rest[..rest.len().min(MAX_LINE_BYTES)];
            let line = &line[..memchr::memchr(b'\n', line).unwrap_or(line.len())];
            at += line.len() + 1;
            if line.trim_ascii().is_empty() || indent(line) < own {
                return;
            }
            if number == 0 && is_comment(line) {
                self.line.push(line);
            }
            if indent(line) == own {
                self.members.push(line);
            }
        }
    }

    /// Adds what a value is nested in, in front of what is nearer.
    fn nest(&mut self, text: &[u8]) {
        const MAX_BYTES: usize = 80;
        let text = &text[text.len().saturating_sub(MAX_BYTES)..];
        self.nesting.insert_str(0, &format!("{} ", String::from_utf8_lossy(text)));
    }

    /// The words of the identifier and of what it is nested in, in lower case.
    pub(super) fn nesting_words(&self) -> impl Iterator<Item = String> {
        words(self.nesting.as_bytes()).into_iter()
    }

    /// The words of its line and of the comments at it.
    pub(super) fn line_words(&self) -> impl Iterator<Item = String> {
        let words: Vec<String> = self.line.iter().flat_map(|line| words(line)).collect();
        words.into_iter()
    }

    /// Whether a member beside it has one of these in it, compared without case, `_` and `-`.
    pub(super) fn has_neighbour(&self, neighbours: &[String]) -> bool {
        let mut members = String::new();
        for member in &self.members {
            members.extend(folded(member));
            members.push('\n');
        }
        let is_in = |neighbour: &String| {
            let neighbour: String = folded(neighbour.as_bytes()).collect();
            memchr::memmem::find(members.as_bytes(), neighbour.as_bytes()).is_some()
        };
        neighbours.iter().any(is_in)
    }

    /// What `find` says of the first token for which it says anything, in the value of a member that is
    /// named as this one is but for their last words: `SecretId` beside `SecretKey`, not
    /// `AWS_ACCESS_KEY_ID` beside `SECRET_KEY`.
    pub(super) fn paired_token<T>(&self, find: impl Fn(&'a [u8]) -> Option<T>) -> Option<T> {
        let is_part = |b: &u8| b.is_ascii_alphanumeric() || matches!(b, b'_' | b'-');
        let mut members = self.members.iter().filter_map(|member| split_member(member));
        members.find_map(|(name, value)| {
            let said = value.split(|b| !is_part(b)).find_map(&find);
            // Most values say nothing, and names cost more to compare.
            said.filter(|_| self.is_paired(name))
        })
    }

    fn is_paired(&self, name: &[u8]) -> bool {
        prefix(name) == prefix(self.identifier.as_bytes())
    }

    /// The first of these names that a member beside it has. A name of common words alone, such as
    /// `access_key`, counts only where it is paired.
    pub(super) fn paired_name<'n>(&self, names: &'n [String]) -> Option<&'n str> {
        let mut members = self.members.iter().filter_map(|member| split_member(member));
        members.find_map(|(name, _)| {
            let is = |known: &&str| {
                folded(name).eq(folded(known.as_bytes()))
                    && (!prefix(known.as_bytes()).is_empty() || self.is_paired(name))
            };
            names.iter().map(String::as_str).find(is)
        })
    }
}

/// The line of a value with its name, without what is far away.
fn own_line(bytes: &[u8], name: Span, value: Span) -> (usize, usize) {
    let is_line = |b: &&u8| **b != b'\n';
    let (first, last) = (name.start.min(value.start), name.end.max(value.end));
    let start = first - bytes[..first].iter().rev().take(MAX_LINE_BYTES).take_while(is_line).count();
    let end = last + bytes[last..].iter().take(MAX_LINE_BYTES).take_while(is_line).count();
    (start, end)
}

/// Where the brace is that is open at the end of a text.
fn last_open_brace(text: &[u8]) -> Option<usize> {
    let mut closed = 0usize;
    for (at, b) in text.iter().enumerate().rev() {
        match b {
            b'}' => closed += 1,
            b'{' if closed == 0 => return Some(at),
            b'{' => closed -= 1,
            _ => {}
        }
    }
    None
}

/// What a name is looked up in: `$config['aws']['`, `settings.jwt["`.
fn subscripts(before: &[u8]) -> &[u8] {
    const MAX_BYTES: usize = 80;
    let is_part = |b: &&u8| b.is_ascii_alphanumeric() || b"_$'\"[].->:".contains(b);
    let length = before.iter().rev().take(MAX_BYTES).take_while(is_part).count();
    let chain = &before[before.len() - length..];
    if chain.contains(&b'[') { chain } else { &[] }
}

/// The comment at the end of a line.
fn comment(text: &[u8]) -> Option<&[u8]> {
    let signs = [&b"//"[..], b"# ", b"/*", b"-- ", b"<!--", b"; "];
    let is_address = |at: usize| text[at..].starts_with(b"//") && at > 0 && text[at - 1] == b':';
    let starts = signs.iter().filter_map(|sign| memchr::memmem::find(text, sign));
    starts.filter(|at| !is_address(*at)).min().map(|at| &text[at..])
}

/// What is called on a line: the identifiers before its open brackets, and literals that such a call takes
/// first: `new COS({`, `boto3.client("s3", `.
fn callees(before: &[u8]) -> impl Iterator<Item = &[u8]> {
    const MAX_CALLEE_BYTES: usize = 64;
    let is_part = |b: &&u8| b.is_ascii_alphanumeric() || b"_.$:".contains(b);
    memchr::memchr2_iter(b'(', b'{', before).map(move |at| {
        let name = before[..at].iter().rev().take(MAX_CALLEE_BYTES).take_while(is_part).count();
        let rest = &before[at + 1..];
        let quoted = rest.strip_prefix(b"\"").or_else(|| rest.strip_prefix(b"'"));
        let literal = quoted.map_or(0, |text| 1 + text.iter().take(16).take_while(is_part).count());
        &before[at - name..at + 1 + literal]
    })
}

/// How far a line is written in; the sign of a comment counts as blank.
fn indent(line: &[u8]) -> usize {
    line.iter().take_while(|b| b" \t/#*-;".contains(b)).count()
}

fn is_comment(line: &[u8]) -> bool {
    let line = line.trim_ascii_start();
    [&b"//"[..], b"#", b"/*", b"* ", b"--", b";", b"<!--"].iter().any(|sign| line.starts_with(sign))
}

/// Lower case, without `_` and `-`.
fn folded(text: &[u8]) -> impl Iterator<Item = char> {
    let kept = text.iter().filter(|b| !matches!(b, b'_' | b'-'));
    kept.map(|b| char::from(b.to_ascii_lowercase()))
}

/// What a name has before its first word of a pair.
fn prefix(name: &[u8]) -> String {
    const WORDS: [&str; 7] = ["secret", "access", "app", "public", "key", "id", "bucket"];
    let folded: String = folded(name).collect();
    let at = WORDS.iter().filter_map(|word| folded.find(word)).min().unwrap_or(folded.len());
    folded[..at].rsplit('.').next().unwrap_or_default().to_owned()
}

/// The name and the value of a member: `name: value`, `name = value`, `"name" => value`.
fn split_member(member: &[u8]) -> Option<(&[u8], &[u8])> {
    let colon = memchr::memmem::find(member, "：".as_bytes());
    let separator = member.iter().position(|b| matches!(b, b':' | b'=')).into_iter().chain(colon).min()?;
    let name = member[..separator].trim_ascii_end();
    let is_quote = |b: &u8| matches!(b, b'"' | b'\'' | b'`' | b']' | b')');
    let name = &name[..name.len() - name.iter().rev().take_while(|b| is_quote(b)).count()];
    let is_part = |b: &&u8| b.is_ascii_alphanumeric() || matches!(b, b'_' | b'-' | b'.');
    let length = name.iter().rev().take_while(is_part).count();
    (length > 0).then(|| (&name[name.len() - length..], &member[separator + 1..]))
}

/// The words of a text in lower case: split at signs and humps.
fn words(text: &[u8]) -> Vec<String> {
    let mut all = Vec::new();
    for run in text.split(|b| !b.is_ascii_alphanumeric()).filter(|run| !run.is_empty()) {
        let mut word = String::new();
        for (at, &b) in run.iter().enumerate() {
            let after_lower = at > 0 && run[at - 1].is_ascii_lowercase();
            let before_lower = run.get(at + 1).is_some_and(u8::is_ascii_lowercase) && at > 0;
            if b.is_ascii_uppercase() && (after_lower || before_lower) && !word.is_empty() {
                all.push(std::mem::take(&mut word));
            }
            word.push(char::from(b.to_ascii_lowercase()));
        }
        all.push(word);
        all.push(String::from_utf8_lossy(run).to_ascii_lowercase());
    }
    all
}

#[cfg(test)]
mod tests {
    use super::*;

    fn around<'t>(text: &'t str, name: &str, value: &str) -> Surroundings<'t> {
        let at = |part: &str| text.find(part).map(|i| Span::new(i, i + part.len())).expect("is there");
        Surroundings::of(text.as_bytes(), at(name), at(value))
    }

    #[test]
    fn nesting_is_read_by_indentation_and_by_braces() {
        let yaml =
            "a:\n  b: 1\nsms:\n  tencent:\n    id: x\n    secret-key: VALUE\n    app: 1\nother:\n  y: 1\n";
        let found = around(yaml, "secret-key", "VALUE");
        let words: Vec<String> = found.nesting_words().collect();
        assert!(words.contains(&"sms".into()) && words.contains(&"tencent".into()), "{words:?}");
        assert!(!words.contains(&"other".into()) && !words.contains(&"a".into()), "{words:?}");
        assert_eq!(found.members.len(), 4, "its own line's two ends, and two members");
        let code = around("x = new COS({ SecretId: 'I', SecretKey: 'VALUE' });", "SecretKey", "VALUE");
        assert!(code.nesting_words().any(|w| w == "cos"));
    }

    #[test]
    fn members_are_pairs_by_what_their_names_begin_with() {
        let pair = around("SecretId: ABCDEF\nSecretKey: VALUE\n", "SecretKey", "VALUE");
        assert!(pair.paired_token(|t| (t == b"ABCDEF").then_some(())).is_some());
        let env = around("AWS_ACCESS_KEY_ID=ABCDEF\nSECRET_KEY=VALUE\n", "SECRET_KEY", "VALUE");
        assert!(env.paired_token(|t| (t == b"ABCDEF").then_some(())).is_none());
    }

    #[test]
    fn words_are_split_at_humps() {
        let all = words(b"JWTSecretKey aws_key");
        for word in ["jwt", "secret", "key", "aws", "jwtsecretkey"] {
            assert!(all.iter().any(|w| w == word), "{word}: {all:?}");
        }
    }
}
