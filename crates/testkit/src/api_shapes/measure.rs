//! Reads the figures of a shape from a document.

use super::tree::{Segment, Tree};
use super::{Figures, Kind, Literals, Runs, Shape, Split};
use serde_json::Value;
use std::collections::{BTreeMap, BTreeSet};

/// The shape of a document. The name, the source and the split are the caller's to know.
pub fn shape(document: &Value, name: &str, source: &str, split: Split) -> Shape {
    let tree = Tree::read(document);
    let areas = Areas::of(&tree);
    Shape {
        name: name.to_owned(),
        source: source.to_owned(),
        split,
        two_scopes_percent: two_scopes_percent(document, split),
        parameter_bytes: parameter_bytes(document),
        kinds: kinds(&tree, &areas),
        areas: areas.sizes(&tree),
        same_area_as_same_text_percent: areas.same_text_percent(&tree),
        same_area_as_sibling_percent: areas.sibling_percent(&tree),
        parameter_in_area_above_percent: areas.above_percent(&tree, false),
        literal_in_area_above_percent: areas.above_percent(&tree, true),
        figures: figures(document),
    }
}

pub fn figures(document: &Value) -> Figures {
    let tree = Tree::read(document);
    let permissions = document["permissions"].as_array().unwrap();
    let scopes: BTreeSet<_> =
        permissions.iter().flat_map(|one| one["scopes"].as_array().unwrap()).map(Value::as_str).collect();
    let paths = tree.paths().count();
    let segments: usize = tree.paths().map(|path| path.kind.len()).sum();
    let parameters: usize = tree.paths().map(|path| path.kind.matches(['P', 'p', 'G']).count()).sum();
    let sizes = permissions.iter().map(|one| one["allow"].as_array().unwrap().len());
    let beside = |node: &usize| tree.literals(*node) > 0 && tree.has_parameter(*node);
    Figures {
        routes: tree.paths().map(|path| path.verbs.len()).sum(),
        paths,
        permissions: permissions.len(),
        scopes: scopes.len(),
        largest_permission: sizes.max().unwrap(),
        segments_percent: segments * 100 / paths,
        deepest: tree.paths().map(|path| path.kind.len()).max().unwrap(),
        parameters_percent: parameters * 100 / segments,
        greedy: tree.paths().filter(|path| path.kind.ends_with('G')).count(),
        literals_beside_parameters: (0..tree.0.len()).filter(beside).count(),
        pairs_where_a_literal_wins: pairs_where_a_literal_wins(&tree),
        same_area_below_parameter_percent: same_area_below_parameter_percent(&tree, &Areas::of(&tree).own),
        suffix_places_percent: suffix_places_percent(&tree),
        bytes: document.to_string().len(),
    }
}

/// Pairs of paths of one length that share a request, which the first takes with a literal.
pub(super) fn pairs_where_a_literal_wins(tree: &Tree) -> usize {
    let paths = (0..tree.0.len()).filter(|node| !tree.0[*node].verbs.is_empty());
    let paths: Vec<_> = paths.map(|path| tree.segments(path)).collect();
    let wins = |one: &[&Segment], other: &[&Segment]| {
        let mut first = None;
        for (one, other) in one.iter().zip(other) {
            match (one, other) {
                (Segment::Literal(one), Segment::Literal(other)) if one != other => return false,
                (Segment::Literal(_), Segment::Parameter) => first = first.or(Some(true)),
                (Segment::Parameter, Segment::Literal(_)) => first = first.or(Some(false)),
                (Segment::Greedy, _) | (_, Segment::Greedy) => return false,
                _ => (),
            }
        }
        first == Some(true)
    };
    let of = |one: &Vec<&Segment>| paths.iter().filter(|other| one.len() == other.len() && wins(one, other)).count();
    paths.iter().map(of).sum()
}

/// Of the pairs of a path that ends in a parameter and a path below it: those in one area.
pub(super) fn same_area_below_parameter_percent<Area: PartialEq>(tree: &Tree, areas: &[Option<Area>]) -> usize {
    let (mut all, mut alike) = (0, 0);
    for node in (1..tree.0.len()).filter(|node| !tree.0[*node].verbs.is_empty()) {
        let mut above = tree.path_above(node);
        while let Some(path) = above {
            if tree.0[path].segment == Segment::Parameter {
                all += 1;
                alike += usize::from(areas[path] == areas[node]);
            }
            above = tree.path_above(path);
        }
    }
    (alike * 100).checked_div(all).unwrap_or(0)
}

/// Of the literals after a parameter, each by its place in the tree: how many stand in several places?
fn suffix_places_percent(tree: &Tree) -> usize {
    let mut places: BTreeMap<&Segment, usize> = BTreeMap::new();
    for node in tree.0.iter().filter(|node| node.kind.contains(['P', 'p']) && node.kind.ends_with(['L', 'l'])) {
        *places.entry(&node.segment).or_default() += 1;
    }
    let all: usize = places.values().sum();
    let shared: usize = places.values().filter(|count| **count > 1).sum();
    (shared * 100).checked_div(all).unwrap_or(0)
}

fn two_scopes_percent(document: &Value, split: Split) -> usize {
    if split == Split::ReadNeedsBoth {
        return 0;
    }
    let permissions = document["permissions"].as_array().unwrap();
    let several = permissions.iter().filter(|one| one["scopes"].as_array().unwrap().len() > 1).count();
    several * 100 / permissions.len()
}

/// Of the names of all parameters in all routes, on average.
fn parameter_bytes(document: &Value) -> usize {
    let text = document.to_string();
    let names: Vec<_> = text.split("/{").skip(1).map(|rest| rest.split(['}', '+']).next().unwrap().len()).collect();
    names.iter().sum::<usize>().checked_div(names.len()).unwrap_or(1)
}

fn kinds(tree: &Tree, areas: &Areas) -> BTreeMap<String, Kind> {
    let mut kinds: BTreeMap<String, Kind> = BTreeMap::new();
    let mut counts: BTreeMap<(&str, bool), Vec<usize>> = BTreeMap::new();
    let below = tree.path_counts();
    for (place, node) in tree.0.iter().enumerate() {
        let kind = kinds.entry(node.kind.clone()).or_default();
        let (literals, parameter) = (tree.literals(place), tree.has_parameter(place));
        kind.with_parameter_alone += usize::from(parameter && literals == 0);
        kind.with_greedy += usize::from(tree.has_greedy(place));
        if areas.subtree[place].len() > 1 {
            kind.in_several_areas += 1;
            kind.paths_in_several_areas += below[place];
        }
        if literals > 0 {
            counts.entry((&node.kind, parameter)).or_default().push(literals);
        }
        if !node.verbs.is_empty() {
            let verbs: Vec<_> = node.verbs.iter().map(String::as_str).collect();
            *kind.verbs.entry(verbs.join(" ")).or_default() += 1;
        }
    }
    for ((kind, beside), counts) in counts {
        let kind = kinds.get_mut(kind).unwrap();
        *(if beside { &mut kind.literals_beside_parameter } else { &mut kind.literals_alone }) = Runs::of(counts);
    }
    let mut known = BTreeSet::new();
    let mut by_length: Vec<_> = kinds.iter_mut().collect();
    by_length.sort_by_key(|(kind, _)| kind.len());
    for (name, kind) in by_length.into_iter().filter(|(kind, _)| kind.ends_with(['L', 'l'])) {
        kind.literals = literals(tree, name, &mut known);
        kind.literals.bytes = literal_bytes(tree, name, &below);
    }
    kinds
}

/// On average, where a literal counts as often as there are paths with it.
fn literal_bytes(tree: &Tree, kind: &str, below: &[usize]) -> usize {
    let nodes = tree.0.iter().zip(below).filter(|(node, _)| node.kind == kind);
    let length = |segment: &Segment| if let Segment::Literal(text) = segment { text.len() } else { 0 };
    let (bytes, paths) =
        nodes.fold((0, 0), |(bytes, paths), (node, below)| (bytes + length(&node.segment) * below, paths + below));
    (bytes + paths / 2) / paths
}

/// How often each text is used at one kind of place, apart from texts that shorter kinds of places have.
fn literals<'tree>(tree: &'tree Tree, kind: &str, known: &mut BTreeSet<&'tree Segment>) -> Literals {
    let mut uses: BTreeMap<&Segment, usize> = BTreeMap::new();
    for node in tree.0.iter().filter(|node| node.kind == kind) {
        *uses.entry(&node.segment).or_default() += 1;
    }
    let (old, new): (Vec<_>, Vec<_>) = uses.into_iter().partition(|(text, _)| known.contains(text));
    known.extend(new.iter().map(|(text, _)| *text));
    let runs = |uses: Vec<(&Segment, usize)>| Runs::of(uses.into_iter().map(|(_, count)| count).collect());
    Literals { bytes: 0, known: runs(old), new: runs(new) }
}

/// Which area each path belongs to.
struct Areas<'tree> {
    /// For each node the areas of the paths at it and below.
    subtree: Vec<BTreeSet<&'tree str>>,
    own: Vec<Option<&'tree str>>,
}

impl<'tree> Areas<'tree> {
    fn of(tree: &'tree Tree) -> Self {
        let most = |areas: &'tree BTreeMap<String, usize>| {
            areas.iter().rev().max_by_key(|(_, count)| **count).map(|(area, _)| area.as_str())
        };
        let own: Vec<_> = tree.0.iter().map(|node| most(&node.areas)).collect();
        let mut subtree: Vec<BTreeSet<_>> = own.iter().map(|area| area.iter().copied().collect()).collect();
        for node in (1..subtree.len()).rev() {
            let areas = subtree[node].clone();
            subtree[tree.0[node].parent].extend(areas);
        }
        Self { subtree, own }
    }

    /// Paths of each area, most first.
    fn sizes(&self, tree: &Tree) -> Runs {
        let mut sizes: BTreeMap<&str, usize> = BTreeMap::new();
        for area in self.own.iter().take(tree.0.len()).flatten() {
            *sizes.entry(area).or_default() += 1;
        }
        Runs::of(sizes.into_values().collect())
    }

    /// The tops of the largest subtrees that lie in one area.
    fn tops(&self, tree: &Tree) -> Vec<usize> {
        let parent_is_mixed = |node: usize| node == 0 || self.subtree[tree.0[node].parent].len() > 1;
        (0..tree.0.len()).filter(|node| self.subtree[*node].len() == 1 && parent_is_mixed(*node)).collect()
    }

    fn same_text_percent(&self, tree: &Tree) -> usize {
        let literal = |node: &usize| matches!(tree.0[*node].segment, Segment::Literal(_));
        self.share(tree, literal, |tree, node| tree.0[node].segment.clone())
    }

    fn sibling_percent(&self, tree: &Tree) -> usize {
        self.share(tree, |_| true, |tree, node| tree.0[node].parent)
    }

    /// Of the parts below a path, and the paths of nodes with several areas, that are literals or are not: how many
    /// have the area of the path above?
    fn above_percent(&self, tree: &Tree, literals: bool) -> usize {
        let below = tree.path_counts();
        let (mut all, mut alike) = (0, 0);
        let mixed = (1..tree.0.len()).filter(|node| self.own[*node].is_some() && self.subtree[*node].len() > 1);
        for node in mixed.map(|node| (node, 1)).chain(self.tops(tree).into_iter().map(|top| (top, below[top]))) {
            let (node, paths) = node;
            let area = self.own[node].or(self.subtree[node].first().copied());
            let is_literal = matches!(tree.0[node].segment, Segment::Literal(_));
            if let Some(above) = tree.path_above(node).filter(|_| is_literal == literals) {
                all += paths;
                alike += if self.own[above] == area { paths } else { 0 };
            }
        }
        (alike * 100).checked_div(all).unwrap_or(0)
    }

    /// Of the tops that have others with the same key: how many have one with the same area?
    fn share<Key: Ord>(
        &self,
        tree: &Tree,
        counts: impl Fn(&usize) -> bool,
        key: impl Fn(&Tree, usize) -> Key,
    ) -> usize {
        let mut groups: BTreeMap<Key, Vec<&str>> = BTreeMap::new();
        for top in self.tops(tree).into_iter().filter(counts) {
            groups.entry(key(tree, top)).or_default().push(self.subtree[top].first().unwrap());
        }
        let several: Vec<_> = groups.into_values().filter(|areas| areas.len() > 1).collect();
        let all: usize = several.iter().map(Vec::len).sum();
        let alike = |areas: &Vec<&str>| {
            areas.iter().filter(|area| areas.iter().filter(|other| other == area).count() > 1).count()
        };
        (several.iter().map(alike).sum::<usize>() * 100).checked_div(all).unwrap_or(0)
    }
}
