//! Sets of rows, as one bit each.

use std::ops::RangeInclusive;

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

    /// A bound that no number reaches.
    pub(super) fn bound(&self) -> usize {
        self.0.len() * 64
    }

    /// The set as a row of a [`Table`].
    pub(super) fn row(&self) -> &[u64] {
        &self.0
    }

    pub(super) fn clear(&mut self) {
        self.0.fill(0);
    }

    /// Adds all of the other.
    pub(super) fn add(&mut self, other: &Self) {
        self.add_row(&other.0);
    }

    pub(super) fn add_row(&mut self, other: &[u64]) {
        for (word, more) in self.0.iter_mut().zip(other) {
            *word |= more;
        }
    }

    /// Keeps what is in the other, too.
    pub(super) fn keep(&mut self, other: &Self) {
        self.keep_row(&other.0);
    }

    pub(super) fn keep_row(&mut self, other: &[u64]) {
        for (word, kept) in self.0.iter_mut().zip(other) {
            *word &= kept;
        }
    }

    /// Keeps what is in one of the others, too.
    pub(super) fn keep_either(&mut self, one: &[u64], other: &[u64]) {
        let word_of = |row: &[u64], place| row.get(place).copied().unwrap_or_default();
        for (place, word) in self.0.iter_mut().enumerate() {
            *word &= word_of(one, place) | word_of(other, place);
        }
    }

    /// Takes away all of the other.
    pub(super) fn take(&mut self, other: &Self) {
        for (word, taken) in self.0.iter_mut().zip(&other.0) {
            *word &= !taken;
        }
    }

    /// Adds what is in both of the others.
    pub(super) fn add_common(&mut self, one: &[u64], other: &[u64]) {
        for ((word, one), other) in self.0.iter_mut().zip(one).zip(other) {
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

/// Sets of numbers below one bound, side by side.
#[derive(Debug)]
pub(super) struct Table {
    bits: Vec<u64>,
    /// How many words a set takes.
    words: usize,
    places: usize,
}

impl Table {
    /// So many empty sets.
    pub(super) fn new(places: usize, bound: usize) -> Self {
        let words = bound.div_ceil(64);
        Self { bits: vec![0; places * words], words, places }
    }

    pub(super) fn places(&self) -> usize {
        self.places
    }

    pub(super) fn bound(&self) -> usize {
        self.words * 64
    }

    pub(super) fn row(&self, place: usize) -> &[u64] {
        let begin = place * self.words;
        self.bits.get(begin..begin + self.words).unwrap_or_default()
    }

    fn row_mut(&mut self, place: usize) -> &mut [u64] {
        let begin = place * self.words;
        self.bits.get_mut(begin..begin + self.words).unwrap_or_default()
    }

    pub(super) fn insert(&mut self, place: usize, number: usize) {
        if let Some(word) = self.row_mut(place).get_mut(number / 64) {
            *word |= 1 << (number % 64);
        }
    }

    /// Adds to the set at this place.
    pub(super) fn add(&mut self, place: usize, other: &[u64]) {
        for (word, more) in self.row_mut(place).iter_mut().zip(other) {
            *word |= more;
        }
    }

    /// Adds what is in both of the others to the set at this place.
    pub(super) fn add_common(&mut self, place: usize, one: &[u64], other: &[u64]) {
        for ((word, one), other) in self.row_mut(place).iter_mut().zip(one).zip(other) {
            *word |= one & other;
        }
    }

    /// Empties the sets at these places.
    pub(super) fn clear(&mut self, places: RangeInclusive<usize>) {
        let (begin, end) = (places.start() * self.words, (places.end() + 1) * self.words);
        self.bits.get_mut(begin..end).unwrap_or_default().fill(0);
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
