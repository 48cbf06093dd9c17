//! What is wrong with how a token is written and packed, whatever it says.

use super::open::{Form, Opened, Prefix};
use super::problem::{Problem, UNREADABLE};
use crate::token::envelope::Packing;
use crate::token::spelling::{Spelling, unescape};
use crate::token::usersig;

impl Opened<'_> {
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
