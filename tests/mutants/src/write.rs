//! Writes changes into a source, each behind its switch.

use std::cmp::Reverse;
use std::ops::Range;

use crate::change::Change;

/// A source with changes.
#[derive(Debug, Default)]
pub struct Written {
    /// The source.
    pub text: String,
    /// Where each change stands in it, by number; inner ones before those around them.
    places: Vec<(Range<usize>, usize)>,
}

impl Written {
    /// The number of the innermost change around this byte, or else of the nearest: what a change does to
    /// a type may be told further on.
    pub fn change_at(&self, byte: usize) -> Option<usize> {
        let distance =
            |range: &Range<usize>| range.start.saturating_sub(byte) + byte.saturating_sub(range.end);
        let around = self.places.iter().find(|(range, _)| range.contains(&byte));
        let nearest = || self.places.iter().min_by_key(|(range, _)| distance(range));
        around.or_else(nearest).map(|(_, number)| *number)
    }
}

/// The source with all of these changes, which have numbers. The switch is the module that has `is_on`.
pub fn written(source: &str, mut changes: Vec<(usize, &Change)>, switch: &str) -> Written {
    changes.sort_by_key(|(number, change)| (change.range.start, Reverse(change.range.end), *number));
    let mut written = Written::default();
    put(source, 0..source.len(), &changes, switch, &mut written);
    written
}

/// Appends a part of the source with the changes in it, which are sorted. Where one is on, none of those
/// inside of it is, so what replaces the expression is written without them.
fn put(source: &str, part: Range<usize>, mut changes: &[(usize, &Change)], switch: &str, out: &mut Written) {
    let mut at = part.start;
    while let Some(((number, change), rest)) = changes.split_first() {
        out.text.push_str(&source[at..change.range.start]);
        let begin = out.text.len();
        let text = &change.text;
        if change.is_return() {
            out.text.push_str(&format!("if {switch}::is_on({number}) {{ return {text}; }} "));
            changes = rest;
        } else {
            let inside = rest.iter().take_while(|(_, other)| other.range.end <= change.range.end).count();
            let (inner, after) = rest.split_at(inside);
            out.text.push_str(&format!("(if {switch}::is_on({number}) {{ {text} }} else {{ "));
            put(source, change.range.clone(), inner, switch, out);
            out.text.push_str(" })");
            changes = after;
        }
        at = change.range.end;
        out.places.push((begin..out.text.len(), *number));
    }
    out.text.push_str(&source[at..part.end]);
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::find;

    fn of(source: &str, some: &[&str]) -> Written {
        let found = find::changes("git", "x.rs", source).expect("a program");
        let changes: Vec<&Change> =
            found.iter().filter(|change| some.contains(&change.what.as_str())).collect();
        written(source, changes.into_iter().enumerate().map(|(i, change)| (i + 1, change)).collect(), "m")
    }

    #[test]
    fn changes_stand_in_each_other() {
        let written = of("fn f() -> X { g(a + 1 == b) }", &["== to !=", "1 to 2"]);
        let expected = "fn f() -> X { g((if m::is_on(1) { (a + 1) != (b) } else { \
                        a + (if m::is_on(2) { 2 } else { 1 }) == b })) }";
        assert_eq!(written.text, expected);
        assert_eq!(written.change_at(written.text.find("a + (").expect("it is there")), Some(1));
        assert_eq!(written.change_at(written.text.find("{ 2 }").expect("it is there")), Some(2));
        assert_eq!(written.change_at(0), Some(1), "the nearest");
    }

    #[test]
    fn what_is_left_out_and_what_returns_is_written() {
        let written = of("fn f() -> bool { while x { break; } g() }", &["break left out", "f returns true"]);
        let expected = "fn f() -> bool {if m::is_on(1) { return true; }  \
                        while x { (if m::is_on(2) {  } else { break }); } g() }";
        assert_eq!(written.text, expected);
    }

    #[test]
    fn all_changes_of_a_place_are_written_and_it_stays_a_program() {
        let source = "fn f(a: u8) -> bool { match a { b if b < 2 => return !g(-1), _ => a >= 3 || h() } }";
        let found = find::changes("git", "x.rs", source).expect("a program");
        let written = written(source, found.iter().enumerate().map(|(i, c)| (i + 1, c)).collect(), "m");
        syn::parse_file(&written.text).expect("a program");
        assert_eq!(written.text.matches("is_on").count(), found.len());
    }
}
