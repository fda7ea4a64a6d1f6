//! A set of rows, as one bit each.

/// A set of numbers below a bound that all sets of one compilation share.
#[derive(Debug, Default, PartialEq, Eq, Hash)]
pub(super) struct Bits(Vec<u64>);

impl Clone for Bits {
    fn clone(&self) -> Self {
        Self(self.0.clone())
    }

    /// Uses the memory that is there.
    fn clone_from(&mut self, other: &Self) {
        self.0.clone_from(&other.0);
    }
}

impl Bits {
    /// The empty set of numbers below `bound`.
    pub(super) fn none(bound: usize) -> Self {
        Self(vec![0; bound.div_ceil(64)])
    }

    /// All numbers below `bound`.
    pub(super) fn all(bound: usize) -> Self {
        let mut bits = Self::none(bound);
        for number in 0..bound {
            bits.insert(number);
        }
        bits
    }

    /// How many machine words the set takes: what one operation on it costs.
    pub(super) fn words(&self) -> usize {
        self.0.len()
    }

    pub(super) fn insert(&mut self, number: usize) {
        if let Some(word) = self.0.get_mut(number / 64) {
            *word |= 1 << (number % 64);
        }
    }

    pub(super) fn remove(&mut self, number: usize) {
        if let Some(word) = self.0.get_mut(number / 64) {
            *word &= !(1 << (number % 64));
        }
    }

    pub(super) fn contains(&self, number: usize) -> bool {
        self.0.get(number / 64).is_some_and(|word| word >> (number % 64) & 1 == 1)
    }

    pub(super) fn is_empty(&self) -> bool {
        self.0.iter().all(|word| *word == 0)
    }

    pub(super) fn count(&self) -> usize {
        let ones: u32 = self.0.iter().map(|word| word.count_ones()).sum();
        usize::try_from(ones).unwrap_or(usize::MAX)
    }

    pub(super) fn clear(&mut self) {
        self.0.fill(0);
    }

    /// Adds all of the other.
    pub(super) fn add(&mut self, other: &Self) {
        for (word, more) in self.0.iter_mut().zip(&other.0) {
            *word |= more;
        }
    }

    /// Keeps what is in the other, too.
    pub(super) fn keep(&mut self, other: &Self) {
        for (word, kept) in self.0.iter_mut().zip(&other.0) {
            *word &= kept;
        }
    }

    /// Keeps what is in one of the others, too.
    pub(super) fn keep_any(&mut self, others: &[&Self]) {
        for (place, word) in self.0.iter_mut().enumerate() {
            let mut kept = 0;
            for other in others {
                kept |= other.0.get(place).copied().unwrap_or_default();
            }
            *word &= kept;
        }
    }

    /// Takes away all of the other.
    pub(super) fn take(&mut self, other: &Self) {
        for (word, taken) in self.0.iter_mut().zip(&other.0) {
            *word &= !taken;
        }
    }

    /// Adds what is in both of the others.
    pub(super) fn add_common(&mut self, one: &Self, other: &Self) {
        for ((word, one), other) in self.0.iter_mut().zip(&one.0).zip(&other.0) {
            *word |= one & other;
        }
    }

    pub(super) fn meets(&self, other: &Self) -> bool {
        self.0.iter().zip(&other.0).any(|(one, other)| one & other != 0)
    }

    pub(super) fn is_within(&self, other: &Self) -> bool {
        self.0.iter().zip(&other.0).all(|(one, other)| one & !other == 0)
    }

    /// How many of these are not in the other?
    pub(super) fn count_beyond(&self, other: &Self) -> usize {
        let ones: u32 = self.0.iter().zip(&other.0).map(|(one, other)| (one & !other).count_ones()).sum();
        usize::try_from(ones).unwrap_or(usize::MAX)
    }

    /// The numbers, in order.
    pub(super) fn iter(&self) -> impl Iterator<Item = usize> {
        self.0.iter().enumerate().flat_map(|(place, word)| Ones(*word).map(move |bit| place * 64 + bit))
    }
}

/// The places of the ones in a word.
struct Ones(u64);

impl Iterator for Ones {
    type Item = usize;

    fn next(&mut self) -> Option<usize> {
        if self.0 == 0 {
            return None;
        }
        let bit = self.0.trailing_zeros();
        self.0 &= self.0 - 1;
        usize::try_from(bit).ok()
    }
}
