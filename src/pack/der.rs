//! Private keys in DER, the binary form of what PEM writes in letters. They are read as that, so that one set of
//! rules holds for both. None can be masked: a part of a key is no key, and the rest of it is still secret.

use std::io::{self, Read, Write};

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use zeroize::Zeroizing;

use super::codec::{Codec, Encode, HEAD};
use super::source::{Source, corrupt, cut_off};

/// The line in the table.
pub(super) const CODEC: Codec = Codec {
    name: "der",
    extensions: &[],
    begins: |head| label(head).is_some(),
    reader: |reader| Ok(Box::new(Armoured::open(Source::new(reader)))),
    writer: |writer, head| {
        Ok(Box::new(Same {
            inner: writer,
            label: label(head).unwrap_or("PRIVATE KEY"),
            text: Zeroizing::default(),
        }))
    },
};

/// What a key is called that was read in letters.
pub(super) const INSIDE: &str = "(der)";

/// The longest key; RSA with 16,384 bits takes 9 KiB.
const LONGEST: usize = 16 * 1024;

/// How many letters stand in a line of PEM.
const LINE: usize = 64;

/// What PEM calls a key that begins like this: PKCS #8, PKCS #1, or the form of SEC 1 for curves.
fn label(head: &[u8]) -> Option<&'static str> {
    let (length, body) = sequence(head)?;
    let rest = match body {
        [2, 1, 0, 2, rest @ ..] if length > 60 => return (rest.len() > 2).then_some("RSA PRIVATE KEY"),
        [2, 1, 0 | 1, rest @ ..] => rest,
        _ => return None,
    };
    match (body[2], rest) {
        (1, [4, octets, ..]) if (16..=72).contains(octets) => Some("EC PRIVATE KEY"),
        (_, [0x30, _, 6, ..]) => Some("PRIVATE KEY"),
        _ => None,
    }
}

/// The length of a sequence with its head, and what it begins with.
fn sequence(head: &[u8]) -> Option<(usize, &[u8])> {
    let (length, body) = match *head {
        [0x30, length @ 0..=0x7f, ..] => (2 + usize::from(length), head.get(2..)?),
        [0x30, 0x81, length @ 0x80..=0xff, ..] => (3 + usize::from(length), head.get(3..)?),
        [0x30, 0x82, high, low, ..] => (4 + usize::from(high) * 256 + usize::from(low), head.get(4..)?),
        _ => return None,
    };
    (length <= LONGEST).then_some((length, body))
}

/// The key in letters.
fn armour(label: &str, key: &[u8]) -> Zeroizing<Vec<u8>> {
    let letters = Zeroizing::new(STANDARD.encode(key));
    let mut text = Zeroizing::new(format!("-----BEGIN {label}-----\n").into_bytes());
    for line in letters.as_bytes().chunks(LINE) {
        text.extend_from_slice(line);
        text.push(b'\n');
    }
    text.extend_from_slice(format!("-----END {label}-----\n").as_bytes());
    text
}

/// A key that is read in letters.
struct Armoured<'a> {
    source: Source<'a>,
    text: Zeroizing<Vec<u8>>,
    taken: usize,
    is_read: bool,
    is_whole: bool,
}

impl<'a> Armoured<'a> {
    fn open(source: Source<'a>) -> Self {
        Self { source, text: Zeroizing::default(), taken: 0, is_read: false, is_whole: false }
    }

    fn fill(&mut self) -> io::Result<()> {
        self.is_read = true;
        let head = self.source.peek(HEAD)?;
        let (Some(label), Some((length, _))) = (label(head), sequence(head)) else {
            return Err(corrupt("der: corrupt"));
        };
        let mut key = Zeroizing::new(Vec::with_capacity(length));
        (&mut self.source).take(length as u64).read_to_end(&mut key)?;
        self.text = armour(label, &key);
        self.is_whole = key.len() == length;
        Ok(())
    }
}

impl Read for Armoured<'_> {
    fn read(&mut self, out: &mut [u8]) -> io::Result<usize> {
        if !self.is_read {
            self.fill()?;
        }
        let left = &self.text[self.taken..];
        if left.is_empty() && !out.is_empty() {
            let goes_on = !self.source.peek(1)?.is_empty();
            return match self.is_whole {
                true if goes_on => Err(corrupt("der: data after the end")),
                true => Ok(0),
                false => Err(cut_off()),
            };
        }
        let length = out.len().min(left.len());
        out[..length].copy_from_slice(&left[..length]);
        self.taken += length;
        Ok(length)
    }
}

/// Writes a key that was left as it was, and fails for any other.
struct Same<'a> {
    inner: Box<dyn Write + 'a>,
    label: &'static str,
    text: Zeroizing<Vec<u8>>,
}

impl Write for Same<'_> {
    fn write(&mut self, text: &[u8]) -> io::Result<usize> {
        self.text.extend_from_slice(text);
        Ok(text.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

impl Encode for Same<'_> {
    fn finish(mut self: Box<Self>) -> io::Result<()> {
        let letters: Zeroizing<Vec<u8>> = Zeroizing::new(
            self.text
                .split(|b| *b == b'\n')
                .filter(|line| !line.starts_with(b"-----"))
                .flatten()
                .copied()
                .collect(),
        );
        let key = STANDARD.decode(&letters[..]).map(Zeroizing::new);
        match key {
            Ok(key) if *armour(self.label, &key) == *self.text => self.inner.write_all(&key),
            _ => Err(io::Error::new(
                io::ErrorKind::Unsupported,
                "a private key in DER cannot be masked; take the file away and replace the key",
            )),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A key of this beginning; what follows is no key.
    fn made(body: &[u8], length: usize) -> Vec<u8> {
        let mut out = vec![0x30, 0x82, (length >> 8) as u8, length as u8];
        out.extend_from_slice(body);
        out.resize(4 + length, 7);
        out
    }

    #[test]
    fn each_form_has_the_name_that_pem_gives_it() {
        let curve = made(b"\x02\x01\x00\x30\x13\x06\x07\x2a\x86\x48\xce\x3d\x02\x01", 135);
        assert_eq!(label(&curve), Some("PRIVATE KEY"));
        assert_eq!(label(&made(b"\x02\x01\x01\x04\x20", 300)), Some("EC PRIVATE KEY"));
        assert_eq!(label(&made(b"\x02\x01\x00\x02\x82\x01\x01", 1190)), Some("RSA PRIVATE KEY"));
        // A certificate, a public key, a number, text.
        for other in [&b"\x30\x82\x02\x00"[..], b"\x30\x13\x06\x07", b"\x02\x01\x05"] {
            assert_eq!(label(&made(other, 300)), None);
        }
        assert_eq!(label(b"0123456789"), None);
    }

    #[test]
    fn a_key_comes_back_as_it_was_or_not_at_all() {
        let key = made(b"\x02\x01\x01\x04\x20", 300);
        let mut text = String::new();
        (CODEC.reader)(Box::new(&key[..])).expect("opens").read_to_string(&mut text).expect("text");
        assert!(
            text.starts_with("-----BEGIN EC PRIVATE KEY-----\n") && text.lines().all(|l| l.len() <= LINE)
        );
        for (text, works) in [(text.clone(), true), (text.replacen('B', "*", 9), false)] {
            let mut again = Vec::new();
            let mut writer = (CODEC.writer)(Box::new(&mut again), &key).expect("opens");
            writer.write_all(text.as_bytes()).expect("waits");
            assert_eq!(writer.finish().is_ok(), works);
            assert_eq!(again == key, works);
        }
        let mut longer = (CODEC.reader)(Box::new(key.chain(&b"x"[..]))).expect("opens");
        assert!(longer.read_to_string(&mut String::new()).is_err());
        assert!((CODEC.reader)(Box::new(&key[..9])).expect("opens").read_to_end(&mut Vec::new()).is_err());
    }
}
