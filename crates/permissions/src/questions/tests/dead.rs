//! What makes no difference, against brute force.

use super::brute::{self, Known, Requests, World};
use super::documents::{Document, Random, Spec};
use crate::pattern::Effect;
use crate::questions::{Budget, Index, Reason, dead_permissions, dead_rules, needless_conditions, uncallable_routes};
use std::collections::BTreeSet;

struct Case {
    document: Document,
    catalog: Vec<Spec>,
    allowed: Vec<Requests>,
}

fn for_documents(seed: u64, count: usize, mut look: impl FnMut(&mut World, &Known, &Case)) {
    let (mut random, mut world, known) = (Random(seed), World::new(), brute::known());
    for number in 0..count {
        let document = Document::random(&mut random);
        let catalog: Vec<Spec> = document.catalog().cloned().collect();
        let allowed = world.allowed(&document, &known[number % 4].tokens);
        look(&mut world, &known[number % 4], &Case { document, catalog, allowed });
    }
}

impl Case {
    /// Does the changed document say the same, with the catalog as it was?
    fn is_same(&self, world: &mut World, known: &Known, change: impl FnOnce(&mut Document)) -> bool {
        let mut changed = self.document.clone();
        change(&mut changed);
        world.allowed_among(&changed, &self.catalog, &known.tokens) == self.allowed
    }
}

#[test]
fn a_rule_is_dead_if_and_only_if_nothing_changes_without_it() {
    let (mut dead, mut alive) = ([0; 2], [0; 2]);
    for_documents(7, 1_000, |world, known, case| {
        let read = case.document.read();
        let index = Index::new(&read);
        let found = dead_rules(&index, &known.facts, &mut Budget::default()).unwrap();
        let found: BTreeSet<(Effect, usize, usize)> =
            found.iter().map(|dead| (dead.rule.effect, dead.rule.permission, dead.place)).collect();
        for (permission, entry) in case.document.permissions.iter().enumerate() {
            for (effect, routes) in [(Effect::Allow, &entry.allow), (Effect::Deny, &entry.deny)] {
                for place in 0..routes.len() {
                    let expected = case.is_same(world, known, |document| {
                        let entry = &mut document.permissions[permission];
                        let list = if effect == Effect::Allow { &mut entry.allow } else { &mut entry.deny };
                        list.remove(place);
                    });
                    let is_found = found.contains(&(effect, permission, place));
                    assert_eq!(is_found, expected, "{effect:?} {permission} {place} {}", case.document.json());
                    let count = if expected { &mut dead } else { &mut alive };
                    count[usize::from(effect == Effect::Deny)] += 1;
                }
            }
        }
    });
    assert!(dead.iter().chain(&alive).all(|count| *count > 100), "{dead:?} {alive:?}");
}

#[test]
fn a_dead_allow_names_what_opens_its_requests_already() {
    let (mut covered, mut shut) = (0, 0);
    for_documents(8, 1_000, |world, known, case| {
        let read = case.document.read();
        let index = Index::new(&read);
        for dead in dead_rules(&index, &known.facts, &mut Budget::default()).unwrap() {
            if dead.rule.effect == Effect::Deny {
                continue;
            }
            // Alone with all denies, does the allow open anything?
            let mut alone = case.document.clone();
            for (permission, entry) in alone.permissions.iter_mut().enumerate() {
                let kept = (permission == dead.rule.permission).then(|| entry.allow[dead.place].clone());
                entry.allow = kept.into_iter().collect();
            }
            let opens =
                world.allowed_among(&alone, &case.catalog, &known.tokens).iter().any(|allowed| !allowed.is_empty());
            match &dead.reason {
                Reason::Covered(others) => {
                    covered += 1;
                    assert!(!others.is_empty());
                    assert!(opens, "{} {}", dead.rule.route, case.document.json());
                }
                Reason::NoEffect => {
                    shut += 1;
                    assert!(!opens, "{} {}", dead.rule.route, case.document.json());
                }
            }
        }
    });
    assert!(covered > 50 && shut > 10, "{covered} {shut}");
}

#[test]
fn a_permission_is_dead_if_and_only_if_nothing_changes_without_it() {
    let mut dead_count = 0;
    for_documents(9, 1_000, |world, known, case| {
        let read = case.document.read();
        let found = dead_permissions(&Index::new(&read), &known.facts, &mut Budget::default()).unwrap();
        for permission in 0..case.document.permissions.len() {
            let expected = case.is_same(world, known, |document| drop(document.permissions.remove(permission)));
            assert_eq!(found.contains(&permission), expected, "{permission} {}", case.document.json());
            dead_count += usize::from(expected);
        }
    });
    assert!(dead_count > 100, "{dead_count}");
}

#[test]
fn a_condition_is_needless_if_and_only_if_nothing_changes_without_it() {
    let mut needless = 0;
    for_documents(10, 1_000, |world, known, case| {
        let read = case.document.read();
        let index = Index::new(&read);
        let found = needless_conditions(&index, &known.facts, &mut Budget::default()).unwrap();
        for (permission, entry) in case.document.permissions.iter().enumerate() {
            let atoms = crate::questions::atoms(&read.permissions()[permission]);
            for (number, atom) in atoms.iter().enumerate().take(entry.conditions()) {
                let expected = case.is_same(world, known, |document| {
                    document.permissions[permission] = entry.loosened(number);
                });
                let is_found = found.iter().any(|found| found.permission == permission && found.atom == *atom);
                assert_eq!(is_found, expected, "{permission} {atom:?} {:?} {}", known.facts, case.document.json());
                needless += usize::from(expected);
            }
        }
    });
    assert!(needless > 100, "{needless}");
}

#[test]
fn a_route_is_uncallable_if_and_only_if_no_token_can_call_what_it_serves() {
    let mut uncallable = 0;
    for_documents(11, 2_000, |world, known, case| {
        let read = case.document.read();
        let index = Index::new(&read);
        let found = uncallable_routes(&index, &known.facts, &mut Budget::default()).unwrap();
        for route in &case.catalog {
            let own = world.own(route, &case.catalog);
            let expected = !case.allowed.iter().any(|allowed| {
                let mut served = allowed.clone();
                served.keep(&own);
                !served.is_empty()
            });
            let is_found = found.iter().any(|found| found.text() == route.text());
            assert_eq!(is_found, expected, "{} {}", route.text(), case.document.json());
            uncallable += usize::from(expected);
        }
    });
    assert!(uncallable > 100, "{uncallable}");
}
