//! What follows a name: closing quotes, a separator, wrappers, and then the value.
//!
//! The grammar is tolerant on purpose: it does not know languages but the forms that they share. It
//! never looks further than [`REACH`] bytes, and crosses a line end only where a carrier does.

use super::expression::{after_colon, value};
use super::fallback::{Stop, fallback, shell_default};
use super::index::Index;
use super::inner::inner;
use super::literal::{literal, literal_in, wrapper};
use super::name::Name;
use super::name::holds;
use super::names::normalise;
use super::page::Page;
use super::page::{FILE_BYTES, NEAR_BYTES};
use super::prefix::prefix;
use super::separator::{Closed, Separator, accessors, closers, is_define, is_flag, is_measured, separator};
use super::types::Literal;
use super::types::{Asks, Form, Match};
use super::unseparated::without_separator;
use super::{body, delimited, option, unpack};
use super::{hex, pair, shape};
use crate::cursor::Cursor;
use crate::decode::{self, Ask, Wake, units};
use crate::rule::Value;
use crate::text::Span;

/// A shorter value is not a key, whatever is around it.
const MIN_WEAK_BYTES: usize = 16;

/// Finds the values of a name and gives each to the rule that it fits.
pub(super) fn named(m: &Index, page: &Page<'_>, name: &Name, out: &mut Vec<Match>, asks: &mut Asks) {
    if let Some(ask) = broken(page.bytes, name) {
        return asks.push(ask);
    }
    // A common word that is a name only beside others has to be written like one.
    if m.rules_of(name).iter().all(|n| n.weak) && !is_followed_by_separator(page.bytes, name.span.end) {
        return;
    }
    asks.extend(page.ask_for_numbers(name));
    let mut found = Vec::new();
    let ask = after(page, name, &mut found);
    // The escape behind a value belongs to it: decoded it is whole.
    if let Some(ask) = ask.filter(|ask| ask.wake == Wake::Percent) {
        found.retain(|literal| literal.span.end != ask.at);
    }
    asks.extend(ask);
    end_with_element(page.bytes, name, &mut found);
    if found.is_empty() {
        pair::sibling(page.bytes, name, &mut found);
    }
    if let Some(literal) = found.first() {
        asks.extend(page.ask_from(name.span.start, literal.span));
        let whole = normalise(&page.bytes[name.span.range()]);
        found.into_iter().for_each(|literal| give(m, page, name, &whole, literal, out));
    }
}

/// Cuts values at the tag that closes the element in which their name stands, whatever quotes they open.
fn end_with_element(bytes: &[u8], name: &Name, found: &mut Vec<Literal>) {
    let has_tag = |literal: &Literal| memchr::memchr(b'<', &bytes[literal.span.range()]).is_some();
    if !found.iter().any(has_tag) {
        return;
    }
    let Some(end) = units::end_of_markup(bytes, name.span) else { return };
    found.retain(|literal| literal.span.start < end);
    found.iter_mut().for_each(|literal| literal.span.end = literal.span.end.min(end));
}

fn is_followed_by_separator(bytes: &[u8], end: usize) -> bool {
    let next =
        bytes[end..].iter().take(8).find(|b| !matches!(b, b' ' | b'"' | b'\'' | b'\\' | b'`' | b']' | b'\t'));
    next.is_some_and(|b| matches!(b, b'=' | b':' | b',' | b'|' | b'<' | b'>' | b'(' | 0x1b) || *b >= 0x80)
}

/// Gives a literal to the best rule that has the name; what stands before the name in the `whole`
/// normalised identifier may be its context.
pub(super) fn give(
    m: &Index,
    page: &Page<'_>,
    name: &Name,
    whole: &[u8],
    literal: Literal,
    out: &mut Vec<Match>,
) {
    let near = Span::new(name.span.start.min(literal.span.start), name.span.end.max(literal.span.end));
    for named in m.rules_of(name) {
        let rule = &page.rules[named.rule];
        let fits = fits(rule.value, page.bytes, literal.span);
        let Some(value) = fits else { continue };
        if is_of_others(&rule.others, page.bytes, name.span.start) {
            continue;
        }
        let own_context = || holds(whole, &rule.context);
        // The context of what is too short for any key need not be known.
        if named.weak && value.len() < MIN_WEAK_BYTES {
            continue;
        }
        let reach = if named.is_common { NEAR_BYTES } else { FILE_BYTES };
        if named.weak && !own_context() && !page.has_context(m, named.rule, near, reach) {
            continue;
        }
        out.push(Match { rule: named.rule, value, name: Some(name.span), form: literal.form, token: None });
        return;
    }
}

/// Whether the words right before a name say that it is another system's: `Supabase local secret key`.
fn is_of_others(others: &[String], bytes: &[u8], name: usize) -> bool {
    const REACH: usize = 40;
    let before = &bytes[name.saturating_sub(REACH)..name];
    let is_word = |b: &u8| b.is_ascii_alphanumeric() || matches!(b, b' ' | b'`' | b'*' | b'_');
    let words = before.iter().rposition(|b| !is_word(b)).map_or(before, |i| &before[i + 1..]);
    let mut words = words.split(|b| !b.is_ascii_alphanumeric());
    words.any(|word| others.iter().any(|other| word.eq_ignore_ascii_case(other.as_bytes())))
}

/// The part of the literal that has the rule's shape.
fn fits(value: Value, bytes: &[u8], span: Span) -> Option<Span> {
    let text = &bytes[span.range()];
    match value {
        Value::Hex64 => (hex::is_key(text) || inner(value, text).is_some()).then_some(span),
        Value::License => shape::loose_license(bytes, span),
        Value::Key | Value::Any => {
            // A license under the name of a key: the key is its second part.
            let comma = memchr::memchr(b',', text);
            match comma {
                Some(i) if i > 0 => Some(Span::new(span.start, span.start + i)),
                _ => Some(span),
            }
        }
        Value::Pem => None,
    }
}

/// A name into which an encoded byte or an invisible sign cuts: what is there has to be decoded first.
fn broken(bytes: &[u8], name: &Name) -> Option<Ask> {
    let mut end = Cursor::new(bytes, name.span.end);
    end.colour();
    let before = &bytes[..name.span.start];
    let invisible = decode::invisible::at_end(before).then_some(Ask::new(Wake::Invisible, name.span.start));
    encoded(&end).or(invisible)
}

/// What stands encoded here, if something does.
fn encoded(c: &Cursor<'_>) -> Option<Ask> {
    let percent = c.peek(0) == b'%' && c.peek(1).is_ascii_hexdigit() && c.peek(2).is_ascii_hexdigit();
    let invisible = decode::invisible::at_start(c.rest());
    let wake = if percent { Wake::Percent } else { Wake::Invisible };
    (percent || invisible > 0).then_some(Ask::new(wake, c.at))
}

/// Reads on after a name. Says which encoding stands in the way, and where, if one does.
fn after(page: &Page<'_>, name: &Name, found: &mut Vec<Literal>) -> Option<Ask> {
    let bytes = page.bytes;
    let mut c = Cursor::new(bytes, name.span.end);
    c.colour();
    let closed = closers(&mut c);
    end_of_key(&mut c, name, &closed);
    let gap_from = c.at;
    c.blanks();
    c.continuation();
    accessors(&mut c);
    let gap = c.at > gap_from;
    if closed.bracketed && is_measured(bytes, name.start) {
        fallback(&mut c, Stop::Statement, found);
        return None;
    }
    let flag = is_flag(bytes, name.start);
    let separator = separator(&mut c);
    let mut begin = c;
    begin.blanks();
    match separator {
        Some(Separator::Assign | Separator::Comma)
            if !closed.quoted
                && unpack::value(&c, name.start, separator == Some(Separator::Comma), found) => {}
        Some(Separator::Assign) => value(&mut c, name, found),
        Some(Separator::Arrow) => {
            value(&mut c, name, found);
            found.retain(|l| l.form == Form::Quoted || !is_file_name(&bytes[l.span.range()]));
        }
        Some(Separator::Colon) => after_colon(&mut c, name, closed.quoted, found),
        Some(Separator::Comma) => {
            argument(&mut c, found);
            option::default(&begin, name, flag, closed.quoted, found);
        }
        Some(Separator::Cell) => cell(&mut c, found),
        Some(Separator::Default) => shell_default(&mut c, found),
        Some(Separator::Call) if pair::is_block(bytes, name.start) => pair::block(&c, found),
        Some(Separator::Call) => called(&mut c, name, found),
        Some(Separator::Or) => fallback(&mut c, Stop::Comma, found),
        None => without_separator(&mut c, name, &closed, gap, found),
    }
    if !closed.quoted && found.iter().all(|l| is_word(bytes, l)) {
        body::returned(&Cursor::new(bytes, gap_from), name, found);
    }
    let escape = found.iter().find_map(|l| escape_in(bytes, l));
    let stopped = found.first().map_or(c, |l| Cursor::new(bytes, l.span.end));
    let open = || if found.is_empty() { page.ask_open(name.span.start, begin.at) } else { None };
    escape.or_else(|| encoded(&begin)).or_else(|| encoded(&stopped)).or_else(open)
}

/// Goes over the brace behind the key of a hash of Perl: `$config{secret_key}`.
fn end_of_key(c: &mut Cursor<'_>, name: &Name, closed: &Closed) {
    let before = &c.bytes[..name.span.start];
    let is_key = before.strip_suffix(b"{").is_some_and(|b| b.last().is_some_and(u8::is_ascii_alphanumeric));
    c.at += usize::from(c.peek(0) == b'}' && is_key && !closed.quoted);
}

/// A word of letters without quotes, such as a type or the word that returns a value, or a text with blanks,
/// such as a docstring.
fn is_word(bytes: &[u8], literal: &Literal) -> bool {
    let text = &bytes[literal.span.range()];
    let is_plain = literal.form != Form::Quoted && text.iter().all(u8::is_ascii_alphabetic);
    is_plain || text.contains(&b' ')
}

/// The first escape of a byte or a code point in a literal: what it stands for has to be decoded.
fn escape_in(bytes: &[u8], literal: &Literal) -> Option<Ask> {
    let text = &bytes[literal.span.range()];
    let is_escape = |at: &usize| {
        matches!(text[at + 1..], [b'x' | b'u' | b'U', ..] | [b'0'..=b'3', b'0'..=b'7', b'0'..=b'7', ..])
    };
    let at = memchr::memchr_iter(b'\\', text).find(is_escape)?;
    Some(Ask::new(Wake::UnicodeEscape, literal.span.start + at))
}

/// `CreateDemoUserSig.h`, `src/debug/config.ts`: a word with an extension, which no key has.
fn is_file_name(text: &[u8]) -> bool {
    const LONGEST_EXTENSION: usize = 6;
    let dot = text.iter().rposition(|&b| b == b'.');
    dot.is_some_and(|dot| {
        let extension = &text[dot + 1..];
        dot > 0
            && (1..=LONGEST_EXTENSION).contains(&extension.len())
            && extension[0].is_ascii_lowercase()
            && extension.iter().all(|b| b.is_ascii_lowercase() || b.is_ascii_digit())
    })
}

/// After a comma only a quoted literal counts: `set(NAME, "…")`. NVS rows have two words between.
fn argument(c: &mut Cursor<'_>, found: &mut Vec<Literal>) {
    if c.eat(b"data,") {
        if c.eat(b"string,") || c.eat(b"hex2bin,") || c.eat(b"base64,") || c.eat(b"blob,") {
            literal(c, found);
        }
        return;
    }
    c.space(2);
    comment(c);
    value_label(c);
    prefix(c);
    let mut quoted = *c;
    if quoted.quote().is_some() {
        literal_in(c, true, found);
    } else if wrapper(&mut quoted) {
        literal(&mut quoted, found);
    }
}

/// Goes over the label of an argument that is called a value; under another label stands something
/// else: `f(secret_key, host="…")`.
fn value_label(c: &mut Cursor<'_>) {
    let mut label = *c;
    if pair::is_value(&c.bytes[label.path().range()]) {
        super::call::label(c);
    }
}

/// Goes over a comment between arguments.
fn comment(c: &mut Cursor<'_>) {
    if c.eat(b"/*")
        && let Some(end) = memchr::memmem::find(&c.rest()[..c.rest().len().min(80)], b"*/")
    {
        c.at += end + 2;
        c.space(1);
    }
}

/// The next cell of a Markdown table.
fn cell(c: &mut Cursor<'_>, found: &mut Vec<Literal>) {
    c.blanks();
    if c.peek(0) == b'|' {
        return;
    }
    let mut value = *c;
    literal(&mut value, found);
    value.at += value.rest().iter().take(3).take_while(|&&b| b == b'*').count();
    value.blanks();
    found.retain(|l| {
        l.form == Form::Quoted || value.peek(0) == b'|' || matches!(value.peek(0), b'\n' | b'\r' | 0)
    });
}

/// A setter's only argument: `.secretKey("…")`.
fn called(c: &mut Cursor<'_>, name: &Name, found: &mut Vec<Literal>) {
    // `set name {…}` of Tcl.
    if is_define(c.bytes, name.start) && delimited::braces(&mut Cursor::new(c.bytes, c.at - 1), found) {
        return;
    }
    c.space(1);
    prefix(c);
    if { *c }.quote().is_some() {
        literal(c, found);
    }
}
