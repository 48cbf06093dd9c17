//! Lists of numbers, whatever stands between the numbers.

use super::element::{Element, element};
use super::gap::go_over_gap;
use crate::cursor::Cursor;
use crate::text::Span;

/// The name of both decoders in reports.
pub(super) const NAME: &str = "numbers";

/// The element by which a mask is known: `*`.
const STAR: u8 = b'*';

/// No gap between two elements is longer, in bytes.
const LONGEST_GAP: usize = 512;

/// What joins two elements.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Joint {
    Comma,
    Semicolon,
    /// Blanks or line ends alone, as Go, NumPy and dumps write lists.
    Blank,
    /// The items of YAML, each behind a dash on a line of its own.
    Dash,
}

/// A list that was read.
#[derive(Debug, Clone, Copy)]
pub(crate) struct List {
    /// The first number.
    pub(crate) first: Span,
    /// From the first element to the end of the last, labels included.
    pub(crate) span: Span,
    /// How many elements there are.
    pub(crate) count: usize,
    /// All of them are bytes.
    pub(crate) is_bytes: bool,
    /// All of them are the star: it is a mask.
    pub(crate) is_mask: bool,
    /// What joins them; of one alone a comma.
    pub(crate) joint: Joint,
    /// Each has its place before it.
    pub(crate) is_labelled: bool,
    /// Digits are hexadecimal without a sign of it.
    pub(crate) is_hex: bool,
    /// Behind the list, a last comma and what says that elements were left out.
    pub(crate) end: usize,
}

/// What is done with each element: it is given the byte, if it is one, and its place. Where it gives false
/// the list ends before the element.
pub(crate) type Sink<'s> = &'s mut dyn FnMut(Option<u8>, Span) -> bool;

/// The list that begins at `start`, in at most `most` bytes.
pub(crate) fn list(bytes: &[u8], start: usize, is_hex: bool, most: usize, sink: Sink<'_>) -> Option<List> {
    let bytes = &bytes[..bytes.len().min(start.saturating_add(most))];
    let mut c = Cursor::new(bytes, start);
    let is_dashed = dash(&mut c);
    if !is_dashed {
        go_over_gap(&mut c, LONGEST_GAP);
        // The elements before it went out already.
        if c.eat(b",") {
            go_over_gap(&mut c, LONGEST_GAP);
        }
    }
    let mut list: Option<List> = None;
    loop {
        let from = c.at;
        let next = element(&mut c, is_hex).filter(|next| ends(&c) && sink(next.byte, next.span));
        let Some(next) = next else {
            c.at = from;
            break;
        };
        let begun = list.get_or_insert_with(|| begin(from, &next, is_hex));
        begun.add(&next);
        let known = (begun.count > 1).then_some(begun.joint);
        let Some(joint) = joint(&mut c, known, is_dashed) else { break };
        begun.joint = joint;
        begun.end = c.at;
    }
    let mut list = list?;
    if c.at > list.end {
        list.end = c.at;
    }
    left_out(&mut c);
    list.end = list.end.max(c.at);
    Some(list)
}

fn begin(start: usize, first: &Element, is_hex: bool) -> List {
    List {
        first: first.span,
        span: Span::new(start, first.span.end),
        count: 0,
        is_bytes: true,
        is_mask: true,
        joint: Joint::Comma,
        is_labelled: first.is_labelled,
        is_hex,
        end: first.span.end,
    }
}

impl List {
    fn add(&mut self, element: &Element) {
        self.count += 1;
        self.is_labelled |= element.is_labelled;
        self.span.end = element.span.end;
        self.end = element.span.end;
        self.is_bytes &= element.byte.is_some();
        self.is_mask &= element.byte == Some(STAR);
    }
}

/// Whether a number ends here: what goes on is no number.
fn ends(c: &Cursor<'_>) -> bool {
    !matches!(c.peek(0), b'0'..=b'9' | b'a'..=b'z' | b'A'..=b'Z' | b'_' | b'.' | b':' | b'-' | b'%' | 0x80..)
        || c.rest().starts_with(b"...")
        || c.rest().starts_with("…".as_bytes())
}

/// Goes over what joins the element before with the next; nothing, and the cursor left behind the element,
/// where nothing does.
fn joint(c: &mut Cursor<'_>, known: Option<Joint>, is_dashed: bool) -> Option<Joint> {
    let from = c.at;
    if is_dashed {
        let is_next = c.line_end() && dash(c);
        c.at = if is_next { c.at } else { from };
        return is_next.then_some(Joint::Dash);
    }
    let gap = go_over_gap(c, LONGEST_GAP);
    let joint = match c.peek(0) {
        b',' => Joint::Comma,
        b';' => Joint::Semicolon,
        _ if gap => Joint::Blank,
        _ => return None,
    };
    if known.is_some_and(|known| known != joint) {
        c.at = from;
        return None;
    }
    if joint != Joint::Blank {
        c.at += 1;
        go_over_gap(c, LONGEST_GAP);
    }
    Some(joint)
}

/// Goes over the dash of an item and the blanks behind it.
fn dash(c: &mut Cursor<'_>) -> bool {
    let mut item = *c;
    item.blanks();
    let is_item = item.eat(b"- ") && {
        item.blanks();
        item.peek(0).is_ascii_digit()
    };
    if is_item {
        *c = item;
    }
    is_item
}

/// Goes over what says that there are more elements: `...`, `… 18 more items`.
fn left_out(c: &mut Cursor<'_>) {
    const LONGEST: usize = 48;
    if !c.eat(b"...") && !c.eat("…".as_bytes()) {
        return;
    }
    let is_word = |b: &&u8| b.is_ascii_alphanumeric() || matches!(b, b' ' | b'+' | b'.' | b',');
    c.at += c.rest().iter().take(LONGEST).take_while(is_word).count();
}
