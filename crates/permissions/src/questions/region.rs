//! The requests of one cell with one verb.

use super::Index;
use super::cells::{Pattern, Place, text};
use super::index::fixed;
use super::universe::Universe;
use super::ways::ways;
use super::who::Cell;
use crate::method::Method;
use crate::permissions::most_exact;
use crate::route::{Route, Segment};
use std::collections::BTreeSet;

/// A verb, and whether it stands for all others.
pub(crate) type Stated = (&'static str, bool);

/// Requests that are decided alike, unless a smaller region has them.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Region<'a> {
    pub(crate) route: &'a Route,
    pub(crate) verb: Stated,
    pub(crate) pattern: Pattern<'a>,
}

impl<'a> Region<'a> {
    /// The more, the more general.
    pub(crate) fn freedom(&self) -> (bool, usize, bool) {
        let classes: BTreeSet<&Place<'_>> = self.pattern.iter().filter(|place| text(place).is_none()).collect();
        (self.is_of_any_length(), classes.len(), self.verb.1)
    }

    /// Is this what a greedy route says of all lengths?
    fn is_of_any_length(&self) -> bool {
        let own = fixed(self.route).into_iter().chain([None]).enumerate();
        let own = own.map(|(place, text)| text.map_or(Place::Class(place), Place::Text));
        self.route.is_greedy() && own.eq(self.pattern.iter().cloned())
    }

    /// The places before a greedy route's last, if all others can be anything.
    fn beginning(&self) -> Option<&[Place<'a>]> {
        let fixed = self.route.segments().len().checked_sub(1).filter(|_| self.route.is_greedy())?;
        let (beginning, rest) = self.pattern.split_at_checked(fixed)?;
        let free = rest.iter().enumerate().all(|(place, value)| *value == Place::Class(fixed + place));
        free.then_some(beginning)
    }

    /// Do the two differ in nothing but how many segments the last parameter takes?
    pub(crate) fn is_but_for_length(&self, other: &Self) -> bool {
        self.verb == other.verb && self.beginning().is_some() && self.beginning() == other.beginning()
    }

    /// The same as a route that takes any number of segments.
    pub(crate) fn path_of_all_lengths(&self) -> String {
        let mut pattern = self.beginning().unwrap_or_default().to_vec();
        pattern.push(Place::Class(pattern.len()));
        let written = Self { pattern, ..self.clone() }.path(0);
        match (self.route.segments().last(), written.rsplit_once('/')) {
            (Some(Segment::Greedy(name)), Some((beginning, _))) => format!("{beginning}/{{{name}+}}"),
            _ => written,
        }
    }

    pub(crate) fn contains(&self, other: &Self) -> bool {
        let verb = self.verb == other.verb || self.verb.1;
        let fixed = if self.is_of_any_length() { self.pattern.len() - 1 } else { self.pattern.len() };
        let lengths =
            self.pattern.len() == other.pattern.len() || (self.is_of_any_length() && other.pattern.len() > fixed);
        verb && lengths && is_instance(self.pattern.get(..fixed).unwrap_or_default(), &other.pattern)
    }

    /// What the document says of it; `None` when another route of the catalog serves these requests.
    pub(crate) fn cell(&self, universe: &Universe<'a>, index: &Index<'a>) -> Option<Cell<'a>> {
        let example: Vec<String> = self.pattern.iter().filter_map(|place| example(universe, place)).collect();
        let texts: Vec<&str> = example.iter().map(String::as_str).collect();
        let method = Method::parse(universe.arn(self.verb.0, &texts)).ok()?;
        let places: Vec<Option<&str>> = texts.iter().copied().map(Some).collect();
        let served = most_exact(index.catalog_meeting(&places), &method);
        if served.is_some_and(|winner| winner.beats(self.route)) {
            return None;
        }
        let ways = ways(universe, index, &method);
        let longest = universe.sizes.last().map_or(0, |size| size + 1);
        Some(Cell { verb: self.verb.0, other_verbs: self.verb.1, path: self.path(longest), example, ways })
    }

    /// The pattern as a route would write it. `longest` is the longest path that is looked at: longer ones are like it.
    fn path(&self, longest: usize) -> String {
        let size = self.route.segments().len();
        let open = |place: usize, class: usize| match self.route.segments().get(class) {
            Some(Segment::Claim(name) | Segment::Parameter(name)) => format!("{{{name}}}"),
            Some(Segment::Greedy(name)) if self.is_of_any_length() => format!("{{{name}+}}"),
            _ if self.route.is_greedy() && place + 1 == longest => format!("{{{}+}}", (class + 2).saturating_sub(size)),
            _ => format!("{{{}}}", (class + 2).saturating_sub(size)),
        };
        let segments = self.pattern.iter().enumerate().map(|(place, value)| match value {
            Place::Text(text) => (*text).to_owned(),
            Place::Class(class) => open(place, *class),
        });
        let path = segments.collect::<Vec<_>>().join("/");
        if self.route.is_connect() { String::new() } else { format!("/{path}") }
    }
}

fn example(universe: &Universe<'_>, place: &Place<'_>) -> Option<String> {
    match place {
        Place::Text(text) => Some((*text).to_owned()),
        Place::Class(class) => universe.fresh.get(*class).cloned(),
    }
}

/// Does the pattern match everything that the other one matches, as far as it reaches?
fn is_instance(pattern: &[Place<'_>], other: &[Place<'_>]) -> bool {
    let pairs = || pattern.iter().zip(other);
    pairs().all(|(place, found)| match place {
        Place::Text(_) => place == found,
        Place::Class(_) => pairs().filter(|(same, _)| *same == place).all(|(_, also)| also == found),
    })
}
