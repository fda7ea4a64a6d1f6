//! Who can call a route?

use super::cells::{Pattern, Place, cells, text};
use super::gains::overlap;
use super::index::fixed;
use super::universe::{UNLISTED, Universe};
use super::ways::{Way, ways};
use super::{Budget, Facts, Index, Undecided};
use crate::method::Method;
use crate::permission::Permission;
use crate::permissions::most_exact;
use crate::route::{Route, Segment, VERBS, Verb};
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

/// A verb, and whether it stands for all others.
type Stated = (&'static str, bool);

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

/// Requests that are decided alike, unless a smaller region has them.
#[derive(Clone, Debug, PartialEq)]
struct Region<'a> {
    route: &'a Route,
    verb: Stated,
    pattern: Pattern<'a>,
}

impl<'a> Region<'a> {
    /// The more, the more general.
    fn freedom(&self) -> (bool, usize, bool) {
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
    fn is_but_for_length(&self, other: &Self) -> bool {
        self.verb == other.verb && self.beginning().is_some() && self.beginning() == other.beginning()
    }

    fn path_of_all_lengths(&self) -> String {
        let mut pattern = self.beginning().unwrap_or_default().to_vec();
        pattern.push(Place::Class(pattern.len()));
        let written = Self { pattern, ..self.clone() }.path(0);
        match (self.route.segments().last(), written.rsplit_once('/')) {
            (Some(Segment::Greedy(name)), Some((beginning, _))) => format!("{beginning}/{{{name}+}}"),
            _ => written,
        }
    }

    fn contains(&self, other: &Self) -> bool {
        let verb = self.verb == other.verb || self.verb.1;
        let fixed = if self.is_of_any_length() { self.pattern.len() - 1 } else { self.pattern.len() };
        let lengths =
            self.pattern.len() == other.pattern.len() || (self.is_of_any_length() && other.pattern.len() > fixed);
        verb && lengths && is_instance(self.pattern.get(..fixed).unwrap_or_default(), &other.pattern)
    }

    /// What the document says of it; `None` when another route of the catalog serves these requests.
    fn cell(&self, universe: &Universe<'a>, index: &Index<'a>) -> Option<Cell<'a>> {
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

#[cfg(test)]
mod tests {
    use super::*;
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
