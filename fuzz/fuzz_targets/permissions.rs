//! Any bytes as a permission document: an error of one line, or rights that every policy stays within.

#![no_main]

use cognito_authorizer::token::VerifiedClaims;
use libfuzzer_sys::fuzz_target;
use permissions::iam::{Coverage, Limits, Policies, Says};
use permissions::{Grants, Method, Permissions, matches_anyones};
use serde_json::json;
use std::collections::BTreeSet;
use std::sync::LazyLock;
use testkit::{STAGE, access, iam, world::verified};

const LIMITS: Limits = Limits { coverage: Coverage::Api, budget_bytes: usize::MAX };

/// Verbs that documents name, and one that only `ANY` means.
const VERBS: [&str; 3] = ["GET", "POST", "DELETE"];

/// What a request has where the document spells nothing out.
const UNKNOWN: &str = "zz-9";

/// The texts and lengths of the paths that are tried: all of them, so few.
const MOST_TEXTS: usize = 5;
const MOST_SEGMENTS: usize = 3;
const MOST_ROUTES: usize = 12;

static HOLDERS: LazyLock<Vec<VerifiedClaims>> = LazyLock::new(|| {
    let claims = [
        json!({"scope": "", "sub": "u1"}),
        json!({"scope": "s orders/read orders/pii", "cognito:groups": ["g", "dpo"], "custom:t": "a"}),
        json!({"scope": "orders/read", "sub": "*", "custom:frozen": "true"}),
    ];
    claims.into_iter().map(|changes| verified(&access(changes))).collect()
});

fuzz_target!(|data: &[u8]| {
    let map = match Permissions::parse(data) {
        Ok(map) => map,
        Err(error) => return assert!(!error.to_string().contains(['\n', '\r']), "{error}"),
    };
    // The work grows with the document, which is the operator's.
    let routes = data.split(|byte| *byte == b'/').count();
    if routes > MOST_ROUTES * (MOST_SEGMENTS + 1) || map.catalog().len() > MOST_ROUTES {
        return;
    }
    HOLDERS.iter().for_each(|holder| stays_within_rights(&map, &map.grants(holder)));
});

fn stays_within_rights(map: &Permissions, grants: &Grants<'_>) {
    let longest = map.catalog().iter().map(|route| route.segments().len()).max().unwrap_or(0);
    let paths = paths(&texts(map, grants), longest.min(MOST_SEGMENTS) + 1);
    let policies = Policies::new(map, LIMITS);
    // The first, the last and one in between are asked for; each policy is then asked about all.
    for path in [0, paths.len() / 2, paths.len() - 1].map(|place| &paths[place]) {
        for verb in ["GET", "POST"] {
            let Ok(method) = Method::parse(format!("{STAGE}{verb}/{path}")) else { continue };
            let verdict = grants.decide(&method);
            let compiled = policies.compile(grants, verdict, &method);
            let policy = iam::Policy::from(compiled.document);
            let live = !verdict.is_permitted() || method.as_resource().is_none() || iam::allows(&policy, method.arn());
            assert!(live, "live: {verb} {path}: {policy:?}");
            paths.iter().for_each(|path| is_right(map, grants, &policy, compiled.says, path));
        }
    }
}

/// What is open is granted, unless neither the document nor a deny names it; and the other way round where the policy says
/// all.
fn is_right(map: &Permissions, grants: &Grants<'_>, policy: &iam::Policy, says: Says, path: &str) {
    let method = |verb: &str| Method::parse(format!("{STAGE}{verb}/{path}")).ok();
    let is_named = |method: &Method| map.catalog().iter().any(|route| matches_anyones(route, method));
    let named = VERBS.iter().filter_map(|verb| method(verb)).any(|method| is_named(&method));
    for method in VERBS.iter().filter_map(|verb| method(verb)) {
        let (open, verdict) = (iam::allows(policy, method.arn()), grants.decide(&method));
        let must = (path.is_empty() || named) && (!map.is_complete() || is_named(&method));
        let denied = matches!(verdict, permissions::Verdict::Denied(_) | permissions::Verdict::Misspelled);
        assert!(!open || verdict.is_permitted() || !(must || denied), "safe: {}: {policy:?}", method.arn());
        assert!(open || !verdict.is_permitted() || says != Says::All, "exact: {}: {policy:?}", method.arn());
    }
}

/// Some of the texts that the document and the token spell, and one that nobody does.
fn texts(map: &Permissions, grants: &Grants<'_>) -> Vec<String> {
    let spelled = map.catalog().iter().flat_map(|route| route.literals());
    let filled = grants.values().iter().flatten().copied();
    let distinct: BTreeSet<&str> = spelled.chain(filled).collect();
    distinct.into_iter().take(MOST_TEXTS - 1).chain([UNKNOWN]).map(ToOwned::to_owned).collect()
}

fn paths(texts: &[String], longest: usize) -> Vec<String> {
    let mut all = vec![String::new()];
    let mut last = all.clone();
    for _ in 0..longest {
        last = last
            .iter()
            .flat_map(|path| {
                texts.iter().map(move |text| if path.is_empty() { text.clone() } else { format!("{path}/{text}") })
            })
            .collect();
        all.extend(last.iter().cloned());
    }
    all
}
