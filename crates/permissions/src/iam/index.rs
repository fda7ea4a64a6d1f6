//! Which rows does a glob meet, and which match a word? For all rows at once.
//!
//! A set of rows is a set of bits. For each place of a path there are the rows that have a given text there, those that have
//! a parameter there, and those that are longer. A glob is read segment by segment; for each number of segments that it may
//! have taken so far, the rows are kept that still agree.
//!
//! Example with the rows 0 `/orders`, 1 `/orders/{id}`, 2 `/orders/{id}/pii`: the glob `orders/*` agrees with 0, 1, 2 after one
//! segment; its star takes one more (1, 2) or two more (2). Row 1 ends after the first, row 2 after the second: both are met.

use super::bits::Bits;
use super::effort::{Effort, Spent};
use super::word::{EMPTY, Glob, Row, Seg, Text, VerbSeg};
use std::collections::BTreeMap;

/// The rows of one compilation, ready to be asked about all at once.
#[derive(Debug)]
pub(super) struct Index {
    /// Rows with this text at this place.
    text: BTreeMap<(usize, Text), Bits>,
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

/// How far a glob was read.
struct Reading {
    /// For each number of segments taken, the rows that agree; `None` for no row.
    agreeing: Vec<Option<Bits>>,
    /// Sets that are used no more.
    spare: Vec<Bits>,
    words: usize,
}

impl Reading {
    fn put(&mut self, place: usize, rows: &Bits) {
        let rows = self.copy(rows);
        if let Some(to) = self.agreeing.get_mut(place) {
            *to = Some(rows);
        }
    }

    fn copy(&mut self, rows: &Bits) -> Bits {
        let mut copy = self.spare.pop().unwrap_or_default();
        copy.clone_from(rows);
        copy
    }
}

impl Index {
    pub(super) fn new(rows: &[Row]) -> Self {
        let longest = rows.iter().map(|row| row.word.len()).max().unwrap_or_default();
        let none = Bits::none(rows.len());
        let place = || Place { one: none.clone(), tail: none.clone(), longer: none.clone(), ends: none.clone() };
        let mut places: Vec<Place> = (0..=longest + 1).map(|_| place()).collect();
        let mut text: BTreeMap<(usize, Text), Bits> = BTreeMap::new();
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
    pub(super) fn touched(&self, glob: &Glob, effort: &mut Effort) -> Result<Bits, Spent> {
        self.read(glob, false, effort)
    }

    /// The rows of which the glob matches a path whose parameters are texts of their own: parameters are matched by stars
    /// alone. Of a greedy row it may be a path of any length.
    pub(super) fn swallowed(&self, glob: &Glob, effort: &mut Effort) -> Result<Bits, Spent> {
        self.read(glob, true, effort)
    }

    fn read(&self, glob: &Glob, exact: bool, effort: &mut Effort) -> Result<Bits, Spent> {
        let words = self.all.words();
        effort.spend((glob.path.len() + 1) * words)?;
        let mut reading = Reading { agreeing: vec![None; self.places.len()], spare: Vec::new(), words };
        reading.put(0, &self.all);
        if glob.verb == VerbSeg::Star {
            // The verb's star may take segments of the path, too.
            reading = self.take_any(reading);
            reading.put(0, &self.all);
        }
        for seg in &glob.path {
            reading = match seg {
                Seg::Open => self.take_any(reading),
                Seg::Text(text) => self.take_text(reading, *text, exact),
            };
            effort.spend(words * reading.agreeing.iter().flatten().count())?;
        }
        let mut found = Bits::none(words * 64);
        for (agree, place) in reading.agreeing.iter().zip(&self.places) {
            if let Some(agree) = agree {
                found.add_common(agree, &place.ends);
            }
        }
        Ok(found)
    }

    /// A star takes one segment or more.
    fn take_any(&self, mut reading: Reading) -> Reading {
        let last = reading.agreeing.len() - 1;
        let mut taken = Bits::none(reading.words * 64);
        let mut next: Vec<Option<Bits>> = vec![None; reading.agreeing.len()];
        for (at, place) in self.places.iter().enumerate() {
            if let Some(agree) = reading.agreeing.get_mut(at).and_then(Option::take) {
                taken.add(&agree);
                reading.spare.push(agree);
            }
            taken.keep(&place.longer);
            if taken.is_empty() {
                continue;
            }
            if let Some(to) = next.get_mut((at + 1).min(last)) {
                match to {
                    Some(rows) => rows.add(&taken),
                    None => *to = Some(reading.copy(&taken)),
                }
            }
        }
        reading.agreeing = next;
        reading
    }

    /// A text takes one segment that can be it.
    fn take_text(&self, mut reading: Reading, text: Text, exact: bool) -> Reading {
        let last = reading.agreeing.len() - 1;
        let mut next: Vec<Option<Bits>> = vec![None; reading.agreeing.len()];
        for (at, place) in self.places.iter().enumerate() {
            let Some(mut agree) = reading.agreeing.get_mut(at).and_then(Option::take) else { continue };
            let spelled = self.text.get(&(at, text));
            let open = !exact && text != EMPTY;
            match (spelled, open) {
                (Some(spelled), true) => agree.keep_any(&[spelled, &place.one, &place.tail]),
                (Some(spelled), false) => agree.keep(spelled),
                (None, true) => agree.keep_any(&[&place.one, &place.tail]),
                (None, false) => agree.clear(),
            }
            let to = next.get_mut((at + 1).min(last)).filter(|_| !agree.is_empty());
            match to {
                Some(Some(rows)) => rows.add(&agree),
                Some(to) => *to = Some(agree),
                None => reading.spare.push(agree),
            }
        }
        reading.agreeing = next;
        reading
    }

    /// The rows that match every path that the word stands for.
    pub(super) fn containing(&self, word: &[Seg], effort: &mut Effort) -> Result<Bits, Spent> {
        self.matching(word, false, effort)
    }

    /// The rows that match some path that the word stands for, its open segments being any texts.
    pub(super) fn meeting(&self, word: &[Seg], effort: &mut Effort) -> Result<Bits, Spent> {
        self.matching(word, true, effort)
    }

    fn matching(&self, word: &[Seg], some: bool, effort: &mut Effort) -> Result<Bits, Spent> {
        effort.spend((word.len() + 1) * self.all.words())?;
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
