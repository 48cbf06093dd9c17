//! The bytes that are searched, with what is known of where they are and of the words around a candidate that
//! say whose it is: all that a rule may look at besides the value. Words are looked up in an index of the whole
//! page, so that a word counts as far as the file reaches and no text is searched twice.

use std::borrow::Cow;
use std::cell::{Cell, OnceCell, RefCell};
use std::collections::BTreeMap;

use super::context_words::{BLOCK_BYTES, ContextWords};
use super::index::Index;
use super::name::{Name, holds};
use crate::blob::TreeRoot;
use crate::decode::{self, Ask};
use crate::rule::Rule;
use crate::text::Span;

/// How far a word of a rule's context may be from the value, in bytes. A part of a large file carries
/// enough of its neighbours that the answer is the same in every part.
pub(crate) const FILE_BYTES: usize = 48 * 1024;

/// The same for names that are common words, such as `key`.
pub(crate) const NEAR_BYTES: usize = 1024;

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

/// What a match is looked for in.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Page<'a> {
    /// The bytes.
    pub(crate) bytes: &'a [u8],
    /// The path as it was given.
    pub(crate) path: &'a str,
    /// The way into a container, outermost first.
    pub(crate) entry: &'a [String],
    /// How the path reads from the root of the scanned tree.
    pub(crate) root: Option<&'a dyn TreeRoot>,
    /// The compiled rules' source.
    pub(crate) rules: &'a [Rule],
    /// Its words that belong to the context of rules.
    pub(crate) context: &'a Context<'a>,
    /// Where the bytes are one value that was put together: what stood around it.
    pub(crate) around: Option<&'a [u8]>,
}

impl<'a> Page<'a> {
    /// Contents of which no path is known.
    pub(crate) fn without_path(bytes: &'a [u8], rules: &'a [Rule], context: &'a Context<'a>) -> Self {
        Self { bytes, path: "", entry: &[], root: None, rules, context, around: None }
    }

    /// The path from the root of the scanned tree and on into containers: all that rules may know of it.
    pub(crate) fn tree_path(&self) -> Cow<'_, str> {
        let path = match self.root {
            Some(root) if !self.path.is_empty() => Cow::Owned(root.path_within(self.path)),
            _ => Cow::Borrowed(self.path),
        };
        if self.entry.is_empty() { path } else { Cow::Owned(format!("{path}/{}", self.entry.join("/"))) }
    }

    /// Whether the file, or the entry of a container, has a name with this ending.
    pub(crate) fn has_extension(&self, ending: &str) -> bool {
        self.entry.last().map_or(self.path, String::as_str).ends_with(ending)
    }

    /// What to ask where the value at `at` goes on behind a joint.
    /// Whether it goes on only if it is a token is told, too.
    pub(crate) fn ask_for_pieces(&self, name: usize, known: Span) -> Option<(Ask, bool)> {
        // What was put together has no more pieces; a value before its name, as that of a sibling may be, has
        // none.
        if self.around.is_some() || known.start < name {
            return None;
        }
        decode::pieces::ask(self.bytes, name, known.start, known.end, &self.context.token_run)
    }

    /// The same for a literal, in which a joint may be as well as behind it.
    pub(super) fn ask_from(&self, name: usize, literal: Span) -> Option<Ask> {
        if decode::pieces::is_plain_end(self.bytes, literal) {
            return None;
        }
        let start = Span::new(literal.start, literal.start);
        self.ask_for_pieces(name, start).map(|(ask, _)| ask)
    }

    /// The same for a literal whose line ends before it does.
    pub(super) fn ask_open(&self, name: usize, at: usize) -> Option<Ask> {
        if self.around.is_some() || at < name { None } else { decode::pieces::ask_open(self.bytes, name, at) }
    }

    /// What to ask where the value of a name is an array of numbers.
    pub(super) fn ask_for_numbers(&self, name: &Name) -> Option<Ask> {
        if self.around.is_some() { None } else { decode::numbers::ask(self.bytes, name.span) }
    }

    /// Whether one of the rule's context words is within `reach` bytes of a place, or in the path.
    pub(crate) fn has_context(&self, m: &Index, rule: usize, near: Span, reach: usize) -> bool {
        let path = self.context.path(|| self.tree_path().to_ascii_lowercase());
        holds(path.as_bytes(), &self.rules[rule].context)
            || self.context.has(&m.context, self.bytes, rule, near, reach)
            || self.context.counts_by_path(rule)
    }
}
