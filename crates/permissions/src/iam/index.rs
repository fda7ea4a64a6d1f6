//! Which rows does a glob meet, and which match a word? For all rows at once.
//!
//! A set of rows is a set of bits. For each place of a path there are the rows that have a given text there, those that have
//! a parameter there, and those that are longer. A glob is read segment by segment; for each number of segments that it may
//! have taken so far, the rows are kept that still agree.
//!
//! Example with the rows 0 `/orders`, 1 `/orders/{id}`, 2 `/orders/{id}/pii`: the glob `orders/*` agrees with 0, 1, 2 after one
//! segment; its star takes one more (1, 2) or two more (2). Row 1 ends after the first, row 2 after the second: both are met.

use super::bits::{Bits, Table};
use super::effort::{Effort, Spent};
use super::word::{EMPTY, Glob, Row, Seg, Text, VerbSeg};
use std::collections::BTreeMap;

/// The rows of one compilation, ready to be asked about all at once. Each table has a set of rows for each place of a path;
/// the last place stands for all behind it, where only greedy rows reach.
#[derive(Debug)]
pub(super) struct Index {
    all: Bits,
    /// Rows with this text at these places.
    spelled: BTreeMap<Text, Vec<(usize, Bits)>>,
    /// Rows with a parameter here, or a greedy one's that may have begun before.
    open: Table,
    /// Rows with a segment here.
    longer: Table,
    /// Rows whose paths may end before this place.
    ends: Table,
}

impl Index {
    pub(super) fn new(rows: &[Row]) -> Self {
        let longest = rows.iter().map(|row| row.word.len()).max().unwrap_or_default();
        let places = longest + 2;
        let table = || Table::new(places, rows.len());
        let mut index = Self {
            all: Bits::all(rows.len()),
            spelled: BTreeMap::new(),
            open: table(),
            longer: table(),
            ends: table(),
        };
        for (number, row) in rows.iter().enumerate() {
            for place in 0..places {
                index.enter(row, number, place);
            }
        }
        index
    }

    /// Notes what the row of this number is at this place.
    fn enter(&mut self, row: &Row, number: usize, place: usize) {
        let length = row.word.len();
        let is_in_tail = row.greedy && place + 1 >= length;
        let segment = row.word.get(place);
        if is_in_tail || segment == Some(&Seg::Open) {
            self.open.insert(place, number);
        }
        if is_in_tail || segment.is_some() {
            self.longer.insert(place, number);
        }
        if place == length || (row.greedy && place > length) {
            self.ends.insert(place, number);
        }
        if let Some(Seg::Text(text)) = segment {
            let places = self.spelled.entry(*text).or_default();
            if !places.iter().any(|(known, _)| *known == place) {
                places.push((place, Bits::none(self.all.bound())));
            }
            if let Some((_, rows)) = places.iter_mut().find(|(known, _)| *known == place) {
                rows.insert(number);
            }
        }
    }

    /// The last place.
    fn last(&self) -> usize {
        self.ends.places().saturating_sub(1)
    }

    fn spelled_at(&self, text: Text) -> &[(usize, Bits)] {
        self.spelled.get(&text).map(Vec::as_slice).unwrap_or_default()
    }

    /// The longest row's length.
    pub(super) fn longest(&self) -> usize {
        self.last().saturating_sub(1)
    }

    /// The rows with which the glob has a path in common, whatever the verb.
    pub(super) fn touched(&self, glob: &Glob, effort: &mut Effort) -> Result<Bits, Spent> {
        self.read(&self.all, glob, false, effort)
    }

    /// Those of these rows with which the glob has a path in common. A set of the first rows alone is less work.
    pub(super) fn touched_of(&self, rows: &Bits, glob: &Glob, effort: &mut Effort) -> Result<Bits, Spent> {
        self.read(rows, glob, false, effort)
    }

    /// The rows of which the glob matches a path whose parameters are texts of their own: parameters are matched by stars
    /// alone. Of a greedy row it may be a path of any length.
    pub(super) fn swallowed(&self, glob: &Glob, effort: &mut Effort) -> Result<Bits, Spent> {
        self.read(&self.all, glob, true, effort)
    }

    /// The same of these rows alone.
    pub(super) fn swallowed_of(&self, rows: &Bits, glob: &Glob, effort: &mut Effort) -> Result<Bits, Spent> {
        self.read(rows, glob, true, effort)
    }

    /// Reads the glob over these rows. With a star for its verb it may begin anywhere.
    fn read(&self, rows: &Bits, glob: &Glob, exact: bool, effort: &mut Effort) -> Result<Bits, Spent> {
        effort.spend((glob.path.len() + 1) * rows.words())?;
        let mut reading = Reading::new(self, rows);
        if glob.verb == VerbSeg::Star {
            // The verb's star may take segments of the path, too.
            reading.take_any();
            reading.begin(rows);
        }
        for seg in &glob.path {
            match seg {
                Seg::Open => reading.take_any(),
                Seg::Text(text) => reading.take_text(*text, exact),
            }
            effort.spend(rows.words() * reading.reach())?;
        }
        Ok(reading.ended())
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
        let mut rows = self.all.clone();
        for (at, seg) in word.iter().enumerate() {
            let place = at.min(self.last());
            match seg {
                Seg::Open if some => rows.keep_row(self.longer.row(place)),
                Seg::Open => rows.keep_row(self.open.row(place)),
                Seg::Text(text) => {
                    let spelled = self.spelled_at(*text).iter().find(|(known, _)| *known == at);
                    let open = if *text == EMPTY { &[] } else { self.open.row(place) };
                    rows.keep_either(spelled.map(|(_, rows)| rows.row()).unwrap_or_default(), open);
                }
            }
        }
        rows.keep_row(self.ends.row(word.len().min(self.last())));
        Ok(rows)
    }
}

/// How far a glob was read: for each number of segments taken, the rows that still agree.
struct Reading<'a> {
    index: &'a Index,
    agreeing: Table,
    /// What `agreeing` becomes; empty in between.
    next: Table,
    /// Only so many segments may have been taken, from and to.
    least: usize,
    most: usize,
}

impl<'a> Reading<'a> {
    fn new(index: &'a Index, rows: &Bits) -> Self {
        let table = || Table::new(index.ends.places(), rows.bound());
        let mut reading = Self { index, agreeing: table(), next: table(), least: 0, most: 0 };
        reading.begin(rows);
        reading
    }

    /// Lets the glob begin at the path's first segment.
    fn begin(&mut self, rows: &Bits) {
        self.agreeing.add(0, rows.row());
        self.least = 0;
    }

    /// How many numbers of segments are possible?
    fn reach(&self) -> usize {
        (self.most + 1).saturating_sub(self.least)
    }

    /// A star takes one segment or more.
    fn take_any(&mut self) {
        let last = self.index.last();
        let mut taken = Bits::none(self.agreeing.bound());
        let mut most = self.least;
        for at in self.least..=last {
            taken.add_row(self.agreeing.row(at));
            taken.keep_row(self.index.longer.row(at));
            if taken.is_empty() && at >= self.most {
                break;
            }
            most = (at + 1).min(last);
            self.next.add(most, taken.row());
        }
        self.turn(most);
    }

    /// A text takes one segment that can be it.
    fn take_text(&mut self, text: Text, exact: bool) {
        let last = self.index.last();
        let spelled = self.index.spelled_at(text);
        let is_open = !exact && text != EMPTY;
        for at in self.least..=self.most {
            let to = (at + 1).min(last);
            if is_open {
                self.next.add_common(to, self.agreeing.row(at), self.index.open.row(at));
            }
            if let Some((_, rows)) = spelled.iter().find(|(place, _)| *place == at) {
                self.next.add_common(to, self.agreeing.row(at), rows.row());
            }
        }
        self.turn((self.most + 1).min(last));
    }

    /// Goes on with what was taken.
    fn turn(&mut self, most: usize) {
        self.agreeing.clear(self.least..=self.most);
        std::mem::swap(&mut self.agreeing, &mut self.next);
        self.least = (self.least + 1).min(self.index.last());
        self.most = most;
    }

    /// The rows whose paths may end here.
    fn ended(&self) -> Bits {
        let mut ended = Bits::none(self.agreeing.bound());
        for at in self.least..=self.most {
            ended.add_common(self.agreeing.row(at), self.index.ends.row(at));
        }
        ended
    }
}
