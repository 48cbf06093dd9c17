//! The first look at every byte: where could a credential be at all?
//!
//! Scanning time is this file. It walks the bytes once and gives positions where one of three things
//! holds: the four bytes from here may be the core of a keyword ([`Hit::Core`]), a long run of letters
//! and digits passes here ([`Hit::Run`]), or here stands ASCII text in UTF-16 ([`Hit::Wide`]). All
//! three may be wrong; none is ever missed. Whoever takes a hit looks closer.
//!
//! A core is four bytes, each of a small class, letters in either case. Membership is decided by the
//! "shufti" method: two 16-entry tables per position, one for the low and one for the high half of
//! the byte, each entry a set of sixteen buckets; the four positions are intersected. That is sixteen
//! byte shuffles for 32 positions with AVX2; with eight buckets it would be half as many, but seven
//! times as many positions would pass, and each costs more than the shuffles. The same tables drive the
//! portable twin. AVX-512 looks bytes up whole and has tables of its own. A property test compares the
//! three.

#[cfg(target_arch = "x86_64")]
mod avx2;
#[cfg(target_arch = "x86_64")]
mod avx512;
mod buckets;
mod exact;
mod groups;
mod hit;
#[cfg(test)]
pub(crate) mod share_out;

use std::ops::Range;

use buckets::{Tables, buckets, tables};
use exact::Exact;
use hit::{BLOCK, Block, Classes, HALF, emit, is_trace_id};

pub(crate) use buckets::{Core, common, product};
pub(crate) use hit::Hit;

/// The tables.
#[derive(Debug, Clone)]
pub(crate) struct Prefilter {
    twin: Twin,
    exact: Exact,
}

/// The code that looks, with its tables: the fastest that this processor can run.
#[derive(Debug, Clone)]
enum Twin {
    /// A byte at a time.
    Portable(Box<Tables>),
    /// 32 bytes at once.
    #[cfg(target_arch = "x86_64")]
    Avx2(Box<avx2::Vectors>),
    /// 64 bytes at once.
    #[cfg(target_arch = "x86_64")]
    Avx512(Box<avx512::Vectors>),
}

impl Twin {
    /// The best of these that the processor has.
    fn best(cores: &[Core]) -> Self {
        #[cfg(target_arch = "x86_64")]
        if let Some(twin) = Self::avx512(cores).or_else(|| Self::avx2(cores)) {
            return twin;
        }
        Self::portable(cores)
    }

    fn portable(cores: &[Core]) -> Self {
        Self::Portable(Box::new(tables(&buckets(cores))))
    }

    #[cfg(target_arch = "x86_64")]
    fn avx2(cores: &[Core]) -> Option<Self> {
        avx2::Vectors::of(cores).map(|vectors| Self::Avx2(Box::new(vectors)))
    }

    #[cfg(target_arch = "x86_64")]
    fn avx512(cores: &[Core]) -> Option<Self> {
        avx512::Vectors::of(cores).map(|vectors| Self::Avx512(Box::new(vectors)))
    }
}

impl Prefilter {
    /// Builds the tables.
    pub(crate) fn new(cores: &[Core]) -> Self {
        Self::with(Twin::best(cores), cores)
    }

    fn with(twin: Twin, cores: &[Core]) -> Self {
        Self { twin, exact: Exact::of(cores) }
    }

    /// Puts every hit at a position in `range` into `hits`, in order of position. What lies outside
    /// of `range` is looked at for context only.
    pub(crate) fn find(&self, bytes: &[u8], range: Range<usize>, hits: &mut Vec<Hit>) {
        match &self.twin {
            Twin::Portable(tables) => self.find_portable(tables, bytes, range, hits),
            #[cfg(target_arch = "x86_64")]
            Twin::Avx2(vectors) => avx2::find(&self.exact, vectors, bytes, range, hits),
            #[cfg(target_arch = "x86_64")]
            Twin::Avx512(vectors) => avx512::find(&self.exact, vectors, bytes, range, hits),
        }
    }

    /// The portable twin.
    fn find_portable(&self, tables: &Tables, bytes: &[u8], range: Range<usize>, hits: &mut Vec<Hit>) {
        let mut before = Classes::NONE;
        let mut at = range.start;
        while at < range.end {
            let n = (range.end - at).min(BLOCK);
            let mut core = 0u32;
            for i in 0..n {
                core |= u32::from(core_at(tables, bytes, at + i)) << i;
            }
            let halves = [Classes::of(bytes, at), Classes::of(bytes, at + HALF)];
            let block = Block { at, length: n, core, halves };
            emit(&self.exact, bytes, block, |at| is_trace_id(bytes, at), &mut before, hits);
            at += BLOCK;
        }
    }
}

/// Whether the four bytes at `at` pass the tables.
fn core_at(tables: &Tables, bytes: &[u8], at: usize) -> bool {
    let Some(four) = bytes.get(at..at + 4) else { return false };
    let mut buckets = u16::MAX;
    for (table, &byte) in tables.iter().zip(four) {
        buckets &= table[0][usize::from(byte & 15)] & table[1][usize::from(byte >> 4)];
    }
    buckets != 0
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn fold(text: &[u8; 4]) -> Core {
        text.map(|b| vec![b.to_ascii_lowercase(), b.to_ascii_uppercase()])
    }

    fn cores() -> [Core; 5] {
        let either = |second: &[u8]| [vec![b'e'], second.to_vec(), b"wxyz".to_vec(), b"019AZaz".to_vec()];
        [fold(b"secr"), fold(b"v1.e"), fold(b"icen"), fold(b" -k "), either(b"AFJN")]
    }

    /// Every twin that this processor can run, by name.
    fn twins() -> Vec<(&'static str, Prefilter)> {
        let cores = cores();
        #[allow(unused_mut, reason = "elsewhere there is one")]
        let mut twins = vec![("portable", Some(Twin::portable(&cores)))];
        #[cfg(target_arch = "x86_64")]
        twins.extend([("AVX2", Twin::avx2(&cores)), ("AVX-512", Twin::avx512(&cores))]);
        let with = |(name, twin): (_, Option<Twin>)| Some((name, Prefilter::with(twin?, &cores)));
        twins.into_iter().filter_map(with).collect()
    }

    fn hits(filter: &Prefilter, bytes: &[u8], range: Range<usize>) -> Vec<Hit> {
        let mut hits = Vec::new();
        filter.find(bytes, range, &mut hits);
        hits
    }

    fn find(bytes: &[u8]) -> Vec<Hit> {
        hits(&Prefilter::new(&cores()), bytes, 0..bytes.len())
    }

    #[test]
    fn cores_are_found_in_any_case_and_place() {
        for pad in 0..70 {
            let text = format!("{}sEcR", " ".repeat(pad));
            assert!(find(text.as_bytes()).contains(&Hit::Core(pad)), "{pad}");
        }
        assert_eq!(find(b"nothing to see in here, move along, please"), []);
    }

    #[test]
    fn a_run_of_31_is_always_told_and_told_once() {
        for pad in 0..70 {
            let text = format!("{}{} ", " ".repeat(pad), "aZ".repeat(31).split_at(31).0);
            let runs = find(text.as_bytes()).iter().filter(|h| matches!(h, Hit::Run(_))).count();
            assert_eq!(runs, 1, "{pad}");
        }
    }

    #[test]
    fn text_in_utf16_is_told() {
        let wide: Vec<u8> = "device secret key of".encode_utf16().flat_map(u16::to_le_bytes).collect();
        assert!(find(&wide).iter().any(|h| matches!(h, Hit::Wide(_))));
        assert!(!find(&[0; 200]).iter().any(|h| matches!(h, Hit::Wide(_))));
    }

    /// Text that is made of what the twins look for, of what nearly is, and of bytes by chance.
    fn text() -> impl Strategy<Value = Vec<u8>> {
        let known = prop::sample::select(vec![
            "secr",
            "SECRET",
            "\u{f3}ecr",
            "a1B2a1B2a1B2",
            "0123456789abcdef0",
            "v1.e",
            "eJx0",
            "-k ",
            " ",
            "é",
            "\0",
            "s\0e\0",
            "d\0e\0v\0i\0c\0e\0_\0k\0",
            "\0d\0e\0v\0i\0c\0e\0_\0k",
            "fedcba9876543210fedc",
            "\n",
        ]);
        let part = prop_oneof![
            12 => known.prop_map(|text| text.as_bytes().to_vec()),
            1 => prop::collection::vec(any::<u8>(), 0..8),
            1 => (1usize..70).prop_map(|n| vec![b'.'; n]),
        ];
        prop::collection::vec(part, 0..120).prop_map(|parts| parts.concat())
    }

    /// Says which ones ran: a processor without AVX-512 has two.
    #[test]
    #[allow(clippy::print_stdout, reason = "the output of a test")]
    fn the_twins_agree() {
        let twins = twins();
        let names: Vec<_> = twins.iter().map(|(name, _)| *name).collect();
        println!("twins that ran: {}", names.join(", "));
        let config = ProptestConfig { cases: 2000, failure_persistence: None, ..ProptestConfig::default() };
        let ranges = (text(), 0usize..90, 0usize..90);
        proptest::test_runner::TestRunner::new(config)
            .run(&ranges, |(bytes, first, last)| {
                let start = first.min(bytes.len());
                let range = start..bytes.len().saturating_sub(last).max(start);
                let expected = hits(&twins[0].1, &bytes, range.clone());
                for (name, twin) in &twins[1..] {
                    prop_assert_eq!(&hits(twin, &bytes, range.clone()), &expected, "{}", name);
                }
                Ok(())
            })
            .expect("the twins agree");
    }
}
