//! The words around a candidate that say whose it is: looked up in an index of the whole page, so that a
//! word counts as far as the file reaches and no text is searched twice.

use std::cell::{Cell, OnceCell, RefCell};
use std::collections::BTreeMap;
use std::sync::OnceLock;

use aho_corasick::AhoCorasick;

use super::Page;
use crate::rule::Rule;
use crate::text::Span;

/// How far a word of a rule's context may be from the value, in bytes. A part of a large file carries
/// enough of its neighbours that the answer is the same in every part.
pub(crate) const FILE_BYTES: usize = 48 * 1024;

/// The same for names that are common words, such as `key`.
pub(crate) const NEAR_BYTES: usize = 1024;

/// What the numbers of applications are called.
const NUMBER_NAMES: [&str; 3] = ["appid", "app_id", "app-id"];

/// The words of all rules.
#[derive(Debug, Default)]
pub(crate) struct ContextWords {
    words: Vec<String>,
    /// For each word the rules that have it.
    rules: Vec<Vec<usize>>,
    /// For each rule the patterns of its numbers, `#` for any digit.
    numbers: Vec<Vec<String>>,
    /// Built when a candidate first asks.
    automaton: OnceLock<Option<AhoCorasick>>,
}

impl ContextWords {
    pub(crate) fn new(rules: &[Rule]) -> Self {
        let mut all = Self::default();
        for (index, rule) in rules.iter().enumerate() {
            for word in &rule.context {
                match all.words.iter().position(|known| known == word) {
                    Some(at) => all.rules[at].push(index),
                    None => {
                        all.words.push(word.clone());
                        all.rules.push(vec![index]);
                    }
                }
            }
            all.numbers.push(rule.beside.numbers.clone());
        }
        all
    }

    /// The automaton over the words and, behind them, the names of numbers; none where it cannot be built.
    fn automaton(&self) -> Option<&AhoCorasick> {
        let build = || {
            let patterns = self.words.iter().map(String::as_str).chain(NUMBER_NAMES);
            AhoCorasick::builder().ascii_case_insensitive(true).build(patterns).ok()
        };
        self.automaton.get_or_init(build).as_ref()
    }

    /// Whether a word of any rule is in the text.
    pub(crate) fn any_in(&self, text: &[u8]) -> bool {
        self.automaton().is_some_and(|automaton| automaton.is_match(text))
    }

    /// Adds where the words and numbers of each rule begin in a block of the text.
    fn add_block(&self, bytes: &[u8], block: usize, found: &mut [Vec<u32>]) {
        let Some(automaton) = self.automaton() else { return };
        let own = block * BLOCK_BYTES..bytes.len().min((block + 1) * BLOCK_BYTES);
        // A word that begins in the block may end behind it.
        let text = &bytes[own.start..bytes.len().min(own.end + MAX_WORD_BYTES)];
        let mut add = |rule: usize, at: usize| found[rule].push(u32::try_from(at).unwrap_or(u32::MAX));
        for hit in automaton.find_overlapping_iter(text) {
            let start = own.start + hit.start();
            if start >= own.end {
                continue;
            }
            match self.rules.get(hit.pattern().as_usize()) {
                Some(rules) => rules.iter().for_each(|rule| add(*rule, start)),
                None => {
                    let Some(number) = number_after(bytes, own.start + hit.end()) else { continue };
                    let fits = |patterns: &Vec<String>| patterns.iter().any(|p| is_number(p, number));
                    let rules = self.numbers.iter().enumerate().filter(|(_, patterns)| fits(patterns));
                    rules.for_each(|(rule, _)| add(rule, start));
                }
            }
        }
    }
}

/// The text is searched in blocks of this size, and only those near a candidate.
const BLOCK_BYTES: usize = 8 * 1024;

/// No word of a context is longer.
const MAX_WORD_BYTES: usize = 64;

/// The number that a name is followed by, over a separator, quotes, a type such as `Int32` and the tag of
/// an element.
fn number_after(bytes: &[u8], end: usize) -> Option<&[u8]> {
    const MAX_GAP_BYTES: usize = 40;
    const MAX_DIGITS: usize = 12;
    let rest = bytes.get(end..)?;
    let is_part = |b: &u8| b.is_ascii_alphanumeric() || *b == b'_';
    let is_gap = |at: usize| match rest[at] {
        b';' | b'{' | b'}' => false,
        digit if digit.is_ascii_digit() => at > 0 && is_part(&rest[at - 1]),
        _ => true,
    };
    let gap = (0..rest.len().min(MAX_GAP_BYTES)).take_while(|at| is_gap(*at)).count();
    let digits = rest[gap..].iter().take(MAX_DIGITS).take_while(|b| b.is_ascii_digit()).count();
    (digits > 0).then(|| &rest[gap..gap + digits])
}

/// Whether a number has the form of a pattern, in which `#` stands for any digit.
pub(super) fn is_number(pattern: &str, number: &[u8]) -> bool {
    let fits = |(pattern, digit): (u8, &u8)| pattern == b'#' || pattern == *digit;
    pattern.len() == number.len() && pattern.bytes().zip(number).all(fits)
}

/// What is known of the words of one page.
#[derive(Debug, Default)]
pub(crate) struct Context<'a> {
    /// For each block that was searched, for each rule, where its words are.
    blocks: RefCell<BTreeMap<usize, Vec<Vec<u32>>>>,
    /// The path from the root of the scanned tree, in lower case, once somebody asked for it.
    path: OnceCell<String>,
    /// The page from which this one was decoded, and where.
    outer: Option<(&'a Page<'a>, usize)>,
    /// What an unknown path is taken for.
    unknown: Option<&'a UnknownPath>,
    /// Where a token in pieces was looked for last.
    pub(super) token_run: Cell<Span>,
}

/// A path that is not known yet: whose words it is taken to hold, and who asked for them.
#[derive(Debug, Default)]
pub(crate) struct UnknownPath {
    /// The path is taken to hold a word of this rule.
    pub(crate) names: Option<usize>,
    /// The rules that found no word in the contents and would have looked at the path.
    pub(crate) asked: RefCell<Vec<usize>>,
}

impl<'a> Context<'a> {
    /// That of a page that was decoded from another one.
    pub(crate) fn inside(outer: &'a Page<'a>, at: usize) -> Self {
        Self { outer: Some((outer, at)), unknown: outer.context.unknown, ..Self::default() }
    }

    /// That of contents whose path is not known yet.
    pub(crate) fn somewhere(unknown: &'a UnknownPath) -> Self {
        Self { unknown: Some(unknown), ..Self::default() }
    }

    /// The path in lower case; asked for once.
    pub(super) fn path(&self, ask: impl FnOnce() -> String) -> &str {
        match self.outer {
            Some((page, _)) => page.context.path(ask),
            None => self.path.get_or_init(ask),
        }
    }

    /// Whether a path that is not known yet is taken to hold a word of the rule.
    pub(super) fn counts_by_path(&self, rule: usize) -> bool {
        self.unknown.is_some_and(|unknown| {
            let mut asked = unknown.asked.borrow_mut();
            if !asked.contains(&rule) {
                asked.push(rule);
            }
            unknown.names == Some(rule)
        })
    }

    /// Whether a word or number of the rule is within so many bytes of a place, or in what is around.
    pub(super) fn has(
        &self,
        words: &ContextWords,
        bytes: &[u8],
        rule: usize,
        near: Span,
        reach: usize,
    ) -> bool {
        let (from, to) = (near.start.saturating_sub(reach), bytes.len().min(near.end + reach + 1));
        let own = near.start / BLOCK_BYTES;
        let mut blocks: Vec<usize> = (from / BLOCK_BYTES..=to.saturating_sub(1) / BLOCK_BYTES).collect();
        // What is near decides most of the time.
        blocks.sort_by_key(|block| block.abs_diff(own));
        let mut known = self.blocks.borrow_mut();
        let is_near = blocks.into_iter().any(|block| {
            let found = known.entry(block).or_insert_with(|| {
                let mut found = vec![Vec::new(); words.numbers.len()];
                words.add_block(bytes, block, &mut found);
                found
            });
            let places = found.get(rule).map_or(&[][..], Vec::as_slice);
            let next = places.partition_point(|at| (*at as usize) < from);
            places.get(next).is_some_and(|at| (*at as usize) < to)
        });
        drop(known);
        is_near
            || self
                .outer
                .is_some_and(|(page, at)| page.context.has(words, page.bytes, rule, Span::new(at, at), reach))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_word_counts_as_far_as_the_reach_and_across_blocks() {
        let rules = crate::rule::builtin();
        let words = ContextWords::new(&rules);
        let rule = rules.iter().position(|r| r.context.iter().any(|w| w == "trtc")).expect("a rule has it");
        for at in [0, BLOCK_BYTES - 2, BLOCK_BYTES, 3 * BLOCK_BYTES - 1] {
            let text = [&vec![b'.'; at][..], b"TRTC", &vec![b'.'; 100_000]].concat();
            let has = |near: usize| {
                let near = Span::new(near, near);
                Context::default().has(&words, &text, rule, near, FILE_BYTES)
            };
            assert!(has(at) && has(at + FILE_BYTES) && !has(at + FILE_BYTES + 1), "{at}");
        }
    }

    #[test]
    fn numbers_of_applications_count_under_their_name() {
        let rules = crate::rule::builtin();
        let words = ContextWords::new(&rules);
        let rule = rules.iter().position(|r| !r.beside.numbers.is_empty()).expect("a rule has numbers");
        let has =
            |text: &str| Context::default().has(&words, text.as_bytes(), rule, Span::new(0, 0), FILE_BYTES);
        for text in [
            "appid = 1400123456;",
            "\"appId\": \"1600123456\"",
            "APP_ID=20012345",
            "<key>AppId</key>\n<integer>1400123456</integer>",
            "let appID: Int32 = 20012345",
            "appid1400123456",
        ] {
            assert!(has(text), "{text}");
        }
        for text in
            ["time = 1400123456", "appid = 1500123456", "appid = 14001234567", "appid; n = 1400123456"]
        {
            assert!(!has(text), "{text}");
        }
    }
}
