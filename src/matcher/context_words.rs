//! The words of all rules that say whose a value is, as one automaton.

use std::sync::OnceLock;

use aho_corasick::AhoCorasick;

use crate::rule::Rule;

/// What the numbers of applications are called.
pub(super) const NUMBER_NAMES: [&str; 3] = ["appid", "app_id", "app-id"];

/// The words of all rules.
#[derive(Debug, Default)]
pub(crate) struct ContextWords {
    words: Vec<String>,
    /// For each word the rules that have it.
    rules: Vec<Vec<usize>>,
    /// For each rule the patterns of its numbers, `#` for any digit.
    pub(super) numbers: Vec<Vec<String>>,
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
    pub(super) fn add_block(&self, bytes: &[u8], block: usize, found: &mut [Vec<u32>]) {
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
pub(super) const BLOCK_BYTES: usize = 8 * 1024;

/// No word of a context is longer.
pub(super) const MAX_WORD_BYTES: usize = 64;

/// The number that a name is followed by, over a separator, quotes, a type such as `Int32` and the tag of
/// an element.
pub(super) fn number_after(bytes: &[u8], end: usize) -> Option<&[u8]> {
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
