//! One bit a row.

use arrow::buffer::{BooleanBuffer, Buffer};

/// Rows of a word of bits.
const WORD: usize = 64;

/// Those of the rows for which this is so; it is not asked of others.
pub(super) fn pick(rows: &BooleanBuffer, mut is_so: impl FnMut(usize) -> bool) -> BooleanBuffer {
    let n_words = rows.len().div_ceil(WORD);
    let mut words: Vec<u64> = Vec::with_capacity(n_words);
    for (place, open) in rows.bit_chunks().iter_padded().take(n_words).enumerate() {
        let first = place * WORD;
        let mut word = 0;
        if open == u64::MAX {
            for bit in 0..WORD {
                word |= u64::from(is_so(first + bit)) << bit;
            }
        } else {
            let mut left = open;
            while left != 0 {
                let bit = left.trailing_zeros() as usize;
                word |= u64::from(is_so(first + bit)) << bit;
                left &= left - 1;
            }
        }
        words.push(word);
    }
    BooleanBuffer::new(Buffer::from_vec(words), 0, rows.len())
}

/// No rows.
pub(super) fn none(rows: usize) -> BooleanBuffer {
    BooleanBuffer::new_unset(rows)
}

/// Whether no row is among them.
pub(crate) fn is_none(rows: &BooleanBuffer) -> bool {
    rows.bit_chunks().iter_padded().all(|word| word == 0)
}

/// The rows that are not among the others.
pub(super) fn without(rows: &BooleanBuffer, others: &BooleanBuffer) -> BooleanBuffer {
    rows & &!others
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    proptest! {
        #[test]
        fn rows_are_picked_one_by_one(
            open in prop::collection::vec(prop::bool::weighted(0.9), 0..200),
            is_so in prop::collection::vec(any::<bool>(), 200),
            from in 0..70_usize,
        ) {
            let all: BooleanBuffer = open.iter().copied().collect();
            let from = from.min(all.len());
            let rows = all.slice(from, all.len() - from);
            let picked: Vec<bool> = pick(&rows, |row| is_so[row]).iter().collect();
            let expected: Vec<bool> = rows.iter().zip(&is_so).map(|(open, is_so)| open && *is_so).collect();
            prop_assert_eq!(is_none(&rows), rows.count_set_bits() == 0);
            prop_assert_eq!(picked, expected);
        }
    }
}
