//! What a holder may do, as a machine that reads paths segment by segment.
//!
//! Segments are read as *letters*: each text that the document or a value of a claim spells is one, and one stands for all
//! other texts, because no row tells these apart. The root path is a letter of its own. A state is: which rows match what
//! was read so far. The machine has all its states from the start.

use super::bits::{Bits, Numbered};
use crate::oracle::{Rights, Rule, Want, spellings};

/// A state of the machine. The first is the one before anything was read.
pub(super) type State = usize;

pub(super) const BEGIN: State = 0;

/// More rows of one kind are not looked at.
const MOST_ROWS: usize = 64;

/// What was read, as far as it matters.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
struct Read {
    /// How many letters, up to one more than the longest row has.
    depth: usize,
    is_root: bool,
    /// Allows that match up to here, denies, and named rows.
    allows: u64,
    denies: u64,
    names: u64,
    /// Allows that match up to here with the other text for each parameter.
    generic: u64,
}

/// Rows of one kind.
struct Rows {
    /// By depth and letter: the rows that go on with it there.
    steps: Vec<Vec<u64>>,
    /// By depth: the rows that match when nothing follows.
    ends: Vec<u64>,
    /// Those without a place.
    of_root: u64,
}

/// The verbs that the document tells apart alike.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct VerbRows {
    allows: u64,
    denies: u64,
    names: u64,
}

pub(super) struct RightsMachine {
    allows: Rows,
    generic: Rows,
    denies: Rows,
    names: Rows,
    /// For each allow: the names that it gives way to.
    better: Vec<u64>,
    /// All names but `$connect`.
    paths: u64,
    is_complete: bool,
    letters: usize,
    longest: usize,
    states: Numbered<Read>,
    /// For each state and letter, the next state. The letter behind the last is the root path.
    pub(super) next: Vec<Vec<State>>,
    /// For each state, those that one letter or more lead to.
    pub(super) beyond: Vec<Bits>,
}

impl RightsMachine {
    /// `letters` are the texts that are told apart; the letter behind them is the other text, and the next the root path.
    pub(super) fn new(rights: &Rights<'_>, letters: &[String]) -> Self {
        let all = rights.allows.iter().chain(&rights.denies).chain(&rights.names);
        let longest = all.map(|rule| rule.wants.len()).max().unwrap_or(0);
        let rows = |rules: &[Rule], fits: Fits| Rows::new(rules, letters, longest, fits);
        let better = |allow: &Rule| set(rights.names.iter().map(|name| name.row.beats(&allow.row)));
        let mut machine = Self {
            allows: rows(&rights.allows, fits),
            generic: rows(&rights.allows, is_own),
            denies: rows(&rights.denies, fits),
            names: rows(&rights.names, fits),
            better: rights.allows.iter().map(better).collect(),
            paths: set(rights.names.iter().map(|name| name.row.verb != "$connect")),
            is_complete: rights.document.is_complete(),
            letters: letters.len() + 2,
            longest,
            states: Numbered::new(),
            next: vec![],
            beyond: vec![],
        };
        machine.states.number(Read { depth: 0, is_root: false, allows: !0, denies: !0, names: !0, generic: !0 });
        machine.find_states();
        machine.find_beyond();
        machine
    }

    pub(super) fn states(&self) -> usize {
        self.next.len()
    }

    pub(super) fn other(&self) -> usize {
        self.letters - 2
    }

    pub(super) fn root(&self) -> usize {
        self.letters - 1
    }

    fn find_states(&mut self) {
        let mut at = 0;
        while at < self.states.all.len() {
            let read = self.states.all[at];
            let next = (0..self.letters).map(|letter| self.states.number(self.after(read, letter)).0).collect();
            self.next.push(next);
            at += 1;
        }
    }

    fn after(&self, read: Read, letter: usize) -> Read {
        if letter == self.root() {
            let of_root = |rows: &Rows| if read.depth == 0 { rows.of_root } else { 0 };
            return Read {
                depth: 1,
                is_root: read.depth == 0,
                allows: of_root(&self.allows),
                denies: of_root(&self.denies),
                names: of_root(&self.names),
                generic: of_root(&self.generic),
            };
        }
        let on = |rows: &Rows, set: u64| if read.is_root { 0 } else { set & rows.steps[read.depth][letter] };
        let next = Read {
            depth: (read.depth + 1).min(self.longest + 1),
            is_root: false,
            allows: on(&self.allows, read.allows),
            denies: on(&self.denies, read.denies),
            names: on(&self.names, read.names),
            generic: on(&self.generic, read.generic),
        };
        let is_dead = next.allows | next.denies | next.names == 0;
        if is_dead { Read { depth: self.longest + 1, ..next } } else { next }
    }

    fn find_beyond(&mut self) {
        self.beyond = vec![Bits::none(self.states()); self.states()];
        for state in 0..self.states() {
            let mut found = vec![state];
            while let Some(next) = found.pop() {
                for after in &self.next[next] {
                    if !self.beyond[state].has(*after) {
                        self.beyond[state].insert(*after);
                        found.push(*after);
                    }
                }
            }
        }
    }

    fn ending(&self, rows: &Rows, state: State, set: impl Fn(&Read) -> u64) -> u64 {
        let read = &self.states.all[state];
        set(read) & if read.is_root { rows.of_root } else { rows.ends[read.depth] }
    }

    /// Is a path that leads here permitted?
    pub(super) fn grants(&self, state: State, verb: VerbRows) -> bool {
        let allows = self.ending(&self.allows, state, |read| read.allows) & verb.allows;
        let names = self.ending(&self.names, state, |read| read.names) & verb.names;
        let opens = |allow: usize| allows >> allow & 1 == 1 && self.better[allow] & names == 0;
        !self.denies(state, verb) && (0..self.better.len()).any(opens)
    }

    /// Is it permitted, and the generic path of an allow? It may be another row that opens it.
    pub(super) fn grants_generic(&self, state: State, verb: VerbRows) -> bool {
        let own = self.ending(&self.allows, state, |read| read.allows & read.generic) & verb.allows;
        own != 0 && self.grants(state, verb)
    }

    pub(super) fn denies(&self, state: State, verb: VerbRows) -> bool {
        self.ending(&self.denies, state, |read| read.denies) & verb.denies != 0
    }

    /// Must a policy be right about it?
    pub(super) fn is_in_catalog(&self, state: State, verb: VerbRows) -> bool {
        let names = self.ending(&self.names, state, |read| read.names);
        let has_name = if self.is_complete {
            names & verb.names != 0
        } else {
            names & self.paths != 0 || self.states.all[state].is_root
        };
        has_name || self.denies(state, verb)
    }
}

impl VerbRows {
    pub(super) fn new(rights: &Rights<'_>, verb: &str) -> Self {
        let covering = |rules: &[Rule]| set(rules.iter().map(|rule| rule.row.covers(verb)));
        Self { allows: covering(&rights.allows), denies: covering(&rights.denies), names: covering(&rights.names) }
    }
}

type Fits = fn(&Want, Option<&String>) -> bool;

/// Does a letter fit? `None` is the other text.
fn fits(want: &Want, letter: Option<&String>) -> bool {
    match want {
        Want::Text(text) => letter == Some(text),
        Want::Value(value) => letter.is_some_and(|letter| spellings(value).contains(letter)),
        Want::One | Want::Rest => true,
    }
}

/// Does it stand there in the generic path?
fn is_own(want: &Want, letter: Option<&String>) -> bool {
    match want {
        Want::Text(text) => letter == Some(text),
        Want::Value(value) => letter.is_some_and(|letter| spellings(value).contains(letter)),
        Want::One | Want::Rest => letter.is_none(),
    }
}

impl Rows {
    fn new(rules: &[Rule], letters: &[String], longest: usize, fits: Fits) -> Self {
        assert!(rules.len() <= MOST_ROWS, "{} rows are too many", rules.len());
        let letters = || letters.iter().map(Some).chain([None]);
        let goes_on = |rule: &Rule, depth: usize, letter: Option<&String>| {
            let want = rule.wants.get(depth).or(rule.wants.last().filter(|last| **last == Want::Rest));
            want.is_some_and(|want| fits(want, letter))
        };
        let step = |depth| letters().map(|letter| set(rules.iter().map(|rule| goes_on(rule, depth, letter)))).collect();
        let is_path = |rule: &Rule| rule.row.verb != "$connect";
        let ends = |depth: usize| {
            set(rules.iter().map(|rule| {
                let is_greedy = rule.wants.last() == Some(&Want::Rest);
                depth > 0 && (rule.wants.len() == depth || is_greedy && rule.wants.len() < depth)
            }))
        };
        Self {
            steps: (0..=longest + 1).map(step).collect(),
            ends: (0..=longest + 1).map(ends).collect(),
            of_root: set(rules.iter().map(|rule| rule.wants.is_empty() && is_path(rule))),
        }
    }
}

fn set(members: impl Iterator<Item = bool>) -> u64 {
    members.enumerate().filter(|(_, is_in)| *is_in).fold(0, |set, (place, _)| set | 1 << place)
}
