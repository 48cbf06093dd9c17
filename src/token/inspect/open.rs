//! Opens a token, however it is packed and spelled, and says what is wrong with that.

use zeroize::Zeroizing;

use super::problem::{Problem, UNREADABLE};
use crate::token::envelope::{self, Document, Envelope, Packing};
use crate::token::homemade;
use crate::token::json::Object;
use crate::token::spelling::{Spelling, unescape};
use crate::token::tirtc::variant::{self, Parts};
use crate::token::{Scheme, Token, tirtc, usersig, usersig_legacy};

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
    single_quotes: bool,
    damaged: bool,
    raw: &'t [u8],
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

    /// What is wrong with how it is written, and with what stands around it.
    pub(super) fn problems(&self, text: &[u8], start: usize) -> Vec<Problem> {
        let mut out = Vec::new();
        self.add_surroundings(text, start, &mut out);
        self.add_spelling(start > 0 && text[start - 1] == b'=', &mut out);
        self.add_form(&mut out);
        if self.token.truncated {
            let (code, message, cure) = match self.damaged {
                true => (
                    "damaged",
                    "characters were changed on its way: it cannot be read to its end",
                    "hand the token over as it was signed; `+`, `*` and `/` suffer most from what encodes and decodes",
                ),
                false => (
                    "truncated",
                    "it is cut off",
                    "look for the buffer, the column or the log line that cuts it; a UserSig has 184 to 450 characters, a connect token up to 300",
                ),
            };
            out.push(Problem::new(code, message, cure));
        }
        if !self.is_connect() {
            out.iter_mut().for_each(|problem| problem.platform_codes = UNREADABLE);
        }
        out
    }

    /// Quotes and `Bearer` are natural in a file or a request, and wrong where they are all there is besides.
    fn add_surroundings(&self, text: &[u8], start: usize, out: &mut Vec<Problem>) {
        let before = text[..start].trim_ascii_start();
        let after = text[start + self.token.length..].trim_ascii_end();
        let is_quote = |b: &[u8]| matches!(b, b"\"" | b"'" | b"`");
        if before.eq_ignore_ascii_case(b"bearer ") && after.is_empty() {
            out.push(Problem::new(
                "bearer_prefix",
                "`Bearer ` stands before it",
                "hand over the token alone; `Bearer` belongs to the header of a request",
            ));
        }
        if is_quote(before) && before == after {
            out.push(Problem::new(
                "quoted",
                "quotes stand around it",
                "hand over the token without its quotes",
            ));
        }
        let next = text[start + self.token.length..].first();
        let goes_on = next.is_some_and(|b| b.is_ascii_alphanumeric());
        if goes_on && !self.token.truncated && self.form != Form::Plain {
            out.push(Problem::new("trailing", "more characters follow its end", "hand over the token alone"));
        }
    }

    fn add_spelling(&self, is_in_query: bool, out: &mut Vec<Problem>) {
        if self.form == Form::Plain {
            return;
        }
        let seen = Marks::of(self.raw);
        let wanted = match self.is_connect() {
            true => "`-` for `+`, `_` for `/`, no padding (base64url)",
            false => "`*` for `+`, `-` for `/`, `_` for `=`",
        };
        let spelling = if let Form::Packed(_, spelling) = self.form { spelling } else { Spelling::PLATFORM };
        let is_gone = spelling == Spelling::PLUS_LOST
            || (self.is_connect() && seen.spaces > 0 && self.is_gapped_in_signature());
        if is_gone {
            out.push(Problem::new(
                "plus_lost",
                "spaces stand where `+` was: a form decoder made them",
                format!("sign with the platform's alphabet, {wanted}, in which nothing needs an escape"),
            ));
        } else if seen.spaces + seen.lines > 0 {
            let what = if seen.lines > 0 { "line ends" } else { "spaces" };
            out.push(Problem::new(
                "white_space",
                format!("{what} stand within it"),
                "write it in one piece; switch the line length of the base64 encoder off",
            ));
        }
        if seen.twice {
            out.push(Problem::new(
                "percent_encoded_twice",
                "it was percent-encoded more than once",
                "encode it once, where the URL is put together",
            ));
        } else if seen.escapes && !is_in_query {
            out.push(Problem::new(
                "percent_encoded",
                "it is percent-encoded, and stands in no URL",
                "undo the percent-encoding before it is handed over",
            ));
        }
        self.add_alphabet(spelling, &seen, wanted, is_gone, out);
    }

    /// Whether the spaces of a connect token count as characters of its signature.
    fn is_gapped_in_signature(&self) -> bool {
        self.signature.0.contains(&b' ')
    }

    fn add_alphabet(
        &self,
        spelling: Spelling,
        seen: &Marks,
        wanted: &str,
        is_gone: bool,
        out: &mut Vec<Problem>,
    ) {
        let cure = format!("the platform wants {wanted}");
        if spelling == Spelling::URL_SAFE {
            let message = "it is written in base64url, which is not the platform's base64";
            out.push(Problem::new("url_safe_base64", message, cure));
        } else if spelling == Spelling::SWAPPED || spelling == Spelling::MIXED {
            let message = "its marks stand for one another: it is written in no known base64";
            out.push(Problem::new("alphabet", message, cure));
        } else if seen.standard && !is_gone {
            out.push(Problem::new("standard_base64", "it is written in standard base64", cure));
        } else if !self.token.truncated && !is_gone && !seen.has_right_padding(self.is_connect()) {
            let message = match self.is_connect() {
                true => "it is padded with `=`",
                false if seen.equals > 0 => "it is padded with `=` instead of `_`",
                false => "its padding is missing or too long",
            };
            out.push(Problem::new("padding", message, cure));
        }
    }

    fn add_form(&self, out: &mut Vec<Problem>) {
        let zlib = "compress the document with zlib (RFC 1950: header and checksum), then write it in base64";
        let problem = match self.form {
            Form::Packed(Packing::Gzip, _) => Problem::new("gzip", "it is compressed with gzip", zlib),
            Form::Packed(Packing::Deflate, _) => Problem::new(
                "raw_deflate",
                "it is deflated without the header and the checksum of zlib",
                zlib,
            ),
            Form::Base64 => Problem::new("not_compressed", "it is not compressed", zlib),
            Form::Plain if self.scheme.name == usersig::SCHEME.name => Problem::new(
                "not_encoded",
                "it is the document itself, neither compressed nor in base64",
                zlib,
            ),
            Form::Connect(Prefix::None) => Problem::new(
                "prefix_missing",
                "`v1.` is missing before it",
                "write `v1.`, the payload, `.`, the signature",
            ),
            Form::Connect(Prefix::Capital) => {
                Problem::new("prefix_case", "`V1.` stands before it", "write `v1.` in small letters")
            }
            Form::Connect(Prefix::Jwt) => Problem::new(
                "jwt",
                "it is a JWT: another head, and another text is signed",
                "write `v1.`, the payload, `.`, the signature of the payload; no header",
            ),
            _ => return self.add_quotes(out),
        };
        out.push(problem);
        self.add_quotes(out);
    }

    fn add_quotes(&self, out: &mut Vec<Problem>) {
        if self.single_quotes {
            let cure = "write the document with a JSON encoder";
            out.push(Problem::new("not_json", "its document is no JSON: it has single quotes", cure));
        }
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
    let (mut bytes, mut at) = (Zeroizing::new(Vec::with_capacity(envelope::MAX_DOCUMENT)), 0);
    let (mut bits, mut have) = (0u32, 0u32);
    while let Some((value, width)) = Spelling::WRAPPED.sextet(&input[at..])
        && bytes.len() < envelope::MAX_DOCUMENT
    {
        (bits, have, at) = (bits << 6 | u32::from(value), have + 6, at + width);
        if have >= 8 {
            have -= 8;
            bytes.push(u8::try_from(bits >> have & 0xff).unwrap_or_default());
        }
    }
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
    let legacy = usersig_legacy::speaks_legacy(&document);
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
    let (joined, length) = without_white_space(input)?;
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
    if !is_ours && !(named && variant::CLAIMS.iter().any(|name| object.get(name).is_some())) {
        return None;
    }
    let token = strict.filter(|token| !token.truncated).unwrap_or_else(|| {
        let claims = tirtc::claims(&object);
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

/// The signs in a token besides letters and digits.
#[derive(Default)]
struct Marks {
    /// `+` or `/`, as they are or escaped.
    standard: bool,
    /// Percent escapes of any kind.
    escapes: bool,
    /// Escapes of escapes.
    twice: bool,
    spaces: usize,
    lines: usize,
    /// Characters of base64.
    digits: usize,
    /// `=` and `_` at the end, as they are or escaped.
    equals: usize,
    underscores: usize,
}

impl Marks {
    fn of(raw: &[u8]) -> Self {
        let mut seen = Self::default();
        let mut at = 0;
        while at < raw.len() {
            let (byte, width) = match raw[at] {
                b'%' => unescape(&raw[at..]).unwrap_or((b'%', 1)),
                b'\\' if raw.get(at + 1) == Some(&b'/') => (b'/', 2),
                byte => (byte, 1),
            };
            seen.escapes |= raw[at] == b'%';
            seen.twice |= raw[at] == b'%' && width > 3;
            match byte {
                b' ' => seen.spaces += 1,
                b'\r' | b'\n' | b'\t' => seen.lines += 1,
                b'=' => seen.equals += 1,
                b'_' => seen.underscores += 1,
                _ => {
                    // What was padding so far was none.
                    seen.digits += 1 + std::mem::take(&mut seen.underscores);
                    seen.standard |= matches!(byte, b'+' | b'/');
                }
            }
            at += width;
        }
        seen
    }

    /// Whether the padding is that of the scheme.
    fn has_right_padding(&self, is_connect: bool) -> bool {
        match is_connect {
            true => self.equals == 0,
            false => self.equals == 0 && self.underscores == (4 - self.digits % 4) % 4,
        }
    }
}
