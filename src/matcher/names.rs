//! The names of the rules, and whether an identifier ends with one.

use super::tail::{self, TAILS};
use super::types::Named;
use crate::rule::{Rule, Value};

/// A weak name of so many characters is a common word.
const MAX_COMMON_CHARS: usize = 6;

/// Every name of every rule, normalised, by its last byte: a few comparisons tell that a word is none.
#[derive(Debug, Default)]
pub(crate) struct Names {
    entries: Vec<(Vec<u8>, Vec<Named>)>,
    /// For each last byte the entries, from the longest.
    by_last: Vec<Vec<usize>>,
}

impl Names {
    /// Adds every name of a rule.
    pub(crate) fn add_rule(&mut self, index: usize, rule: &Rule) {
        // A private key leads to its name by itself.
        let rule_names = if rule.value == Value::Pem { &[] } else { &rule.names[..] };
        let plain = Named { rule: index, weak: false, is_common: false, is_shared: false };
        rule_names.iter().for_each(|name| self.add(name, plain));
        rule.shared.names.iter().for_each(|name| self.add(name, Named { is_shared: true, ..plain }));
        for name in &rule.weak_names {
            let is_common = name.chars().count() <= MAX_COMMON_CHARS;
            self.add(name, Named { weak: true, is_common, ..plain });
        }
    }

    /// Adds a name of a rule.
    pub(crate) fn add(&mut self, name: &str, named: Named) {
        let key = normalise(name.as_bytes());
        match self.entries.iter_mut().find(|(k, _)| *k == key) {
            Some((_, rules)) => rules.push(named),
            None => self.entries.push((key, vec![named])),
        }
    }

    /// Puts everything in order, after the last name was added.
    pub(crate) fn finish(&mut self) {
        // A weak name goes first: where its context is missing, the next rule has its turn.
        self.entries.iter_mut().for_each(|(_, rules)| rules.sort_by_key(|n| !n.weak));
        self.entries.sort_by_key(|(key, _)| std::cmp::Reverse(key.len()));
        self.by_last = vec![Vec::new(); 256];
        for (i, (key, _)) in self.entries.iter().enumerate() {
            if let Some(&last) = key.last() {
                self.by_last[usize::from(last)].push(i);
            }
        }
    }

    /// The rules of an entry, best first.
    pub(crate) fn rules(&self, entry: usize) -> &[Named] {
        &self.entries[entry].1
    }

    /// The longest name that the normalised identifier ends with, with an allowed tail at most.
    pub(crate) fn suffix(&self, whole: &[u8]) -> Option<usize> {
        let mut head = whole;
        loop {
            let candidates = &self.by_last[usize::from(*head.last()?)];
            if let Some(&i) = candidates.iter().find(|&&i| head.ends_with(&self.entries[i].0)) {
                return (!self.is_id_of_other(i, head)).then_some(i);
            }
            if head.len() < SHORTEST_WITH_TAIL {
                return None;
            }
            let digits = head.iter().rev().take_while(|b| b.is_ascii_digit()).count().min(3);
            let last = head.last();
            let ends = |t: &&&str| t.as_bytes().last() == last && head.ends_with(t.as_bytes());
            let tail = || TAILS.iter().filter(|t| head.len() > t.len()).find(ends);
            let cut = if digits > 0 { digits } else { tail()?.len() };
            head = &head[..head.len() - cut];
        }
    }

    /// The name that an identifier ends with, maybe in the plural and with words behind it that leave it one.
    pub(crate) fn find(&self, identifier: &[u8]) -> Option<usize> {
        let mut buffer = [0; TAIL];
        let whole = self.suffix(normalise_end(identifier, &mut buffer));
        if whole.is_some() || identifier.len() < SHORTEST_WITH_TAIL {
            return whole;
        }
        let heads =
            || tail::heads(identifier).find_map(|head| self.suffix(normalise_end(head, &mut [0; TAIL])));
        let going_on = heads().filter(|&i| self.key(i).len() >= SHORTEST_WITH_TAIL && self.is_strong(i));
        going_on
            .or_else(|| self.plural(identifier))
            .or_else(|| tail::heads(identifier).find_map(|h| self.plural(h)))
    }

    /// `secret_keys`; words that are no secrets without others, such as `keys`, have no plural here.
    fn plural(&self, identifier: &[u8]) -> Option<usize> {
        let (b's' | b'S', one) = identifier.split_last()? else { return None };
        let entry = self.suffix(normalise_end(one, &mut [0; TAIL]))?;
        let key = self.key(entry);
        let is_secret = memchr::memmem::find(key, b"secret").is_some();
        (is_secret && key.len() >= SHORTEST_WITH_TAIL && self.is_strong(entry)).then_some(entry)
    }

    /// Whether the name needs no other word beside it.
    fn is_strong(&self, entry: usize) -> bool {
        self.entries[entry].1.iter().any(|n| !n.weak)
    }

    /// Whether the name is the id of a key that has a longer name in another rule: `device_secret_key_id` is not
    /// the `secret_key_id` of an application.
    fn is_id_of_other(&self, entry: usize, whole: &[u8]) -> bool {
        let Some(of) = self.key(entry).strip_suffix(b"id") else { return false };
        let Some(last) = of.last() else { return false };
        let owner = &whole[..whole.len() - 2];
        let longer = self.by_last[usize::from(*last)].iter().find(|&&i| owner.ends_with(self.key(i)));
        longer.is_some_and(|&i| {
            let is_own = |o: &Named| self.entries[entry].1.iter().any(|n| n.rule == o.rule);
            self.key(i).len() > of.len() && !self.entries[i].1.iter().any(is_own)
        })
    }

    /// The name that the normalised text is as a whole.
    pub(super) fn exact(&self, whole: &[u8]) -> Option<usize> {
        let candidates = &self.by_last[usize::from(*whole.last()?)];
        candidates.iter().copied().find(|&i| self.entries[i].0 == whole)
    }

    /// Whether the normalised text is this name and nothing more.
    pub(crate) fn is_exactly(&self, entry: usize, whole: &[u8]) -> bool {
        self.key(entry) == whole
    }

    /// The names that are written in ideographs, without separators, from the longest.
    pub(super) fn ideographs(&self) -> impl Iterator<Item = (usize, &[u8])> {
        let all = self.entries.iter().enumerate().map(|(entry, (key, _))| (entry, &key[..]));
        all.filter(|(_, key)| key[0] >= 0x80)
    }

    pub(super) fn key(&self, entry: usize) -> &[u8] {
        &self.entries[entry].0
    }
}

/// A shorter identifier has no room for a name and a tail.
const SHORTEST_WITH_TAIL: usize = 9;

/// What separates the words of a name; Markdown escapes `_`.
fn is_separator(b: u8) -> bool {
    matches!(b, b'_' | b'-' | b' ' | b'.' | b'\t' | b'\\')
}

/// Lower case, without separators: `SECRET-KEY`, `secret\_key` and `secretKey` are `secretkey`.
pub(crate) fn normalise(text: &[u8]) -> Vec<u8> {
    let kept = text.iter().filter(|b| !is_separator(**b));
    kept.map(u8::to_ascii_lowercase).collect()
}

/// Longer than every name with its tails.
pub(super) const TAIL: usize = 48;

/// The end of the normalised text, without an allocation, for the many words that are no names.
pub(super) fn normalise_end<'b>(text: &[u8], buffer: &'b mut [u8; TAIL]) -> &'b [u8] {
    let mut at = TAIL;
    for &b in text.iter().rev() {
        if at == 0 {
            break;
        }
        if !is_separator(b) {
            at -= 1;
            buffer[at] = b.to_ascii_lowercase();
        }
    }
    &buffer[at..]
}
