//! The paths of a document as a tree of segments.

use serde_json::Value;
use std::collections::{BTreeMap, BTreeSet};

#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Segment {
    Literal(String),
    Parameter,
    Greedy,
}

impl Segment {
    fn read(text: &str) -> Self {
        match text.strip_prefix('{') {
            Some(name) if name.ends_with("+}") => Self::Greedy,
            Some(_) => Self::Parameter,
            None => Self::Literal(text.to_owned()),
        }
    }

    /// A literal beside a parameter is not like one that has no such sibling, nor is that parameter like others.
    fn kind(&self, beside: bool) -> char {
        match (self, beside) {
            (Self::Literal(_), false) => 'L',
            (Self::Literal(_), true) => 'l',
            (Self::Parameter, false) => 'P',
            (Self::Parameter, true) => 'p',
            (Self::Greedy, _) => 'G',
        }
    }
}

pub(super) struct Node {
    pub(super) segment: Segment,
    /// The kinds of the segments from the root to here, such as `LPL`: see [`super::Shape::kinds`].
    pub(super) kind: String,
    pub(super) parent: usize,
    pub(super) children: Vec<usize>,
    pub(super) verbs: BTreeSet<String>,
    /// How many routes of each area end here.
    pub(super) areas: BTreeMap<String, usize>,
}

/// Nodes, parents before their children. The first is the root, whose segment means nothing.
pub(super) struct Tree(pub(super) Vec<Node>);

impl Tree {
    pub(super) fn new() -> Self {
        let segment = Segment::Literal(String::new());
        let (children, verbs, areas) = Default::default();
        Self(vec![Node { segment, kind: String::new(), parent: 0, children, verbs, areas }])
    }

    pub(super) fn add(&mut self, parent: usize, segment: Segment, beside: bool) -> usize {
        let kind = format!("{}{}", self.0[parent].kind, segment.kind(beside));
        let (children, verbs, areas) = Default::default();
        self.0.push(Node { segment, kind, parent, children, verbs, areas });
        let node = self.0.len() - 1;
        self.0[parent].children.push(node);
        node
    }

    /// The tree of all routes that a document's permissions allow.
    pub(super) fn read(document: &Value) -> Self {
        let mut tree = Self::new();
        for permission in document["permissions"].as_array().unwrap() {
            let area = area(permission);
            for route in permission["allow"].as_array().unwrap() {
                let (verb, path) = route.as_str().unwrap().split_once(" /").unwrap();
                let end = tree.insert(path);
                tree.0[end].verbs.insert(verb.to_owned());
                *tree.0[end].areas.entry(area.to_owned()).or_default() += 1;
            }
        }
        tree.name_kinds();
        tree
    }

    /// Whether a segment stands beside others is known when all paths are.
    fn name_kinds(&mut self) {
        for node in 1..self.0.len() {
            let parent = self.0[node].parent;
            let beside = self.has_parameter(parent) && self.literals(parent) > 0;
            self.0[node].kind = format!("{}{}", self.0[parent].kind, self.0[node].segment.kind(beside));
        }
    }

    fn insert(&mut self, path: &str) -> usize {
        let mut node = 0;
        for text in path.split('/').filter(|text| !text.is_empty()) {
            let segment = Segment::read(text);
            let known = self.0[node].children.iter().find(|child| self.0[**child].segment == segment).copied();
            node = known.unwrap_or_else(|| self.add(node, segment, false));
        }
        node
    }

    pub(super) fn paths(&self) -> impl Iterator<Item = &Node> {
        self.0.iter().filter(|node| !node.verbs.is_empty())
    }

    /// From the root, without it.
    pub(super) fn segments(&self, node: usize) -> Vec<&Segment> {
        let mut segments = Vec::new();
        let mut at = node;
        while at != 0 {
            segments.push(&self.0[at].segment);
            at = self.0[at].parent;
        }
        segments.reverse();
        segments
    }

    /// The nearest node above that is a path, the root aside.
    pub(super) fn path_above(&self, node: usize) -> Option<usize> {
        let mut at = self.0[node].parent;
        while at != 0 && self.0[at].verbs.is_empty() {
            at = self.0[at].parent;
        }
        (at != 0).then_some(at)
    }

    /// For each node, how many paths end at it or below.
    pub(super) fn path_counts(&self) -> Vec<usize> {
        let mut counts: Vec<_> = self.0.iter().map(|node| usize::from(!node.verbs.is_empty())).collect();
        for node in (1..counts.len()).rev() {
            counts[self.0[node].parent] += counts[node];
        }
        counts
    }

    fn children(&self, node: usize) -> impl Iterator<Item = &Segment> {
        self.0[node].children.iter().map(|child| &self.0[*child].segment)
    }

    /// How many literals stand directly below.
    pub(super) fn literals(&self, node: usize) -> usize {
        self.children(node).filter(|child| matches!(child, Segment::Literal(_))).count()
    }

    pub(super) fn has_parameter(&self, node: usize) -> bool {
        self.children(node).any(|child| *child == Segment::Parameter)
    }

    pub(super) fn has_greedy(&self, node: usize) -> bool {
        self.children(node).any(|child| *child == Segment::Greedy)
    }
}

/// What a permission is about: its first scope, without a last word that says what is done there.
fn area(permission: &Value) -> &str {
    const DEEDS: [&str; 7] = ["read", "write", "manage", "create", "update", "delete", "admin"];
    let scope = permission["scopes"][0].as_str().unwrap();
    match scope.rsplit_once(['.', ':']) {
        Some((area, deed)) if DEEDS.contains(&deed) => area,
        _ => scope,
    }
}
