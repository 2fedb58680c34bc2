//! Numbers that look random and are the same in every run (splitmix64, <https://prng.di.unimi.it/splitmix64.c>).

pub(crate) struct Dice {
    state: u64,
}

impl Dice {
    pub(crate) fn new(seed: u64) -> Self {
        Self { state: seed }
    }

    fn roll(&mut self) -> u64 {
        self.state = self.state.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut mixed = self.state;
        mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        mixed ^ (mixed >> 31)
    }

    /// From 0 to one less than `n`.
    pub(crate) fn below(&mut self, n: usize) -> usize {
        usize::try_from(self.roll() % n.max(1) as u64).unwrap_or(0)
    }

    /// Both ends are included.
    pub(crate) fn between(&mut self, least: usize, most: usize) -> usize {
        least + self.below(most - least + 1)
    }

    pub(crate) fn chance(&mut self, percent: usize) -> bool {
        self.below(100) < percent
    }

    pub(crate) fn pick<'a, T>(&mut self, from: &'a [T]) -> &'a T {
        &from[self.below(from.len())]
    }

    /// From 0 to one less than `n`, small ones far more often: half of all are below the square root of `n`.
    pub(crate) fn skewed(&mut self, n: usize) -> usize {
        // 53 bits are what a float holds exactly.
        let part = (self.roll() >> 11) as f64 / (1u64 << 53) as f64;
        let place = (n as f64 + 1.0).powf(part) - 1.0;
        (place as usize).min(n.saturating_sub(1))
    }

    pub(crate) fn bytes(&mut self) -> [u8; 16] {
        let mut bytes = [0; 16];
        bytes[..8].copy_from_slice(&self.roll().to_le_bytes());
        bytes[8..].copy_from_slice(&self.roll().to_le_bytes());
        bytes
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_first_numbers_are_those_of_the_reference() {
        let mut dice = Dice::new(1_234_567);
        assert_eq!(dice.roll(), 6_457_827_717_110_365_317);
        assert_eq!(dice.roll(), 3_203_168_211_198_807_973);
    }

    #[test]
    fn few_are_most() {
        let mut dice = Dice::new(1);
        let rolled: Vec<usize> = (0..10_000).map(|_| dice.skewed(10_000)).collect();
        let below = |limit| rolled.iter().filter(|place| **place < limit).count();
        assert_eq!(below(10_000), 10_000);
        assert!((4_700..5_300).contains(&below(99)), "{} below the square root", below(99));
        assert_eq!(dice.skewed(1), 0);
    }
}
