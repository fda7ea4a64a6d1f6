//! Which rules of a document can match this path?
//!
//! A tree over the segments of all routes. A literal has a branch of its own, every other segment shares one. Walking it
//! with a path, or with a path in which some places are open, leaves a handful of rules out of thousands. It leaves
//! rules out and decides nothing: what is left is matched by the engine.

use crate::pattern::Effect;
use crate::permissions::Permissions;
use crate::route::{Route, Segment};
use std::collections::{BTreeSet, HashMap, HashSet};

/// A document with its tree.
#[derive(Debug)]
pub struct Index<'a> {
    document: &'a Permissions,
    nodes: Vec<Node<'a>>,
    /// The places in the catalog of routes that win by their literal over an allow, one of each shape.
    winners: BTreeSet<usize>,
}

#[derive(Debug, Default)]
struct Node<'a> {
    literals: HashMap<&'a str, usize>,
    open: Option<usize>,
    /// What ends here.
    ends: Vec<Entry<'a>>,
    /// What takes one more segment or any number of them.
    greedy: Vec<Entry<'a>>,
}

/// Why a route stands in a document.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Role {
    /// A permission's rule: its effect, the permission's place, and the route's place in the permission's list.
    Rule(Effect, usize, usize),
    /// The catalog names it, at this place.
    Catalog(usize),
}

#[derive(Clone, Copy, Debug)]
pub(crate) struct Entry<'a> {
    pub(crate) route: &'a Route,
    pub(crate) role: Role,
}

impl<'a> Index<'a> {
    /// Reads the document's routes.
    #[must_use]
    pub fn new(document: &'a Permissions) -> Self {
        let mut index = Self { document, nodes: vec![Node::default()], winners: BTreeSet::new() };
        for (permission, entry) in document.permissions().iter().enumerate() {
            for effect in [Effect::Allow, Effect::Deny] {
                for (place, route) in entry.routes(effect).iter().enumerate() {
                    index.insert(Entry { route, role: Role::Rule(effect, permission, place) });
                }
            }
        }
        for (place, route) in document.catalog().iter().enumerate() {
            index.insert(Entry { route, role: Role::Catalog(place) });
        }
        index.winners = index.found_winners();
        index
    }

    /// The document.
    #[must_use]
    pub fn document(&self) -> &'a Permissions {
        self.document
    }

    fn insert(&mut self, entry: Entry<'a>) {
        let mut node = 0;
        for segment in entry.route.segments() {
            node = match segment {
                Segment::Literal(text) => self.child(node, Some(text)),
                Segment::Parameter(_) | Segment::Claim(_) => self.child(node, None),
                Segment::Greedy(_) => break,
            };
        }
        if let Some(node) = self.nodes.get_mut(node) {
            let list = if entry.route.is_greedy() { &mut node.greedy } else { &mut node.ends };
            list.push(entry);
        }
    }

    fn child(&mut self, parent: usize, literal: Option<&'a str>) -> usize {
        let next = self.nodes.len();
        let Some(node) = self.nodes.get_mut(parent) else { return next };
        let child = match literal {
            Some(text) => *node.literals.entry(text).or_insert(next),
            None => *node.open.get_or_insert(next),
        };
        if child == next {
            self.nodes.push(Node::default());
        }
        child
    }

    /// Everything that can match a path of these segments, where `None` is any segment, in the document's order. Verbs
    /// are not looked at.
    pub(crate) fn meeting(&self, places: &[Option<&str>]) -> Vec<Entry<'a>> {
        let mut found = Vec::new();
        self.walk(0, places, &mut found);
        found.sort_unstable_by_key(|entry| entry.role);
        found
    }

    fn walk(&self, node: usize, places: &[Option<&str>], found: &mut Vec<Entry<'a>>) {
        let Some(node) = self.nodes.get(node) else { return };
        let Some((place, rest)) = places.split_first() else {
            found.extend(&node.ends);
            return;
        };
        found.extend(&node.greedy);
        match place {
            Some(text) => node.literals.get(text).into_iter().for_each(|child| self.walk(*child, rest, found)),
            None => node.literals.values().for_each(|child| self.walk(*child, rest, found)),
        }
        node.open.into_iter().for_each(|child| self.walk(child, rest, found));
    }

    /// Does the catalog's route at this place win over an allow?
    pub(crate) fn is_winner(&self, place: usize) -> bool {
        self.winners.contains(&place)
    }

    /// Does the catalog have a route of this shape that wins over an allow?
    pub(crate) fn wins_by_literal(&self, route: &Route) -> bool {
        !route.is_greedy() && self.wins(route)
    }

    /// The catalog's routes that can match a path of these segments.
    pub(crate) fn catalog_meeting(&self, places: &[Option<&str>]) -> impl Iterator<Item = &'a Route> + use<'a> {
        let entries = self.meeting(places).into_iter();
        entries.filter(|entry| matches!(entry.role, Role::Catalog(_))).map(|entry| entry.route)
    }

    fn found_winners(&self) -> BTreeSet<usize> {
        let mut seen = HashSet::new();
        let catalog = self.document.catalog().iter().enumerate().filter(|(_, route)| !route.is_greedy());
        let once = catalog.filter(|(_, route)| seen.insert((route.verb(), fixed(route))));
        once.filter(|(_, route)| self.wins(route)).map(|(place, _)| place).collect()
    }

    fn wins(&self, route: &Route) -> bool {
        let rivals = self.meeting(&fixed(route));
        rivals.iter().any(|rival| matches!(rival.role, Role::Rule(Effect::Allow, ..)) && route.beats(rival.route))
    }
}

/// The literals of a route's fixed places; `None` where any text can stand.
pub(crate) fn fixed(route: &Route) -> Vec<Option<&str>> {
    let places = route.segments().iter().filter(|segment| !matches!(segment, Segment::Greedy(_)));
    places.map(|segment| if let Segment::Literal(text) = segment { Some(text.as_str()) } else { None }).collect()
}
