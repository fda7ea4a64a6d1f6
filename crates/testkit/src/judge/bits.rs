//! Sets of small numbers, and machines whose states are such sets.

use std::collections::HashMap;

/// A set of numbers below a bound that its maker knows.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub(super) struct Bits(Box<[u64]>);

impl Bits {
    pub(super) fn none(bound: usize) -> Self {
        Self(vec![0; bound.div_ceil(64)].into())
    }

    pub(super) fn insert(&mut self, number: usize) {
        self.0[number / 64] |= 1 << (number % 64);
    }

    pub(super) fn has(&self, number: usize) -> bool {
        self.0[number / 64] >> (number % 64) & 1 == 1
    }

    pub(super) fn add(&mut self, other: &Self) {
        self.0.iter_mut().zip(&other.0).for_each(|(own, others)| *own |= others);
    }

    pub(super) fn meets(&self, other: &Self) -> bool {
        self.0.iter().zip(&other.0).any(|(own, others)| own & others != 0)
    }

    pub(super) fn iter(&self) -> impl Iterator<Item = usize> {
        let words = self.0.iter().enumerate().filter(|(_, word)| **word != 0);
        words.flat_map(|(place, word)| (0..64).filter(move |bit| word >> bit & 1 == 1).map(move |bit| place * 64 + bit))
    }

    /// Moves on by one character: see `iam_machine`.
    pub(super) fn advance(&self, taken: &Self, stars: &Self) -> Self {
        let mut next = self.0.clone();
        let mut carry = 0;
        for place in 0..next.len() {
            let moving = self.0[place] & taken.0[place];
            next[place] = moving << 1 | carry | self.0[place] & stars.0[place];
            carry = moving >> 63;
        }
        Self(next).past_stars(stars)
    }

    /// A star may also match nothing. INVARIANT: no two stars stand side by side.
    pub(super) fn past_stars(mut self, stars: &Self) -> Self {
        let mut carry = 0;
        for place in 0..self.0.len() {
            let skipping = self.0[place] & stars.0[place];
            self.0[place] |= skipping << 1 | carry;
            carry = skipping >> 63;
        }
        self
    }
}

/// Numbers things in the order in which they are first seen.
pub(super) struct Numbered<T> {
    numbers: HashMap<T, usize>,
    pub(super) all: Vec<T>,
}

impl<T: Clone + Eq + std::hash::Hash> Numbered<T> {
    pub(super) fn new() -> Self {
        Self { numbers: HashMap::new(), all: Vec::new() }
    }

    /// Its number, and whether it is new.
    pub(super) fn number(&mut self, thing: T) -> (usize, bool) {
        if let Some(known) = self.numbers.get(&thing) {
            return (*known, false);
        }
        self.all.push(thing.clone());
        self.numbers.insert(thing, self.all.len() - 1);
        (self.all.len() - 1, true)
    }
}
