//! Of which kind a file is that nothing here looks into: by its first bytes, its words, its name or its end.

use std::sync::LazyLock;

use memchr::memmem;

use super::der;
use super::heads::is_binary;
use super::kinds::KINDS;
use super::unopened::{Unopened, counted};

/// How many bytes of a file's start are looked at: the headers of a mail are long.
const HEAD: usize = 16 * 1024;

/// How far in a file a mark may stand.
const MARKED: usize = 68 * 1024;

/// The kind of a file that is not looked into, by its name and its first bytes ([`super::codec::HEAD`] of them, or all
/// where there are fewer); none where it is read as it is or opened. More of them than that may tell more.
pub(super) fn unopened(name: &str, head: &[u8]) -> Option<&'static Unopened> {
    let first = *head.first()?;
    if name == der::INSIDE {
        return Some(&DER);
    }
    let (marked, head) = (&head[..head.len().min(MARKED)], &head[..head.len().min(HEAD)]);
    // The first byte alone refuses most of more than a hundred kinds.
    let holds =
        |(at, mark): &(usize, &[u8])| marked.get(*at) == mark.first() && marked[*at..].starts_with(mark);
    let is = |kind: &&Unopened| kind.marks.iter().all(holds) && (kind.and)(head);
    let begins = BY_FIRST[usize::from(first)].iter().copied().find(|at| is(&&KINDS[*at]));
    let later = LATER.iter().copied().find(|at| is(&&KINDS[*at]));
    // Of two the first in the table counts.
    let by_marks = [begins, later].into_iter().flatten().min().map(|at| &KINDS[at]);
    by_marks.or_else(|| by_words(head)).or_else(|| by_name(name, head))
}

/// For each byte the kinds that begin with it.
static BY_FIRST: LazyLock<Vec<Vec<usize>>> = LazyLock::new(|| {
    let mut kinds = vec![Vec::new(); 256];
    for (at, kind) in KINDS.iter().enumerate() {
        if let (0, mark) = kind.marks[0] {
            kinds[usize::from(mark[0])].push(at);
        }
    }
    kinds
});

/// The kinds whose first mark does not stand at the beginning.
static LATER: LazyLock<Vec<usize>> =
    LazyLock::new(|| (0..KINDS.len()).filter(|at| KINDS[*at].marks[0].0 > 0).collect());

/// A private key: read in the letters of PEM, and of which system it is can hardly be told.
static DER: Unopened = counted("der key", "not looked into: der key");

static BROTLI: Unopened = counted("brotli", "not looked into: brotli");

static SOPS: Unopened = counted("sops", "not looked into: sops");

static EYAML: Unopened = counted("eyaml", "not looked into: eyaml");

static VAULT: Unopened = counted("ansible vault", "not looked into: ansible vault");

static SEALED: Unopened = counted("sealed secret", "not looked into: sealed secret");

static KEY: Unopened = counted("encrypted key", "not looked into: encrypted key");

static DMG: Unopened = counted("dmg", "not looked into: dmg");

/// Texts with values that are encrypted, and keys that are.
fn by_words(head: &[u8]) -> Option<&'static Unopened> {
    const WITHIN: usize = 4 * 1024;
    static WORDS: [(&[u8], &Unopened); 6] = [
        (b"ENC[AES256_GCM,data:", &SOPS),
        (b"ENC[PKCS7,", &EYAML),
        (b"ENCRYPTED PRIVATE KEY-----", &KEY),
        (b"ENCRYPTED\nDEK-Info:", &KEY),
        (b"_VAULT;", &VAULT),
        (b"SealedSecret", &SEALED),
    ];
    let head = &head[..head.len().min(WITHIN)];
    let (enc, vault, sealed) = &*FINDERS;
    let with = |finder: &memmem::Finder<'_>| {
        finder.find_iter(head).find_map(|at| WORDS.iter().find(|(word, _)| head[at..].starts_with(word)))
    };
    with(enc).or_else(|| with(vault)).or_else(|| with(sealed)).map(|(_, kind)| *kind)
}

type Finders = (memmem::Finder<'static>, memmem::Finder<'static>, memmem::Finder<'static>);

/// What is looked for first, so that text is gone over no more often than that.
static FINDERS: LazyLock<Finders> = LazyLock::new(|| {
    (memmem::Finder::new("ENC"), memmem::Finder::new("_VAULT;"), memmem::Finder::new("SealedSecret"))
});

/// What nothing but its name tells.
fn by_name(name: &str, head: &[u8]) -> Option<&'static Unopened> {
    let is_text = || !is_binary(head) && std::str::from_utf8(&head[..head.len().min(64)]).is_ok();
    let is_brotli =
        name.len() > 3 && name.as_bytes()[name.len() - 3..].eq_ignore_ascii_case(b".br") && !is_text();
    is_brotli.then_some(&BROTLI)
}

/// How long the end of a disk image is that tells what it is.
pub(super) const TRAILER: usize = 512;

/// The kind of a file that its last bytes ([`TRAILER`] of them) tell.
pub(super) fn unopened_by_end(tail: &[u8]) -> Option<&'static Unopened> {
    const MARK: &[u8] = b"koly\0\0\0\x04\0\0\x02\0";
    let trailer = &tail[tail.len().checked_sub(TRAILER)?..];
    trailer.starts_with(MARK).then_some(&DMG)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::pack::unopened::NOT_LOOKED_INTO;

    #[test]
    fn every_kind_can_be_told() {
        for (at, kind) in KINDS.iter().enumerate() {
            assert_eq!(kind.reason, format!("{NOT_LOOKED_INTO}{}", kind.name));
            let (place, mark) = kind.marks[0];
            let known = if place > 0 { &*LATER } else { &BY_FIRST[usize::from(mark[0])] };
            assert!(known.contains(&at), "{}", kind.name);
        }
    }

    #[test]
    fn text_is_of_no_kind() {
        for text in [
            "x^2 + y",
            "BM25 ranks",
            "II* is",
            "ID3 tags",
            "PAR",
            "Obj",
            "ORC is an orchestra",
            "icns\n",
            "07070 7",
            "Gift",
            "%PDX",
            "7z x a.7z",
            "xar",
            "dex\n",
            "# v2 of",
            "version https://example.org",
            "MThd",
            "`\u{ea}",
            "1\r\n2\r\n3\r\n",
            "a\r\r\n\0",
            "G\n",
            "5d00",
            "",
        ] {
            let text = text.as_bytes();
            assert_eq!(unopened("a", text).map(|kind| kind.name), None, "{}", text.escape_ascii());
            let longer = [text, b" and so on, over some more lines\nof text\n"].concat().repeat(12);
            assert_eq!(unopened("a", &longer).map(|kind| kind.name), None, "{}", text.escape_ascii());
        }
    }
}
