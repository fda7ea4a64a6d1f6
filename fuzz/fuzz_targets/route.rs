//! A route opens what its text says, in the decision engine and in the policy: judged by a second reading of the text.
//!
//! The input is three lines: a route key, a verb, a path as it stands in a method ARN.

#![no_main]

use cognito_authorizer::token::VerifiedClaims;
use libfuzzer_sys::fuzz_target;
use permissions::iam::{Coverage, Limits, Policies, Says};
use permissions::{Holder, Method, Permissions, Route, VERBS, matches_anyones};
use serde_json::json;
use std::sync::LazyLock;
use testkit::{STAGE, access, iam, world::verified};

const LIMITS: Limits = Limits { coverage: Coverage::Api, budget_bytes: usize::MAX };

/// More segments than the routes of real APIs have.
const MOST_SEGMENTS: usize = 6;

static HOLDER: LazyLock<VerifiedClaims> =
    LazyLock::new(|| verified(&access(json!({"sub": "u1", "odd": "a*b", "n": 7}))));

fuzz_target!(|text: &str| {
    let mut lines = text.splitn(3, '\n');
    let (Some(key), Some(verb), Some(path)) = (lines.next(), lines.next(), lines.next()) else { return };
    let Ok(route) = key.parse::<Route>() else { return };
    assert_eq!(route.to_string(), key);
    let Ok(method) = Method::parse(format!("{STAGE}{verb}/{path}")) else { return };
    if is_well_formed(path) && method.verb() == verb {
        assert_eq!(matches_anyones(&route, &method), opens(key, verb, path, |_| None), "{text}");
    }
    if key != "$connect" && key.matches('/').count() <= MOST_SEGMENTS {
        policy_agrees(key, verb, path);
    }
});

fn policy_agrees(key: &str, verb: &str, path: &str) {
    let Ok(method) = Method::parse(format!("{STAGE}{verb}/{path}")) else { return };
    if (method.verb(), verb.is_ascii() && path.is_ascii()) != (verb, true) {
        return;
    }
    let document = json!({"permissions": [{"authenticated": true, "allow": [key]}]});
    let map = Permissions::parse(document.to_string().as_bytes()).expect("a document with one route");
    let grants = map.grants(&*HOLDER);
    let claim =
        |name: &str| Some(HOLDER.claim(name).and_then(|value| value.as_str()).filter(|text| !text.contains('*')));
    let expected = is_well_formed(path) && !map.refuses_spelling(&method) && opens(key, verb, path, claim);
    let verdict = grants.decide(&method);
    assert_eq!(verdict.is_permitted(), expected, "{key} {verb} {path}");
    let compiled = Policies::new(&map, LIMITS).compile(&grants, verdict, &method);
    let policy = iam::Policy::from(compiled.document);
    let open_prefix = STAGE.replace("eu-west-1:123456789012", "*:*");
    let is_ours = |resource: &String| resource.starts_with(STAGE) || resource.starts_with(&open_prefix);
    let strange = policy.allow().iter().find(|resource| !is_ours(resource));
    assert_eq!(strange, None, "{key} {verb} {path}: {policy:?}");
    let open = iam::allows(&policy, method.arn());
    let sayable = (VERBS.contains(&verb) && compiled.says == Says::All) || method.as_resource().is_some();
    assert!(open || !expected || !sayable, "live: {key} {verb} {path}: {policy:?}");
    assert!(!open || is_well_formed(path), "malformed: {key} {verb} {path}: {policy:?}");
    assert!(!open || expected, "safe: {key} {verb} {path}: {policy:?}");
}

/// What every path must be, whatever the document spells.
fn is_well_formed(path: &str) -> bool {
    let lower = path.to_ascii_lowercase();
    let plain = |segment: &str| !segment.is_empty() && segment != "." && segment != "..";
    path.is_empty() || (path.split('/').all(plain) && !lower.contains("%2f") && !lower.contains("%2e"))
}

/// `claim` gives a claim's usable value, or `Some(None)` if it has none; `None` lets it stand for any one segment.
fn opens<'a>(key: &str, verb: &str, path: &str, claim: impl Fn(&str) -> Option<Option<&'a str>>) -> bool {
    let Some((own, template)) = key.split_once(' ') else { return key == "$connect" && verb == key && path.is_empty() };
    let split = |path: &str| path.split('/').filter(|_| !path.is_empty()).map(ToOwned::to_owned).collect::<Vec<_>>();
    let (template, segments) = (split(&template[1..]), split(path));
    let greedy = template.last().is_some_and(|last| last.starts_with('{') && last.ends_with("+}"));
    let long_enough = if greedy { segments.len() >= template.len() } else { segments.len() == template.len() };
    let fits =
        |(wanted, found): (&String, &String)| match wanted.strip_prefix("${").and_then(|rest| rest.strip_suffix('}')) {
            Some(name) => claim(name).is_none_or(|value| value == Some(found)),
            None => wanted.starts_with('{') || wanted == found,
        };
    let verb_fits = own == verb || (own == "ANY" && verb != "$connect");
    verb_fits && long_enough && template.iter().zip(&segments).all(fits)
}
