//! From a hit of the prefilter to a match: which rule, and where exactly its value stands.
//!
//! The grammar knows how people write "this name has this value" in some forty syntaxes; the rules
//! only say which names and which values. One file per family of forms:
//!
//! | file | forms |
//! |---|---|
//! | `name` | the identifier, or the words, around a hit |
//! | `assign` | what follows a name: values, types, flags, table cells |
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
//! | `shape` | no name at all: licenses, maps keyed by a device id, PEM |
//! | `der` | private keys without armour |
//! | `hex` | 64 hex digits, from the value outwards: names too short to be looked for, calls, what is beside |
//!
//! A match is only where a value *is*; whether it is a leak is for the judges to say.

mod assign;
mod bare;
mod call;
pub(crate) mod context;
mod cores;
pub(crate) mod csv;
pub(crate) mod der;
mod fallback;
pub(crate) mod field;
pub(crate) mod hex;
mod inner;
mod literal;
mod look_up;
pub(crate) mod name;
mod pair;
mod prose;
mod separator;
mod shape;
mod short;

use std::borrow::Cow;
use std::collections::HashMap;

use crate::blob::TreeRoot;
use crate::cursor;
use crate::decode::{self, Ask, Wake};
use crate::prefilter::{Core, Hit, Prefilter, product};
use crate::rule::{Rule, Value};
use crate::text::Span;
use crate::token::{self, Scheme, Token};

use context::{Context, ContextWords};
pub(crate) use cores::Actions;
use cores::{Cores, core_of};
use field::{Field, Fields};
pub(crate) use inner::inner;
pub(crate) use name::{Name, Names, normalise};

/// How the value is written; the judges believe some forms more than others.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Form {
    /// A quoted literal right after a name.
    Quoted,
    /// An unquoted value right after a name.
    Bare,
    /// A literal somewhere in the statement that begins with the name: a fallback, a default.
    Fallback,
    /// Words between name and value.
    Prose,
    /// By position, or by its own shape.
    Shape,
    /// A cell under a named column.
    Cell,
}

/// A value that may be a credential.
#[derive(Debug, Clone)]
pub(crate) struct Match {
    /// Index of the rule.
    pub(crate) rule: usize,
    /// The value, quotes not included.
    pub(crate) value: Span,
    /// The name, if it has one.
    pub(crate) name: Option<Span>,
    /// How it is written.
    pub(crate) form: Form,
    /// The decoded token with its scheme.
    pub(crate) token: Option<(Token, &'static Scheme)>,
}

/// What to do at a hit, besides matching: a decoder has to be asked.
pub(crate) type Asks = Vec<Ask>;

/// The compiled rules.
#[derive(Debug)]
pub(crate) struct Matcher {
    prefilter: Prefilter,
    /// What the four folded bytes of a core lead to.
    cores: Cores,
    names: Names,
    /// Normalised names of functions, with rule and argument.
    calls: HashMap<Vec<u8>, Vec<(usize, usize)>>,
    schemes: Vec<(usize, &'static Scheme)>,
    /// The rules for values that have no name.
    license: Option<usize>,
    device: Option<usize>,
    hex64: Option<usize>,
    pem: Option<usize>,
    key: Option<usize>,
    /// Names of a log's fields, for what masks rather than reports.
    fields: Fields,
    /// The words that say whose a value is.
    context: ContextWords,
}

/// A rule that has a name.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Named {
    /// Index of the rule.
    pub(crate) rule: usize,
    /// True where the name alone is not enough and `context` must stand near.
    pub(crate) weak: bool,
    /// True for a weak name that is a common word: its context has to be close.
    pub(crate) is_common: bool,
    /// True for a name that other systems have as well: who else's it may be is asked before it is reported.
    pub(crate) is_shared: bool,
}

/// A weak name of so many characters is a common word.
const MAX_COMMON_CHARS: usize = 6;

/// What a core leads to.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Action {
    /// Part of a name of a secret.
    Name,
    /// Part of the name of a license, which has a comma behind it.
    License,
    /// Part of a function's name.
    Call,
    /// `v1.e`.
    Connect,
    /// `%2Ee`, the middle of an encoded `v1.eyJ…`.
    Percent,
    /// A PEM line.
    Pem,
    /// The beginning of a private key without armour.
    Der,
    /// `\u00`.
    Escape,
    /// ` -K `.
    ShortFlag,
    /// `TGV1`.
    Request,
    /// `"TLS`.
    Document,
    /// Part of the name of a log's field.
    Field,
    /// The `://` of an address.
    Address,
}

/// Cores of the forms that are the grammar's own, not the rules'.
const FIXED: &[(&[u8; 4], Action)] = &[
    (b"v1.e", Action::Connect),
    (b"%2Ee", Action::Percent),
    (b"-BEG", Action::Pem),
    (der::CORES[0].0, Action::Der),
    (der::CORES[1].0, Action::Der),
    (b"\\u00", Action::Escape),
    (b"\\u{0", Action::Escape),
    // The ideographs of "secret key", as ASCII-only JSON writes them.
    (b"u5bc", Action::Escape),
    (b"u79d", Action::Escape),
    (b" -K ", Action::ShortFlag),
    (b"TGV1", Action::Request),
    (b"\"TLS", Action::Document),
];

/// The name `sk` is too short for a core of its own: what stands before it belongs to the core.
const SK_BEFORE: &[u8] = b"?&\"'`{, \n\t(";

impl Matcher {
    /// Compiles the rules.
    pub(crate) fn new(rules: &[Rule], fields: Fields) -> Self {
        let mut cores = Cores::default();
        let mut classes: Vec<Core> = own_cores();
        let mut add = |four: [u8; 4], action: Action| {
            if cores.add(four, action) {
                classes.push(four.map(either_case));
            }
        };
        for &(four, action) in FIXED {
            add(*four, action);
        }
        let mut names = Names::default();
        let mut calls: HashMap<Vec<u8>, Vec<(usize, usize)>> = HashMap::new();
        let mut schemes = Vec::new();
        for (index, rule) in rules.iter().enumerate() {
            // A private key leads to its name by itself.
            let rule_names = if rule.value == Value::Pem { &[] } else { &rule.names[..] };
            let plain = Named { rule: index, weak: false, is_common: false, is_shared: false };
            rule_names.iter().for_each(|name| names.add(name, plain));
            rule.shared.names.iter().for_each(|name| names.add(name, Named { is_shared: true, ..plain }));
            for name in &rule.weak_names {
                let is_common = name.chars().count() <= MAX_COMMON_CHARS;
                names.add(name, Named { weak: true, is_common, ..plain });
            }
            for call in &rule.calls {
                // Where any argument may be the value, the value leads to the call.
                let Some(argument) = call.argument else { continue };
                core_of(call.name.as_bytes()).into_iter().for_each(|four| add(four, Action::Call));
                calls.entry(normalise(call.name.as_bytes())).or_default().push((index, argument));
            }
            let action = if rule.value == Value::License { Action::License } else { Action::Name };
            if rule.regex.is_none() {
                rule.keywords.iter().filter_map(|k| core_of(k.as_bytes())).for_each(|four| add(four, action));
            }
            schemes.extend(rule.token.iter().filter_map(|t| token::scheme(t)).map(|s| (index, s)));
        }
        names.finish();
        for core in fields.cores(|four| !cores.get(four).is_empty()) {
            let new = product(&core).into_iter().filter(|four| cores.add(*four, Action::Field)).count();
            if new > 0 {
                classes.push(core.map(|class| class.iter().flat_map(|b| either_case(*b)).collect()));
            }
        }
        if !fields.is_empty() {
            for core in field::address_cores() {
                product(&core).into_iter().for_each(|four| _ = cores.add(four, Action::Address));
                classes.push(core);
            }
        }
        let of = |kind| rules.iter().position(|r| r.kind == kind && r.token.is_empty() && r.regex.is_none());
        use crate::finding::Kind;
        Self {
            prefilter: Prefilter::new(&classes),
            cores,
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
                let (run, is_hex) = shape::run(self, page, at, out);
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
            [_, b's' | b'S', b'k' | b'K', _] => short::short_name(self, page, at + 1, out),
            _ => {}
        }
    }

    fn act(&self, page: &Page<'_>, at: usize, actions: Actions, out: &mut Vec<Match>, asks: &mut Asks) {
        if actions.has(Action::Name)
            || (actions.has(Action::License) && shape::may_hold_license(page.bytes, at))
        {
            self.named(page, at, out, asks);
        }
        if actions.has(Action::Call) {
            call::at(self, page, at, out, asks);
        }
        if actions.has(Action::Connect) {
            self.token(page, at, out, asks);
        }
        if actions.has(Action::Percent) {
            asks.push(Ask::new(Wake::Percent, at));
        }
        if actions.has(Action::Pem) {
            shape::pem(self, page, at, out);
        }
        if actions.has(Action::Der) {
            der::at(self, page, at, out);
        }
        if actions.has(Action::Escape) {
            asks.push(Ask::new(Wake::UnicodeEscape, at));
        }
        if actions.has(Action::ShortFlag) {
            short::short_flag(self, page, at, out);
        }
        if actions.has(Action::Request) {
            shape::request_key(self, page, at, out);
        }
        if actions.has(Action::Document) {
            shape::document(self, page, at, out);
        }
    }

    /// The field of a log around a core.
    pub(crate) fn field(&self, bytes: &[u8], at: usize, actions: Actions) -> Option<Field> {
        // Wherever a name of a rule is met first, it may be the name of a field, too.
        let is_field =
            actions.has(Action::Field) || actions.has(Action::Name) || actions.has(Action::License);
        let is_field = is_field && name::may_be_followed(bytes, at);
        let field = if is_field { self.fields.at(bytes, at) } else { None };
        field.or_else(|| if actions.has(Action::Address) { field::address(bytes, at) } else { None })
    }

    /// The end of what has the form of a connect token at a core, whole and with a whole signature: to
    /// hide it, nobody has to decode it.
    pub(crate) fn connect(bytes: &[u8], at: usize) -> Option<usize> {
        let rest = &bytes[at..];
        if !matches!(rest.get(..5)?, b"v1.ey" | b"v1.ew") || is_glued(&bytes[..at]) {
            return None;
        }
        let run = |from: usize| url_run(&rest[from..]);
        let payload = run(3);
        if payload < MIN_PAYLOAD || rest.get(3 + payload) != Some(&b'.') {
            return None;
        }
        let signature = run(4 + payload);
        (signature == token::tirtc::SIGNATURE_CHARS).then_some(at + 4 + payload + signature)
    }

    /// The end of the whole token that begins at `at`.
    pub(crate) fn whole_token(&self, bytes: &[u8], at: usize) -> Option<usize> {
        let token = self.schemes.iter().find_map(|(_, scheme)| (scheme.decode)(&bytes[at..]));
        token.filter(|t| !t.truncated).map(|t| at + t.length)
    }

    /// Whether a token that begins at `at` is whole.
    pub(crate) fn is_whole_token(&self, bytes: &[u8], at: usize) -> bool {
        Self::connect(bytes, at).is_some() || self.whole_token(bytes, at).is_some()
    }

    /// The license without a name that holds a run, with the rule for licenses: by its form alone, since
    /// what logs hold needs no verdict.
    pub(crate) fn license(&self, bytes: &[u8], at: usize) -> Option<(Span, usize)> {
        let rule = self.license?;
        shape::license(bytes, at).map(|span| (span, rule))
    }

    /// The names of fields.
    pub(crate) fn fields(&self) -> &Fields {
        &self.fields
    }

    /// The class of a field of a log, by its name.
    pub(crate) fn class(&self, name: &[u8]) -> Option<field::Class> {
        self.fields.class(name)
    }

    fn named(&self, page: &Page<'_>, at: usize, out: &mut Vec<Match>, asks: &mut Asks) {
        if let Some(name) = name::at(&self.names, page.bytes, at) {
            assign::named(self, page, &name, out, asks);
        }
    }

    fn token(&self, page: &Page<'_>, at: usize, out: &mut Vec<Match>, asks: &mut Asks) {
        if is_glued(&page.bytes[..at]) {
            return;
        }
        let rest = &page.bytes[at..];
        for &(rule, scheme) in &self.schemes {
            if let Some(token) = (scheme.decode)(rest) {
                if token.truncated {
                    asks.extend(page.ask_from(at, at));
                }
                let value = Span::new(at, at + token.length);
                out.push(Match { rule, value, name: None, form: Form::Shape, token: Some((token, scheme)) });
                return;
            }
        }
        asks.extend(page.ask_from(at, at));
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
            .suffix(&normalise(name))
            .is_some_and(|entry| self.names.rules(entry).iter().any(|n| n.rule == rule && n.is_shared))
    }

    /// Whether text is, after normalisation, a name itself.
    pub(crate) fn is_name(&self, text: &[u8]) -> bool {
        self.names.suffix(&normalise(text)).is_some()
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

impl Page<'_> {
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
        let Span { start, end } = known;
        // What was put together has no more pieces.
        if self.around.is_some() { None } else { decode::pieces::ask(self.bytes, name, start, end) }
    }

    /// The same for a value that is looked at from its beginning.
    fn ask_from(&self, name: usize, at: usize) -> Option<Ask> {
        self.ask_for_pieces(name, Span::new(at, at)).map(|(ask, _)| ask)
    }

    /// The same for a literal whose line ends before it does.
    fn ask_open(&self, name: usize, at: usize) -> Option<Ask> {
        if self.around.is_some() { None } else { decode::pieces::ask_open(self.bytes, name, at) }
    }

    /// Whether one of the rule's context words is within `reach` bytes of a place, or in the path.
    pub(crate) fn has_context(&self, m: &Matcher, rule: usize, near: Span, reach: usize) -> bool {
        let path = self.context.path(|| self.tree_path().to_ascii_lowercase());
        has_word(path, &self.rules[rule].context)
            || self.context.has(&m.context, self.bytes, rule, near, reach)
            || self.context.counts_by_path(rule)
    }
}

/// Whether a path in lower case has one of these words in it.
pub(crate) fn has_word(path: &str, words: &[String]) -> bool {
    words.iter().any(|word| memchr::memmem::find(path.as_bytes(), word.as_bytes()).is_some())
}

/// Whether a letter or digit stands before a token that is not the end of an escape: `%3D`, `\n`, or
/// a colour code.
fn is_glued(before: &[u8]) -> bool {
    if !before.last().is_some_and(u8::is_ascii_alphanumeric) {
        return false;
    }
    let percent = before
        .last_chunk::<3>()
        .is_some_and(|e| e[0] == b'%' && e[1].is_ascii_hexdigit() && e[2].is_ascii_hexdigit());
    let escape =
        before.last_chunk::<2>().is_some_and(|e| e[0] == b'\\' && matches!(e[1], b'n' | b't' | b'r'));
    let tail = &before[before.len().saturating_sub(24)..];
    let colour = tail.iter().rposition(|&b| b == b'[').is_some_and(|i| {
        tail[i + 1..tail.len() - 1].iter().all(|b| b.is_ascii_digit() || matches!(b, b';' | b':'))
            && tail[tail.len() - 1] == b'm'
            && i > 0
    });
    // Mail writes `=` so.
    !(percent || escape || colour || before.ends_with(b"=3D"))
}

/// How many bytes here belong to base64 as URLs have it; most of it vector code, since tokens are long.
fn url_run(text: &[u8]) -> usize {
    const STEP: usize = 16;
    let is_part = |b: u8| {
        ((b | 0x20).wrapping_sub(b'a') < 26) | (b.wrapping_sub(b'0') < 10) | (b == b'_') | (b == b'-')
    };
    let steps = text.chunks_exact(STEP).take_while(|step| step.iter().fold(true, |all, b| all & is_part(*b)));
    let whole = steps.count() * STEP;
    whole + text[whole..].iter().take_while(|b| is_part(**b)).count()
}

/// The claims of a connect token need more characters than this.
const MIN_PAYLOAD: usize = 60;

fn either_case(b: u8) -> Vec<u8> {
    let mut class = vec![b.to_ascii_lowercase(), b.to_ascii_uppercase()];
    class.dedup();
    class
}

/// Cores whose bytes are classes, not letters.
fn own_cores() -> Vec<Core> {
    let fourth = b"0189ABEFMNUVcdklqrst".to_vec();
    let zlib = |second: u8, third: &[u8]| [vec![b'e'], vec![second], third.to_vec(), fourth.clone()];
    vec![
        zlib(b'A', b"EFGH"),
        zlib(b'F', b"4567"),
        zlib(b'J', b"wxyz"),
        zlib(b'N', b"opqr"),
        [vec![b'%'], b"4567".to_vec(), b"0123456789abcdefABCDEF".to_vec(), vec![b'%']],
        [b"\"'".to_vec(), b"ev".to_vec(), b"\"'".to_vec(), b",".to_vec()],
        [SK_BEFORE.to_vec(), either_case(b's'), either_case(b'k'), b"=:\"' \\".to_vec()],
    ]
}
