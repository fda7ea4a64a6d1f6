//! Promises about nobody, everybody and one caller, against brute force.

use super::brute::{self, Token, World};
use super::documents::{Document, Entry, Piece, Random, Spec};
use crate::questions::{Budget, Conditions, Exception, Index, everyone, nobody, only};

fn conditions(entry: &Entry) -> Conditions {
    let owned = |texts: &[&str]| texts.iter().map(|text| (*text).to_owned()).collect();
    let claims = entry.claims.iter().map(|(name, value)| ((*name).to_owned(), (*value).into())).collect();
    Conditions { scopes: owned(&entry.scopes), groups: owned(&entry.groups), claims }
}

fn opened(route: &Spec) -> Spec {
    let pieces = route.pieces.iter().map(|piece| if let Piece::Claim(_) = piece { Piece::Parameter } else { *piece });
    Spec { pieces: pieces.collect(), ..route.clone() }
}

/// A question's route, whom it is about, and who is excepted.
struct Asked {
    route: Spec,
    who: Entry,
    unless: Vec<Entry>,
}

fn asked(random: &mut Random) -> Asked {
    let conditions = |random: &mut Random| {
        let random = Document::random(random).permissions.swap_remove(0);
        Entry { allow: Vec::new(), deny: Vec::new(), ..random }
    };
    let who = conditions(random);
    let unless = (0..random.below(3)).map(|_| conditions(random)).collect();
    Asked { route: Spec::random(random), who, unless }
}

impl Asked {
    fn exceptions(&self) -> Vec<Exception> {
        self.unless.iter().map(|entry| Exception { conditions: conditions(entry), route: None }).collect()
    }
}

#[test]
fn a_promise_about_nobody_is_broken_if_and_only_if_somebody_breaks_it() {
    let (mut random, mut world, known) = (Random(4), World::new(), brute::known());
    let mut broken = 0;
    for number in 0..3_000 {
        let (document, asked) = (Document::random(&mut random), asked(&mut random));
        let known = &known[number % 4];
        let allowed = world.allowed(&document, &known.tokens);
        let region = world.open(&opened(&asked.route));
        let meant = |token: &Token| token.meets(&asked.who) && !asked.unless.iter().any(|entry| token.meets(entry));
        let mut pairs = known.tokens.iter().zip(&allowed).filter(|(token, _)| meant(token));
        let expected = pairs.any(|(_, allowed)| {
            let mut breach = allowed.clone();
            breach.keep(&region);
            !breach.is_empty()
        });
        let (read, route) = (document.read(), asked.route.text().parse().unwrap());
        let index = Index::new(&read);
        let who = conditions(&asked.who);
        let found = nobody(&index, &route, &who, &asked.exceptions(), &known.facts, &mut Budget::default()).unwrap();
        assert_eq!(found.is_some(), expected, "{route} {who:?} {:?} {}", asked.unless, document.json());
        broken += usize::from(expected);
        if let Some(found) = found {
            let grants = read.grants(&found.witness.caller);
            assert_eq!(grants.decide(&found.witness.method().unwrap()), found.verdict);
            assert!(found.verdict.is_permitted());
        }
    }
    assert!((500..2_500).contains(&broken), "{broken}");
}

#[test]
fn a_promise_about_everybody_is_broken_if_and_only_if_somebody_breaks_it() {
    let (mut random, mut world, known) = (Random(5), World::new(), brute::known());
    let mut kept = 0;
    for number in 0..3_000 {
        let (document, asked) = (Document::random(&mut random), asked(&mut random));
        // Half the promises are about a route of the document.
        let own = document.permissions[0].allow.first().filter(|_| number % 2 == 0).cloned();
        let asked = Asked { route: own.unwrap_or(asked.route), ..asked };
        let known = &known[number % 4];
        let promised = Entry { allow: vec![asked.route.clone()], ..asked.who.clone() };
        let excepted = asked.unless.iter().map(|entry| Entry { deny: vec![opened(&asked.route)], ..entry.clone() });
        let routes = document.catalog().cloned().collect();
        let promise = Document { permissions: [promised].into_iter().chain(excepted).collect(), routes };
        let (allowed, promised) = (world.allowed(&document, &known.tokens), world.allowed(&promise, &known.tokens));
        let expected = promised.iter().zip(&allowed).any(|(promised, allowed)| !promised.without(allowed).is_empty());
        let (read, route) = (document.read(), asked.route.text().parse().unwrap());
        let index = Index::new(&read);
        let who = conditions(&asked.who);
        let found = everyone(&index, &route, &who, &asked.exceptions(), &known.facts, &mut Budget::default()).unwrap();
        assert_eq!(found.is_some(), expected, "{route} {who:?} {:?} {}", asked.unless, document.json());
        kept += usize::from(!expected);
        assert!(found.is_none_or(|found| !found.verdict.is_permitted()));
    }
    assert!((200..2_500).contains(&kept), "{kept}");
}

#[test]
fn a_list_of_exactly_what_one_caller_can_do_is_complete_and_has_no_excess() {
    let (mut random, mut world, known) = (Random(6), World::new(), brute::known());
    let mut outcomes = [0; 4];
    for _ in 0..3_000 {
        let document = Document::random(&mut random);
        let token = vec![known[0].tokens[random.below(known[0].tokens.len())].clone()];
        let allows =
            document.permissions.iter().filter(|entry| token[0].meets(entry)).flat_map(|entry| entry.allow.clone());
        let mut routes: Vec<Spec> = allows.collect();
        if random.one_in(3) && !routes.is_empty() {
            routes.remove(0);
        }
        if random.one_in(3) {
            routes.push(Spec::random(&mut random));
        }
        let listed = Entry { allow: routes.clone(), ..Entry::default() };
        let (listed, catalog) = (
            Document { permissions: vec![listed], routes: Vec::new() },
            document.catalog().cloned().collect::<Vec<_>>(),
        );
        let (allowed, listed) = (world.allowed(&document, &token), world.allowed_among(&listed, &catalog, &token));
        let expected = (!allowed[0].without(&listed[0]).is_empty(), !listed[0].without(&allowed[0]).is_empty());
        let read = document.read();
        let index = Index::new(&read);
        let routes: Vec<_> = routes.iter().map(|route| route.text().parse().unwrap()).collect();
        let caller = token[0].caller();
        let found = only(&index, &caller, &routes, &mut Budget::default()).unwrap();
        assert_eq!(
            (!found.more.is_empty(), !found.less.is_empty()),
            expected,
            "{caller} {routes:?} {}",
            document.json()
        );
        assert!(found.more.iter().all(|more| more.verdict.is_permitted() && more.witness.caller == caller));
        assert!(found.less.iter().all(|less| !less.verdict.is_permitted() && less.witness.caller == caller));
        outcomes[usize::from(expected.0) * 2 + usize::from(expected.1)] += 1;
    }
    assert!(outcomes.iter().all(|count| *count > 50), "{outcomes:?}");
}
