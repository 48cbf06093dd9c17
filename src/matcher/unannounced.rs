//! Tokens whose first characters are nobody's: connect tokens without `v1.`, and UserSigs that were deflated
//! without a header. Runs of letters and digits lead to them; what is inside tells what they are.

use super::index::Index;
use super::page::Page;
use super::types::{Form, Match};
use crate::text::Span;
use crate::token::{tirtc, usersig_legacy};

/// A run of letters and digits begins within so many characters of a token's start.
const REACH: usize = 96;

/// A UserSig is never shorter, in characters.
const MIN_CHARS: usize = 100;

/// The token around a run of letters and digits.
pub(super) fn at(m: &Index, page: &Page<'_>, run: Span, out: &mut Vec<Match>) {
    let bytes = page.bytes;
    if bytes[run.start..].starts_with(b"ey") {
        return connect(m, page, run.start, out);
    }
    let is_part = |b: &&u8| b.is_ascii_alphanumeric() || b"*-_+/".contains(b);
    let before = bytes[..run.start].iter().rev().take(REACH).take_while(is_part).count();
    let start = run.start - before;
    if before == REACH {
        return;
    }
    let length = bytes[start..].iter().take(MIN_CHARS).take_while(is_part).count();
    let Some((scheme, token)) =
        (length == MIN_CHARS).then(|| usersig_legacy::decode_bare(&bytes[start..])).flatten()
    else {
        return;
    };
    if let Some(&(rule, _)) = m.schemes.iter().find(|(_, known)| known.name == scheme.name) {
        let value = Span::new(start, start + token.length);
        out.push(Match { rule, value, name: None, form: Form::Shape, token: Some((token, scheme)) });
    }
}

/// A connect token without `v1.` whose payload begins at `start`; the second part of a JWT is none.
fn connect(m: &Index, page: &Page<'_>, start: usize, out: &mut Vec<Match>) {
    let before = &page.bytes[..start];
    // What goes on before is none either, and every part of a long text would be asked.
    let is_inner = before.last().is_some_and(|b| b.is_ascii_alphanumeric() || b"-_+/".contains(b))
        || matches!(before, [.., b, b'.'] if b.is_ascii_alphanumeric() || matches!(b, b'-' | b'_' | b'='));
    if is_inner {
        return;
    }
    let Some(&(rule, scheme)) = m.schemes.iter().find(|(_, known)| known.name == tirtc::SCHEME.name) else {
        return;
    };
    if let Some(token) = (scheme.decode)(&page.bytes[start..]) {
        let value = Span::new(start, start + token.length);
        out.push(Match { rule, value, name: None, form: Form::Shape, token: Some((token, scheme)) });
    }
}
