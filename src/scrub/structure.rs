//! The mask of a structure of JSON: the names and the shape of what stands under a secret name stay, and what
//! has a value in it is masked, a text or a number each for itself. A reader of the record finds the members
//! that it expects, and a document over many lines stays one line by line, as a stream lets them out.

use super::masker::Masker;
use crate::decode::numbers::NUMBER_MASK;
use crate::decode::units::Written;
use crate::detect::Place;
use crate::judge::plain;
use crate::matcher::field::{Class, Part, parts};
use crate::text::{self, STARS};

/// The backslashes before the quotes in a structure of JSON which is the value at this place.
pub(super) fn depth(text: &[u8], place: &Place) -> Option<usize> {
    let wrap = place.wrap.filter(|wrap| wrap.mark == b'"' && wrap.written == Written::AsItIs)?;
    matches!(text[place.span.start], b'{' | b'[').then_some(wrap.depth)
}

impl Masker {
    /// Appends whole lines of a structure with their values masked. A line that is no JSON is masked whole.
    pub(super) fn put_structure(&self, lines: &[u8], depth: usize, class: Option<Class>, out: &mut Vec<u8>) {
        for line in lines.split_inclusive(|b| *b == b'\n') {
            let before = out.len();
            let quote = |out: &mut Vec<u8>| {
                out.extend(std::iter::repeat_n(b'\\', depth));
                out.push(b'"');
            };
            let is_list = is_of_numbers(line);
            let is_json = parts(line, depth, &mut |part, span| {
                let value = &line[span.range()];
                match part {
                    Part::Text if !value.is_empty() && !text::is_mask(value) => {
                        let is_word = !value.contains(&b'\\');
                        self.stars(value, class, !is_word, out);
                    }
                    Part::Number if is_list => out.extend_from_slice(NUMBER_MASK),
                    Part::Number => {
                        quote(out);
                        out.extend_from_slice(STARS.as_bytes());
                        quote(out);
                    }
                    Part::Name if !is_name(value) => {
                        out.extend_from_slice(STARS.as_bytes());
                    }
                    _ => out.extend_from_slice(value),
                }
            });
            if !is_json {
                out.truncate(before);
                quote(out);
                out.extend_from_slice(STARS.as_bytes());
                quote(out);
                let end = line.len() - line.trim_ascii_end().len();
                let ends = line[line.len() - end..].iter().filter(|b| matches!(b, b'\n' | b'\r'));
                out.extend(ends);
            }
        }
    }
}

/// Whether a line holds elements of an array of numbers and nothing else: they stay numbers.
fn is_of_numbers(line: &[u8]) -> bool {
    line.iter().all(|b| b.is_ascii_digit() || b.is_ascii_whitespace() || matches!(b, b',' | b'-'))
}

/// Whether the name of a member is one, and not a secret or a text that may hold one.
fn is_name(name: &[u8]) -> bool {
    const LONGEST: usize = 64;
    let is_part = |b: &u8| b.is_ascii_alphanumeric() || b"_-.$@ ".contains(b) || !b.is_ascii();
    name.len() <= LONGEST && name.iter().all(is_part) && plain::secret(name) != plain::Secret::Whole
}
