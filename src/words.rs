//! Sets of words that most words of a text are not in: asked of every other word, they have to say no at once.

/// Words of small letters and digits that begin with a letter, of at most 15 bytes.
pub(crate) struct WordSet {
    /// In the order of their first letters.
    words: &'static [&'static [u8]],
    /// For each first letter a bit for each length.
    lengths: [u16; 26],
    /// For each first letter where its words begin; at the end, where all end.
    begins: [u8; 27],
}

impl WordSet {
    /// Of at most 255 words in the order of their first letters; others do not compile.
    pub(crate) const fn new(words: &'static [&'static [u8]]) -> Self {
        let (mut lengths, mut begins) = ([0; 26], [0; 27]);
        let (mut at, mut letter) = (0, 0);
        while at < words.len() {
            let first = (words[at][0] - b'a') as usize;
            assert!(letter <= first, "words are in the order of their first letters");
            while letter < first {
                letter += 1;
                begins[letter] = at as u8;
            }
            lengths[first] |= 1 << words[at].len();
            at += 1;
        }
        assert!(words.len() < 256);
        while letter < 26 {
            letter += 1;
            begins[letter] = words.len() as u8;
        }
        Self { words, lengths, begins }
    }

    /// Whether the word is one of them, in whatever case.
    pub(crate) fn contains(&self, word: &[u8]) -> bool {
        let first = word.first().map_or(u8::MAX, |b| b.to_ascii_lowercase().wrapping_sub(b'a'));
        let first = usize::from(first);
        let lengths = self.lengths.get(first).copied().unwrap_or(0);
        if u32::from(lengths).unbounded_shr(word.len() as u32) & 1 == 0 {
            return false;
        }
        let (from, to) = (self.begins[first], self.begins[first + 1]);
        self.words[usize::from(from)..usize::from(to)].iter().any(|known| word.eq_ignore_ascii_case(known))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_are_known_in_whatever_case() {
        const WORDS: &[&[u8]] = &[b"and", b"api", b"be", b"zip", b"zebra1"];
        static SET: WordSet = WordSet::new(WORDS);
        assert!(WORDS.iter().all(|word| SET.contains(word) && SET.contains(&word.to_ascii_uppercase())));
        for other in [&b""[..], b"an", b"cat", b"zap", b"zebra", b"1nd", b"\xffnd", &[b'a'; 40]] {
            assert!(!SET.contains(other), "{other:?}");
        }
    }
}
