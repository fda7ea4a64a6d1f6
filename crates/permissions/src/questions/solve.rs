//! The most general request and claim values for which some routes match.
//!
//! Places of the path and claims are variables. A literal binds a place to a text, `${c}` makes a place and a claim equal.
//! Classes of equal variables are kept by union-find. What nothing binds is made a fresh text of its own, so whatever holds
//! of this solution holds of every other.

use super::token::State;
use super::universe::{Universe, is_usable, usable};
use crate::route::{Route, Segment};
use serde_json::Value;

#[derive(Clone, Debug)]
pub(crate) struct Classes<'q> {
    /// The first variables are the path's places, the others the universe's claims.
    parents: Vec<usize>,
    texts: Vec<Option<&'q str>>,
    places: usize,
}

/// Texts for the places of the path, and for each claim of the universe.
pub(crate) type Solution<'q> = (Vec<&'q str>, Vec<&'q str>);

impl<'q> Classes<'q> {
    pub(crate) fn new(places: usize, universe: &Universe<'_>) -> Self {
        let count = places + universe.claims.len();
        Self { parents: (0..count).collect(), texts: vec![None; count], places }
    }

    fn root(&self, mut variable: usize) -> usize {
        while let Some(parent) = self.parents.get(variable).filter(|parent| **parent != variable) {
            variable = *parent;
        }
        variable
    }

    /// `None` when the variable is bound to another text.
    fn bind(&mut self, variable: usize, text: &'q str) -> Option<()> {
        let root = self.root(variable);
        let bound = self.texts.get_mut(root)?;
        (*bound.get_or_insert(text) == text).then_some(())
    }

    fn join(&mut self, one: usize, other: usize) -> Option<()> {
        let (one, other) = (self.root(one), self.root(other));
        if let Some(text) = self.texts.get(other).copied().flatten() {
            self.bind(one, text)?;
        }
        *self.parents.get_mut(other)? = one;
        Some(())
    }

    /// The route matches. Its claims are open where `equal` is `None` or says that they are not usable.
    pub(crate) fn route(
        &mut self,
        route: &'q Route,
        universe: &Universe<'_>,
        states: Option<&[State<'_>]>,
    ) -> Option<()> {
        for (place, segment) in route.segments().iter().enumerate() {
            match segment {
                Segment::Literal(text) => self.bind(place, text)?,
                Segment::Claim(name) => {
                    let claim = universe.place_of(name)?;
                    if states.and_then(|states| states.get(claim)).is_some_and(|state| *state != State::Unusable) {
                        self.join(place, self.places + claim)?;
                    }
                }
                Segment::Parameter(_) | Segment::Greedy(_) => {}
            }
        }
        Some(())
    }

    /// The claims are in these states and have these values.
    pub(crate) fn claims(&mut self, states: &[State<'q>], wanted: &[Vec<&'q Value>]) -> Option<()> {
        for (claim, (state, wanted)) in states.iter().zip(wanted).enumerate() {
            match state {
                State::Is(text) => self.bind(self.places + claim, text)?,
                State::Usable => {
                    let texts = wanted.iter().filter_map(|value| usable(value));
                    for text in texts {
                        self.bind(self.places + claim, text)?;
                    }
                }
                State::Unusable => {}
            }
        }
        Some(())
    }

    /// A text for each variable. `None` when a claim would have to have a value that it cannot have.
    pub(crate) fn solution(mut self, universe: &'q Universe<'_>, states: &[State<'_>]) -> Option<Solution<'q>> {
        for (claim, state) in states.iter().enumerate() {
            let text = self.texts.get(self.root(self.places + claim)).copied().flatten();
            if *state != State::Unusable && text.is_some_and(|text| !is_usable(text)) {
                return None;
            }
        }
        let mut fresh = universe.fresh.iter();
        let mut texts = Vec::with_capacity(self.parents.len());
        for variable in 0..self.parents.len() {
            let root = self.root(variable);
            let bound = self.texts.get_mut(root)?;
            if bound.is_none() {
                *bound = Some(fresh.next()?);
            }
            texts.extend(*bound);
        }
        let values = texts.split_off(self.places);
        Some((texts, values))
    }
}
