//! Permission documents with the shapes of public APIs, for measuring what the engine does at the size of real ones.
//!
//! `shapes.json` holds figures that were measured on the descriptions of eight public APIs, no names of theirs:
//! how many paths of which depth, where parameters stand and which literals stand beside them, how many literals
//! recur, which verbs a path has, and how routes spread over scopes. From them and a seed [`document`] makes documents
//! of the same shape, as many as one likes. `cargo run -p testkit --example measure_api_shape` measures another one.

mod areas;
mod generate;
mod measure;
mod paths;
mod random;
mod tree;
mod words;

pub use generate::document;
pub use measure::{figures, shape};
pub use random::Random;

use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;
use std::sync::LazyLock;

/// The eight shapes, the smallest first.
pub static SHAPES: LazyLock<Vec<Shape>> = LazyLock::new(|| serde_json::from_str(include_str!("shapes.json")).unwrap());

/// One of [`SHAPES`].
///
/// # Panics
/// If none has this name.
pub fn named(name: &str) -> &'static Shape {
    SHAPES.iter().find(|shape| shape.name == name).unwrap()
}

/// What was measured on a document.
#[derive(Debug, Serialize, Deserialize)]
pub struct Shape {
    pub name: String,
    /// Which description the document was made from, and how.
    pub source: String,
    /// How the verbs of an area share its scopes.
    pub split: Split,
    /// Permissions that ask for a scope of another area as well.
    pub two_scopes_percent: usize,
    /// The mean length of a parameter's name.
    pub parameter_bytes: usize,
    /// Nodes of the tree of paths, by the kinds of their segments: `LP` is `/orders/{id}`, `G` a greedy parameter.
    /// Small letters are literals beside a parameter, and that parameter: `Ll` is `/orders/export`, `Lp` then
    /// `/orders/{id}`.
    pub kinds: BTreeMap<String, Kind>,
    /// How many paths each area has. An area is what scopes are about: `orders` of `orders:read`.
    pub areas: Runs,
    /// A *part* is a largest subtree with one area. Of the parts whose first literal others begin with, too: those
    /// that share their area with one of these.
    pub same_area_as_same_text_percent: usize,
    /// Of the parts with siblings: those that share their area with one.
    pub same_area_as_sibling_percent: usize,
    /// Of parts that begin with a parameter below a path, such as `/orders/{id}`: those of that path's area. A part
    /// counts as often as it has paths, and so it does in the next figure.
    pub parameter_in_area_above_percent: usize,
    /// Of parts that begin with a literal below a path.
    pub literal_in_area_above_percent: usize,
    /// To tell whether a generated document is like the measured one.
    pub figures: Figures,
}

impl Shape {
    /// Kinds with parents before their children.
    fn kinds_by_length(&self) -> Vec<(&str, &Kind)> {
        let mut kinds: Vec<_> = self.kinds.iter().map(|(name, kind)| (name.as_str(), kind)).collect();
        kinds.sort_by_key(|(name, _)| name.len());
        kinds
    }
}

/// How the verbs of an area share its scopes.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Split {
    /// One scope for all verbs.
    Whole,
    /// One scope for GET, HEAD and OPTIONS, one for the rest.
    ReadWrite,
    /// One scope for all that writes; what reads needs that and another one.
    ReadNeedsBoth,
    /// A scope each for reading, POST, PUT and PATCH, DELETE.
    ByDeed,
}

/// All nodes of the tree of paths that have the same kinds of segments.
#[derive(Debug, Default, Serialize, Deserialize)]
pub struct Kind {
    /// How many literals stand below a node that has some and no parameter.
    #[serde(default, skip_serializing_if = "Runs::is_empty")]
    pub literals_alone: Runs,
    /// How many literals stand below a node that has some and a parameter.
    #[serde(default, skip_serializing_if = "Runs::is_empty")]
    pub literals_beside_parameter: Runs,
    /// Nodes with a parameter below, and no literals.
    #[serde(default, skip_serializing_if = "is_zero")]
    pub with_parameter_alone: usize,
    #[serde(default, skip_serializing_if = "is_zero")]
    pub with_greedy: usize,
    /// Nodes whose subtree has paths of several areas.
    #[serde(default, skip_serializing_if = "is_zero")]
    pub in_several_areas: usize,
    /// The paths of these subtrees.
    #[serde(default, skip_serializing_if = "is_zero")]
    pub paths_in_several_areas: usize,
    /// How many nodes have these verbs. Nodes without routes are not counted.
    pub verbs: BTreeMap<String, usize>,
    /// Of kinds that end with a literal.
    #[serde(default, skip_serializing_if = "Literals::is_empty")]
    pub literals: Literals,
}

/// In how many places of one kind a literal stands.
#[derive(Debug, Default, Serialize, Deserialize)]
pub struct Literals {
    /// Their mean length, where a literal counts once for each path with it.
    pub bytes: usize,
    /// Literals that stand in places of shorter kinds as well.
    pub known: Runs,
    pub new: Runs,
}

impl Literals {
    fn is_empty(&self) -> bool {
        self.known.is_empty() && self.new.is_empty()
    }
}

/// Numbers from the largest down, each with how often it occurs.
#[derive(Debug, Default, Serialize, Deserialize)]
pub struct Runs(Vec<(usize, usize)>);

impl Runs {
    fn of(mut numbers: Vec<usize>) -> Self {
        numbers.sort_unstable_by(|one, other| other.cmp(one));
        let mut runs: Vec<(usize, usize)> = Vec::new();
        for number in numbers {
            match runs.last_mut() {
                Some((last, times)) if *last == number => *times += 1,
                _ => runs.push((number, 1)),
            }
        }
        Self(runs)
    }

    fn numbers(&self) -> impl Iterator<Item = usize> + Clone {
        self.0.iter().flat_map(|(number, times)| std::iter::repeat_n(*number, *times))
    }

    fn is_empty(&self) -> bool {
        self.0.is_empty()
    }
}

/// What documents of one shape have in common, in numbers.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Figures {
    pub routes: usize,
    pub paths: usize,
    pub permissions: usize,
    pub scopes: usize,
    /// Routes of the permission with most of them.
    pub largest_permission: usize,
    /// Segments of a hundred paths.
    pub segments_percent: usize,
    pub deepest: usize,
    /// Of all segments of all paths: those that are parameters.
    pub parameters_percent: usize,
    pub greedy: usize,
    /// Places with a parameter and literals.
    pub literals_beside_parameters: usize,
    /// Pairs of paths that match one request, which goes to the path with the literal.
    pub pairs_where_a_literal_wins: usize,
    /// Of the paths below one that ends in a parameter, for all of these: those in its area.
    pub same_area_below_parameter_percent: usize,
    /// Of the literals after a parameter: those that stand in several places.
    pub suffix_places_percent: usize,
    /// The document without spaces.
    pub bytes: usize,
}

#[expect(clippy::trivially_copy_pass_by_ref, reason = "serde's signature")]
fn is_zero(number: &usize) -> bool {
    *number == 0
}

#[cfg(test)]
mod tests {
    use super::*;
    use permissions::Permissions;

    #[test]
    fn eight_shapes_are_there() {
        let names: Vec<_> = SHAPES.iter().map(|shape| shape.name.as_str()).collect();
        let expected = ["xero", "asana", "box", "twilio", "digitalocean", "okta", "kubernetes", "github"];
        assert_eq!(names, expected);
    }

    #[test]
    fn a_seed_makes_the_same_document_every_time() {
        for shape in SHAPES.iter() {
            let made = document(shape, 1, false);
            assert_eq!(made, document(shape, 1, false), "{}", shape.name);
            assert_ne!(made, document(shape, 2, false), "{}", shape.name);
        }
        // Limits of instruction counts were taken on this very document.
        let github = document(named("github"), 1, false);
        assert_eq!(
            (github["permissions"][1]["allow"][0].as_str(), github.to_string().len()),
            (Some("POST /deriledo"), 64_252)
        );
    }

    #[test]
    fn a_complete_document_has_the_same_permissions() {
        let shape = named("xero");
        let (open, complete) = (document(shape, 1, false), document(shape, 1, true));
        assert_eq!(open.get("complete"), None);
        assert_eq!(complete["complete"], true);
        assert_eq!(open["permissions"], complete["permissions"]);
    }

    #[test]
    fn the_function_reads_what_is_made() {
        for shape in SHAPES.iter() {
            let made = document(shape, 3, false).to_string();
            assert!(Permissions::parse(made.as_bytes()).is_ok(), "{}", shape.name);
        }
    }

    /// What is drawn by lot may differ by a share and, where there is little of it, by a few.
    #[test]
    fn what_is_made_has_the_measured_figures() {
        for shape in SHAPES.iter() {
            for seed in 0..5 {
                let (made, measured) = (figures(&document(shape, seed, false)), shape.figures);
                let exact = |figures: Figures| {
                    let Figures { routes, paths, segments_percent, deepest, parameters_percent, greedy, .. } = figures;
                    let beside = figures.literals_beside_parameters;
                    [routes, paths, segments_percent, deepest, parameters_percent, greedy, beside]
                };
                assert_eq!(exact(made), exact(measured), "{} {seed}", shape.name);
                let near = |figures: Figures| {
                    [
                        ("permissions", figures.permissions, 20),
                        ("scopes", figures.scopes, 20),
                        ("largest permission", figures.largest_permission, 30),
                        ("pairs where a literal wins", figures.pairs_where_a_literal_wins, 40),
                        ("literals in several places", figures.suffix_places_percent, 30),
                        ("in the area above", figures.same_area_below_parameter_percent, 40),
                        ("bytes", figures.bytes, 20),
                    ]
                };
                for ((name, made, percent), (_, measured, _)) in near(made).into_iter().zip(near(measured)) {
                    let far = made.abs_diff(measured);
                    let may = measured * percent / 100 + 12;
                    assert!(far <= may, "{} {seed}: {made} {name}, measured {measured}", shape.name);
                }
            }
        }
    }
}
