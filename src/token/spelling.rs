//! The characters of base64 in which a UserSig may be written: those of the platform, and those that a
//! home-made signer or a careless carrier puts in their place.
//!
//! The platform's alphabet is not RFC 4648 base64url: `*` stands for `+`, `-` for `/`, `_` for the padding.
//! Who takes another one gets a token that no server reads, and whoever finds it reads it all the same.

use zeroize::Zeroizing;

use crate::text::hex_byte;

/// What the marks of an alphabet stand for; letters, digits, `+` and `/` are the same in all of them.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Spelling {
    /// What `*` stands for.
    star: u8,
    /// What `-` stands for.
    dash: u8,
    /// What `_` stands for; none where it is padding.
    line: Option<u8>,
    /// What white space within the token is.
    blank: Blank,
}

/// White space within a token.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Blank {
    /// The end of the token.
    End,
    /// A `+` that a form's decoder made a space.
    Plus,
    /// A space that somebody put there; nothing is lost.
    Space,
    /// The same of line ends and tabs.
    Line,
}

impl Spelling {
    /// The platform's; the marks of RFC 4648 section 4 are read as well.
    pub(super) const PLATFORM: Self = Self { star: 62, dash: 63, line: None, blank: Blank::End };
    /// RFC 4648 section 5.
    pub(super) const URL_SAFE: Self = Self { star: 62, dash: 62, line: Some(63), blank: Blank::End };
    /// `_` for `/`, as in RFC 4648 section 5, with the platform's `*`.
    pub(super) const MIXED: Self = Self { line: Some(63), ..Self::PLATFORM };
    /// The platform's two marks, the wrong way round.
    pub(super) const SWAPPED: Self = Self { star: 63, dash: 62, line: None, blank: Blank::End };
    /// A space where a `+` was.
    pub(super) const PLUS_LOST: Self = Self { blank: Blank::Plus, ..Self::PLATFORM };
    /// Spaces within.
    pub(super) const SPACED: Self = Self { blank: Blank::Space, ..Self::PLATFORM };
    /// White space of any kind within, line ends too.
    pub(super) const WRAPPED: Self = Self { blank: Blank::Line, ..Self::PLATFORM };

    /// What else a token in one line may be written in, beginning with the most frequent.
    const OTHERS: [Self; 5] = [Self::URL_SAFE, Self::PLUS_LOST, Self::SPACED, Self::MIXED, Self::SWAPPED];

    /// The other spellings that read the token at the start of `input` another way than the platform's.
    pub(super) fn others(input: &[u8]) -> impl Iterator<Item = Self> {
        // What decides is in the first characters, mostly; the whole token is looked at, up to a bound.
        const LOOK: usize = 1024;
        let is_part = |b: &&u8| b.is_ascii_alphanumeric() || b"*-_+/%\\ =".contains(b);
        let run = &input[..input.iter().take(LOOK).take_while(is_part).count()];
        let word = &run[..memchr::memchr(b' ', run).unwrap_or(run.len())];
        let has = |mark: u8| memchr::memchr(mark, word).is_some();
        // At the end it may be padding, or the last character of a token that has none.
        let (has_star, has_dash, has_line, has_blank) =
            (has(b'*'), has(b'-'), has(b'_'), word.len() < run.len());
        Self::OTHERS.into_iter().filter(move |spelling| match *spelling {
            Self::URL_SAFE => has_dash || has_line,
            Self::MIXED => has_line,
            Self::SWAPPED => has_star || has_dash,
            _ => has_blank,
        })
    }

    /// The six bits of the next character, and how many bytes it is written in.
    pub(super) fn sextet(self, input: &[u8]) -> Option<(u8, usize)> {
        Some(match *input.first()? {
            byte @ b'A'..=b'Z' => (byte - b'A', 1),
            byte @ b'a'..=b'z' => (byte - b'a' + 26, 1),
            byte @ b'0'..=b'9' => (byte - b'0' + 52, 1),
            b'%' => {
                let (byte, width) = unescape(input)?;
                (self.mark(byte)?, width)
            }
            b'\\' if input.get(1) == Some(&b'/') => (63, 2),
            b' ' | b'\t' | b'\r' | b'\n' => return self.blank(input),
            byte => (self.mark(byte)?, 1),
        })
    }

    fn mark(self, byte: u8) -> Option<u8> {
        match byte {
            b'+' => Some(62),
            b'/' => Some(63),
            b'*' => Some(self.star),
            b'-' => Some(self.dash),
            b'_' => self.line,
            b' ' if self.blank == Blank::Plus => Some(62),
            _ => None,
        }
    }

    /// White space at the start of `input`, with the character behind it where it is one of the token.
    fn blank(self, input: &[u8]) -> Option<(u8, usize)> {
        /// So much of it stands between two characters, at most.
        const MOST: usize = 64;
        let skipped = match self.blank {
            Blank::End => return None,
            Blank::Plus if input[0] == b' ' => {
                // One behind the other would be the end of a word.
                return input.get(1).filter(|b| b.is_ascii_alphanumeric()).map(|_| (62, 1));
            }
            Blank::Plus => return None,
            Blank::Space => input.iter().take(MOST).take_while(|&&b| b == b' ').count(),
            Blank::Line => input.iter().take(MOST).take_while(|b| b.is_ascii_whitespace()).count(),
        };
        let rest = input.get(skipped..).filter(|rest| skipped > 0 && !rest.is_empty())?;
        let is_blank = rest[0].is_ascii_whitespace();
        let (value, width) = if is_blank { None } else { self.sextet(rest) }?;
        Some((value, skipped + width))
    }

    /// Whether padding is written with this byte.
    pub(super) fn is_padding(self, byte: u8) -> bool {
        byte == b'=' || (byte == b'_' && self.line.is_none())
    }
}

/// Bytes that are put together from sextets, most significant bits first.
#[derive(Debug, Default)]
pub(super) struct Sextets {
    bytes: Zeroizing<Vec<u8>>,
    bits: u32,
    have: u32,
}

impl Sextets {
    /// With room for the bytes of so many sextets, so that none are left behind where it grows.
    pub(super) fn with_room(sextets: usize) -> Self {
        Self { bytes: Zeroizing::new(Vec::with_capacity(sextets * 6 / 8)), ..Self::default() }
    }

    /// Adds six bits.
    pub(super) fn push(&mut self, value: u8) {
        self.bits = self.bits << 6 | u32::from(value);
        self.have += 6;
        if self.have >= 8 {
            self.have -= 8;
            self.bytes.push(u8::try_from(self.bits >> self.have & 0xff).unwrap_or_default());
        }
    }

    /// How many whole bytes there are.
    pub(super) fn len(&self) -> usize {
        self.bytes.len()
    }

    /// The whole bytes.
    pub(super) fn into_bytes(self) -> Zeroizing<Vec<u8>> {
        self.bytes
    }
}

/// The byte of a percent escape at the start of `input`, encoded once or again and again, and its width.
pub(super) fn unescape(input: &[u8]) -> Option<(u8, usize)> {
    /// How often an escape may have been escaped.
    const MOST: usize = 3;
    let mut at = 1;
    while at <= 2 * MOST && input.get(at..at + 2) == Some(b"25") {
        at += 2;
    }
    let [high, low] = *input.get(at..)?.first_chunk()?;
    Some((hex_byte(high, low)?, at + 2))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn escapes_are_undone_as_often_as_they_were_made() {
        for (text, outcome) in [
            ("%2A", Some((b'*', 3))),
            ("%2a", Some((b'*', 3))),
            ("%252A", Some((b'*', 5))),
            ("%25252Fx", Some((b'/', 7))),
            ("%2", None),
            ("%zz", None),
            ("%25", None),
        ] {
            assert_eq!(unescape(text.as_bytes()), outcome, "{text}");
        }
    }

    #[test]
    fn only_the_spellings_that_differ_are_tried() {
        let others = |text: &str| Spelling::others(text.as_bytes()).count();
        assert_eq!(others("eJwabc=="), 0);
        assert_eq!(others("eJwabc__"), 2);
        assert_eq!(others("eJwabc\n"), 0);
        assert_eq!(others("eJwa-c"), 2);
        assert_eq!(others("eJwa_c"), 2);
        assert_eq!(others("eJwa c-d"), 2);
    }

    #[test]
    fn white_space_is_a_plus_a_gap_or_the_end() {
        assert_eq!(Spelling::PLATFORM.sextet(b" A"), None);
        assert_eq!(Spelling::PLUS_LOST.sextet(b" A"), Some((62, 1)));
        assert_eq!(Spelling::PLUS_LOST.sextet(b"  A"), None);
        assert_eq!(Spelling::SPACED.sextet(b"  B"), Some((1, 3)));
        assert_eq!(Spelling::SPACED.sextet(b" \nB"), None);
        assert_eq!(Spelling::WRAPPED.sextet(b" \r\nB"), Some((1, 4)));
        assert_eq!(Spelling::WRAPPED.sextet(b" "), None);
    }
}
