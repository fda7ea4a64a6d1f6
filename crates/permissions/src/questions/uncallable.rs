//! Which routes can nobody call?

use super::assertions::made;
use super::gains::Question;
use super::selection::{From, Partners};
use super::universe::Universe;
use super::view::View;
use super::{Budget, Facts, Index, Undecided};
use crate::permissions::most_exact;
use crate::route::Route;
use std::ops::ControlFlow;

/// The routes of the catalog that nobody can call: whatever the token, no request that the route serves is allowed.
///
/// # Errors
/// [`Undecided`] when there is no answer.
pub fn uncallable_routes<'a>(
    index: &'a Index<'a>,
    facts: &Facts,
    budget: &mut Budget,
) -> Result<Vec<&'a Route>, Undecided> {
    let nothing = made(Vec::new(), Vec::new(), index.document());
    let nothing = Index::new(&nothing);
    let opened: Vec<Route> = index.document().catalog().iter().map(Route::opened).collect();
    let universe = Universe::new(facts, &[index.document()], &[], &[])?;
    let mut uncallable = Vec::new();
    for (route, region) in index.document().catalog().iter().zip(&opened) {
        let (new, old) = (View::whole(index), View::whole(&nothing));
        let (region, from, partners) = (Some(region), From::All, Partners::NONE);
        let question = Question { universe: &universe, new, old, region, more: &[], from, partners };
        let mut callable = false;
        let _ = question.gains(budget, &mut |found| {
            let path: Vec<Option<&str>> = found.path.iter().copied().map(Some).collect();
            let beaten = most_exact(index.catalog_meeting(&path), &found.method);
            callable = !beaten.is_some_and(|winner| winner.beats(route));
            if callable { ControlFlow::Break(()) } else { ControlFlow::Continue(()) }
        })?;
        if !callable {
            uncallable.push(route);
        }
    }
    Ok(uncallable)
}
