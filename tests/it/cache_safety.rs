//! Is a document safe to cache by token? The check of the document against every holder: a small document has few kinds of them.

use permissions::iam::{Breaks, CacheSafety, Coverage, Limits, Policies, Says};
use permissions::questions::{Caller, Facts};
use permissions::{Holder, Method, Permissions};
use proptest::strategy::{Strategy as _, ValueTree as _};
use proptest::test_runner::TestRunner;
use serde_json::{Map, Value, json};
use testkit::STAGE;
use testkit::documents::document;

/// Documents drawn. The answers take some seconds.
const DOCUMENTS: usize = 2_000;

/// Documents drawn whose least budget is looked for.
const TIGHT_DOCUMENTS: usize = 1_000;

const BUDGETS: [usize; 4] = [2_000, 3_000, 5_000, 8_192];

/// What a claim may be: absent, literals of the generated documents, texts of its own, one of them a mail address as long as may be, and unusable.
fn values(name: &str, text: &str) -> Vec<Value> {
    if !text.contains(name) {
        return vec![Value::Null];
    }
    let long = format!("w+{}@w", "w".repeat(124));
    let texts = ["a", "b", "u1", "u9", "u8", long.as_str(), "*"].map(Value::from);
    [Value::Null, json!(["a", "u9"])].into_iter().chain(texts).collect()
}

/// Every holder that the document can tell from others.
fn holders(document: &Value) -> Vec<Caller> {
    let text = document.to_string();
    let mut all = vec![Map::new()];
    let mut each = |name: &str, values: Vec<Value>| {
        let with = |claims: &Map<String, Value>, value: &Value| {
            let mut claims = claims.clone();
            if !value.is_null() {
                claims.insert(name.to_owned(), value.clone());
            }
            claims
        };
        all =
            all.iter().flat_map(|claims| values.iter().map(|value| with(claims, value)).collect::<Vec<_>>()).collect();
    };
    let asked = |text: &str, member: &str, value: Value| {
        if text.contains(member) { vec![Value::Null, value] } else { vec![Value::Null] }
    };
    each("scope", asked(&text, "\"scopes\"", json!("s")));
    each("cognito:groups", asked(&text, "\"groups\"", json!(["g"])));
    each("level", asked(&text, "\"level\"", json!(1)));
    each("custom:t", values("custom:t", &text));
    each("sub", values("${sub}", &text));
    all.into_iter().map(Caller::new).collect()
}

fn method() -> Method {
    Method::parse(format!("{STAGE}GET/")).unwrap()
}

/// What the compiler says of the holder's policy, with its size.
fn said(permissions: &Permissions, policies: &Policies, holder: &impl Holder) -> (Says, usize) {
    let grants = permissions.grants(holder);
    let compiled = policies.compile(&grants, grants.decide(&method()), &method());
    (compiled.says, compiled.document.bytes())
}

fn is_exact(says: Says) -> bool {
    matches!(says, Says::All | Says::AllButSpecial)
}

/// The least budget with which the document is proved safe, if there is one.
fn least_proved(permissions: &Permissions) -> Option<usize> {
    let is_proved = |budget_bytes: usize| {
        let policies = Policies::new(permissions, Limits { coverage: Coverage::Api, budget_bytes });
        matches!(policies.cache_safety(permissions, &method(), &Facts::none()), CacheSafety::Proved)
    };
    let (mut too_small, mut enough) = (1_024, 8_192);
    if !is_proved(enough) {
        return None;
    }
    while enough - too_small > 1 {
        let middle = usize::midpoint(too_small, enough);
        if is_proved(middle) {
            enough = middle;
        } else {
            too_small = middle;
        }
    }
    Some(enough)
}

#[derive(Default, Debug)]
struct Counts {
    proved: usize,
    witness: usize,
    not_proved: usize,
    /// Of those, how many have a witness all the same.
    missed: usize,
}

/// Holds the answer about one document against all holders.
fn check(document: &Value, budget_bytes: usize, counts: &mut Counts) {
    let permissions = Permissions::parse(document.to_string().as_bytes()).unwrap();
    let policies = Policies::new(&permissions, Limits { coverage: Coverage::Api, budget_bytes });
    match policies.cache_safety(&permissions, &method(), &Facts::none()) {
        CacheSafety::Proved => {
            counts.proved += 1;
            for holder in holders(document) {
                let (says, bytes) = said(&permissions, &policies, &holder);
                assert!(is_exact(says) && bytes <= budget_bytes, "{says:?}, {bytes} bytes for {holder} of {document}");
            }
        }
        CacheSafety::Witness(witness) => {
            counts.witness += 1;
            let (says, _) = said(&permissions, &policies, &witness.holder);
            assert_eq!(says, Says::Part, "{} of {document}", witness.holder);
            if let Breaks::OverBudget { bytes } = witness.breaks {
                assert!(bytes > budget_bytes, "{bytes} of {budget_bytes} for {document}");
            }
        }
        CacheSafety::NotProved { .. } => {
            counts.not_proved += 1;
            let unsafe_for = |holder: &Caller| !is_exact(said(&permissions, &policies, holder).0);
            let missed = holders(document).iter().any(unsafe_for);

            counts.missed += usize::from(missed);
        }
    }
}

#[test]
fn what_is_proved_holds_for_every_holder_and_a_witness_loses_a_method() {
    let mut runner = TestRunner::deterministic();
    let mut counts = Counts::default();
    for number in 0..DOCUMENTS {
        let document = document().new_tree(&mut runner).unwrap().current();
        check(&document, BUDGETS[number % BUDGETS.len()], &mut counts);
    }
    // Else nothing was tried.
    assert!(counts.proved > DOCUMENTS / 4 && counts.witness > DOCUMENTS / 6, "{counts:?}");
    // Most of these need values of claims as long as may be, which no witness has.
    assert!(counts.missed < DOCUMENTS / 8, "{counts:?}");
}

/// The bound on bytes is looked at where it is only just enough.
#[test]
fn what_is_only_just_proved_to_fit_does_fit() {
    let mut runner = TestRunner::deterministic();
    let mut proved = 0;
    for _ in 0..TIGHT_DOCUMENTS {
        let document = document().new_tree(&mut runner).unwrap().current();
        let permissions = Permissions::parse(document.to_string().as_bytes()).unwrap();
        let Some(budget_bytes) = least_proved(&permissions) else { continue };
        proved += 1;
        check(&document, budget_bytes, &mut Counts::default());
    }
    assert!(proved > TIGHT_DOCUMENTS / 3, "{proved}");
}
