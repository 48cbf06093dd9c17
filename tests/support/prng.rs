//! A generator of pseudo-random numbers (SplitMix64): no crate, and the same values on every machine
//! and in every year, which a case that failed last month needs.

/// The generator.
#[derive(Debug, Clone)]
pub(crate) struct Prng(u64);

const UPPER: &[u8] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZ";
const LOWER: &[u8] = b"abcdefghijklmnopqrstuvwxyz";
const DIGIT: &[u8] = b"0123456789";

impl Prng {
    /// From a number.
    pub(crate) fn new(seed: u64) -> Self {
        Self(seed)
    }

    /// From a text, such as a case's name (FNV-1a).
    pub(crate) fn from_text(text: &str) -> Self {
        let hash = |h: u64, b: &u8| (h ^ u64::from(*b)).wrapping_mul(0x0100_0000_01b3);
        Self(text.as_bytes().iter().fold(0xcbf2_9ce4_8422_2325, hash))
    }

    /// The next number.
    pub(crate) fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        z ^ (z >> 31)
    }

    /// A number below `n`, which is not 0. The bias is of no concern here.
    pub(crate) fn below(&mut self, n: usize) -> usize {
        usize::try_from(self.next() % n as u64).unwrap_or(0)
    }

    /// One of these.
    pub(crate) fn pick<'a, T>(&mut self, of: &'a [T]) -> &'a T {
        &of[self.below(of.len())]
    }

    /// `n` bytes.
    pub(crate) fn bytes(&mut self, n: usize) -> Vec<u8> {
        (0..n).map(|_| (self.next() >> 56) as u8).collect()
    }

    /// `n` characters of `alphabet`.
    pub(crate) fn chars(&mut self, n: usize, alphabet: &[u8]) -> String {
        (0..n).map(|_| char::from(*self.pick(alphabet))).collect()
    }

    /// `n` letters and digits, with an upper-case letter, a lower-case one and a digit where `n` allows.
    pub(crate) fn alnum(&mut self, n: usize) -> String {
        let all = [UPPER, LOWER, DIGIT].concat();
        loop {
            let text = self.chars(n, &all);
            let has = |class: &[u8]| text.bytes().any(|b| class.contains(&b));
            if n < 3 || (has(UPPER) && has(LOWER) && has(DIGIT)) {
                return text;
            }
        }
    }

    /// `n` lower-case hex digits.
    pub(crate) fn hex(&mut self, n: usize) -> String {
        self.chars(n, b"0123456789abcdef")
    }

    /// A public device id of the current family.
    pub(crate) fn device_id(&mut self) -> String {
        format!("TIR{}", self.chars(9, &[UPPER, DIGIT].concat()))
    }
}
