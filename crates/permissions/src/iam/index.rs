//! Which rows does a glob meet, and which match a word? For all rows at once.
//!
//! A set of rows is a set of bits. For each place of a path there are the rows that have a given text there, those that have
//! a parameter there, and those that are longer. A glob is read segment by segment; for each number of segments that it may
//! have taken so far, the rows are kept that still agree.
//!
//! Example with the rows 0 `/orders`, 1 `/orders/{id}`, 2 `/orders/{id}/pii`: the glob `orders/*` agrees with 0, 1, 2 after one
//! segment; its star takes one more (1, 2) or two more (2). Row 1 ends after the first, row 2 after the second: both are met.

use super::bits::Bits;
use super::budget::{Budget, Spent};
use super::word::{EMPTY, Glob, Row, Seg, Text, VerbSeg};
use std::collections::HashMap;

/// The rows of one compilation, ready to be asked about all at once.
#[derive(Debug)]
pub(super) struct Index {
    /// Rows with this text at this place.
    text: HashMap<(usize, Text), Bits>,
    places: Vec<Place>,
    all: Bits,
}

/// What is known of one place of a path. The last place stands for all behind it: only greedy rows reach there.
#[derive(Debug)]
struct Place {
    /// Rows with one parameter here.
    one: Bits,
    /// Greedy rows whose last parameter may have begun before this place: they take anything here.
    tail: Bits,
    /// Rows with a segment here.
    longer: Bits,
    /// Rows whose paths may end before this place.
    ends: Bits,
}

impl Index {
    pub(super) fn new(rows: &[Row]) -> Self {
        let longest = rows.iter().map(|row| row.word.len()).max().unwrap_or_default();
        let none = Bits::none(rows.len());
        let place = || Place { one: none.clone(), tail: none.clone(), longer: none.clone(), ends: none.clone() };
        let mut places: Vec<Place> = (0..=longest + 1).map(|_| place()).collect();
        let mut text: HashMap<(usize, Text), Bits> = HashMap::new();
        for (number, row) in rows.iter().enumerate() {
            let length = row.word.len();
            for (at, place) in places.iter_mut().enumerate() {
                let tail = row.greedy && at + 1 >= length;
                let set = |bits: &mut Bits, is_in: bool| {
                    if is_in {
                        bits.insert(number);
                    }
                };
                set(&mut place.tail, tail);
                set(&mut place.longer, tail || at < length);
                set(&mut place.ends, at == length || (row.greedy && at > length));
                match row.word.get(at) {
                    Some(Seg::Text(own)) => text.entry((at, *own)).or_insert_with(|| none.clone()).insert(number),
                    Some(Seg::Open) if !tail => place.one.insert(number),
                    _ => {}
                }
            }
        }
        Self { text, places, all: Bits::all(rows.len()) }
    }

    /// The longest row's length.
    pub(super) fn longest(&self) -> usize {
        self.places.len().saturating_sub(2)
    }

    /// The rows with which the glob has a path in common, whatever the verb.
    pub(super) fn touched(&self, glob: &Glob, budget: &mut Budget) -> Result<Bits, Spent> {
        self.read(glob, false, budget)
    }

    /// The rows of which the glob matches a path whose parameters are texts of their own: parameters are matched by stars
    /// alone. Of a greedy row it may be a path of any length.
    pub(super) fn swallowed(&self, glob: &Glob, budget: &mut Budget) -> Result<Bits, Spent> {
        self.read(glob, true, budget)
    }

    fn read(&self, glob: &Glob, exact: bool, budget: &mut Budget) -> Result<Bits, Spent> {
        let words = self.all.words();
        budget.spend((glob.path.len() + 1) * self.places.len() * words)?;
        let mut agreeing = vec![Bits::none(0); self.places.len()];
        if let Some(first) = agreeing.first_mut() {
            first.clone_from(&self.all);
        }
        if glob.verb == VerbSeg::Star {
            self.take_more(&mut agreeing);
        }
        for seg in &glob.path {
            agreeing = match seg {
                Seg::Open => self.take_any(&agreeing),
                Seg::Text(text) => self.take_text(&agreeing, *text, exact),
            };
        }
        let mut found = Bits::none(words * 64);
        for (agree, place) in agreeing.iter().zip(&self.places) {
            found.add_common(agree, &place.ends);
        }
        Ok(found)
    }

    /// A verb's star may take segments of the path, too.
    fn take_more(&self, agreeing: &mut [Bits]) {
        let mut taken = self.all.clone();
        for (at, place) in self.places.iter().enumerate() {
            taken.keep(&place.longer);
            if let Some(next) = agreeing.get_mut(at + 1) {
                next.clone_from(&taken);
            }
        }
    }

    /// A star takes one segment or more.
    fn take_any(&self, agreeing: &[Bits]) -> Vec<Bits> {
        let mut next = vec![Bits::none(0); agreeing.len()];
        let mut taken = Bits::none(self.all.words() * 64);
        for (at, (agree, place)) in agreeing.iter().zip(&self.places).enumerate() {
            taken.add(agree);
            taken.keep(&place.longer);
            let to = (at + 1).min(agreeing.len() - 1);
            if let Some(next) = next.get_mut(to).filter(|_| !taken.is_empty()) {
                if next.words() == 0 {
                    next.clone_from(&taken);
                } else {
                    next.add(&taken);
                }
            }
        }
        next
    }

    /// A text takes one segment that can be it.
    fn take_text(&self, agreeing: &[Bits], text: Text, exact: bool) -> Vec<Bits> {
        let mut next = vec![Bits::none(0); agreeing.len()];
        for (at, (agree, place)) in agreeing.iter().zip(&self.places).enumerate() {
            if agree.words() == 0 {
                continue;
            }
            let mut taking = Bits::none(self.all.words() * 64);
            if let Some(rows) = self.text.get(&(at, text)) {
                taking.add(rows);
            }
            if !exact && text != EMPTY {
                taking.add(&place.one);
                taking.add(&place.tail);
            }
            taking.keep(agree);
            let to = (at + 1).min(agreeing.len() - 1);
            if let Some(next) = next.get_mut(to).filter(|_| !taking.is_empty()) {
                if next.words() == 0 {
                    *next = taking;
                } else {
                    next.add(&taking);
                }
            }
        }
        next
    }

    /// The rows that match every path that the word stands for.
    pub(super) fn containing(&self, word: &[Seg], budget: &mut Budget) -> Result<Bits, Spent> {
        self.matching(word, false, budget)
    }

    /// The rows that match some path that the word stands for, its open segments being any texts.
    pub(super) fn meeting(&self, word: &[Seg], budget: &mut Budget) -> Result<Bits, Spent> {
        self.matching(word, true, budget)
    }

    fn matching(&self, word: &[Seg], some: bool, budget: &mut Budget) -> Result<Bits, Spent> {
        budget.spend((word.len() + 1) * self.all.words())?;
        let last = self.places.len() - 1;
        let mut rows = self.all.clone();
        let mut fitting = Bits::none(self.all.words() * 64);
        for (at, seg) in word.iter().enumerate() {
            let Some(place) = self.places.get(at.min(last)) else { break };
            fitting.clear();
            match seg {
                Seg::Open if some => fitting.add(&place.longer),
                Seg::Open => {
                    fitting.add(&place.one);
                    fitting.add(&place.tail);
                }
                Seg::Text(text) => {
                    if let Some(spelled) = self.text.get(&(at, *text)) {
                        fitting.add(spelled);
                    }
                    if *text != EMPTY {
                        fitting.add(&place.one);
                        fitting.add(&place.tail);
                    }
                }
            }
            rows.keep(&fitting);
        }
        if let Some(place) = self.places.get(word.len().min(last)) {
            rows.keep(&place.ends);
        }
        Ok(rows)
    }
}
