//! Second step of a document: which area each of its paths belongs to.

use super::Shape;
use super::measure::same_area_below_parameter_percent;
use super::random::Random;
use super::tree::{Segment, Tree};
use std::cmp::Reverse;
use std::collections::{BTreeMap, BTreeSet};

/// Choices of all areas, of which the nearest to the measured document is taken.
const CHOICES: usize = 8;

/// Choices of nodes with several areas, of which the nearest to the measured document is taken.
const DRAWS: u32 = 60;

/// Of some choices the one in which paths below parameters are about as often in the area above as measured.
pub(super) fn nearest(shape: &Shape, tree: &Tree, random: &mut Random) -> Vec<Option<usize>> {
    let measured = shape.figures.same_area_below_parameter_percent;
    let far = |areas: &Vec<_>| same_area_below_parameter_percent(tree, areas).abs_diff(measured);
    std::iter::repeat_with(|| areas(shape, tree, random)).take(CHOICES).min_by_key(far).unwrap()
}

/// The area of each node. All paths have one.
fn areas(shape: &Shape, tree: &Tree, random: &mut Random) -> Vec<Option<usize>> {
    let counts = tree.path_counts();
    let mixed = mixed(shape, tree, &counts, random);
    let mut left: Vec<usize> = shape.areas.numbers().collect();
    let mut chosen = ChosenAreas::default();
    for node in mixed.iter().copied().filter(|node| !tree.0[*node].verbs.is_empty()) {
        let area = chosen.next(shape, tree, node, 1, &left, random);
        left[area] = left[area].saturating_sub(1);
        chosen.by_node.insert(node, area);
    }
    let is_top = |node: &usize| !mixed.contains(node) && (*node == 0 || mixed.contains(&tree.0[*node].parent));
    let mut tops: Vec<usize> = (0..tree.0.len()).filter(is_top).collect();
    random.shuffle(&mut tops);
    // The largest first, while there is an area with room for them.
    tops.sort_by_key(|top| Reverse(counts[*top]));
    for top in tops {
        let area = chosen.next(shape, tree, top, counts[top], &left, random);
        left[area] = left[area].saturating_sub(counts[top]);
        chosen.remember(tree, top, area);
    }
    spread(tree, &chosen.by_node)
}

/// Nodes whose paths are in several areas: of each kind the measured number, with about the measured number of paths.
fn mixed(shape: &Shape, tree: &Tree, counts: &[usize], random: &mut Random) -> BTreeSet<usize> {
    let mut mixed = BTreeSet::new();
    for (name, kind) in shape.kinds_by_length() {
        let may = |node: &usize| {
            let is_open = *node == 0 || mixed.contains(&tree.0[*node].parent);
            is_open && tree.0[*node].kind == name && counts[*node] > 1
        };
        let nodes: Vec<usize> = (0..tree.0.len()).filter(may).collect();
        let draws = (0..DRAWS).map(|draw| drawn(&nodes, kind.in_several_areas, counts, draw % 3, random));
        let draws: Vec<Vec<usize>> = draws.collect();
        let paths = |nodes: &Vec<usize>| nodes.iter().map(|node| counts[*node]).sum::<usize>();
        let nearest = draws.into_iter().min_by_key(|draw| paths(draw).abs_diff(kind.paths_in_several_areas));
        mixed.extend(nearest.unwrap_or_default());
    }
    mixed
}

/// That many of the nodes, likelier the more paths they have: not at all for the power 0.
fn drawn(nodes: &[usize], count: usize, counts: &[usize], power: u32, random: &mut Random) -> Vec<usize> {
    let mut weights: Vec<usize> = nodes.iter().map(|node| counts[*node].pow(power)).collect();
    let mut drawn = Vec::new();
    for _ in 0..count {
        let Some(place) = random.weighted(&weights) else { break };
        weights[place] = 0;
        drawn.push(nodes[place]);
    }
    drawn
}

/// What earlier parts got.
#[derive(Default)]
struct ChosenAreas {
    alike: BTreeMap<Segment, Vec<usize>>,
    siblings: BTreeMap<usize, Vec<usize>>,
    by_node: BTreeMap<usize, usize>,
}

impl ChosenAreas {
    /// The area of a part of that many paths, while areas have room for as many as `left` says.
    fn next(&self, shape: &Shape, tree: &Tree, top: usize, paths: usize, left: &[usize], random: &mut Random) -> usize {
        let node = &tree.0[top];
        let above = tree.path_above(top).and_then(|above| self.by_node.get(&above));
        let is_literal = matches!(node.segment, Segment::Literal(_));
        let percent_above =
            if is_literal { shape.literal_in_area_above_percent } else { shape.parameter_in_area_above_percent };
        let others = [
            (above.map(std::slice::from_ref), percent_above),
            (self.alike.get(&node.segment).map(Vec::as_slice), shape.same_area_as_same_text_percent),
            (self.siblings.get(&node.parent).map(Vec::as_slice), shape.same_area_as_sibling_percent),
        ];
        for (areas, percent) in others {
            let with_room = areas.into_iter().flatten().copied().filter(|area| left[*area] > 0);
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
            self.alike.entry(node.segment.clone()).or_default().push(area);
        }
        self.siblings.entry(node.parent).or_default().push(area);
        self.by_node.insert(top, area);
    }
}

/// The areas of all nodes: a part has that of its top.
fn spread(tree: &Tree, tops: &BTreeMap<usize, usize>) -> Vec<Option<usize>> {
    let mut areas = vec![None; tree.0.len()];
    for (place, node) in tree.0.iter().enumerate() {
        areas[place] = tops.get(&place).copied().or(areas[node.parent]);
    }
    areas
}
