//! Any bytes as a permission document: an error of one line, or rights that every policy stays within.

#![no_main]

use permissions::{Grants, Part, Pattern, PermissionMap, RequestedPath, Segment};
use permissions::iam::{Coverage, Limits, MethodArn, Policies, lint};
use cognito_authorizer::token::VerifiedClaims;
use testkit::{STAGE, access, iam, world::verified};
use libfuzzer_sys::fuzz_target;
use serde_json::json;
use std::collections::BTreeSet;
use std::sync::LazyLock;

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
    let map = match PermissionMap::parse(data) {
        Ok(map) => map,
        Err(error) => return assert!(!error.to_string().contains(['\n', '\r']), "{error}"),
    };
    // The work grows with the document, which is the operator's.
    let routes = data.split(|byte| *byte == b'/').count();
    if routes > MOST_ROUTES * (MOST_SEGMENTS + 1) || map.catalog().len() > MOST_ROUTES {
        return;
    }
    for finding in lint(&map, LIMITS) {
        assert!(!finding.code.is_empty() && !finding.to_string().contains('\n'), "{finding}");
    }
    HOLDERS.iter().for_each(|holder| stays_within_rights(&map, &map.grants(holder)));
});

fn stays_within_rights(map: &PermissionMap, grants: &Grants<'_>) {
    let patterns = || grants.allowed().iter().chain(grants.denied());
    let catalog: Vec<_> = map.catalog().iter().map(Pattern::anyones).collect();
    let longest = patterns().chain(&catalog).map(|pattern| pattern.parts().len()).max().unwrap_or(0);
    let paths = paths(&texts(map, grants), longest.min(MOST_SEGMENTS) + 1);
    let policies = Policies::new(map, LIMITS);
    // The first, the last and one in between are asked for; each policy is then asked about all.
    for path in [0, paths.len() / 2, paths.len() - 1].map(|place| &paths[place]) {
        for verb in ["GET", "POST"] {
            let Ok(method) = MethodArn::parse(format!("{STAGE}{verb}/{path}")) else { continue };
            let compiled = policies.compile(map, grants, &method);
            if compiled.cut_short.is_none() {
                let policy = iam::Policy::from(compiled.document);
                is_live(grants, &policy, verb, path);
                paths.iter().for_each(|path| is_safe(grants, &catalog, &policy, path));
            }
        }
    }
}

fn is_live(grants: &Grants<'_>, policy: &iam::Policy, verb: &str, path: &str) {
    let arn = format!("{STAGE}{verb}/{path}");
    let granted = grants.decide(verb, RequestedPath::parse(path).as_ref()).is_permitted();
    assert!(!granted || arn.len() > 512 || iam::allows(policy, &arn), "live: {verb} {path}: {policy:?}");
}

fn is_safe(grants: &Grants<'_>, catalog: &[Pattern<'_>], policy: &iam::Policy, path: &str) {
    let requested = RequestedPath::parse(path).expect("a plain path");
    // A path that the document names for one verb must not be open for another.
    let named =
        path.is_empty() || catalog.iter().any(|pattern| VERBS.iter().any(|verb| pattern.matches(verb, &requested)));
    for verb in VERBS.iter().filter(|_| named) {
        let open = iam::allows(policy, &format!("{STAGE}{verb}/{path}"));
        assert!(!open || grants.decide(verb, Some(&requested)).is_permitted(), "safe: {verb} {path}: {policy:?}");
    }
}

/// Some of the texts that the document and the token spell, and one that nobody does.
fn texts(map: &PermissionMap, grants: &Grants<'_>) -> Vec<String> {
    let segments = map.catalog().iter().flat_map(|route| route.segments());
    let spelled =
        segments.filter_map(|segment| if let Segment::Literal(text) = segment { Some(text.as_str()) } else { None });
    let parts = grants.allowed().iter().chain(grants.denied()).flat_map(|pattern| pattern.parts());
    let filled = parts.filter_map(|part| if let Part::Literal(text) = part { Some(*text) } else { None });
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
