//! Chance, made repeatable: every draw comes from a seeded ChaCha stream, whose bytes are the same on every machine, and
//! the arithmetic on it uses no function that platforms round differently.

use rand_chacha::ChaCha8Rng;
use rand_chacha::rand_core::{Rng, SeedableRng};
use uuid::Uuid;

/// A stream of draws.
#[derive(Clone, Debug)]
pub struct Dice(ChaCha8Rng);

/// Quantiles of how long people take, relative to the median: most are near it, some take three times as long.
const SPREAD: [f64; 9] = [0.35, 0.55, 0.72, 0.86, 1.0, 1.2, 1.5, 2.0, 3.2];

impl Dice {
    /// The stream of a seed; `stream` tells apart the many that a simulation needs.
    pub fn new(seed: u64, stream: u64) -> Self {
        let mut rng = ChaCha8Rng::seed_from_u64(seed);
        rng.set_stream(stream);
        Self(rng)
    }

    /// From 0 up to, and without, 1.
    fn fraction(&mut self) -> f64 {
        // The 53 bits that a double has room for.
        (self.0.next_u64() >> 11) as f64 / (1_u64 << 53) as f64
    }

    /// Whether something of this probability happens.
    pub fn chance(&mut self, probability: f64) -> bool {
        self.fraction() < probability
    }

    /// A whole number between the two, both included.
    pub fn between(&mut self, low: i64, high: i64) -> i64 {
        low + (self.fraction() * (high - low + 1) as f64) as i64
    }

    /// A span around a median, spread as people's are.
    pub fn around(&mut self, median: i64) -> i64 {
        (median as f64 * self.spread()) as i64
    }

    /// A factor around 1, spread as people's and networks' speeds are.
    pub fn spread(&mut self) -> f64 {
        let place = self.fraction() * (SPREAD.len() - 1) as f64;
        let below = place as usize;
        SPREAD[below] + (SPREAD[below + 1] - SPREAD[below]) * (place - below as f64)
    }

    /// One of several, which may not be none.
    pub fn one_of<'a, T>(&mut self, of: &'a [T]) -> &'a T {
        &of[self.between(0, of.len() as i64 - 1) as usize]
    }

    /// One of several, each with its weight.
    pub fn weighted<'a, T>(&mut self, of: &'a [T], weight: impl Fn(&T) -> u32) -> &'a T {
        let total: u32 = of.iter().map(&weight).sum();
        let mut left = self.between(0, i64::from(total) - 1);
        of.iter()
            .find(|one| {
                left -= i64::from(weight(one));
                left < 0
            })
            .expect("the draw is under the sum of all weights")
    }

    /// A UUIDv7 minted at `at` (Unix ms), as the SDK does.
    pub fn uuid(&mut self, at: i64) -> Uuid {
        let mut random = [0; 10];
        self.0.fill_bytes(&mut random);
        uuid::Builder::from_unix_timestamp_millis(u64::try_from(at).unwrap_or_default(), &random).into_uuid()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn draws_repeat_and_streams_differ() {
        let draws = |stream| {
            let mut dice = Dice::new(7, stream);
            (0..5).map(|_| dice.between(1, 100)).collect::<Vec<_>>()
        };
        assert_eq!(draws(1), draws(1));
        assert_ne!(draws(1), draws(2));
    }

    #[test]
    fn draws_keep_their_bounds_and_weights() {
        let mut dice = Dice::new(1, 0);
        let seen: std::collections::BTreeSet<i64> = (0..200).map(|_| dice.between(-1, 2)).collect();
        assert_eq!(seen.into_iter().collect::<Vec<_>>(), [-1, 0, 1, 2]);
        let heavy = (0..1_000).filter(|_| *dice.weighted(&[3_u32, 1], |weight| *weight) == 3).count();
        assert!((700..800).contains(&heavy), "{heavy}");
        assert!((0..1_000).all(|_| dice.around(100) < 320));
        assert_eq!(dice.uuid(1_795_442_400_000).get_version_num(), 7);
    }
}
