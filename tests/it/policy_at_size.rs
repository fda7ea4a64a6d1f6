//! Policies for documents of the size of real APIs, which are too large to look at every request: samples of requests that
//! routes name, on their generic path and with literals for parameters, against the oracle.

use serde_json::{Value, json};
use std::collections::BTreeSet;
use testkit::api_shapes::{self, SHAPES};
use testkit::caller::{Caller, Engine};
use testkit::iam::{self, Policy};
use testkit::judge::VERBS;
use testkit::oracle::{Document, Place, Rights, Row};
use testkit::{STAGE, access};

const OWN: &str = "abcdef1234/test";

/// Numbers from a seed, all alike wherever the test runs (Knuth's constants for 64 bits).
struct Numbers(u64);

impl Numbers {
    fn below(&mut self, bound: usize) -> usize {
        self.0 = self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        usize::try_from(self.0 >> 33).unwrap() % bound
    }

    fn one<'a, T: ?Sized>(&mut self, of: &[&'a T]) -> &'a T {
        of[self.below(of.len())]
    }
}

/// A path of the row. Some parameters are literals of the document.
fn path(row: &Row, literals: &[&str], numbers: &mut Numbers) -> String {
    let mut segments = Vec::new();
    for place in &row.places {
        match place {
            Place::Literal(text) => segments.push(text.clone()),
            _ if numbers.below(4) == 0 => segments.push(numbers.one(literals).to_owned()),
            _ => segments.push("zz-9".to_owned()),
        }
    }
    segments.join("/")
}

fn holders(document: &Value, numbers: &mut Numbers) -> Vec<String> {
    let scopes = |permission: &Value| {
        permission["scopes"]
            .as_array()
            .unwrap()
            .iter()
            .map(|scope| scope.as_str().unwrap().to_owned())
            .collect::<Vec<_>>()
    };
    let all: BTreeSet<String> = document["permissions"].as_array().unwrap().iter().flat_map(scopes).collect();
    let all: Vec<String> = all.into_iter().collect();
    let borrowed: Vec<&str> = all.iter().map(String::as_str).collect();
    let mut holders: Vec<String> = [1, 5]
        .iter()
        .map(|count| (0..*count).map(|_| numbers.one(&borrowed).to_owned()).collect::<Vec<_>>().join(" "))
        .collect();
    holders.push(all.join(" "));
    holders
}

/// Is what the policy opens right, of these requests?
fn check(policy: &Policy, rights: &Rights<'_>, requests: &[(&str, String)], name: &str) {
    for (verb, path) in requests {
        let must_be_shut = rights.is_in_catalog(verb, path) && !rights.permits(OWN, verb, path);
        if must_be_shut {
            let arn = format!("{STAGE}{verb}/{path}");
            assert!(!iam::allows(policy, &arn), "{name}: {arn} in {}", policy.json);
        }
    }
}

#[test]
fn policies_of_large_documents_open_nothing_that_is_not_granted() {
    let mut numbers = Numbers(1);
    for shape in SHAPES.iter() {
        for complete in [false, true] {
            let document = api_shapes::document(shape, 1, complete);
            let read = Document::read(&document);
            let literals: Vec<&str> = read.literals().collect();
            for scope in holders(&document, &mut numbers) {
                let claims = access(json!({ "scope": scope }));
                let rights = read.rights(&claims);
                let rows: Vec<&Row> = rights.names.iter().map(|name| &name.row).collect();
                let requests: Vec<(&str, String)> = (0..1500)
                    .map(|_| (numbers.one(&VERBS), path(numbers.one(&rows), &literals, &mut numbers)))
                    .collect();
                let (engine, caller) = (Engine::new(&document, 8192), Caller(claims.clone()));
                let (verb, asked) = &requests[0];
                let granted = requests.iter().find(|(verb, path)| rights.permits(OWN, verb, path));
                for (verb, path) in [Some(&(*verb, asked.clone())), granted].into_iter().flatten() {
                    let arn = format!("{STAGE}{verb}/{path}");
                    let json = engine.policy(&caller, &arn);
                    assert!(json.len() <= 8192, "{}: {} bytes", shape.name, json.len());
                    let policy = Policy::read(serde_json::from_str(&json).unwrap());
                    assert_eq!(
                        iam::allows(&policy, &arn),
                        rights.permits(OWN, verb, path),
                        "{}: {arn} in {json}",
                        shape.name
                    );
                    check(&policy, &rights, &requests, &shape.name);
                }
            }
        }
    }
}
