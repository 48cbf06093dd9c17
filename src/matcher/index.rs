//! What the rules say, compiled: which names there are, and which rule is for what has no name.

use std::collections::HashMap;

use super::context_words::ContextWords;
use super::field::{self, Fields};
use super::name::Name;
use super::names::{Names, normalise};
use super::token_edges::connect_token;
use super::types::Named;
use crate::finding::Kind;
use crate::rule::{Rule, Value};
use crate::token::{self, Scheme};

/// The compiled rules.
#[derive(Debug)]
pub(crate) struct Index {
    pub(super) names: Names,
    /// Normalised names of functions, with rule and argument.
    pub(super) calls: HashMap<Vec<u8>, Vec<(usize, usize)>>,
    pub(super) schemes: Vec<(usize, &'static Scheme)>,
    /// The rules for values that have no name.
    pub(super) license: Option<usize>,
    pub(super) device: Option<usize>,
    pub(super) hex64: Option<usize>,
    pub(super) pem: Option<usize>,
    pub(super) key: Option<usize>,
    /// Names of a log's fields, for what masks rather than reports.
    pub(super) fields: Fields,
    /// The words that say whose a value is.
    pub(super) context: ContextWords,
}

impl Index {
    /// Of these rules and fields.
    pub(super) fn new(rules: &[Rule], fields: Fields) -> Self {
        let mut names = Names::default();
        let mut calls: HashMap<Vec<u8>, Vec<(usize, usize)>> = HashMap::new();
        let mut schemes = Vec::new();
        for (index, rule) in rules.iter().enumerate() {
            names.add_rule(index, rule);
            for (call, argument) in rule.calls.iter().filter_map(|call| Some((call, call.argument?))) {
                calls.entry(normalise(call.name.as_bytes())).or_default().push((index, argument));
            }
            schemes.extend(rule.token.iter().filter_map(|t| token::scheme(t)).map(|s| (index, s)));
        }
        names.finish();
        let of = |kind| rules.iter().position(|r| r.kind == kind && r.token.is_empty() && r.regex.is_none());
        Self {
            names,
            calls,
            schemes,
            license: of(Kind::License),
            device: of(Kind::DeviceSecretKey),
            hex64: of(Kind::SdkSecretKey),
            pem: of(Kind::PrivateKey).filter(|&r| rules[r].value == Value::Pem),
            key: of(Kind::SecretKey),
            fields,
            context: ContextWords::new(rules),
        }
    }

    /// The names of fields.
    pub(crate) fn fields(&self) -> &Fields {
        &self.fields
    }

    /// The class of a field of a log, by its name.
    pub(crate) fn class(&self, name: &[u8]) -> Option<field::Class> {
        self.fields.class(name)
    }

    /// The rules of a name, best first.
    pub(crate) fn rules_of(&self, name: &Name) -> &[Named] {
        self.names.rules(name.entry)
    }

    /// Whether a word of any rule's context is in the text.
    pub(crate) fn has_context_word(&self, text: &[u8]) -> bool {
        self.context.any_in(text)
    }

    /// Whether a rule shares this name with other systems.
    pub(crate) fn is_shared(&self, rule: usize, name: &[u8]) -> bool {
        self.names
            .find(name)
            .is_some_and(|entry| self.names.rules(entry).iter().any(|n| n.rule == rule && n.is_shared))
    }

    /// Whether text is, after normalisation, a name itself.
    pub(crate) fn is_name(&self, text: &[u8]) -> bool {
        self.names.suffix(&normalise(text)).is_some()
    }

    /// The end of the whole token that begins at `at`.
    pub(crate) fn whole_token(&self, bytes: &[u8], at: usize) -> Option<usize> {
        let token = self.schemes.iter().find_map(|(_, scheme)| (scheme.decode)(&bytes[at..]));
        token.filter(|t| !t.truncated).map(|t| at + t.length)
    }

    /// Whether a token that begins at `at` is whole.
    pub(crate) fn is_whole_token(&self, bytes: &[u8], at: usize) -> bool {
        connect_token(bytes, at).is_some() || self.whole_token(bytes, at).is_some()
    }
}
