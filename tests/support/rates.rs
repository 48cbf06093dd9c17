//! How often random keys are missed, by length, alphabet and carrier.

use std::collections::BTreeMap;
use std::sync::atomic::{AtomicUsize, Ordering};

use super::keys::{ALPHABETS, LENGTHS, draw_key};
use super::prng::Prng;

/// From this length on at most one key in 10,000 may be missed; below, one in 1,000.
const LONG_ENOUGH: usize = 20;

/// What is counted for keys of one kind.
#[derive(Debug, Default, Clone, Copy)]
struct Rate {
    drawn: usize,
    missed: usize,
}

/// All keys of one reader: for each length class, and for each alphabet, length and carrier.
#[derive(Debug, Default)]
pub(crate) struct Rates {
    short: Rate,
    long: Rate,
    missed: BTreeMap<String, usize>,
}

impl Rates {
    fn add(&mut self, length: usize, is_missed: bool, place: impl FnOnce() -> String) {
        let rate = if length < LONG_ENOUGH { &mut self.short } else { &mut self.long };
        rate.drawn += 1;
        rate.missed += usize::from(is_missed);
        if is_missed {
            *self.missed.entry(place()).or_default() += 1;
        }
    }

    fn merge(mut self, other: Self) -> Self {
        for (mine, theirs) in [(&mut self.short, other.short), (&mut self.long, other.long)] {
            mine.drawn += theirs.drawn;
            mine.missed += theirs.missed;
        }
        for (place, n) in other.missed {
            *self.missed.entry(place).or_default() += n;
        }
        self
    }

    #[track_caller]
    #[allow(clippy::print_stdout, reason = "the figures are for the reader")]
    pub(crate) fn check(&self, what: &str) {
        println!("{what}: 16 characters {:?}, longer {:?}", self.short, self.long);
        let short = self.short.missed * 1_000 <= self.short.drawn;
        let long = self.long.missed * 10_000 <= self.long.drawn;
        assert!(short && long, "{what}: {self:#?}");
    }
}

/// Draws so many keys, or as many as `ERROR_RATES_KEYS` says, in every carrier, and asks of each whether
/// `finds` finds it. The keys never appear in a message: only their alphabet, length, carrier and number,
/// which draw them again.
pub(crate) fn measure<C: Sync>(
    carriers: &[C],
    name: fn(&C) -> &str,
    keys: usize,
    finds: &(dyn Fn(&C, &str, &mut Prng) -> bool + Sync),
) -> Rates {
    let keys = std::env::var("ERROR_RATES_KEYS").ok().and_then(|n| n.parse().ok()).unwrap_or(keys);
    let kinds: Vec<_> = ALPHABETS
        .iter()
        .flat_map(|a| LENGTHS.iter().flat_map(move |&n| carriers.iter().map(move |c| (a, n, c))))
        .collect();
    // Short keys are the hard ones: as many of 16 characters as of all other lengths.
    let weight = |length: usize| if length < LONG_ENOUGH { LENGTHS.len() - 1 } else { 1 };
    let total: usize = kinds.iter().map(|(_, n, _)| weight(*n)).sum();
    let unit = keys.div_ceil(total);
    let next = AtomicUsize::new(0);
    let work = || {
        let mut rates = Rates::default();
        while let Some((alphabet, length, carrier)) = kinds.get(next.fetch_add(1, Ordering::Relaxed)) {
            let place = format!("{} {length} {}", alphabet.name, name(carrier));
            let mut rng = Prng::from_text(&place);
            for _ in 0..unit * weight(*length) {
                let key = draw_key(alphabet, *length, &mut rng);
                rates.add(*length, !finds(carrier, &key, &mut rng), || place.clone());
            }
        }
        rates
    };
    std::thread::scope(|scope| {
        let other = scope.spawn(work);
        let mine = work();
        mine.merge(other.join().expect("the other half is counted"))
    })
}
