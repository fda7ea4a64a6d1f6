//! `gains` and what follows from it, against brute force.

use super::brute::{self, Known, Token, World};
use super::documents::{Document, Random};
use crate::questions::gains::Question;
use crate::questions::selection::{Denies, From, Partners};
use crate::questions::universe::Universe;
use crate::questions::view::View;
use crate::questions::{Budget, Caller, Index, first_gain};
use crate::{Method, Permissions};

/// For each pair of documents: the first in both worlds, and the second.
fn for_pairs(seed: u64, count: usize, mut look: impl FnMut(&mut World, &Known, &Document, &Document)) {
    let mut random = Random(seed);
    let mut world = World::new();
    let known = brute::known();
    for number in 0..count {
        let old = Document::random(&mut random);
        let new = old.changed(&mut random);
        look(&mut world, &known[if number % 2 == 0 { 0 } else { number / 2 % 4 }], &old, &new);
    }
}

/// The least number of conditions with which some token gains something.
fn least(world: &mut World, known: &Known, old: &Document, new: &Document) -> Option<usize> {
    let before = world.allowed(old, &known.tokens);
    let after = world.allowed(new, &known.tokens);
    let gaining = known
        .tokens
        .iter()
        .zip(after.iter().zip(&before))
        .filter(|(_, (after, before))| !after.without(before).is_empty());
    gaining.map(|(token, _)| brute::atoms(token, &[old, new])).min()
}

fn allows(document: &Permissions, caller: &Caller, method: &Method) -> bool {
    document.grants(caller).decide(method).is_permitted()
}

#[test]
fn a_gain_is_found_if_and_only_if_there_is_one_and_the_smallest() {
    let mut gains = 0;
    for_pairs(1, 10_000, |world, known, old, new| {
        let expected = least(world, known, old, new);
        let (old_read, new_read) = (old.read(), new.read());
        let (old_index, new_index) = (Index::new(&old_read), Index::new(&new_read));
        let found = first_gain(&old_index, &new_index, &known.facts, &mut Budget::default()).unwrap();
        assert_eq!(
            found.as_ref().map(|gain| gain.size.atoms),
            expected,
            "{:?}\n{}\n{}",
            known.facts,
            old.json(),
            new.json()
        );
        if let Some(gain) = found {
            gains += 1;
            let method = gain.witness.method().unwrap();
            assert!(allows(&new_read, &gain.witness.caller, &method), "{}", gain.witness);
            assert!(!allows(&old_read, &gain.witness.caller, &method), "{}", gain.witness);
        }
    });
    assert!(gains > 3_000, "{gains}");
}

#[test]
fn brute_force_and_the_engine_decide_alike() {
    let mut random = Random(2);
    let mut world = World::new();
    let tokens = &brute::known()[0].tokens;
    for _ in 0..300 {
        let document = Document::random(&mut random);
        let read = document.read();
        let tokens: Vec<Token> = (0..5).map(|_| tokens[random.below(tokens.len())].clone()).collect();
        let allowed = world.allowed(&document, &tokens);
        for (token, allowed) in tokens.iter().zip(&allowed) {
            let caller = token.caller();
            let grants = read.grants(&caller);
            for _ in 0..100 {
                let (verb, path) = (random.below(brute::VERBS.len()), random.below(world.paths.len()));
                let text = format!(
                    "arn:aws:execute-api:us-east-1:123456789012:api/test/{}/{}",
                    brute::VERBS[verb],
                    world.paths[path].join("/")
                );
                let method = Method::parse(text.clone()).unwrap();
                assert_eq!(
                    grants.decide(&method).is_permitted(),
                    allowed.has(verb, path),
                    "{text} {caller} {}",
                    document.json()
                );
            }
            let connect =
                Method::parse("arn:aws:execute-api:us-east-1:123456789012:api/test/$connect".to_owned()).unwrap();
            assert_eq!(grants.decide(&connect).is_permitted(), allowed.has_connect());
        }
    }
}

/// What is left out of the routine.
#[derive(Clone, Copy, Debug, PartialEq)]
enum Part {
    Nothing,
    Winners,
    Denies,
    UnusableClaims,
    OtherLengths,
    LongerThanTheLongest,
    DistinctFreshTexts,
    UnnamedVerb,
}

fn is_found_without(part: Part, known: &Known, old: &Document, new: &Document) -> bool {
    let (old, new) = (old.read(), new.read());
    let (old_index, new_index) = (Index::new(&old), Index::new(&new));
    let mut universe = Universe::new(&known.facts, &[&old, &new], &[], &[]).unwrap();
    let mut partners = Partners::ALL;
    match part {
        Part::Nothing => {}
        Part::Winners => partners.winners = false,
        Part::Denies => partners.denies = Denies::None,
        Part::UnusableClaims => universe.claims.iter_mut().for_each(|claim| claim.single = true),
        Part::OtherLengths => universe.sizes.clear(),
        Part::LongerThanTheLongest => drop(universe.sizes.pop_last()),
        Part::DistinctFreshTexts => universe.fresh.fill("x1".to_owned()),
        Part::UnnamedVerb => universe.unnamed_verb = "GET",
    }
    if part == Part::UnusableClaims {
        universe.claims.iter_mut().for_each(|claim| claim.present = true);
    }
    if part == Part::OtherLengths {
        universe.sizes.extend([1]);
    }
    let (new, old) = (View::whole(&new_index), View::whole(&old_index));
    let question = Question { universe: &universe, new, old, region: None, more: &[], from: From::All, partners };
    question.has_gain(&mut Budget::default()).unwrap()
}

#[test]
fn without_any_one_part_gains_are_missed() {
    use Part::{
        Denies, DistinctFreshTexts, LongerThanTheLongest, Nothing, OtherLengths, UnnamedVerb, UnusableClaims, Winners,
    };
    let parts =
        [Nothing, Winners, Denies, UnusableClaims, OtherLengths, LongerThanTheLongest, DistinctFreshTexts, UnnamedVerb];
    let mut missed = parts.map(|part| (part, 0));
    for_pairs(3, 20_000, |_, known, old, new| {
        if is_found_without(Nothing, known, old, new) {
            for (part, missed) in &mut missed {
                *missed += usize::from(!is_found_without(*part, known, old, new));
            }
        }
    });
    for (part, missed) in missed {
        assert_eq!(missed > 0, part != Nothing, "{part:?}: {missed}");
    }
}
