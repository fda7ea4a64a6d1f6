//! Which paths one policy can tell apart, by the theorem: a policy that is right about the whole catalog exists if and only
//! if no path of the catalog that must stay shut lies between two that must be open.
//!
//! The smallest resource around a path spells its literals and has a star for each other segment. A star takes one segment
//! or more, of any kind. A path lies *above* another one if the smallest resource around that one matches it. Whatever
//! allows the lower path allows the upper one, since it cannot look at what stars take; whatever denies the lower one denies
//! the upper one.
//!
//! To know it of paths of every length, a path is read together with two sets: [`Below`], where the paths above it lead, and
//! [`Above`], where it may have got to if it lies above something.

use super::bits::{Bits, Numbered};
use super::rights_machine::{BEGIN, RightsMachine, State};

/// Reads a path, and knows where the paths above it lead: a set of states.
pub(super) struct Below<'a> {
    machine: &'a RightsMachine,
    pub(super) sets: Numbered<Bits>,
    next: Vec<Vec<Option<usize>>>,
}

impl<'a> Below<'a> {
    pub(super) fn new(machine: &'a RightsMachine) -> Self {
        let mut begin = Bits::none(machine.states());
        begin.insert(BEGIN);
        let mut below = Self { machine, sets: Numbered::new(), next: vec![] };
        below.number(begin);
        below
    }

    fn number(&mut self, set: Bits) -> usize {
        let (number, is_new) = self.sets.number(set);
        if is_new {
            self.next.push(vec![None; self.machine.root() + 1]);
        }
        number
    }

    pub(super) fn next(&mut self, set: usize, letter: usize) -> usize {
        if let Some(known) = self.next[set][letter] {
            return known;
        }
        let mut reached = Bits::none(self.machine.states());
        for state in self.sets.all[set].iter() {
            if letter == self.machine.other() {
                reached.add(&self.machine.beyond[state]);
            } else {
                reached.insert(self.machine.next[state][letter]);
            }
        }
        let next = self.number(reached);
        self.next[set][letter] = Some(next);
        next
    }
}

/// Reads a path, and knows where the paths below it have led: a set of states, twice. The second half has the states behind
/// a star that may take more.
pub(super) struct Above<'a> {
    machine: &'a RightsMachine,
    pub(super) sets: Numbered<Bits>,
    next: Vec<Vec<Option<usize>>>,
}

impl<'a> Above<'a> {
    pub(super) fn new(machine: &'a RightsMachine) -> Self {
        let mut begin = Bits::none(2 * machine.states());
        begin.insert(BEGIN);
        let mut above = Self { machine, sets: Numbered::new(), next: vec![] };
        above.number(begin);
        above
    }

    fn number(&mut self, set: Bits) -> usize {
        let (number, is_new) = self.sets.number(set);
        if is_new {
            self.next.push(vec![None; self.machine.root() + 1]);
        }
        number
    }

    /// The states in either half.
    pub(super) fn states(&self, set: usize) -> impl Iterator<Item = State> {
        self.sets.all[set].iter().map(|place| place % self.machine.states())
    }

    pub(super) fn next(&mut self, set: usize, letter: usize) -> usize {
        if let Some(known) = self.next[set][letter] {
            return known;
        }
        let (count, other) = (self.machine.states(), self.machine.other());
        let mut reached = Bits::none(2 * count);
        for place in self.sets.all[set].iter() {
            let state = place % count;
            if letter != other {
                reached.insert(self.machine.next[state][letter]);
            }
            // A star begins here, and takes this one.
            reached.insert(count + self.machine.next[state][other]);
            if place >= count {
                reached.insert(place);
            }
        }
        let next = self.number(reached);
        self.next[set][letter] = Some(next);
        next
    }
}
