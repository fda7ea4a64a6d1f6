//! Rules, conditions and answers in words.

use permissions::questions::{Atom, Cell, Change, Mutant, Need, Way};
use permissions::{Effect, Rule, Verdict};

/// A rule by its permission's place and its route.
pub(crate) fn rule(rule: Rule<'_>) -> String {
    let list = if rule.effect == Effect::Allow { "allow" } else { "deny" };
    format!("permissions[{}].{list} `{}`", rule.permission, rule.route)
}

/// What a document says of one request.
pub(crate) fn verdict(verdict: Verdict<'_>) -> String {
    match verdict {
        Verdict::Allowed(by) => format!("allowed by {}", rule(by)),
        Verdict::Denied(by) => format!("denied by {}", rule(by)),
        Verdict::Yielded { rule: by, to } => format!("{} yields to the literal of `{to}`", rule(by)),
        Verdict::NotAllowed => "nothing allows it".to_owned(),
        Verdict::Misspelled => "refused for the spelling of its path".to_owned(),
    }
}

/// One condition.
pub(crate) fn atom(atom: Atom<'_>) -> String {
    match atom {
        Atom::Scope(scope) => format!("scope {scope}"),
        Atom::Group(group) => format!("group {group}"),
        Atom::Claim(name, value) => format!("{name} = {value}"),
    }
}

/// One way to be allowed the requests of a cell.
pub(crate) fn way(way: &Way<'_>, cell: &Cell<'_>) -> String {
    let unless = way.unless.iter().map(|exception| format!(", unless {}", all(exception, cell)));
    format!(
        "{}{}",
        if way.needs.is_empty() { "anybody with a token".to_owned() } else { all(&way.needs, cell) },
        unless.collect::<String>()
    )
}

fn all(needs: &[Need<'_>], cell: &Cell<'_>) -> String {
    needs.iter().map(|one| need(one, cell)).collect::<Vec<_>>().join(" and ")
}

fn need(need: &Need<'_>, cell: &Cell<'_>) -> String {
    let segment = |place: usize| cell.path.split('/').nth(place + 1).unwrap_or_default().to_owned();
    match *need {
        Need::Atom(one) => atom(one),
        Need::IsSegment(claim, place) => format!("{claim} = {}", segment(place)),
        Need::IsSegmentOrUnusable(claim, place) => {
            format!("({claim} = {} or {claim} cannot stand in a path)", segment(place))
        }
        Need::Unusable(claim) => format!("{claim} cannot stand in a path"),
    }
}

/// What is to be changed in a token; of no change, that a token is enough.
pub(crate) fn changes(changes: &[Change<'_>]) -> String {
    if changes.is_empty() {
        return "no change".to_owned();
    }
    changes.iter().map(change).collect::<Vec<_>>().join(" and ")
}

fn change(change: &Change<'_>) -> String {
    match change {
        Change::Scope(scope) => atom(Atom::Scope(scope)),
        Change::Group(group) => atom(Atom::Group(group)),
        Change::Claim(name, value) => atom(Atom::Claim(name, value)),
        Change::AnyOther(name) => format!("{name} of any other value that can stand in a path"),
    }
}

/// What a mutant leaves out.
pub(crate) fn mutant(mutant: &Mutant<'_>) -> String {
    match *mutant {
        Mutant::Permission(place) => format!("permissions[{place}]"),
        Mutant::Rule(one, _) => rule(one),
        Mutant::Condition(place, one) => format!("permissions[{place}], its condition {}", atom(one)),
        Mutant::Literal(route) => format!("the precedence of `{route}` by its literal"),
    }
}
