//! Opens a token, however it is packed and spelled, and says what is wrong with that.

use zeroize::Zeroizing;

use crate::token::envelope::{self, Document, Envelope, Packing};
use crate::token::homemade;
use crate::token::json::Object;
use crate::token::scheme::{Scheme, Token};
use crate::token::spelling::{Sextets, Spelling};
use crate::token::tirtc::variant::{self, Parts};
use crate::token::{tirtc, user_sig_document, usersig, usersig_legacy};

/// How a token was packed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Form {
    /// The three parts of a connect token, with what stands before the payload.
    Connect(Prefix),
    /// A stream within base64.
    Packed(Packing, Spelling),
    /// A document in base64 that was never compressed.
    Base64,
    /// A document as it is.
    Plain,
}

/// What stands before the payload of a connect token.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Prefix {
    /// `v1.`
    Right,
    /// `V1.`
    Capital,
    /// Nothing.
    None,
    /// The head of a JWT.
    Jwt,
}

/// A token that was opened.
pub(super) struct Opened<'t> {
    /// Its scheme, or the one that was meant.
    pub(super) scheme: &'static Scheme,
    /// What it says.
    pub(super) token: Token,
    /// Its document, or the readable part of it, with the quotes of JSON.
    pub(super) document: Zeroizing<Vec<u8>>,
    /// How it was packed.
    pub(super) form: Form,
    /// The signature of a connect token, as it is written, and how many characters it has.
    pub(super) signature: (Zeroizing<Vec<u8>>, usize),
    /// Whether its document had the quotes of another language.
    pub(super) single_quotes: bool,
    /// Whether its stream is damaged.
    pub(super) damaged: bool,
    /// Its text.
    pub(super) raw: &'t [u8],
}

/// A document in base64 is no shorter, in characters.
const MIN_CHARS: usize = 40;

impl<'t> Opened<'t> {
    /// The token that begins at `start`.
    pub(super) fn at(text: &'t [u8], start: usize) -> Option<Self> {
        let input = &text[start..];
        if input[0] == b'{' {
            return plain(input);
        }
        if !input.iter().take(MIN_CHARS).all(|&b| is_part(b)) {
            return None;
        }
        connect(input).or_else(|| packed(input)).or_else(|| uncompressed(input))
    }

    /// Whether it is a connect token.
    pub(super) fn is_connect(&self) -> bool {
        matches!(self.form, Form::Connect(_))
    }
}

/// A UserSig document as it is.
fn plain(input: &[u8]) -> Option<Opened<'_>> {
    let inner = input[1..].trim_ascii_start();
    if !inner.get(1..5)?.eq_ignore_ascii_case(b"TLS.") || !matches!(inner[0], b'"' | b'\'') {
        return None;
    }
    let most = input.len().min(envelope::MAX_DOCUMENT);
    let mut document = Zeroizing::new(input[..most].to_vec());
    let single_quotes = homemade::replace_quotes(&mut document);
    let length = Object::read(&document)?.length?;
    document.truncate(length);
    Some(of_document(document, length, Form::Plain, &input[..length], single_quotes))
}

/// A document in base64 that was never compressed.
fn uncompressed(input: &[u8]) -> Option<Opened<'_>> {
    if !matches!(input.first_chunk::<2>()?, b"ey" | b"ew") {
        return None;
    }
    let (mut bytes, mut at) = (Sextets::with_room(envelope::MAX_DOCUMENT * 8 / 6 + 1), 0);
    while let Some((value, width)) = Spelling::WRAPPED.sextet(&input[at..])
        && bytes.len() < envelope::MAX_DOCUMENT
    {
        bytes.push(value);
        at += width;
    }
    let mut bytes = bytes.into_bytes();
    let single_quotes = homemade::replace_quotes(&mut bytes);
    let is_ours = bytes[1..].trim_ascii_start().get(1..5).is_some_and(|n| n.eq_ignore_ascii_case(b"TLS."));
    let length = Object::read(&bytes).filter(|_| is_ours)?.length?;
    bytes.truncate(length);
    let padding = input[at..].iter().take(2).take_while(|b| matches!(b, b'=' | b'_')).count();
    Some(of_document(bytes, at + padding, Form::Base64, &input[..at + padding], single_quotes))
}

/// A UserSig in its envelope, in one that is not the platform's, or in one that is damaged.
fn packed(input: &[u8]) -> Option<Opened<'_>> {
    let packing = match input {
        [b'H', b'4', b's', b'I', ..] => Some(Packing::Gzip),
        [b'e', ..] => Some(Packing::Zlib),
        _ => None,
    };
    let open = |spelling, kind| envelope::open_spelled(input, packing?, spelling, kind);
    let is_whole = |envelope: &Envelope| envelope.complete;
    let found = envelope::open(input)
        .filter(is_whole)
        .or_else(|| open(Spelling::WRAPPED, Document::UserSig).filter(is_whole))
        .or_else(|| envelope::open(input))
        .or_else(|| envelope::open_bare(input))
        .or_else(|| open(Spelling::PLATFORM, Document::Damaged))?;
    let Envelope { document, length, complete, packing, spelling, single_quotes, damaged } = found;
    let form = Form::Packed(packing, spelling);
    let mut opened = of_document(document, length, form, &input[..length], single_quotes);
    opened.token.truncated = !complete;
    opened.damaged = damaged;
    Some(opened)
}

fn of_document<'t>(
    document: Zeroizing<Vec<u8>>,
    length: usize,
    form: Form,
    raw: &'t [u8],
    single_quotes: bool,
) -> Opened<'t> {
    let legacy = user_sig_document::speaks_legacy(&document);
    let scheme = if legacy { &usersig_legacy::SCHEME } else { &usersig::SCHEME };
    let strict = match form {
        Form::Packed(..) => (scheme.decode)(raw),
        Form::Plain => usersig_legacy::decode_json(raw).map(|(_, token)| token),
        _ => None,
    };
    let read = || Object::read(&document).map(|object| homemade::claims(&object)).unwrap_or_default();
    let token = strict.filter(|token| !token.refused && !token.truncated);
    let token = token.unwrap_or_else(|| Token { claims: read(), refused: true, ..Token::default() });
    let token = Token { length, ..token };
    let signature = (Zeroizing::default(), 0);
    Opened { scheme, token, document, form, signature, single_quotes, damaged: false, raw }
}

/// A connect token in one piece, or in lines.
fn connect(input: &[u8]) -> Option<Opened<'_>> {
    let whole = connect_of_one_piece(input, input);
    if whole.as_ref().is_some_and(|opened| !opened.token.truncated) {
        return whole;
    }
    let Some((joined, length)) = without_white_space(input) else { return whole };
    let mut opened = connect_of_one_piece(&joined, &input[..length]).filter(|o| !o.token.truncated);
    if let Some(opened) = &mut opened {
        opened.token.length = length;
    }
    opened.or(whole)
}

/// The three parts of a connect token without white space in them, and how long they are with it; none where there
/// is none in them, or where no whole signature ends a piece.
fn without_white_space(input: &[u8]) -> Option<(Zeroizing<Vec<u8>>, usize)> {
    const MOST: usize = 16 * 1024;
    let mut joined = Zeroizing::new(Vec::with_capacity(1024));
    let (mut dots, mut digits, mut at) = (0, 0, 0);
    let wanted = if input.starts_with(b"ey") { 1 } else { 2 };
    while at < input.len().min(MOST) && digits < tirtc::SIGNATURE_CHARS {
        match input[at] {
            byte if byte.is_ascii_whitespace() => {}
            b'.' if dots == wanted => return None,
            byte if byte.is_ascii_alphanumeric() || b"-_+/=.".contains(&byte) => {
                dots += usize::from(byte == b'.');
                digits += usize::from(dots == wanted && byte != b'.');
                joined.push(byte);
            }
            _ => return None,
        }
        at += 1;
    }
    let is_end = input.get(at).is_none_or(|b| !b.is_ascii_alphanumeric());
    (digits == tirtc::SIGNATURE_CHARS && is_end && joined.len() < at).then_some((joined, at))
}

/// A connect token, in parts or cut off.
fn connect_of_one_piece<'t>(input: &[u8], raw: &'t [u8]) -> Option<Opened<'t>> {
    let named = matches!(input.first_chunk::<3>()?, [b'v' | b'V', b'1', b'.']);
    if !named && !matches!(input.first_chunk::<2>()?, b"ey" | b"ew") {
        return None;
    }
    let strict = (tirtc::SCHEME.decode)(input);
    let Some(parts) = Parts::of(input) else {
        let token = strict?;
        let raw = &raw[..token.length];
        let signature = (Zeroizing::default(), 0);
        return Some(connect_of(token, Zeroizing::default(), Prefix::Right, signature, raw));
    };
    let object = Object::read(&parts.document)?;
    let prefix = match parts.prefix.len() {
        0 => Prefix::None,
        3 if parts.prefix[0] == b'V' => Prefix::Capital,
        3 => Prefix::Right,
        _ => Prefix::Jwt,
    };
    let is_ours = strict.is_some() || variant::is_one(&object, &parts.document);
    // Behind `v1.` less is asked: it was meant to be one.
    let was_meant = named && variant::CLAIMS.iter().any(|name| object.get(name).is_some());
    if !is_ours && !was_meant {
        return None;
    }
    let token = strict.filter(|token| !token.truncated).unwrap_or_else(|| {
        let claims = tirtc::wire::claims(&object);
        // Without a signature, or with the beginning of one.
        let truncated = parts.signature_chars < variant::SHORTEST_SIGNATURE;
        Token { length: parts.length, claims, truncated, refused: true, ..Token::default() }
    });
    let raw = if raw.len() == input.len() { &raw[..token.length] } else { raw };
    let signature = (Zeroizing::new(parts.signature.to_vec()), parts.signature_chars);
    let document = parts.document.clone();
    Some(connect_of(token, document, prefix, signature, raw))
}

fn connect_of<'t>(
    token: Token,
    document: Zeroizing<Vec<u8>>,
    prefix: Prefix,
    signature: (Zeroizing<Vec<u8>>, usize),
    raw: &'t [u8],
) -> Opened<'t> {
    let (scheme, form) = (&tirtc::SCHEME, Form::Connect(prefix));
    Opened { scheme, token, document, form, signature, single_quotes: false, damaged: false, raw }
}

fn is_part(b: u8) -> bool {
    b.is_ascii_alphanumeric() || b"*-_+/%=.\\".contains(&b) || b.is_ascii_whitespace()
}
