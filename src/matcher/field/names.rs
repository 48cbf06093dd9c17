//! Which names say that the value of a field is secret: whole names, endings, and globs of the user's own.
//!
//! Nobody can list every `…_password` and `…_token` of every service, so a name counts by its last words
//! as well: `smtpPassword`, `X-Internal-Key`, `PGPASSWORD`. What follows such a word inside the name
//! makes it another one: `password_hash` and `token_count` are none.

use super::super::name::segment;
use super::class::Class;
use super::endings::{self, is_hump};
use crate::prefilter::{Core, common};
use crate::text::Span;

/// The names, normalised and sorted.
#[derive(Debug, Default, Clone)]
pub(crate) struct Fields {
    names: Vec<(Box<[u8]>, Class)>,
    /// For each hash the names of it, as a bit for each of the first 128 and then all the rest.
    places: Vec<u128>,
    /// Each as it was given, in words.
    words: Vec<Vec<Vec<u8>>>,
    /// Names with `*`, in words joined by `_`, and what they say; those that keep come first.
    globs: Vec<(Vec<u8>, Class)>,
    /// Whether names count by their last words, too.
    by_ending: bool,
    /// A bit for each hash of the last two bytes of a name.
    ends: u64,
}

/// How many hashes of names are told apart.
const PLACES: usize = 256;

/// The hash of a folded name.
fn place(folded: &[u8]) -> usize {
    let (first, last) = (folded[0], folded[folded.len() - 1]);
    let middle = folded[folded.len() / 2];
    let mixed = u32::from_le_bytes([first, last, middle, folded.len() as u8]).wrapping_mul(0x9e37_79b1);
    (mixed >> 24) as usize
}

/// The longest name that is compared as a whole.
const LONGEST: usize = 64;

impl Fields {
    /// Of names with their classes; of two of the same name the last counts, and of globs one that keeps.
    pub(crate) fn new<'n>(names: impl IntoIterator<Item = (&'n str, Class)>) -> Self {
        let mut map = std::collections::BTreeMap::new();
        let mut all = Vec::new();
        let mut globs = Vec::new();
        for (name, class) in names {
            if name.contains('*') {
                globs.push((joined(name.as_bytes()), class));
            } else if let Some(folded) = fold(name.as_bytes(), &mut [0; LONGEST]) {
                map.insert(Box::from(folded), class);
                all.push(words(name));
            }
        }
        let names: Vec<(Box<[u8]>, Class)> = map.into_iter().collect();
        let mut places = vec![0; PLACES];
        for (i, (name, _)) in names.iter().enumerate() {
            places[place(name)] |= 1 << i.min(127);
        }
        globs.sort_by_key(|(_, class)| *class != Class::Keep);
        let ends = names.iter().fold(0, |ends, (name, _)| ends | end_bit(name));
        Self { names, places, words: all, globs, by_ending: false, ends }
    }

    /// Counts names by their last words as well.
    pub(crate) fn by_ending(self) -> Self {
        Self { by_ending: true, ..self }
    }

    /// The class of a name, by its last dotted segment; by more of it where that says little.
    pub(crate) fn class(&self, name: &[u8]) -> Option<Class> {
        self.class_of(name, segment(name, Span::new(0, name.len())))
    }

    /// The same for a name in a text.
    pub(super) fn class_at(&self, bytes: &[u8], run: Span) -> Option<Class> {
        let last = segment(bytes, run);
        self.class_of(&bytes[run.range()], Span::new(last.start - run.start, last.end - run.start))
    }

    /// Whether a name may be one of these, by its last letters.
    pub(crate) fn may_end(&self, name: &[u8]) -> bool {
        !self.globs.is_empty() || self.ends & end_bit(name) != 0 || (self.by_ending && endings::may_say(name))
    }

    fn class_of(&self, name: &[u8], last: Span) -> Option<Class> {
        let segment = &name[last.range()];
        if self.globs.is_empty() {
            return self.plain_class(name, segment);
        }
        let (own, path) = (joined(segment), joined(name));
        let matching =
            |(glob, _): &&(Vec<u8>, Class)| matches(glob, if glob.contains(&b'.') { &path } else { &own });
        match self.globs.iter().find(matching) {
            Some((_, Class::Keep)) => Some(Class::Keep),
            Some((_, class)) => self.exact(segment).filter(|known| *known != Class::Weak).or(Some(*class)),
            None => self.plain_class(name, segment),
        }
    }

    fn plain_class(&self, name: &[u8], segment: &[u8]) -> Option<Class> {
        let exact = self.exact(segment);
        let is_sure = exact.is_some_and(|class| class != Class::Weak || segment.len() == name.len());
        if is_sure || !self.by_ending {
            return exact;
        }
        // `secret.key` says more than `key` does.
        endings::class(name).or(exact)
    }

    fn exact(&self, segment: &[u8]) -> Option<Class> {
        let mut buffer = [0; LONGEST];
        let folded = fold(segment, &mut buffer)?;
        let mut bits = *self.places.get(place(folded))?;
        while bits != 0 {
            let i = bits.trailing_zeros() as usize;
            // The last bit stands for all that are left.
            let range = if i < 127 { i..i + 1 } else { i..self.names.len() };
            let found = self.names[range].iter().find(|(name, _)| **name == *folded);
            if let Some((_, class)) = found {
                return Some(*class);
            }
            bits &= bits - 1;
        }
        None
    }

    /// The four bytes by which the prefilter wakes: of a single word those that most names share, of
    /// several the rarest joint of two, however they are joined, since the words alone are too common.
    /// `known` tells cores that wake anyway. The fewer there are, the less the prefilter lets pass.
    pub(crate) fn cores(&self, known: impl Fn([u8; 4]) -> bool) -> Vec<Core> {
        let byte = |b: &u8| vec![*b];
        let holds = |word: &[u8], four: &[u8]| word.windows(4).any(|w| w == four);
        let singles = || self.words.iter().filter(|words| words.len() == 1).map(|words| &words[0]);
        let is_single = |word: &Vec<u8>| singles().any(|single| single == word);
        let single_core = |word: &[u8]| -> Option<Core> {
            let sharing = |four: &[u8]| {
                let here = four.first_chunk().is_some_and(|f| known(*f));
                usize::from(here) * 100 + singles().filter(|w| holds(w, four)).count()
            };
            let rare = |four: &[u8]| four.iter().map(|b| common(*b)).product::<u64>();
            let is_elsewhere = |four: &[u8]| ELSEWHERE.iter().any(|w| holds(w, four));
            let best =
                word.windows(4).max_by_key(|w| (!is_elsewhere(w), sharing(w), std::cmp::Reverse(rare(w))))?;
            best.first_chunk::<4>().map(|c| c.map(|b| vec![b]))
        };
        // A short name wakes together with a sign that may follow it.
        let short_core = |word: &[u8]| -> Option<Core> {
            let padded = word.iter().map(byte).chain([BEHIND.to_vec()]).collect::<Vec<_>>();
            padded.last_chunk::<4>().cloned()
        };
        let mut out: Vec<Core> = Vec::new();
        for words in &self.words {
            match &words[..] {
                [word] if word.len() >= 4 => out.extend(single_core(word)),
                [word] => out.extend(short_core(word)),
                // It is woken as the name that one of its words is.
                [.., last] if words.iter().any(|w| w.len() >= 4 && is_single(w)) || is_single(last) => {}
                [_, _, ..] => out.extend(words.windows(2).flat_map(joints).min_by_key(share)),
                [] => {}
            }
        }
        for (glob, _) in &self.globs {
            // The last of its words that is long enough is what its names have in common.
            let long = |n: usize| move |w: &&[u8]| w.len() >= n;
            let literal = || glob.split(|b| matches!(b, b'*' | b'_' | b'.')).rev();
            match literal().find(long(4)) {
                Some(word) => out.extend(single_core(word)),
                None => out.extend(literal().find(long(SHORTEST_LITERAL)).map(any_behind)),
            }
        }
        out
    }

    /// Whether there are no names.
    pub(crate) fn is_empty(&self) -> bool {
        self.names.is_empty() && self.globs.is_empty()
    }
}

/// The bit for the last two bytes of a name.
fn end_bit(name: &[u8]) -> u64 {
    let [second, last] = name.last_chunk::<2>().map_or([0; 2], |last| last.map(|b| b.to_ascii_lowercase()));
    1 << ((u32::from(second) * 31 + u32::from(last) * 7) % 64)
}

/// Words of logs that begin as names do.
const ELSEWHERE: [&[u8]; 3] = [b"signal", b"assign", b"design"];

/// A glob has a word of so many letters, by which its names are looked for.
const SHORTEST_LITERAL: usize = 3;

/// Whether names can be looked for by this glob: it has three letters or digits in a row.
pub(crate) fn can_be_found(glob: &str) -> bool {
    let words = joined(glob.as_bytes());
    words.split(|b| !b.is_ascii_alphanumeric()).any(|w| w.len() >= SHORTEST_LITERAL)
}

/// The core of a word of three letters in the middle of a name.
fn any_behind(word: &[u8]) -> Core {
    let rest =
        (0x21..0x7f).filter(|b: &u8| b.is_ascii_digit() || b.is_ascii_lowercase() || b"_-.".contains(b));
    let rest: Vec<u8> = rest.chain(BEHIND.iter().copied()).collect();
    [vec![word[0]], vec![word[1]], vec![word[2]], rest]
}

/// Whether a glob matches all of a name; `*` stands for any bytes.
fn matches(glob: &[u8], name: &[u8]) -> bool {
    let (mut g, mut n) = (0, 0);
    let mut star: Option<(usize, usize)> = None;
    while n < name.len() {
        if glob.get(g) == Some(&b'*') {
            star = Some((g, n));
            g += 1;
        } else if glob.get(g) == Some(&name[n]) {
            (g, n) = (g + 1, n + 1);
        } else if let Some((at, from)) = star {
            star = Some((at, from + 1));
            (g, n) = (at + 1, from + 1);
        } else {
            return false;
        }
    }
    glob[g..].iter().all(|b| *b == b'*')
}

/// The words of a name in lower case, joined by `_`, so that `userToken`, `USER-TOKEN` and `user_token` are
/// one; dots and stars stay.
fn joined(name: &[u8]) -> Vec<u8> {
    let mut out = Vec::with_capacity(name.len() + 8);
    for (i, &b) in name.iter().enumerate() {
        let is_hump = i > 0 && is_hump(name, i);
        let is_sign = matches!(b, b'_' | b'-' | b'\\');
        if (is_hump || is_sign) && !matches!(out.last(), None | Some(b'_' | b'.' | b'*')) {
            out.push(b'_');
        }
        // `*_token` needs the sign behind its star.
        if is_sign && out.last() == Some(&b'*') {
            out.push(b'_');
        }
        if !is_sign {
            out.push(b.to_ascii_lowercase());
        }
    }
    out
}

/// The words of a name, in lower case: split at signs and humps.
fn words(name: &str) -> Vec<Vec<u8>> {
    let mut all = vec![Vec::new()];
    let mut before = b'_';
    for b in name.bytes() {
        if b.is_ascii_uppercase() && before.is_ascii_lowercase() || matches!(b, b'_' | b'-') {
            all.push(Vec::new());
        }
        if !matches!(b, b'_' | b'-')
            && let Some(word) = all.last_mut()
        {
            word.push(b.to_ascii_lowercase());
        }
        before = b;
    }
    all.retain(|w| !w.is_empty());
    all
}

/// What may follow a name, or belong to its plural.
const BEHIND: &[u8] = b"=:\"'`\\ %\x1b\x1f],\t\n\r<>&})(_s";

/// The cores of two words, joined by a sign or glued together: the first word's end with what follows,
/// and what stands before the second word with its beginning.
fn joints(pair: &[Vec<u8>]) -> Vec<Core> {
    let [first, last] = pair else { return Vec::new() };
    let tail = &first[first.len().saturating_sub(3)..];
    let spelled = [&b"_"[..], b"-", b""].map(|sign| [tail, sign, last].concat());
    let begins = std::array::from_fn(|i| {
        let mut class: Vec<u8> = spelled.iter().filter_map(|s| s.get(i).copied()).collect();
        class.sort_unstable();
        class.dedup();
        class
    });
    let mut out = vec![begins];
    if let ([a, b, c, ..], [.., z]) = (&last[..], &first[..]) {
        out.push([vec![b'_', b'-', *z], vec![*a], vec![*b], vec![*c]]);
    }
    out
}

/// How much of common text a core lets pass.
fn share(core: &Core) -> u64 {
    core.iter().map(|class| class.iter().map(|b| common(*b)).sum::<u64>()).product()
}

/// Lower case, without `_` and `-`, also escaped; nothing where it is too long to be a name.
fn fold<'b>(text: &[u8], buffer: &'b mut [u8; LONGEST]) -> Option<&'b [u8]> {
    let mut length = 0;
    for &b in text {
        if !matches!(b, b'_' | b'-' | b'\\') {
            *buffer.get_mut(length)? = b.to_ascii_lowercase();
            length += 1;
        }
    }
    (length > 0).then_some(&buffer[..length])
}
