//! Who can call a route?

use super::cells::cells;
use super::overlap::overlap;
use super::region::{Region, Stated};
use super::universe::{UNLISTED, Universe};
use super::ways::Way;
use super::{Budget, Facts, Index, Undecided};
use crate::permission::Permission;
use crate::route::{Route, VERBS, Verb};
use std::collections::BTreeSet;

/// Who can call one route.
#[derive(Clone, Debug)]
pub struct Who<'a> {
    /// The route itself first, then those of its requests that have another answer.
    pub cells: Vec<Cell<'a>>,
    /// There are more cells than were looked at.
    pub capped: bool,
}

/// Requests with one answer.
#[derive(Clone, Debug)]
pub struct Cell<'a> {
    /// The verb. For a route with `ANY`: one that the document names nearby, or one that stands for all others.
    pub verb: &'static str,
    /// Does the verb stand for all that the document does not name nearby?
    pub other_verbs: bool,
    /// The path as a route: a text, or the route's own parameter where any other text can stand.
    pub path: String,
    /// A path of the cell, with texts that the document does not contain for any other.
    pub example: Vec<String>,
    /// The minimal ways to be allowed. None: nobody is.
    pub ways: Vec<Way<'a>>,
}

/// Who can call each of these routes?
///
/// Segments that no claim in a path can equal are not told apart from others that the document does not name.
///
/// # Errors
/// [`Undecided`] when there is no answer.
pub fn who<'a>(
    index: &Index<'a>,
    routes: &'a [Route],
    facts: &'a Facts,
    budget: &mut Budget,
) -> Result<Vec<Who<'a>>, Undecided> {
    let regions: Vec<&Route> = routes.iter().collect();
    let universe = Universe::new(facts, &[index.document()], &regions, &[])?;
    routes.iter().map(|route| of_route(&universe, index, route, budget)).collect()
}

fn of_route<'a>(
    universe: &Universe<'a>,
    index: &Index<'a>,
    route: &'a Route,
    budget: &mut Budget,
) -> Result<Who<'a>, Undecided> {
    let (told, capped) = told(universe, index, route, budget)?;
    let lengths = lengths(universe, route).len();
    let mut cells = Vec::new();
    for (region, cell) in &told {
        let alike: Vec<&Region<'a>> = told
            .iter()
            .filter(|(other, known)| region.is_but_for_length(other) && known.ways == cell.ways)
            .map(|(other, _)| other)
            .collect();
        // What is told alike of every length is told once.
        let merged = alike.len() == lengths && lengths > 1;
        if merged && alike.first() != Some(&region) {
            continue;
        }
        let mut cell = cell.clone();
        if merged {
            cell.path = region.path_of_all_lengths();
        }
        cells.push(cell);
    }
    Ok(Who { cells, capped })
}

/// Each cell whose answer does not follow from a larger one.
fn told<'a>(
    universe: &Universe<'a>,
    index: &Index<'a>,
    route: &'a Route,
    budget: &mut Budget,
) -> Result<(Vec<(Region<'a>, Cell<'a>)>, bool), Undecided> {
    let mut capped = false;
    let mut regions = Vec::new();
    for length in lengths(universe, route) {
        let (patterns, more) = cells(universe, index, route, length, budget)?;
        capped |= more;
        for pattern in patterns {
            regions.extend(verbs(index, route).into_iter().map(|verb| Region {
                route,
                verb,
                pattern: pattern.clone(),
            }));
        }
    }
    // What contains a region has more freedom, so it comes first.
    regions.sort_by_key(|region| std::cmp::Reverse(region.freedom()));
    let mut told: Vec<(Region<'a>, Cell<'a>)> = Vec::new();
    for region in regions {
        let Some(cell) = region.cell(universe, index) else { continue };
        if !is_told(&told, &region, &cell) {
            told.push((region, cell));
        }
    }
    Ok((told, capped))
}

/// Do the smallest of the cells that contain this one all say the same?
fn is_told(told: &[(Region<'_>, Cell<'_>)], region: &Region<'_>, cell: &Cell<'_>) -> bool {
    let around: Vec<_> = told.iter().filter(|(known, _)| known.contains(region)).collect();
    let smallest = |(known, _): &&&(Region<'_>, Cell<'_>)| {
        !around.iter().any(|(other, _)| other != known && known.contains(other))
    };
    let mut nearest = around.iter().filter(smallest).peekable();
    nearest.peek().is_some() && nearest.all(|(_, known)| known.ways == cell.ways)
}

/// The route's size, or for a greedy one every size that a route has, and one more.
fn lengths(universe: &Universe<'_>, route: &Route) -> Vec<usize> {
    let size = route.segments().len();
    if !route.is_greedy() {
        return vec![size];
    }
    let longer = universe.sizes.iter().flat_map(|size| [*size, *size + 1]);
    longer.filter(|length| *length >= size).collect::<BTreeSet<_>>().into_iter().collect()
}

/// The route's verb. For `ANY` each verb that is named nearby, and one that stands for all others.
fn verbs(index: &Index<'_>, route: &Route) -> Vec<Stated> {
    if let Verb::One(verb) = route.verb() {
        return vec![(verb, false)];
    }
    let rules = index.document().permissions().iter().flat_map(Permission::all_routes);
    let near = rules.chain(index.document().catalog()).filter(|other| overlap(route, other));
    let named: BTreeSet<&'static str> =
        near.filter_map(|other| if let Verb::One(verb) = other.verb() { Some(verb) } else { None }).collect();
    let other = VERBS.into_iter().find(|verb| !named.contains(verb)).unwrap_or(UNLISTED);
    [(other, true)].into_iter().chain(named.into_iter().map(|verb| (verb, false))).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::questions::cells::Place;
    use crate::questions::tests::brute::{self, Token, World};
    use crate::questions::tests::documents::{Document, Random, Spec};

    /// The smallest of the cells that have a request.
    fn nearest<'c, 'a>(told: &'c [(Region<'a>, Cell<'a>)], request: &Region<'a>) -> Vec<&'c Cell<'a>> {
        let around: Vec<_> = told.iter().filter(|(region, _)| region.contains(request)).collect();
        let smallest = |region: &Region<'a>| !around.iter().any(|(other, _)| other != region && region.contains(other));
        around.iter().filter(|(region, _)| smallest(region)).map(|(_, cell)| cell).collect()
    }

    #[test]
    fn the_smallest_cell_of_a_request_says_of_every_token_whether_it_is_allowed() {
        let (mut random, mut world, known) = (Random(12), World::new(), brute::known());
        let (mut allowed_count, mut special) = (0, 0);
        for number in 0..4_000 {
            let (document, known) = (Document::random(&mut random), &known[number % 4]);
            let catalog: Vec<Spec> = document.catalog().cloned().collect();
            let own = catalog.first().filter(|_| random.one_in(2)).cloned();
            let spec = own.unwrap_or_else(|| Spec::random(&mut random));
            let (read, routes) = (document.read(), [spec.text().parse::<Route>().unwrap()]);
            let index = Index::new(&read);
            let universe = Universe::new(&known.facts, &[&read], &[&routes[0]], &[]).unwrap();
            let (told, capped) = told(&universe, &index, &routes[0], &mut Budget::default()).unwrap();
            if capped {
                continue;
            }
            let tokens: Vec<Token> = (0..40).map(|_| known.tokens[random.below(known.tokens.len())].clone()).collect();
            let allowed = world.allowed(&document, &tokens);
            let served = world.own(&spec, &catalog);
            let requests =
                (0..brute::VERBS.len()).flat_map(|verb| (0..world.paths.len()).map(move |path| (verb, path)));
            let requests: Vec<(usize, usize)> = requests.filter(|(verb, path)| served.has(*verb, *path)).collect();
            for _ in 0..30.min(requests.len()) {
                let (verb, path) = random.pick(&requests);
                let texts = &world.paths[path];
                // Beyond the longest length, all are like it.
                let longest = universe.sizes.last().unwrap() + 1;
                let pattern = texts.iter().take(longest).map(|text| Place::Text(text)).collect();
                let request = Region { route: &routes[0], verb: (brute::VERBS[verb], false), pattern };
                let cells = nearest(&told, &request);
                assert!(!cells.is_empty(), "{:?} {texts:?} {}", routes[0], document.json());
                special += usize::from(cells[0].path != told[0].1.path);
                for (token, allowed) in tokens.iter().zip(&allowed) {
                    let caller = token.caller();
                    for cell in &cells {
                        let found = cell.ways.iter().any(|way| way.admits(&caller, texts));
                        let expected = allowed.has(verb, path);
                        assert_eq!(
                            found,
                            expected,
                            "{} {texts:?} {caller} {cell:?} {}",
                            brute::VERBS[verb],
                            document.json()
                        );
                        allowed_count += usize::from(expected);
                    }
                }
            }
        }
        assert!(allowed_count > 10_000 && special > 1_000, "{allowed_count} {special}");
    }
}
