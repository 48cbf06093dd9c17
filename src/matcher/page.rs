//! The bytes that are searched, with what is known of where they are: all that a rule may look at besides
//! the value.

use std::borrow::Cow;

use super::context::Context;
use super::name::holds;
use super::{Matcher, Name};
use crate::blob::TreeRoot;
use crate::decode::{self, Ask};
use crate::rule::Rule;
use crate::text::Span;

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
    pub(crate) fn has_context(&self, m: &Matcher, rule: usize, near: Span, reach: usize) -> bool {
        let path = self.context.path(|| self.tree_path().to_ascii_lowercase());
        holds(path.as_bytes(), &self.rules[rule].context)
            || self.context.has(&m.context, self.bytes, rule, near, reach)
            || self.context.counts_by_path(rule)
    }
}
