//! What the files of the grammar give each other.

use crate::decode::Ask;
use crate::text::Span;
use crate::token::{Scheme, Token};

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
    /// A number that may be a byte of a name.
    Numbers,
    /// `\u00`.
    Escape,
    /// ` -K `.
    ShortFlag,
    /// `TGV1`.
    Request,
    /// `"TLS`.
    Document,
    /// `H4sI`, base64 of a gzip header.
    Gzip,
    /// Part of the name of a log's field.
    Field,
    /// The `://` of an address.
    Address,
}

/// A value in the text.
#[derive(Debug, Clone, Copy)]
pub(super) struct Literal {
    pub(super) span: Span,
    pub(super) form: Form,
}

/// How far from its name a value may begin, in bytes.
pub(super) const REACH: usize = 400;
