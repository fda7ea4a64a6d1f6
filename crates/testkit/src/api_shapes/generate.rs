//! Makes documents of a shape. Each step draws from the measured figures: first the tree of paths, then the literals,
//! then which area each path belongs to, last the permissions.

use super::measure::pairs_where_a_literal_wins;
use super::random::Random;
use super::tree::{Segment, Tree};
use super::{Kind, Shape, Split};
use serde_json::{Value, json};
use std::collections::{BTreeMap, BTreeSet};

/// Of routes that POST or DELETE, where creating and deleting have scopes of their own: how many of a hundred need the
/// scope for updates. 34 of 115 and 10 of 89 routes of digitalocean with one scope do.
const POST_UPDATES_PERCENT: usize = 30;
const DELETE_UPDATES_PERCENT: usize = 11;

/// Trees that are made for one document.
const TREES: usize = 8;

/// The mean length of a scope without what is done there: 9 to 16 bytes in the eight documents.
const AREA_BYTES: usize = 12;

/// A permission document of this shape, always the same for the same seed.
pub fn document(shape: &Shape, seed: u64, complete: bool) -> Value {
    let mut random = Random::new(seed);
    let mut words = Words::default();
    let tree = nearest(shape, &mut words, &mut random);
    let areas = areas(shape, &tree, &mut random);
    let permissions = permissions(shape, &tree, &areas, &mut words, &mut random);
    if complete { json!({"complete": true, "permissions": permissions}) } else { json!({"permissions": permissions}) }
}

/// The one of some trees in which literals take about as many requests from parameters as in the measured document.
/// That depends on which nodes meet by chance, so one tree alone may have twice as many such pairs, or half.
fn nearest(shape: &Shape, words: &mut Words, random: &mut Random) -> Tree {
    let tree = || {
        let mut tree = grown(shape, random);
        name_literals(shape, &mut tree, words, random);
        tree
    };
    let far = |tree: &Tree| pairs_where_a_literal_wins(tree).abs_diff(shape.figures.pairs_where_a_literal_wins);
    std::iter::repeat_with(tree).take(TREES).min_by_key(far).unwrap()
}

/// Kinds with parents before their children.
fn by_length(shape: &Shape) -> Vec<(&str, &Kind)> {
    let mut kinds: Vec<_> = shape.kinds.iter().map(|(name, kind)| (name.as_str(), kind)).collect();
    kinds.sort_by_key(|(name, _)| name.len());
    kinds
}

/// The tree of paths with their verbs. Literals have no text yet.
fn grown(shape: &Shape, random: &mut Random) -> Tree {
    let mut tree = Tree::new();
    for (name, kind) in by_length(shape) {
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
    for (name, kind) in by_length(shape) {
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
        named.sort_by_key(|(count, _)| std::cmp::Reverse(*count));
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
        self.0.sort_by_key(|nodes| std::cmp::Reverse(nodes.len()));
        self.0.iter_mut().take(count).filter_map(Vec::pop).collect()
    }

    fn rest(self) -> impl Iterator<Item = usize> {
        self.0.into_iter().flatten()
    }
}

/// The area of each node that is a path.
fn areas(shape: &Shape, tree: &Tree, random: &mut Random) -> BTreeMap<usize, usize> {
    let counts = tree.path_counts();
    let mixed = mixed(shape, tree, &counts, random);
    let mut left: Vec<usize> = shape.areas.numbers().collect();
    let mut chosen = ChosenAreas::default();
    let is_top = |node: &usize| !mixed.contains(node) && (*node == 0 || mixed.contains(&tree.0[*node].parent));
    let mut tops: Vec<usize> = (0..tree.0.len()).filter(is_top).collect();
    random.shuffle(&mut tops);
    // The largest first, while there is an area with room for them.
    tops.sort_by_key(|top| std::cmp::Reverse(counts[*top]));
    for top in tops {
        let area = chosen.next(shape, tree, top, counts[top], &left, random);
        left[area] = left[area].saturating_sub(counts[top]);
        chosen.remember(tree, top, area);
    }
    for node in mixed.into_iter().filter(|node| !tree.0[*node].verbs.is_empty()) {
        let below = chosen.below.get(&node).filter(|_| random.percent(shape.same_area_as_below_percent));
        let below = below.map(|areas| areas[random.below(areas.len())]);
        let area = below.or_else(|| random.weighted(&left)).unwrap_or(0);
        left[area] = left[area].saturating_sub(1);
        chosen.tops.insert(node, area);
    }
    spread(tree, &chosen.tops)
}

/// Nodes whose paths are in several areas: the measured number of each kind, likelier the more paths they have.
fn mixed(shape: &Shape, tree: &Tree, counts: &[usize], random: &mut Random) -> BTreeSet<usize> {
    let mut mixed = BTreeSet::new();
    for (name, kind) in by_length(shape) {
        let may = |node: &usize| tree.0[*node].kind == name && (*node == 0 || mixed.contains(&tree.0[*node].parent));
        let nodes: Vec<usize> = (0..tree.0.len()).filter(may).collect();
        let mut weights: Vec<usize> = nodes.iter().map(|node| (counts[*node] - 1).pow(2)).collect();
        for _ in 0..kind.in_several_areas {
            let Some(place) = random.weighted(&weights) else { break };
            weights[place] = 0;
            mixed.insert(nodes[place]);
        }
    }
    mixed
}

/// What earlier parts got.
#[derive(Default)]
struct ChosenAreas {
    of_text: BTreeMap<Segment, Vec<usize>>,
    below: BTreeMap<usize, Vec<usize>>,
    tops: BTreeMap<usize, usize>,
}

impl ChosenAreas {
    /// The area of a part of that many paths, while areas have room for as many as `left` says.
    fn next(&self, shape: &Shape, tree: &Tree, top: usize, paths: usize, left: &[usize], random: &mut Random) -> usize {
        let node = &tree.0[top];
        let alike = [
            (self.of_text.get(&node.segment), shape.same_area_as_same_text_percent),
            (self.below.get(&node.parent), shape.same_area_as_sibling_percent),
        ];
        for (areas, percent) in alike {
            let with_room = areas.into_iter().flatten().copied().filter(|area| left[*area] >= paths);
            let with_room: Vec<usize> = with_room.collect();
            if !with_room.is_empty() && random.percent(percent) {
                return with_room[random.below(with_room.len())];
            }
        }
        if let Some(fitting) = left.iter().position(|left| *left == paths) {
            return fitting;
        }
        let room: Vec<usize> = left.iter().map(|left| if *left >= paths { *left } else { 0 }).collect();
        random.weighted(&room).or_else(|| (0..left.len()).max_by_key(|area| left[*area])).unwrap()
    }

    fn remember(&mut self, tree: &Tree, top: usize, area: usize) {
        let node = &tree.0[top];
        if let Segment::Literal(_) = node.segment {
            self.of_text.entry(node.segment.clone()).or_default().push(area);
        }
        self.below.entry(node.parent).or_default().push(area);
        self.tops.insert(top, area);
    }
}

/// The areas of all nodes: a part has that of its top.
fn spread(tree: &Tree, tops: &BTreeMap<usize, usize>) -> BTreeMap<usize, usize> {
    let mut areas = BTreeMap::new();
    for (place, node) in tree.0.iter().enumerate() {
        if let Some(area) = tops.get(&place).or_else(|| areas.get(&node.parent)).copied() {
            areas.insert(place, area);
        }
    }
    areas
}

fn permissions(
    shape: &Shape,
    tree: &Tree,
    areas: &BTreeMap<usize, usize>,
    words: &mut Words,
    random: &mut Random,
) -> Vec<Value> {
    let names: Vec<String> = shape.areas.numbers().map(|_| words.make(AREA_BYTES, random)).collect();
    let parameters: Vec<String> =
        (0..shape.figures.deepest).map(|_| words.make(shape.parameter_bytes, random)).collect();
    let mut places: BTreeMap<(usize, &str), usize> = BTreeMap::new();
    let mut found: Vec<(Vec<String>, Vec<String>)> = Vec::new();
    for node in depth_first(tree) {
        let path = path(tree, node, &parameters);
        for verb in &tree.0[node].verbs {
            let deed = deed(shape.split, verb, random);
            let place = *places.entry((areas[&node], deed)).or_insert_with(|| {
                found.push((scopes(shape, &names, areas[&node], deed, random), Vec::new()));
                found.len() - 1
            });
            found[place].1.push(format!("{verb} {path}"));
        }
    }
    found.into_iter().map(|(scopes, allow)| json!({"scopes": scopes, "allow": allow})).collect()
}

fn depth_first(tree: &Tree) -> Vec<usize> {
    let (mut found, mut open) = (Vec::new(), vec![0]);
    while let Some(node) = open.pop() {
        found.push(node);
        open.extend(tree.0[node].children.iter().rev());
    }
    found
}

fn deed(split: Split, verb: &str, random: &mut Random) -> &'static str {
    let reads = matches!(verb, "GET" | "HEAD" | "OPTIONS");
    match (split, verb) {
        (Split::Whole, _) => "",
        (_, _) if reads => "read",
        (Split::ReadWrite | Split::ReadNeedsBoth, _) => "write",
        (Split::ByDeed, "POST") if !random.percent(POST_UPDATES_PERCENT) => "create",
        (Split::ByDeed, "DELETE") if !random.percent(DELETE_UPDATES_PERCENT) => "delete",
        (Split::ByDeed, _) => "update",
    }
}

fn scopes(shape: &Shape, names: &[String], area: usize, deed: &str, random: &mut Random) -> Vec<String> {
    let scope = |area: usize| if deed.is_empty() { names[area].clone() } else { format!("{}:{deed}", names[area]) };
    let mut scopes = vec![scope(area)];
    if shape.split == Split::ReadNeedsBoth && deed == "read" {
        scopes.push(format!("{}:write", names[area]));
    }
    let other = random.below(names.len());
    if random.percent(shape.two_scopes_percent) && other != area {
        scopes.push(scope(other));
    }
    scopes
}

fn path(tree: &Tree, node: usize, parameters: &[String]) -> String {
    let text = |(segment, parameter): (&Segment, &String)| match segment {
        Segment::Literal(text) => text.clone(),
        Segment::Parameter => format!("{{{parameter}}}"),
        Segment::Greedy => format!("{{{parameter}+}}"),
    };
    format!("/{}", tree.segments(node).into_iter().zip(parameters).map(text).collect::<Vec<_>>().join("/"))
}

/// Words of syllables, no two alike.
#[derive(Default)]
struct Words(BTreeSet<String>);

impl Words {
    /// A word of about this length.
    fn make(&mut self, bytes: usize, random: &mut Random) -> String {
        let mut length = bytes.div_ceil(2) + random.below(bytes + 1);
        loop {
            // A few tries, since short words run out.
            for _ in 0..8 {
                let word = word(length, random);
                if self.0.insert(word.clone()) {
                    return word;
                }
            }
            length += 1;
        }
    }
}

fn word(length: usize, random: &mut Random) -> String {
    const CONSONANTS: &[u8] = b"bcdfghklmnprstvw";
    const VOWELS: &[u8] = b"aeiou";
    let letter = |place: usize| if place.is_multiple_of(2) { CONSONANTS } else { VOWELS };
    (0..length).map(|place| char::from(letter(place)[random.below(letter(place).len())])).collect()
}
