//! Makes documents of a shape. Each step draws from the measured figures: the paths, the areas they belong to, and last
//! the permissions.

use super::random::Random;
use super::tree::{Segment, Tree};
use super::words::Words;
use super::{Shape, Split, areas, paths};
use serde_json::{Value, json};
use std::collections::BTreeMap;

/// Of routes that POST or DELETE, where creating and deleting have scopes of their own: how many of a hundred need the
/// scope for updates. 34 of 115 and 10 of 89 routes of digitalocean with one scope do.
const POST_UPDATES_PERCENT: usize = 30;
const DELETE_UPDATES_PERCENT: usize = 11;

/// The mean length of a scope without what is done there: 9 to 16 bytes in the eight documents.
const AREA_BYTES: usize = 12;

/// A permission document of this shape, always the same for the same seed.
pub fn document(shape: &Shape, seed: u64, complete: bool) -> Value {
    let mut random = Random::new(seed);
    let mut words = Words::default();
    let tree = paths::nearest(shape, &mut words, &mut random);
    let areas = areas::nearest(shape, &tree, &mut random);
    let permissions = permissions(shape, &tree, &areas, &mut words, &mut random);
    if complete { json!({"complete": true, "permissions": permissions}) } else { json!({"permissions": permissions}) }
}

fn permissions(
    shape: &Shape,
    tree: &Tree,
    areas: &[Option<usize>],
    words: &mut Words,
    random: &mut Random,
) -> Vec<Value> {
    let names: Vec<String> = shape.areas.numbers().map(|_| words.make(AREA_BYTES, random)).collect();
    let parameters: Vec<String> =
        (0..shape.figures.deepest).map(|_| words.make(shape.parameter_bytes, random)).collect();
    let mut places: BTreeMap<(usize, &str), usize> = BTreeMap::new();
    let mut found: Vec<(Vec<String>, Vec<String>)> = Vec::new();
    for node in depth_first(tree) {
        let (path, area) = (path(tree, node, &parameters), areas[node].unwrap_or_default());
        for verb in &tree.0[node].verbs {
            let deed = deed(shape.split, verb, random);
            let place = *places.entry((area, deed)).or_insert_with(|| {
                found.push((scopes(shape, &names, area, deed, random), Vec::new()));
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
