//! What changes between two documents?

use super::gains::Question;
use super::selection::{From, Partners};
use super::universe::Universe;
use super::view::View;
use super::witness::Gain;
use super::{Budget, Facts, Index, Undecided};
use std::collections::BTreeMap;
use std::ops::ControlFlow;

/// What a change gives and takes. Both empty: the documents are equivalent.
#[derive(Clone, Debug)]
pub struct Difference<'a> {
    /// What only the new document allows: for each of its permissions and routes the smallest witness.
    pub gained: Vec<Gain<'a>>,
    /// What only the old document allows: for each of its permissions and routes the smallest witness.
    pub lost: Vec<Gain<'a>>,
}

impl Difference<'_> {
    /// Do the documents allow the same to everybody?
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.gained.is_empty() && self.lost.is_empty()
    }
}

/// Compares two documents. Taking an allow away can also open something: its literal may have won over another allow. So
/// look at both directions.
///
/// Requests whose spelling only one of the documents refuses are not looked at, beyond those that a route names.
///
/// # Errors
/// [`Undecided`] when there is no answer.
pub fn diff<'a>(
    old: &'a Index<'a>,
    new: &'a Index<'a>,
    facts: &'a Facts,
    budget: &mut Budget,
) -> Result<Difference<'a>, Undecided> {
    let universe = Universe::new(facts, &[old.document(), new.document()], &[], &[])?;
    let (old, new) = (View::whole(old), View::whole(new));
    let gained = each_least(&question(&universe, new, old), budget)?;
    let lost = each_least(&question(&universe, old, new), budget)?;
    Ok(Difference { gained, lost })
}

/// The smallest gain of all, if there is one.
///
/// # Errors
/// [`Undecided`] when there is no answer.
pub fn first_gain<'a>(
    old: &'a Index<'a>,
    new: &'a Index<'a>,
    facts: &'a Facts,
    budget: &mut Budget,
) -> Result<Option<Gain<'a>>, Undecided> {
    let universe = Universe::new(facts, &[old.document(), new.document()], &[], &[])?;
    question(&universe, View::whole(new), View::whole(old)).least_gain(budget)
}

fn question<'q, 'a>(universe: &'q Universe<'a>, new: View<'a>, old: View<'a>) -> Question<'q, 'a> {
    Question { universe, new, old, region: None, more: &[], from: From::All, partners: Partners::ALL }
}

/// For each allow the smallest of its gains, in the document's order.
pub(crate) fn each_least<'a>(question: &Question<'_, 'a>, budget: &mut Budget) -> Result<Vec<Gain<'a>>, Undecided> {
    let mut least: BTreeMap<(usize, usize), Gain<'a>> = BTreeMap::new();
    let _ = question.gains(budget, &mut |found| {
        if let Some(gain) = question.shrink(&found) {
            let slot = least.entry(found.place).or_insert_with(|| gain.clone());
            if gain.size < slot.size {
                *slot = gain;
            }
        }
        ControlFlow::Continue(())
    })?;
    Ok(least.into_values().collect())
}
