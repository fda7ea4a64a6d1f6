//! The policy against the decision engine, over random documents, tokens and paths: safe, live, exact where that can be
//! had, closed outside the catalog. What can be had is judged here by looking at every path, not by the compiler.

#![allow(
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::panic,
    clippy::string_slice,
    clippy::unwrap_used,
    reason = "a test may stop at the first surprise"
)]

mod support;

use cognito_authorizer::access::{Grants, Pattern, PermissionMap, RequestedPath};
use cognito_authorizer::policy::{MethodArn, PolicyDocument};
use cognito_authorizer::token::{BearerToken, Scheme, UnverifiedToken, VerifiedClaims};
use proptest::prelude::*;
use proptest::sample::Index;
use serde_json::{Value, json};
use std::collections::HashSet;
use support::{KEY, LIMITS, NOW, POOL, STAGE, access, iam, verifier};

/// What a request has where the policy spells nothing out.
const UNKNOWN: &str = "zz-9";

/// Requests are looked at up to this many segments; routes have three at most.
const DEPTH: usize = 5;

const VERBS: [&str; 4] = ["GET", "POST", "DELETE", "BREW"];

fn verified(claims: &Value) -> VerifiedClaims {
    use cognito_authorizer::jwks::{KeyId, KeySet};
    use cognito_authorizer::token::Issuer;
    let token = BearerToken::parse(&KEY.token(claims), Scheme::Optional).unwrap();
    let key =
        KeySet::parse(support::key_set(&[&KEY]).as_bytes()).unwrap().find(&KeyId::new(KEY.id.to_owned())).unwrap();
    let unverified = UnverifiedToken::parse(&token).unwrap();
    verifier().verify(unverified, &Issuer::new(POOL.to_owned()), &key, NOW).unwrap()
}

fn segment() -> impl Strategy<Value = String> {
    prop_oneof![
        3 => Just("a".to_owned()),
        3 => Just("b".to_owned()),
        5 => Just("{x}".to_owned()),
        2 => Just("${sub}".to_owned()),
        1 => Just("${custom:t}".to_owned()),
    ]
}

fn route() -> impl Strategy<Value = String> {
    let verb = prop::sample::select(vec!["GET", "GET", "GET", "POST", "ANY"]);
    (verb, prop::collection::vec(segment(), 0..4), prop::bool::weighted(0.2)).prop_map(|(verb, segments, greedy)| {
        let mut path: Vec<String> = segments
            .into_iter()
            .enumerate()
            .map(|(position, segment)| segment.replace("{x}", &format!("{{x{position}}}")))
            .collect();
        if greedy {
            path.pop();
            path.push("{rest+}".to_owned());
        }
        format!("{verb} /{}", path.join("/"))
    })
}

fn permission() -> impl Strategy<Value = Value> {
    let condition = prop_oneof![
        4 => Just(json!({"authenticated": true})),
        1 => Just(json!({"scopes": ["s"]})),
        1 => Just(json!({"groups": ["g"]})),
    ];
    let routes = || prop::collection::vec(route(), 1..4);
    (condition, prop::option::weighted(0.9, routes()), prop::option::weighted(0.2, routes())).prop_map(
        |(mut permission, allow, deny)| {
            let allow = if allow.is_none() && deny.is_none() { Some(vec!["GET /".to_owned()]) } else { allow };
            for (name, routes) in [("allow", allow), ("deny", deny)] {
                if let Some(routes) = routes {
                    permission[name] = json!(routes);
                }
            }
            permission
        },
    )
}

fn document() -> impl Strategy<Value = Value> {
    (prop::collection::vec(permission(), 1..4), prop::option::of(prop::collection::vec(route(), 1..4))).prop_map(
        |(permissions, routes)| match routes {
            Some(routes) => json!({"permissions": permissions, "routes": routes}),
            None => json!({"permissions": permissions}),
        },
    )
}

fn claims() -> impl Strategy<Value = Value> {
    let value =
        || prop::sample::select(vec!["u1", "u1", "a", "b", "*", "?", "${aws:username}", "a/b", "..", "", "x?*"]);
    let scope = prop::sample::select(vec!["s", "S", "s2 t", ""]);
    let groups = prop::sample::select(vec![json!(["g"]), json!([]), json!(["*"])]);
    (value(), prop::option::of(value()), scope, groups).prop_map(|(sub, tenant, scope, groups)| {
        let sub = if sub.is_empty() { "u1" } else { sub };
        access(json!({"sub": sub, "custom:t": tenant, "scope": scope, "cognito:groups": groups}))
    })
}

/// Every path up to the depth, over what the document and the token spell out and one text that nobody does. Past the
/// routes' own lengths three texts are enough.
fn words() -> Vec<Vec<&'static str>> {
    let all = (0..=4).flat_map(|length| words_of(&["a", "b", "u1", UNKNOWN], length));
    all.chain((5..=DEPTH).flat_map(|length| words_of(&["a", "b", UNKNOWN], length))).collect()
}

fn words_of(letters: &[&'static str], length: usize) -> Vec<Vec<&'static str>> {
    (0..length).fold(vec![vec![]], |words, _| {
        let longer = |word: &Vec<&'static str>| {
            let word = word.clone();
            letters.iter().map(move |letter| word.iter().copied().chain([*letter]).collect()).collect::<Vec<_>>()
        };
        words.iter().flat_map(longer).collect()
    })
}

fn path_of(word: &[&str]) -> String {
    word.join("/")
}

/// `to` arises from `from` when some unknown segments become one or more segments of any kind. The root path is one
/// empty segment.
fn arises(from: &[&str], to: &[&str]) -> bool {
    match (from.split_first(), to.split_first()) {
        (None, None) => true,
        (Some((head, rest)), Some((other, tail))) if *head == UNKNOWN => {
            arises(rest, tail) || (!tail.is_empty() && arises(from, tail)) || (head == other && arises(rest, tail))
        }
        (Some((head, rest)), Some((other, tail))) => head == other && arises(rest, tail),
        _ => false,
    }
}

fn with_root(word: &[&'static str]) -> Vec<&'static str> {
    if word.is_empty() { vec![""] } else { word.to_vec() }
}

struct World<'a> {
    grants: &'a Grants<'a>,
    words: Vec<Vec<&'static str>>,
}

impl World<'_> {
    fn granted(&self, verb: &str, word: &[&str]) -> bool {
        self.grants.permits(verb, RequestedPath::parse(&path_of(word)).as_ref())
    }

    fn in_catalog(&self, word: &[&str]) -> bool {
        let path = path_of(word);
        let path = RequestedPath::parse(&path).unwrap();
        self.grants.catalog().iter().any(|route| {
            let pattern = Pattern::anyones(route);
            VERBS.iter().any(|verb| pattern.matches(verb, &path))
        })
    }

    fn granted_words(&self, verb: &str) -> Vec<Vec<&'static str>> {
        self.words.iter().filter(|word| self.granted(verb, word)).map(|word| with_root(word)).collect()
    }

    /// No ungranted path of the catalog lies between two granted ones.
    fn is_expressible(&self, verb: &str) -> bool {
        let granted = self.granted_words(verb);
        let between = |word: &Vec<&'static str>| {
            let word = with_root(word);
            granted.iter().any(|lower| arises(lower, &word)) && granted.iter().any(|upper| arises(&word, upper))
        };
        !self.words.iter().any(|word| self.in_catalog(word) && !self.granted(verb, word) && between(word))
    }
}

fn arn(verb: &str, word: &[&str]) -> String {
    format!("{STAGE}{verb}/{}", path_of(word))
}

fn check(document: &Value, claims: &Value, requested: &Index) -> Result<(), TestCaseError> {
    let map = PermissionMap::parse(document.to_string().as_bytes()).unwrap();
    let token = verified(claims);
    let grants = map.grants(&token);
    let world = World { grants: &grants, words: words() };
    let short: Vec<_> = world.words.iter().filter(|word| word.len() <= 4).cloned().collect();
    let asked = requested.get(&short);
    let verb = VERBS[requested.index(VERBS.len())];
    let method = MethodArn::parse(arn(verb, asked)).unwrap();
    let limits = cognito_authorizer::policy::Limits { budget_bytes: 1_000_000, ..LIMITS };
    let policy = PolicyDocument::compile(&grants, &method, limits).document;

    prop_assert_eq!(
        iam::allows(&policy, &arn(verb, asked)) || !world.granted(verb, asked),
        true,
        "live: {} in {:?}",
        arn(verb, asked),
        policy
    );
    for verb in VERBS {
        let expressible = verb == "BREW" || world.is_expressible(verb);
        let granted = world.granted_words(verb);
        for word in &world.words {
            let (open, wanted) = (iam::allows(&policy, &arn(verb, word)), world.granted(verb, word));
            if world.in_catalog(word) {
                prop_assert!(!open || wanted, "safe: {} in {:?}", arn(verb, word), policy);
                // An unknown verb is only promised where it is asked for.
                prop_assert!(
                    !expressible || open == wanted || verb == "BREW",
                    "exact: {} in {:?}",
                    arn(verb, word),
                    policy
                );
            } else if open && verb != "BREW" {
                for swallowed in laid_under(&policy, &arn(verb, word)) {
                    let forced = granted.iter().any(|upper| arises(&swallowed, upper));
                    prop_assert!(forced, "closed: {} as {:?} in {:?}", arn(verb, word), swallowed, policy);
                }
            }
        }
        for word in &short {
            for path in malformed(word) {
                prop_assert!(
                    !iam::allows(&policy, &format!("{STAGE}{verb}/{path}")),
                    "malformed: {verb}/{path} in {:?}",
                    policy
                );
            }
        }
    }
    Ok(())
}

/// The ways in which an Allow takes this method: its own texts, and an unknown segment for each that a star takes.
fn laid_under(policy: &PolicyDocument, arn: &str) -> Vec<Vec<&'static str>> {
    let segments: Vec<&str> = arn.strip_prefix(STAGE).unwrap().split('/').collect();
    let globs =
        policy.allow().iter().map(|resource| resource.strip_prefix(STAGE).unwrap().split('/').collect::<Vec<_>>());
    globs.flat_map(|glob| lay(&glob, &segments)).map(|word| word.into_iter().skip(1).collect()).collect()
}

fn lay(glob: &[&str], segments: &[&str]) -> Vec<Vec<&'static str>> {
    let known = |text: &str| ["a", "b", "c", "u1"].into_iter().find(|known| *known == text).unwrap_or(UNKNOWN);
    match (glob.split_first(), segments.split_first()) {
        (None, None) => vec![vec![]],
        (Some((&"*", rest)), Some((_, tail))) => {
            let more = if tail.len() > rest.len() { lay(glob, tail) } else { vec![] };
            let found = lay(rest, tail).into_iter().chain(more);
            found.map(|word| [UNKNOWN].into_iter().chain(word).collect()).collect()
        }
        (Some((text, rest)), Some((head, tail))) if text == head => {
            lay(rest, tail).into_iter().map(|word| [known(text)].into_iter().chain(word).collect()).collect()
        }
        _ => vec![],
    }
}

/// The path with an empty, dotted or encoded segment at every place.
fn malformed(word: &[&str]) -> Vec<String> {
    let bad = ["", ".", "..", "a%2Fb", "%2e%2e", "a%2f"];
    let at = |position: usize| {
        bad.iter().map(move |segment| {
            let (before, after) = word.split_at(position);
            before.iter().chain([segment]).chain(after).copied().collect::<Vec<_>>().join("/")
        })
    };
    (0..=word.len()).flat_map(at).filter(|path| !path.is_empty()).collect()
}

fn cases() -> u32 {
    std::env::var("POLICY_CASES").ok().and_then(|cases| cases.parse().ok()).unwrap_or(10_000)
}

proptest! {
    #![proptest_config(ProptestConfig { cases: cases(), failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn a_policy_is_safe_live_exact_and_closed(document in document(), claims in claims(), requested in any::<Index>()) {
        check(&document, &claims, &requested)?;
    }
}

#[test]
fn arising_is_replacing_unknown_segments() {
    let cases: [(&[&str], &[&str], bool); 6] = [
        (&["a", UNKNOWN], &["a", "b", "c"], true),
        (&["a", UNKNOWN, "c"], &["a", "b", "c"], true),
        (&["a", UNKNOWN], &["a"], false),
        (&["a"], &["a"], true),
        (&["a"], &[UNKNOWN], false),
        (&[UNKNOWN], &[""], true),
    ];
    for (from, to, expected) in cases {
        assert_eq!(arises(from, to), expected, "{from:?} {to:?}");
    }
    let unique: HashSet<_> = words().into_iter().collect();
    assert_eq!(unique.len(), words().len());
}
