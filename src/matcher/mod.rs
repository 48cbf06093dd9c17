//! From a hit of the prefilter to a match: which rule, and where exactly its value stands.
//!
//! The grammar knows how people write "this name has this value" in some forty syntaxes; the rules
//! only say which names and which values. One file per family of forms:
//!
//! | file | forms |
//! |---|---|
//! | `name` | the identifier, or the words, around a hit |
//! | `names` | the names of the rules |
//! | `assign` | what follows a name: values, arguments, table cells |
//! | `expression` | what stands behind `=` and `:` |
//! | `unseparated` | values without a sign between |
//! | `separator` | what stands between a name and its value |
//! | `literal` | the value itself: quoted, wrapped |
//! | `bare` | values without quotes |
//! | `look_up` | `${name:default}` |
//! | `field` | fields of a log, whose names alone say that the value is secret |
//! | `fallback` | literals further on in the statement |
//! | `prose` | sentences |
//! | `short` | `-K` and `sk` |
//! | `inner` | base64 of a key under its name |
//! | `pair` | name and value as siblings: XML, plist, Kubernetes, Postman |
//! | `call` | positional arguments |
//! | `csv` | columns named by a header row |
//! | `table` | tables anywhere, of any writer |
//! | `shape` | no name at all: licenses, maps keyed by a device id, PEM |
//! | `der` | private keys without armour |
//! | `tail` | words behind a name inside its identifier |
//! | `structure` | lists and maps under a name |
//! | `yaml` | lists, maps and block scalars of YAML under a name |
//! | `delimited` | strings with delimiters of their own, documents within a text |
//! | `option` | defaults behind other arguments |
//! | `body` | functions that return the value |
//! | `unpack` | several names that are assigned several values |
//! | `joined` | names in a string, values behind it |
//! | `unannounced` | tokens without the beginning that announces them |
//! | `hex` | 64 hex digits, from the value outwards: names too short to be looked for, calls, what is beside |
//!
//! A match is only where a value *is*; whether it is a leak is for the judges to say.

mod assign;
mod bare;
mod body;
mod call;
mod context_words;
mod cores;
pub(crate) mod csv;
mod delimited;
pub(crate) mod der;
mod expression;
mod fallback;
pub(crate) mod field;
pub(crate) mod hex;
mod index;
mod inner;
mod joined;
mod literal;
mod look_up;
pub(crate) mod name;
mod names;
mod option;
pub(crate) mod page;
mod pair;
mod prefix;
mod prose;
mod separator;
mod shape;
mod short;
mod structure;
pub(crate) mod table;
mod tail;
mod token_edges;
mod types;
mod unannounced;
mod unpack;
mod unseparated;
mod yaml;

use crate::decode::{self, Ask, Wake};
use crate::prefilter::{Hit, Prefilter};
use crate::rule::{Rule, Value};
use crate::text::Span;

pub(crate) use cores::Actions;
use cores::{CoreSet, Cores, core_of};
use field::{Field, Fields, Strings};
pub(crate) use index::Index;
pub(crate) use inner::inner;
pub(crate) use names::normalise;
pub(crate) use page::Page;
pub(crate) use shape::is_device_id;
pub(crate) use token_edges::connect_token;
use token_edges::is_glued;
pub(crate) use types::{Action, Asks, Form, Match};

/// The grammar over the compiled rules: where it is woken, and what it does there.
#[derive(Debug)]
pub(crate) struct Matcher {
    prefilter: Prefilter,
    /// What the four folded bytes of a core lead to.
    cores: Cores,
    index: Index,
}

impl Matcher {
    /// Compiles the rules.
    pub(crate) fn new(rules: &[Rule], fields: Fields) -> Self {
        let CoreSet { cores, classes } = core_set(rules, &fields);
        Self { prefilter: Prefilter::new(&classes), cores, index: Index::new(rules, fields) }
    }

    /// What the rules say.
    pub(crate) fn index(&self) -> &Index {
        &self.index
    }

    /// The hits of a stretch.
    #[inline]
    pub(crate) fn hits(&self, bytes: &[u8], range: std::ops::Range<usize>, hits: &mut Vec<Hit>) {
        self.prefilter.find(bytes, range, hits);
    }

    /// Everything that a hit leads to.
    pub(crate) fn at(&self, page: &Page<'_>, hit: Hit, out: &mut Vec<Match>, asks: &mut Asks) {
        match hit {
            Hit::Core(at) => self.at_core(page, at, out, asks),
            Hit::Wide(at) => asks.push(Ask::new(Wake::Wide, at)),
            Hit::Run(at) => {
                let (run, is_hex) = shape::run(&self.index, page, at, out);
                if !is_hex {
                    unannounced::at(&self.index, page, run, out);
                }
                if decode::may_be_encoded(page.bytes, run, is_hex) {
                    asks.push(Ask::new(Wake::Run, at));
                }
            }
        }
    }

    /// What a core leads to; nothing where the prefilter was wrong.
    #[inline]
    pub(crate) fn actions(&self, bytes: &[u8], at: usize) -> Actions {
        bytes[at..].first_chunk().map_or_else(Actions::default, |four| self.cores.get(*four))
    }

    /// Whether a core leads to more than fields.
    #[inline]
    pub(crate) fn leads_on(bytes: &[u8], at: usize, actions: Actions) -> bool {
        !actions.without(Action::Field).without(Action::Address).is_empty()
            || matches!(bytes[at..], [b'e', b'A' | b'F' | b'J' | b'N', ..] | [b'%', _, _, b'%', ..])
            || matches!(
                bytes[at..],
                [_, b's' | b'S', b'k' | b'K', ..] | [b'"' | b'\'', b'e' | b'v', _, b',', ..]
            )
            || decode::invisible::in_core(&bytes[at..])
    }

    fn at_core(&self, page: &Page<'_>, at: usize, out: &mut Vec<Match>, asks: &mut Asks) {
        let Some(&four) = page.bytes[at..].first_chunk::<4>() else { return };
        let actions = self.cores.get(four);
        if !actions.without(Action::Field).without(Action::Address).is_empty() {
            self.act(page, at, actions, out, asks);
        }
        match four {
            [b'e', b'A' | b'F' | b'J' | b'N', _, _] => self.token(page, at, out, asks),
            [b'%', high, low, b'%'] if (b'4'..=b'7').contains(&high) && low.is_ascii_hexdigit() => {
                asks.push(Ask::new(Wake::Percent, at));
            }
            [b'"' | b'\'', b'e' | b'v', _, b','] if page.around.is_none() => {
                asks.extend(decode::pieces::ask_characters(page.bytes, at + 1));
            }
            [_, b's' | b'S', b'k' | b'K', _] => short::short_name(&self.index, page, at + 1, out),
            _ if decode::invisible::in_core(&four) => asks.push(Ask::new(Wake::Invisible, at)),
            _ => {}
        }
    }

    fn act(&self, page: &Page<'_>, at: usize, actions: Actions, out: &mut Vec<Match>, asks: &mut Asks) {
        if actions.has(Action::Name)
            || (actions.has(Action::License) && shape::may_hold_license(page.bytes, at))
        {
            self.named(page, at, out, asks);
        }
        if actions.has(Action::License) && page.around.is_none() {
            asks.extend(decode::numbers::ask_spelled(page.bytes, at));
        }
        if actions.has(Action::Call) {
            call::at(&self.index, page, at, out, asks);
        }
        // Within a longer text of base64 it is no beginning.
        let is_gzip = || !page.bytes[..at].last().is_some_and(|b| b"-_+/*".contains(b));
        if actions.has(Action::Connect) || (actions.has(Action::Gzip) && is_gzip()) {
            self.token(page, at, out, asks);
        }
        if actions.has(Action::Percent) {
            asks.push(Ask::new(Wake::Percent, at));
        }
        if actions.has(Action::Pem) {
            shape::pem(&self.index, page, at, out);
        }
        if actions.has(Action::Der) {
            der::at(&self.index, page, at, out);
        }
        if actions.has(Action::Escape) {
            asks.push(Ask::new(Wake::UnicodeEscape, at));
        }
        if actions.has(Action::Numbers) {
            asks.push(Ask::new(Wake::Numbers, at));
        }
        if actions.has(Action::ShortFlag) {
            short::short_flag(&self.index, page, at, out);
        }
        if actions.has(Action::Request) {
            shape::request_key(&self.index, page, at, out);
        }
        if actions.has(Action::Document) {
            shape::document(&self.index, page, at, out);
        }
    }

    /// The field of a log around a core.
    pub(crate) fn field(
        &self,
        bytes: &[u8],
        at: usize,
        actions: Actions,
        strings: &mut Strings<'_>,
    ) -> Option<Field> {
        // Wherever a name of a rule is met first, it may be the name of a field, too.
        let is_field = Self::may_name(actions);
        let may_end = |name: &[u8]| {
            let one = name.strip_suffix(b"s").or_else(|| name.strip_suffix(b"S"));
            self.index.fields.may_end(name) || one.is_some_and(|one| self.index.fields.may_end(one))
        };
        let is_field = is_field && name::may_be_followed(bytes, at, may_end);
        let field = if is_field { self.index.fields.at(bytes, at, strings) } else { None };
        field.or_else(|| if actions.has(Action::Address) { field::address(bytes, at) } else { None })
    }

    /// Whether a core may be part of the name of a field.
    #[inline]
    pub(crate) fn may_name(actions: Actions) -> bool {
        actions != actions.without_names()
    }

    /// What a core leads to besides a name where the identifier around it is a part of a path.
    #[inline]
    pub(crate) fn without_names_of_paths(bytes: &[u8], at: usize, actions: Actions) -> Actions {
        if Self::may_name(actions) && name::is_of_path(bytes, at) {
            return actions.without_names();
        }
        actions
    }

    /// Whether a separator and a word follow the identifier around a core: `name=word`, `name: word`.
    pub(crate) fn is_assigned(bytes: &[u8], at: usize) -> bool {
        let Some(end) = name::plain_end(bytes, at) else { return false };
        matches!(bytes[end..], [b'=', b, ..] | [b':', b' ', b, ..] if b.is_ascii_alphanumeric())
    }

    /// Whether a name around a core may be the title of a column, or the name in a row.
    #[inline]
    pub(crate) fn may_be_title(bytes: &[u8], at: usize, actions: Actions) -> bool {
        Self::may_name(actions) && table::may_be_title(bytes, at)
    }

    /// The name of a field around a core, whatever follows it.
    pub(crate) fn name_of_field(&self, bytes: &[u8], at: usize, actions: Actions) -> Option<Span> {
        if Self::may_name(actions) { self.index.fields.name_at(bytes, at) } else { None }
    }

    /// Gives the values that a sentence has behind a name at a core, or behind its value.
    pub(crate) fn follow(
        &self,
        bytes: &[u8],
        at: usize,
        actions: Actions,
        value: Option<Span>,
        sink: &mut dyn FnMut(Span, field::Class),
    ) {
        if Self::may_name(actions) {
            self.index.fields.follow(bytes, at, value, sink);
        }
    }

    /// The license without a name that holds a run, with the rule for licenses: by its form alone, since
    /// what logs hold needs no verdict.
    pub(crate) fn license(&self, bytes: &[u8], at: usize) -> Option<(Span, usize)> {
        let rule = self.index.license?;
        shape::license(bytes, at).map(|span| (span, rule))
    }

    fn named(&self, page: &Page<'_>, at: usize, out: &mut Vec<Match>, asks: &mut Asks) {
        if let Some(name) = name::at(&self.index.names, page.bytes, at) {
            assign::named(&self.index, page, &name, out, asks);
        }
    }

    fn token(&self, page: &Page<'_>, at: usize, out: &mut Vec<Match>, asks: &mut Asks) {
        if is_glued(&page.bytes[..at]) {
            return;
        }
        let rest = &page.bytes[at..];
        for &(rule, scheme) in &self.index.schemes {
            if let Some(token) = (scheme.decode)(rest) {
                if token.truncated {
                    asks.extend(page.ask_from(at, Span::new(at, at)));
                }
                let value = Span::new(at, at + token.length);
                out.push(Match { rule, value, name: None, form: Form::Shape, token: Some((token, scheme)) });
                return;
            }
        }
        asks.extend(page.ask_from(at, Span::new(at, at)));
        // An encoded dot or dash may have cut it off.
        let run = rest
            .iter()
            .take(1024)
            .take_while(|b| b.is_ascii_alphanumeric() || matches!(b, b'.' | b'_' | b'-' | b'*'))
            .count();
        if run >= 40 && rest.get(run) == Some(&b'%') {
            asks.push(Ask::new(Wake::Percent, at));
        }
    }
}

/// What leads to the names of rules and fields, to calls and to the grammar's own forms.
fn core_set(rules: &[Rule], fields: &Fields) -> CoreSet {
    let mut cores = CoreSet::of_grammar();
    for rule in rules {
        // Where any argument may be the value, the value leads to the call.
        for call in rule.calls.iter().filter(|call| call.argument.is_some()) {
            core_of(call.name.as_bytes()).into_iter().for_each(|four| cores.add(four, Action::Call));
        }
        let action = if rule.value == Value::License { Action::License } else { Action::Name };
        if rule.regex.is_none() {
            let keywords = rule.keywords.iter().filter_map(|k| core_of(k.as_bytes()));
            keywords.for_each(|four| cores.add(four, action));
        }
    }
    cores.add_fields(fields);
    cores
}

#[cfg(test)]
mod tests {
    use std::path::PathBuf;

    use super::*;

    #[test]
    #[ignore = "prints the table of prefilter/groups.rs, from a folder of text"]
    #[allow(clippy::print_stdout, reason = "the table is what it is for")]
    fn cores_are_shared_out() {
        let sample =
            PathBuf::from(std::env::var_os("SCRUBJAY_SAMPLE").expect("SCRUBJAY_SAMPLE names a folder"));
        let policy = crate::scrub::Policy::default();
        let classes = core_set(&crate::rule::builtin(), &policy.fields()).classes;
        println!("{}", crate::prefilter::share_out::table(&classes, &sample));
    }
}
