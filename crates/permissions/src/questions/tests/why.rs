//! Remedies, against trying all additions of scopes and groups.

use super::brute;
use super::documents::{Document, Random};
use crate::Method;
use crate::questions::{Atom, Change, Facts, Index, explain};

#[test]
fn it_is_said_when_claims_were_left_out() {
    for (claims, left_out) in [(6, false), (7, true)] {
        let denies: Vec<String> = (0..claims).map(|claim| format!(r#""GET /${{custom:c{claim}}}""#)).collect();
        let json = format!(
            r#"{{"permissions":[{{"authenticated":true,"allow":["GET /{{x}}"]}},{{"authenticated":true,"deny":[{}]}}]}}"#,
            denies.join(",")
        );
        let document = crate::Permissions::parse(json.as_bytes()).unwrap();
        let (index, facts) = (Index::new(&document), Facts::of_cognito());
        let method = Method::parse("arn:aws:execute-api:us-east-1:123456789012:api/test/GET/a".to_owned()).unwrap();
        let found = explain(&index, &crate::questions::Caller::default(), &method, &facts).unwrap();
        assert_eq!((found.left_out, found.remedies.is_empty()), (left_out, left_out), "{claims}");
    }
}

#[test]
fn every_addition_of_scopes_and_groups_that_opens_a_request_contains_a_remedy() {
    let (mut random, tokens, paths) = (Random(14), brute::known(), brute::paths());
    let facts = Facts::none();
    let (mut opened, mut shut) = (0, 0);
    for _ in 0..15_000 {
        let document = Document::random(&mut random);
        let read = document.read();
        let index = Index::new(&read);
        let caller = tokens[0].tokens[random.below(tokens[0].tokens.len())].caller();
        let (verb, path) = (random.pick(&brute::VERBS), &paths[random.below(43)]);
        let arn = format!("arn:aws:execute-api:us-east-1:123456789012:api/test/{verb}/{}", path.join("/"));
        let method = Method::parse(arn).unwrap();
        let found = explain(&index, &caller, &method, &facts).unwrap();
        let permitted = read.grants(&caller).decide(&method);
        assert_eq!(found.verdict, permitted);
        if permitted.is_permitted() {
            assert!(found.remedies.is_empty());
            continue;
        }
        for bits in 1..8 {
            let atoms = [Atom::Scope("s"), Atom::Scope("t"), Atom::Group("g")];
            let added: Vec<Atom<'_>> =
                atoms.into_iter().enumerate().filter(|(bit, _)| bits >> bit & 1 == 1).map(|(_, atom)| atom).collect();
            let other = added.iter().fold(caller.clone(), |caller, atom| caller.with(*atom));
            if read.grants(&other).decide(&method).is_permitted() {
                opened += 1;
                let within = |change: &Change<'_>| match change {
                    Change::Scope(scope) => added.contains(&Atom::Scope(scope)),
                    Change::Group(group) => added.contains(&Atom::Group(group)),
                    Change::Claim(..) | Change::AnyOther(_) => false,
                };
                assert!(
                    found.remedies.iter().any(|remedy| remedy.changes.iter().all(within)),
                    "{found:?} {caller} {added:?} {}",
                    document.json()
                );
            }
        }
        shut += found.obstacles.len();
        assert!(found.obstacles.iter().all(|obstacle| !obstacle.denies.is_empty()), "{found:?}");
    }
    assert!(opened > 1_000 && shut > 100, "{opened} {shut}");
}
