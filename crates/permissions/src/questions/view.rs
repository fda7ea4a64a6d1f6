//! A document, or the same with one thing left out.

use super::caller::Caller;
use super::index::{Entry, Index, Role};
use crate::grants::{Rule, Verdict, decide_among};
use crate::holder::Holder;
use crate::method::Method;
use crate::pattern::{ClaimValues, Effect};
use crate::permission::Permission;
use crate::permissions::most_exact;
use crate::route::Route;

/// What is left out. The catalog stays, so that only the rule goes and no route begins or ceases to win.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Without<'a> {
    Nothing,
    /// The permission at this place.
    Permission(usize),
    /// One route of one permission.
    Rule(Effect, usize, usize),
    /// The permission at this place asks for less.
    Condition(usize, &'a Permission),
    /// The catalog's route of this text no longer wins by its literal.
    Literal(&'a Route),
}

#[derive(Clone, Copy, Debug)]
pub(crate) struct View<'a> {
    pub(crate) index: &'a Index<'a>,
    pub(crate) without: Without<'a>,
}

impl<'a> View<'a> {
    pub(crate) fn whole(index: &'a Index<'a>) -> Self {
        Self { index, without: Without::Nothing }
    }

    /// May this caller call the method? The rules that can match are found through the index; the engine decides by them.
    pub(crate) fn decide(&self, holder: &(impl Holder + ClaimValues), method: &Method) -> Verdict<'a> {
        if self.index.document().refuses_spelling(method) {
            return Verdict::Misspelled;
        }
        let path: Vec<Option<&str>> = method.segments().map(Some).collect();
        let entries = self.index.meeting(&path);
        let rules = |wanted: Effect| {
            let rules = entries.iter().filter_map(move |entry| self.rule(entry, wanted));
            rules.filter(|rule| self.permission(rule.permission).is_some_and(|found| found.applies_to(holder)))
        };
        let catalog = entries.iter().filter(|entry| self.is_catalog(entry)).map(|entry| entry.route);
        decide_among(method, holder, rules(Effect::Deny), rules(Effect::Allow), || most_exact(catalog, method))
    }

    /// The same, for a witness that somebody will see: a whole document is asked as the function asks it.
    pub(crate) fn confirm(&self, caller: &Caller, method: &Method) -> bool {
        match self.without {
            Without::Nothing => self.index.document().grants(caller).decide(method).is_permitted(),
            _ => self.decide(caller, method).is_permitted(),
        }
    }

    /// The permission at this place, as this view has it.
    pub(crate) fn permission(&self, place: usize) -> Option<&'a Permission> {
        match self.without {
            Without::Condition(loosened, permission) if loosened == place => Some(permission),
            _ => self.index.document().permissions().get(place),
        }
    }

    /// The entry as a rule with this effect, if it is one and not left out.
    pub(crate) fn rule(&self, entry: &Entry<'a>, wanted: Effect) -> Option<Rule<'a>> {
        let Role::Rule(effect, permission, place) = entry.role else { return None };
        let kept = effect == wanted && self.keeps(effect, permission, place);
        kept.then_some(Rule { permission, effect, route: entry.route })
    }

    /// Is this route of this permission still there?
    pub(crate) fn keeps(&self, effect: Effect, permission: usize, place: usize) -> bool {
        match self.without {
            Without::Permission(left_out) => left_out != permission,
            Without::Rule(of, from, left_out) => (of, from, left_out) != (effect, permission, place),
            Without::Nothing | Without::Condition(..) | Without::Literal(_) => true,
        }
    }

    fn is_catalog(&self, entry: &Entry<'a>) -> bool {
        let demoted = matches!(self.without, Without::Literal(route) if route.text() == entry.route.text());
        matches!(entry.role, Role::Catalog(_)) && !demoted
    }
}
