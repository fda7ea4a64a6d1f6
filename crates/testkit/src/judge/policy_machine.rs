//! An IAM policy as a machine that reads ARNs segment by segment.
//!
//! IAM's `*` is any run of characters and `?` any one. All patterns of a policy are read at once: a state is the set of
//! places, in all patterns, up to which the text read so far can have been matched. States are few, because most texts
//! leave most patterns behind, so each is numbered, and where a segment leads from a state is worked out once.

use super::bits::{Bits, Numbered};
use serde_json::Value;
use std::collections::HashMap;

/// What a policy allows and denies: resources as it spells them.
pub struct Resources {
    pub allow: Vec<String>,
    pub deny: Vec<String>,
}

impl Resources {
    /// # Panics
    /// If it is not a policy as an authorizer may return one.
    pub fn read(policy: &Value) -> Self {
        assert_eq!(policy["Version"], "2012-10-17", "{policy}");
        let mut all = Self { allow: vec![], deny: vec![] };
        for statement in policy["Statement"].as_array().unwrap() {
            assert_eq!(statement["Action"], "execute-api:Invoke", "{policy}");
            assert_eq!(statement.as_object().unwrap().len(), 3, "{policy}");
            let resources = statement["Resource"].as_array().unwrap();
            assert!(!resources.is_empty(), "{policy}");
            let list = match statement["Effect"].as_str() {
                Some("Allow") => &mut all.allow,
                Some("Deny") => &mut all.deny,
                _ => panic!("{policy}"),
            };
            list.extend(resources.iter().map(|resource| resource.as_str().unwrap().to_owned()));
        }
        assert!(!all.allow.is_empty() || !all.deny.is_empty(), "{policy}");
        all
    }
}

/// A pattern, and whether it is an Allow's.
type Pattern = (bool, Vec<char>);

/// Places in patterns, one bit each. The place behind a pattern's last character is where it has matched.
struct Places {
    /// Which places a character leads on from.
    taken: HashMap<char, Bits>,
    /// Which places any other character leads on from: those with a question mark.
    taken_by_others: Bits,
    stars: Bits,
    allowed: Bits,
    denied: Bits,
    /// In a star at the end of a deny: whatever follows is denied.
    denied_for_good: Bits,
    /// All places of allows.
    of_allows: Bits,
    count: usize,
}

impl Places {
    /// Of patterns, each with its effect, and where to begin: before the first character of each.
    fn new(patterns: &[Pattern]) -> (Self, Bits) {
        let count = patterns.iter().map(|(_, pattern)| pattern.len() + 1).sum();
        let none = || Bits::none(count);
        let mut places = Self {
            taken: HashMap::new(),
            taken_by_others: none(),
            stars: none(),
            allowed: none(),
            denied: none(),
            denied_for_good: none(),
            of_allows: none(),
            count,
        };
        let (mut at, mut begin) = (0, none());
        for (is_allow, pattern) in patterns {
            begin.insert(at);
            for (offset, character) in pattern.iter().enumerate() {
                let place = at + offset;
                match character {
                    '*' => places.stars.insert(place),
                    '?' => places.taken_by_others.insert(place),
                    character => places.taken.entry(*character).or_insert_with(none).insert(place),
                }
                if *is_allow {
                    places.of_allows.insert(place);
                }
            }
            at += pattern.len();
            if *is_allow {
                places.allowed.insert(at);
                places.of_allows.insert(at);
            } else {
                places.denied.insert(at);
                if pattern.last() == Some(&'*') {
                    places.denied_for_good.insert(at - 1);
                }
            }
            at += 1;
        }
        for taken in places.taken.values_mut() {
            taken.add(&places.taken_by_others);
        }
        let begin = begin.past_stars(&places.stars);
        (places, begin)
    }

    fn read(&self, state: &Bits, text: &str) -> Bits {
        let step = |state: Bits, character: char| {
            state.advance(self.taken.get(&character).unwrap_or(&self.taken_by_others), &self.stars)
        };
        let state = text.chars().fold(state.clone(), step);
        let is_shut = state.meets(&self.denied_for_good) || !state.meets(&self.of_allows);
        if is_shut { Bits::none(self.count) } else { state }
    }
}

/// A state of the machine: some text was read.
pub(super) type State = usize;

pub(super) struct PolicyMachine<'a> {
    places: Places,
    states: Numbered<Bits>,
    /// For each state: does the policy allow what was read?
    open: Vec<bool>,
    letters: &'a [String],
    /// For each state and letter, where a slash and the letter lead.
    next: Vec<Vec<Option<State>>>,
}

/// Nothing that begins like this is allowed.
pub(super) const SHUT: State = 0;

impl<'a> PolicyMachine<'a> {
    /// Of a policy for methods whose ARNs begin with `prefix`; segments are some of these letters.
    pub(super) fn new(resources: &Resources, prefix: &str, letters: &'a [String]) -> (Self, State) {
        let with_effect = |is_allow: bool| move |resource: &String| (is_allow, without_double_stars(resource));
        let all = resources.allow.iter().map(with_effect(true)).chain(resources.deny.iter().map(with_effect(false)));
        let all: Vec<_> = all.collect();
        // Most places are behind after the prefix: what remains of each pattern is all that is needed.
        let (left, begins) = left_after(&all, prefix);
        let (places, _) = Places::new(&left);
        let mut begin = Bits::none(places.count);
        let mut at = 0;
        for ((_, pattern), begins) in left.iter().zip(begins) {
            for offset in begins {
                begin.insert(at + offset);
            }
            at += pattern.len() + 1;
        }
        let none = Bits::none(places.count);
        let mut machine = Self { places, states: Numbered::new(), open: vec![], letters, next: vec![] };
        assert_eq!(machine.number(none), SHUT);
        let begin = machine.number(begin);
        (machine, begin)
    }

    fn number(&mut self, state: Bits) -> State {
        let open = state.meets(&self.places.allowed) && !state.meets(&self.places.denied);
        let (number, is_new) = self.states.number(state);
        if is_new {
            self.open.push(open);
            self.next.push(vec![None; self.letters.len()]);
        }
        number
    }

    pub(super) fn is_open(&self, state: State) -> bool {
        self.open[state]
    }

    /// Where a text leads.
    pub(super) fn read(&mut self, state: State, text: &str) -> State {
        let next = self.places.read(&self.states.all[state], text);
        self.number(next)
    }

    /// Where a slash and the letter of this number lead.
    pub(super) fn next(&mut self, state: State, letter: usize) -> State {
        if let Some(known) = self.next[state][letter] {
            return known;
        }
        let slash = self.places.read(&self.states.all[state], "/");
        let read = self.places.read(&slash, &self.letters[letter]);
        let next = self.number(read);
        self.next[state][letter] = Some(next);
        next
    }
}

fn without_double_stars(pattern: &str) -> Vec<char> {
    let mut characters: Vec<char> = pattern.chars().collect();
    characters.dedup_by(|one, other| *one == '*' && *other == '*');
    characters
}

/// What is left to match of each pattern that can still match behind a text, and the places in it that the text leads to.
fn left_after(patterns: &[Pattern], text: &str) -> (Vec<Pattern>, Vec<Vec<usize>>) {
    let mut left = (vec![], vec![]);
    for (is_allow, pattern) in patterns {
        let (places, begin) = Places::new(&[(true, pattern.clone())]);
        let reached: Vec<usize> = places.read(&begin, text).iter().collect();
        if let Some(first) = reached.first() {
            left.0.push((*is_allow, pattern[*first..].to_vec()));
            left.1.push(reached.iter().map(|place| place - first).collect());
        }
    }
    left
}
