//! A route opens what its text says, in the decision engine and in the policy: judged by a second reading of the text.
//!
//! The input is three lines: a route key, a verb, a path as it stands in a method ARN.

#![no_main]

use permissions::{Pattern, PermissionMap, RequestedPath, Route, VERBS};
use permissions::iam::{Coverage, LONGEST_RESOURCE, Limits, MethodArn, Policies};
use cognito_authorizer::token::VerifiedClaims;
use testkit::{STAGE, access, iam, world::verified};
use libfuzzer_sys::fuzz_target;
use serde_json::json;
use std::sync::LazyLock;

const LIMITS: Limits = Limits { coverage: Coverage::Api, budget_bytes: usize::MAX };

/// More segments than the routes of real APIs have.
const MOST_SEGMENTS: usize = 6;

static HOLDER: LazyLock<VerifiedClaims> =
    LazyLock::new(|| verified(&access(json!({"sub": "u1", "odd": "a*b", "n": 7}))));

fuzz_target!(|text: &str| {
    let mut lines = text.splitn(3, '\n');
    let (Some(key), Some(verb), Some(path)) = (lines.next(), lines.next(), lines.next()) else { return };
    assert_eq!(RequestedPath::parse(path).is_some(), is_well_formed(path), "{path}");
    let Ok(route) = key.parse::<Route>() else { return };
    assert_eq!(route.to_string(), key);
    if let Some(path) = RequestedPath::parse(path) {
        let anyones = Pattern::anyones(&route).matches(verb, &path);
        assert_eq!(anyones, opens(key, verb, &path.segments().join("/"), |_| None), "{text}");
    }
    if key != "$connect" && key.matches('/').count() <= MOST_SEGMENTS {
        policy_agrees(key, verb, path);
    }
});

fn policy_agrees(key: &str, verb: &str, path: &str) {
    let Ok(method) = MethodArn::parse(format!("{STAGE}{verb}/{path}")) else { return };
    if (method.verb(), verb.is_ascii() && path.is_ascii()) != (verb, true) {
        return;
    }
    let document = json!({"permissions": [{"authenticated": true, "allow": [key]}]});
    let map = PermissionMap::parse(document.to_string().as_bytes()).expect("a document with one route");
    let grants = map.grants(&HOLDER);
    let claim =
        |name: &str| Some(HOLDER.claim(name).and_then(|value| value.as_str()).filter(|text| !text.contains('*')));
    let expected = is_well_formed(path) && opens(key, verb, path, claim);
    assert_eq!(grants.decide(verb, method.path().as_ref()).is_permitted(), expected, "{key} {verb} {path}");
    let policy = iam::Policy::from(Policies::new(&map, LIMITS).compile(&map, &grants, &method).document);
    let arn = format!("{STAGE}{verb}/{path}");
    let strange = policy.allow().iter().chain(policy.deny()).find(|resource| !resource.starts_with(STAGE));
    assert_eq!(strange, None, "{key} {verb} {path}: {policy:?}");
    let open = iam::allows(&policy, &arn);
    // Not promised: what API Gateway could not be told, and a verb that looks like a malformed path. With a claim and a
    // greedy parameter the rights cannot be said exactly, so that the method may need its own ARN.
    let is_exact = !(key.contains("${") && key.ends_with("+}"));
    let sayable =
        arn.len() <= LONGEST_RESOURCE && ((VERBS.contains(&verb) && is_exact) || method.as_resource().is_some());
    let is_promised = sayable && verb.bytes().all(|byte| byte.is_ascii_alphanumeric());
    assert!(open || !expected || !is_promised || key.len() > 200, "live: {key} {verb} {path}: {policy:?}");
    assert!(!open || is_well_formed(path), "malformed: {key} {verb} {path}: {policy:?}");
    // One route without a greedy parameter can always be said exactly.
    assert!(
        !open || expected || key.ends_with("+}") || !VERBS.contains(&verb),
        "safe: {key} {verb} {path}: {policy:?}"
    );
}

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
