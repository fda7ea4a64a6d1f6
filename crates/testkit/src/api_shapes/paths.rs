//! First step of a document: its paths and their verbs, drawn from the measured figures.

use super::measure::pairs_where_a_literal_wins;
use super::random::Random;
use super::tree::{Segment, Tree};
use super::words::Words;
use super::{Kind, Shape};
use std::cmp::Reverse;
use std::collections::BTreeMap;

/// Trees that are made for one document.
const TREES: usize = 8;

/// The one of some trees in which literals take about as many requests from parameters as in the measured document.
/// That depends on which nodes meet by chance, so one tree alone may have twice as many such pairs, or half.
pub(super) fn nearest(shape: &Shape, words: &mut Words, random: &mut Random) -> Tree {
    let tree = || {
        let mut tree = grown(shape, random);
        name_literals(shape, &mut tree, words, random);
        tree
    };
    let far = |tree: &Tree| pairs_where_a_literal_wins(tree).abs_diff(shape.figures.pairs_where_a_literal_wins);
    std::iter::repeat_with(tree).take(TREES).min_by_key(far).unwrap()
}

/// The tree of paths with their verbs. Literals have no text yet.
fn grown(shape: &Shape, random: &mut Random) -> Tree {
    let mut tree = Tree::new();
    for (name, kind) in shape.kinds_by_length() {
        let mut nodes: Vec<_> = (0..tree.0.len()).filter(|node| tree.0[*node].kind == name).collect();
        random.shuffle(&mut nodes);
        add_children(&mut tree, &nodes, kind);
        add_verbs(&mut tree, &nodes, kind, random);
    }
    tree
}

fn add_children(tree: &mut Tree, nodes: &[usize], kind: &Kind) {
    let (beside, literals) = (kind.literals_beside_parameter.numbers(), kind.literals_alone.numbers());
    let (with_both, nodes) = nodes.split_at(beside.clone().count());
    for (node, count) in with_both.iter().zip(beside) {
        add_literals(tree, *node, count, true);
        tree.add(*node, Segment::Parameter, true);
    }
    let (with_literals, nodes) = nodes.split_at(literals.clone().count());
    for (node, count) in with_literals.iter().zip(literals) {
        add_literals(tree, *node, count, false);
    }
    let (with_parameter, nodes) = nodes.split_at(kind.with_parameter_alone);
    for node in with_parameter {
        tree.add(*node, Segment::Parameter, false);
    }
    // Most greedy parameters stand alone.
    for node in nodes.iter().chain(with_literals).chain(with_both).take(kind.with_greedy) {
        tree.add(*node, Segment::Greedy, false);
    }
}

fn add_literals(tree: &mut Tree, parent: usize, count: usize, beside: bool) {
    for _ in 0..count {
        tree.add(parent, Segment::Literal(String::new()), beside);
    }
}

/// Every leaf has verbs, and as many inner nodes as are left over.
fn add_verbs(tree: &mut Tree, nodes: &[usize], kind: &Kind, random: &mut Random) {
    let times = |(verbs, times): (_, &usize)| std::iter::repeat_n(verbs, *times);
    let mut verbs: Vec<&String> = kind.verbs.iter().flat_map(times).collect();
    random.shuffle(&mut verbs);
    let (inner, leaves): (Vec<usize>, Vec<usize>) = nodes.iter().partition(|node| !tree.0[**node].children.is_empty());
    for (node, verbs) in leaves.into_iter().chain(inner).zip(verbs) {
        tree.0[node].verbs = verbs.split(' ').map(str::to_owned).collect();
    }
}

/// Texts for the literals, which recur as often as the measured ones.
fn name_literals(shape: &Shape, tree: &mut Tree, words: &mut Words, random: &mut Random) {
    let mut used: BTreeMap<String, usize> = BTreeMap::new();
    for (name, kind) in shape.kinds_by_length() {
        let mut unnamed = UnnamedLiterals::of(tree, name);
        let mut free = used.clone();
        let mut named = Vec::new();
        for count in kind.literals.known.numbers() {
            let text = random.weighted(&free.values().map(|uses| uses * uses).collect::<Vec<_>>());
            let text = text
                .and_then(|place| free.keys().nth(place).cloned())
                .unwrap_or_else(|| words.make(kind.literals.bytes, random));
            free.remove(&text);
            named.push((count, text));
        }
        named.extend(kind.literals.new.numbers().map(|count| (count, words.make(kind.literals.bytes, random))));
        // What stands in most places comes first, while there are most parents to choose from.
        named.sort_by_key(|(count, _)| Reverse(*count));
        for (count, text) in named {
            for node in unnamed.take(count, random) {
                tree.0[node].segment = Segment::Literal(text.clone());
                *used.entry(text.clone()).or_default() += 1;
            }
        }
        for node in unnamed.rest() {
            tree.0[node].segment = Segment::Literal(words.make(kind.literals.bytes, random));
        }
    }
}

/// Literals of one kind that have no text yet, a list for each parent.
struct UnnamedLiterals(Vec<Vec<usize>>);

impl UnnamedLiterals {
    fn of(tree: &Tree, kind: &str) -> Self {
        let mut by_parent: BTreeMap<usize, Vec<usize>> = BTreeMap::new();
        if kind.ends_with(['L', 'l']) {
            for (place, node) in tree.0.iter().enumerate().filter(|(_, node)| node.kind == kind) {
                by_parent.entry(node.parent).or_default().push(place);
            }
        }
        Self(by_parent.into_values().collect())
    }

    /// That many, no two below one parent, from the parents with most of them.
    fn take(&mut self, count: usize, random: &mut Random) -> Vec<usize> {
        random.shuffle(&mut self.0);
        self.0.sort_by_key(|nodes| Reverse(nodes.len()));
        self.0.iter_mut().take(count).filter_map(Vec::pop).collect()
    }

    fn rest(self) -> impl Iterator<Item = usize> {
        self.0.into_iter().flatten()
    }
}
