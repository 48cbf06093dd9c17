//! The parts of a structure of JSON, whatever quotes it has.

use super::strings::{Reader, Text, scalar};
use crate::text::Span;

/// A part of a structure of JSON.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Part {
    /// Brackets, signs, blanks, truth values, `null`.
    Frame,
    /// The inside of a string that is the name of a member.
    Name,
    /// The inside of any other string.
    Text,
    /// A number.
    Number,
}

/// Gives the parts of a line of JSON whose strings have quotes behind `depth` backslashes, in order; false
/// where it is no JSON.
pub(crate) fn parts(line: &[u8], depth: usize, sink: &mut dyn FnMut(Part, Span)) -> bool {
    let Some(level) = (depth + 1).is_power_of_two().then(|| (depth + 1).ilog2() as usize) else {
        return false;
    };
    let reader = Reader { bytes: line, level };
    let mut text = Text::new(Span::new(0, line.len()));
    let mut done = 0;
    while let Some((b, next)) = reader.symbol(text.at, line.len()) {
        match b {
            b' ' | b'\t' | b'\n' | b'\r' | b'{' | b'}' | b'[' | b']' | b',' | b':' => text.at = next,
            b'"' => {
                let Some((string, end)) = reader.closing(&mut text, next, b'"') else { return false };
                sink(Part::Frame, Span::new(done, string.start));
                let is_name = reader.after_blanks(end, line.len()) == Some(b':');
                sink(if is_name { Part::Name } else { Part::Text }, string);
                (done, text.at) = (string.end, end);
            }
            _ => {
                let Some(scalar) = scalar(&line[text.at..]) else { return false };
                let end = text.at + scalar.length;
                if scalar.is_number {
                    sink(Part::Frame, Span::new(done, text.at));
                    sink(Part::Number, Span::new(text.at, end));
                    done = end;
                }
                text.at = end;
            }
        }
    }
    sink(Part::Frame, Span::new(done, line.len()));
    true
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_structure_has_parts() {
        let mut seen = Vec::new();
        let line = br#"{\"a\": [\"b\\\"\", -2e5, true], \"c\": {}}, "#;
        assert!(parts(line, 1, &mut |part, span| {
            if part != Part::Frame {
                seen.push((part, String::from_utf8_lossy(&line[span.range()]).into_owned()));
            }
        }));
        let expected =
            [(Part::Name, "a"), (Part::Text, "b\\\\\\\""), (Part::Number, "-2e5"), (Part::Name, "c")];
        assert_eq!(seen, expected.map(|(part, text)| (part, text.to_owned())));
        assert!(!parts(b"[Some(1)]", 0, &mut |_, _| {}));
    }
}
