//! Values in pieces: string literals side by side or with an operator between them, lists that are
//! joined, continued lines, blocks of YAML, base64 that was wrapped, and signs that mail, HTML, Markdown
//! and terminals put into a value. The view is the stretch around one value, without its joints.
//!
//! | file | joints |
//! |---|---|
//! | `literal` | between two literals: an operator, a comma of a list that is joined, nothing |
//! | `line` | line ends: escaped, continued, of a block, of wrapped text |
//! | `inline` | entities, escapes, colours inside a value |
//! | `tag` | tags inside a value |
//! | `word` | parts of one word of a shell, quoted or not |
//!
//! `walk` is the way along the pieces, and `follow` goes it. `mail` tells whether a text is quoted-printable.
//!
//! A joint is followed only from a value that a name or the beginning of a token has led to. A line end
//! or a comma may as well separate what has nothing to do with each other, so for those the value has
//! to be a token, which tells by itself whether it is whole ([`Joined::is_loose`]).

mod follow;
mod gap;
mod inline;
mod line;
mod literal;
mod mail;
mod tag;
mod walk;
mod word;

use std::cell::Cell;

use super::decoder::{Ask, Decoder, Wake};
use super::view::View;
use crate::cursor::{Cursor, Mark};
use crate::text::{Span, is_key_byte};
use walk::{MAX_KEY_PIECE_BYTES, Walk};

pub(crate) use walk::begins_token;

/// The name in reports.
pub(crate) const NAME: &str = "pieces";

/// The table's line.
pub(super) const DECODER: Decoder = Decoder { name: NAME, wake: Wake::Pieces, decode };

/// What to ask where a joint follows the value at `at`, or stands in it; `name` and `end` as in [`Ask`].
/// Says as well whether it is a loose one.
///
/// `token_run` keeps the last run of a token's bytes that was gone over, and where it ended, since as many
/// tokens may begin in one run as it has room for.
pub(crate) fn ask(
    bytes: &[u8],
    name: usize,
    at: usize,
    end: usize,
    token_run: &Cell<Span>,
) -> Option<(Ask, bool)> {
    if end > at && ends_there(bytes, at, end) {
        return None;
    }
    let ask = Ask { wake: Wake::Pieces, at, name, end };
    if end - at > MAX_KEY_PIECE_BYTES && !begins_token(&bytes[at..]) {
        return None;
    }
    let mut walk = Walk::new(bytes, &ask);
    let counts = walk.is_token && !walk.is_connect && walk.cuts.is_empty();
    let known = token_run.get();
    if counts && known.start < walk.at && walk.at < known.end {
        walk.at = known.end.min(walk.limit);
    }
    let from = walk.at;
    walk.run_over_value();
    if counts {
        let start = if from == known.end { known.start } else { at };
        token_run.set(Span::new(start, walk.at));
    }
    (walk.may_step() && walk.step()).then_some((ask, walk.is_loose))
}

/// A quick refusal: most values are members of JSON, and fields of a log.
fn ends_there(bytes: &[u8], at: usize, end: usize) -> bool {
    match bytes[end..] {
        [b' ' | b',' | b';' | b')' | b']' | b'}', ..] | [] => bytes[end - 1] != b'=',
        [b'"' | b'\'', b'}' | b']', ..] | [b'"' | b'\''] => true,
        [b'"' | b'\'', b';', ref rest @ ..] => !literal::may_append(rest),
        // An element of a list may be joined with the next.
        [b'"' | b'\'', b',', ..] => at > 1 && matches!(bytes[at - 2], b':' | b'='),
        _ => false,
    }
}

/// A quick refusal for a literal: no joint stands in it, and none behind.
pub(crate) fn is_plain_end(bytes: &[u8], literal: Span) -> bool {
    let is_plain = |b: &u8| is_key_byte(*b) && *b != b'=' && *b != b'^';
    // Behind the comma of a license it goes on.
    !literal.is_empty()
        && bytes.get(literal.end) != Some(&b',')
        && ends_there(bytes, literal.start, literal.end)
        && bytes[literal.range()].iter().all(is_plain)
}

/// What to ask where a literal is open at its line's end, with its first byte at `at`.
pub(crate) fn ask_open(bytes: &[u8], name: usize, from: usize) -> Option<Ask> {
    let mut c = Cursor::new(bytes, from);
    gap::prefix(&mut c);
    let quote = c.quote()?;
    // Three quotes are one.
    let Mark::Byte(mark) = quote.mark else { return None };
    c.at += if c.rest().starts_with(&[mark, mark]) { 2 } else { 0 };
    ask(bytes, name, c.at, c.at, &Cell::default()).map(|(ask, _)| ask)
}

/// What to ask where a token may begin at `at` whose characters are the elements of a list.
pub(crate) fn ask_characters(bytes: &[u8], at: usize) -> Option<Ask> {
    // `'e', 'J'` and `'v', '1'`
    let mut c = Cursor::new(bytes, at + 1);
    c.quote()?;
    c.at += usize::from(c.peek(0) == b',');
    c.space(1);
    gap::prefix(&mut c);
    c.quote()?;
    let begins = match bytes[at] {
        b'v' => c.peek(0) == b'1',
        _ => b"AFJN".contains(&c.peek(0)),
    };
    let ask = Ask::new(Wake::Pieces, at);
    (begins && literal::is_characters(bytes, at + 1)).then_some(ask)
}

/// Whether only what joins pieces stands between the end of a piece and the end of the text: the next
/// piece is still to come.
pub(crate) fn ends_in_joint(text: &[u8], at: usize) -> bool {
    /// More than blanks, an operator and a comment is no joint.
    const MAX_JOINT_BYTES: usize = 200;
    let rest = text.get(at..).unwrap_or(&[]);
    rest.len() <= MAX_JOINT_BYTES && (literal::is_open_joint(text, at) || line::is_open_joint(rest))
}

fn decode(bytes: &[u8], ask: &Ask) -> Option<View> {
    let mut walk = Walk::new(bytes, ask);
    let known = walk.cuts.len();
    walk.follow();
    (walk.cuts.len() > known).then(|| walk.view(ask))
}
