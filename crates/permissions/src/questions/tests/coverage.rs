//! Which mutants are noticed, against running each as a document of its own.

use super::brute::{self, World};
use super::documents::{Document, Random};
use crate::pattern::Effect;
use crate::questions::{Budget, Coverage, Index, Mutant};
use crate::{Holder as _, Method};

/// The mutant in the tests' own terms; `None` for a literal, which keeps its route.
fn changed(
    document: &Document,
    mutant: &Mutant<'_>,
    conditions: impl Fn(usize, &Mutant<'_>) -> usize,
) -> Option<Document> {
    let mut changed = document.clone();
    match mutant {
        Mutant::Permission(place) => drop(changed.permissions.remove(*place)),
        Mutant::Rule(rule, place) => {
            let entry = &mut changed.permissions[rule.permission];
            let list = if rule.effect == Effect::Allow { &mut entry.allow } else { &mut entry.deny };
            list.remove(*place);
        }
        Mutant::Condition(place, _) => {
            changed.permissions[*place] = changed.permissions[*place].loosened(conditions(*place, mutant));
        }
        Mutant::Literal(_) => return None,
    }
    Some(changed)
}

#[test]
fn a_mutant_is_noticed_if_and_only_if_a_test_has_another_answer_and_a_missing_test_exists_unless_it_is_the_same() {
    let (mut random, mut world, known) = (Random(13), World::new(), brute::known());
    let (mut noticed_count, mut missing_count, mut same_count) = (0, 0, 0);
    for number in 0..400 {
        let (document, known) = (Document::random(&mut random), &known[number % 4]);
        let catalog: Vec<_> = document.catalog().cloned().collect();
        let read = document.read();
        let index = Index::new(&read);
        let mut coverage = Coverage::new(&index);
        let tests: Vec<_> = (0..4)
            .map(|_| (random.below(known.tokens.len()), random.below(brute::VERBS.len()), random.below(43)))
            .collect();
        for (token, verb, path) in &tests {
            let path = world.paths[*path].join("/");
            let arn = format!("arn:aws:execute-api:us-east-1:123456789012:api/test/{}/{path}", brute::VERBS[*verb]);
            coverage.test(&known.tokens[*token].caller(), &Method::parse(arn).unwrap());
        }
        let before = world.allowed(&document, &known.tokens);
        let proposed = Coverage::new(&index).missing_tests(&known.facts, &mut Budget::default()).unwrap();
        for ((mutant, noticed), (_, missing)) in coverage.mutants().iter().zip(proposed) {
            let number = |place: usize, mutant: &Mutant<'_>| {
                let Mutant::Condition(_, atom) = mutant else { return 0 };
                crate::questions::atoms(&read.permissions()[place]).iter().position(|known| known == atom).unwrap()
            };
            let after = if let Some(changed) = changed(&document, mutant, number) {
                world.allowed_among(&changed, &catalog, &known.tokens)
            } else {
                let Mutant::Literal(route) = mutant else { unreachable!() };
                let kept: Vec<_> = catalog.iter().filter(|spec| spec.text() != route.text()).cloned().collect();
                world.allowed_among(&document, &kept, &known.tokens)
            };
            let expected = tests
                .iter()
                .any(|(token, verb, path)| before[*token].has(*verb, *path) != after[*token].has(*verb, *path));
            assert_eq!(*noticed, expected, "{mutant:?} {tests:?} {}", document.json());
            noticed_count += usize::from(expected);
            assert_eq!(missing.is_none(), before == after, "{mutant:?} {}", document.json());
            same_count += usize::from(missing.is_none());
            if let Some(witness) = missing {
                missing_count += 1;
                let mut again = Coverage::new(&index);
                again.test(&witness.caller, &witness.method().unwrap());
                assert!(
                    again.mutants().iter().any(|(other, noticed)| other == mutant && *noticed),
                    "{witness} {mutant:?}"
                );
            }
        }
    }
    assert!(
        noticed_count > 100 && missing_count > 1_000 && same_count > 100,
        "{noticed_count} {missing_count} {same_count}"
    );
}

#[test]
fn a_promise_notices_the_mutants_that_break_it() {
    let json = br#"{"permissions":[{"scopes":["s"],"allow":["GET /a","GET /b"]},{"groups":["g"],"allow":["GET /b"]}]}"#;
    let document = crate::Permissions::parse(json).unwrap();
    let index = Index::new(&document);
    let mut coverage = Coverage::new(&index);
    let caller = crate::questions::Caller::default().with(crate::questions::Atom::Scope("s"));
    assert!(caller.has_scope("s"));
    let method = Method::parse("arn:aws:execute-api:us-east-1:123456789012:api/test/GET/a".to_owned()).unwrap();
    let route = "GET /a".parse().unwrap();
    let holds = |document: &crate::Permissions| Ok::<_, ()>(document.grants(&caller).decide(&method).is_permitted());
    coverage.test_by(Some(&route), holds).unwrap();
    let noticed: Vec<usize> =
        coverage.mutants().iter().enumerate().filter(|(_, (_, noticed))| *noticed).map(|(at, _)| at).collect();
    // The first permission, and its first route.
    assert_eq!(noticed, [0, 1], "{:?}", coverage.mutants());
}
