//! Words or chance: is a value an identifier, a path or a phrase that people wrote, or did a
//! generator draw it?
//!
//! Two hypotheses are weighed. *Chance* draws every character from the smallest standard alphabet
//! that holds the value. *People* write folded characters one after the other as the sources of
//! many programs do (a table of trigrams), pick upper or lower case as those sources do, or repeat
//! and count. The score is the logarithm of the ratio, in bits: above zero the value is more likely
//! drawn by chance.
//!
//! The table is made by `cargo run --release --example train_likelihood -- --write`, whose first lines
//! say from which text. This file depends on nothing but itself, so that the trainer can share it.

/// How many symbols the characters fold into.
pub(crate) const SYMBOLS: usize = 34;

/// The classes of characters that the choice of case depends on.
pub(crate) const CLASSES: usize = 4;

/// The symbol of digits, of the word separator, and of everything that has no symbol of its own.
const DIGIT: u8 = 26;
const UNDERSCORE: u8 = 27;
const OTHER: u8 = 33;

/// Bits are stored in eighths.
pub(crate) const EIGHTHS: f32 = 8.0;

/// Where in the table the costs of lower and upper case begin: two for each pair of classes before.
pub(crate) const CASES: usize = SYMBOLS * SYMBOLS * SYMBOLS;

/// Where the costs of the ten digits begin: ten behind each digit, and ten behind anything else.
pub(crate) const DIGITS: usize = CASES + 2 * CLASSES * CLASSES;

/// The size of the table in bytes.
pub(crate) const TABLE_BYTES: usize = DIGITS + 11 * 10;

/// Costs in eighths of a bit, trained on identifiers, paths and words.
static TABLE: &[u8; TABLE_BYTES] = include_bytes!("likelihood.table");

/// The symbol of a byte: letters without case, one for all digits, the signs of identifiers and
/// paths, one for the rest.
pub(crate) const fn fold(b: u8) -> u8 {
    match b {
        b'a'..=b'z' => b - b'a',
        b'A'..=b'Z' => b - b'A',
        b'0'..=b'9' => DIGIT,
        b'_' => UNDERSCORE,
        b'-' => 28,
        b'.' => 29,
        b'/' => 30,
        b'+' => 31,
        b'=' => 32,
        _ => OTHER,
    }
}

/// The class of a byte: lower case, upper case, digit, anything else.
pub(crate) const fn class(b: u8) -> usize {
    match b {
        b'a'..=b'z' => 0,
        b'A'..=b'Z' => 1,
        b'0'..=b'9' => 2,
        _ => 3,
    }
}

/// Where in the table the costs of the byte at `at` lie: that of its symbol, and for a letter that of
/// its case, for a digit that of its value.
pub(crate) fn cells(value: &[u8], at: usize) -> (usize, Option<usize>) {
    let before = |n: usize| at.checked_sub(n).map_or(b' ', |i| value[i]);
    let (second, first, this) = (before(2), before(1), value[at]);
    // A hump of `camelCase` begins a word as a separator does, and so does the last capital of
    // `HTTPServer`.
    let is_followed = || value.get(at + 1).is_some_and(u8::is_ascii_lowercase);
    let is_hump = this.is_ascii_uppercase()
        && (first.is_ascii_lowercase() || (first.is_ascii_uppercase() && is_followed()));
    let (a, b) = if is_hump { (fold(first), UNDERSCORE) } else { (fold(second), fold(first)) };
    let symbol = (usize::from(a) * SYMBOLS + usize::from(b)) * SYMBOLS + usize::from(fold(this));
    let detail = match this {
        b'0'..=b'9' => {
            let row = if first.is_ascii_digit() { usize::from(first - b'0') } else { 10 };
            Some(DIGITS + 10 * row + usize::from(this - b'0'))
        }
        b'a'..=b'z' | b'A'..=b'Z' => {
            let pair = class(second) * CLASSES + class(first);
            Some(CASES + 2 * pair + usize::from(this.is_ascii_uppercase()))
        }
        _ => None,
    };
    (symbol, detail)
}

/// How many bits it costs people to write this.
pub(crate) fn word_bits(table: &[u8; TABLE_BYTES], value: &[u8]) -> f32 {
    let cost = |at: usize| {
        let (symbol, detail) = cells(value, at);
        u32::from(table[symbol]) + detail.map_or(0, |cell| u32::from(table[cell]))
    };
    (0..value.len()).map(cost).sum::<u32>() as f32 / EIGHTHS
}

/// How many bits chance needs for each character: of the smallest standard alphabet that holds all.
pub(crate) fn chance_bits(value: &[u8]) -> f32 {
    const LOWER: u8 = 1;
    const UPPER: u8 = 2;
    const DIGITS: u8 = 4;
    const HEX_LOWER: u8 = 8;
    const HEX_UPPER: u8 = 16;
    const BASE64: u8 = 32;
    const URL: u8 = 64;
    const REST: u8 = 128;
    let mut seen = 0u8;
    for &b in value {
        seen |= match b {
            b'0'..=b'9' => DIGITS,
            b'a'..=b'f' => HEX_LOWER,
            b'A'..=b'F' => HEX_UPPER,
            b'g'..=b'z' => LOWER,
            b'G'..=b'Z' => UPPER,
            b'+' | b'/' | b'=' => BASE64,
            b'_' | b'-' => URL,
            _ => REST,
        };
    }
    let has = |bits: u8| seen & bits != 0;
    let has_only = |bits: u8| seen & !bits == 0;
    let size: f32 = if has(REST) || (has(BASE64) && has(URL)) {
        80.0
    } else if has(BASE64) || has(URL) {
        64.0
    } else if has_only(DIGITS) {
        10.0
    } else if has_only(DIGITS | HEX_LOWER) || has_only(DIGITS | HEX_UPPER) {
        16.0
    } else if has_only(LOWER | HEX_LOWER) || has_only(UPPER | HEX_UPPER) {
        26.0
    } else if has_only(DIGITS | LOWER | HEX_LOWER) || has_only(DIGITS | UPPER | HEX_UPPER) {
        36.0
    } else if has_only(LOWER | HEX_LOWER | UPPER | HEX_UPPER) {
        52.0
    } else {
        62.0
    };
    size.log2()
}

/// How many bits it costs to write a value that repeats itself or counts up or down: the first
/// period in full, then little for each character that is as expected and much for each that is
/// not.
fn pattern_bits(value: &[u8], bits: f32) -> f32 {
    const EXPECTED: f32 = 0.2;
    const UNEXPECTED: f32 = 7.0;
    const CHOICE: f32 = 8.0;
    const MOST_PERIODS: usize = 16;
    let cost = |period: usize, step: u8| {
        let hits = count_steps(&value[..value.len() - period], &value[period..], step);
        let misses = value.len() - period - hits;
        CHOICE + bits * period as f32 + EXPECTED * hits as f32 + (bits + UNEXPECTED) * misses as f32
    };
    let periods = 1..=MOST_PERIODS.min(value.len() / 2);
    let repeats = periods.map(|period| cost(period, 0));
    let counts = [cost(1, 1), cost(1, u8::MAX)];
    repeats.chain(counts).fold(f32::INFINITY, f32::min)
}

/// At how many places `later` has what stands in `earlier`, `step` added.
fn count_steps(earlier: &[u8], later: &[u8], step: u8) -> usize {
    // Counted in bytes, many places are compared at once.
    const CHUNK: usize = u8::MAX as usize;
    let count = |(earlier, later): (&[u8], &[u8])| {
        let is_step = |(a, b): (&u8, &u8)| u8::from(a.wrapping_add(step) == *b);
        usize::from(earlier.iter().zip(later).map(is_step).sum::<u8>())
    };
    earlier.chunks(CHUNK).zip(later.chunks(CHUNK)).map(count).sum()
}

/// The score of a value in bits: how much likelier it is drawn by chance than written by people.
pub(crate) fn score(value: &[u8]) -> f32 {
    score_with(TABLE, value)
}

/// The same without regard to repetition: what repeats itself is no key, and no word either.
pub(crate) fn unlikeliness(value: &[u8]) -> f32 {
    word_bits(TABLE, value) - chance_bits(value) * value.len() as f32
}

/// The same by another table.
pub(crate) fn score_with(table: &[u8; TABLE_BYTES], value: &[u8]) -> f32 {
    if value.len() < 2 {
        return f32::NEG_INFINITY;
    }
    let bits = chance_bits(value);
    word_bits(table, value).min(pattern_bits(value, bits)) - bits * value.len() as f32
}
