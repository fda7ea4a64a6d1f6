//! The judge of policies itself: its machines against the definitions, what it notices, and rights that are known to be
//! hard, by name.

use proptest::prelude::*;
use serde_json::{Value, json};
use testkit::caller::{Caller, Engine};
use testkit::documents::{claims, document};
use testkit::judge::{Demand, Judge, Request, Resources, UNKNOWN, VERBS, allows, iam_matches};
use testkit::oracle::Document;
use testkit::world::{arises, words};
use testkit::{STAGE, access};

const OWN: &str = "abcdef1234/test";

fn request(verb: &str, path: &str) -> Request {
    Request { verb: verb.to_owned(), path: path.to_owned() }
}

fn arn(request: &Request) -> String {
    format!("{STAGE}{}/{}", request.verb, request.path)
}

/// What `POLICY.md` section 9 lists for a document with these literals, and perhaps a claim in a deny, written out by hand.
fn patterns(literals: &str, denies_claims: bool) -> Vec<String> {
    let always = [
        "*//*", "*/./*", "*/../*", "*/.", "*/..", "*%2e*", "*%2E*", "*%2f*", "*%2F*", "*%23*", "*%25*", "*\\*",
        "*%3?*", "*%5?*", "*%6?*", "*%7?*",
    ];
    let mut patterns: Vec<String> = always.map(|pattern| format!("arn:aws:execute-api:*:*:{OWN}/{pattern}")).to_vec();
    let mut add = |pattern: &str| patterns.push(format!("arn:aws:execute-api:*:*:{OWN}/{pattern}"));
    add("*/?*/");
    add(&format!("*:{OWN}/*"));
    if literals.contains(';') {
        add("*/.;*");
        add("*/..;*");
    } else {
        add("*;*");
    }
    let encodings: [(char, &[&str]); 13] = [
        ('!', &["21"]),
        ('&', &["26"]),
        ('\'', &["27"]),
        ('(', &["28"]),
        (')', &["29"]),
        ('+', &["2b", "2B"]),
        (',', &["2c", "2C"]),
        ('-', &["2d", "2D"]),
        ('@', &["40"]),
        ('A', &["41"]),
        ('J', &["4a", "4A"]),
        ('N', &["4e", "4E"]),
        ('O', &["4f", "4F"]),
    ];
    let is_wide = denies_claims || literals.chars().filter(|c| "@AJNO".contains(*c)).count() > 4;
    for (character, codes) in encodings {
        let is_letter = codes[0].starts_with('4');
        if literals.contains(character) && !(is_letter && is_wide) || denies_claims && "+-".contains(character) {
            for code in codes {
                add(&format!("*%{code}*"));
            }
        }
    }
    if is_wide {
        add("*%4?*");
    }
    patterns
}

#[test]
fn the_oracle_and_the_engine_refuse_exactly_what_the_documented_patterns_match() {
    let hexadecimal = "0123456789abcdefABCDEF";
    let encodings = hexadecimal.chars().flat_map(|high| hexadecimal.chars().map(move |low| format!("%{high}{low}")));
    let dotted = [
        "",
        ".",
        "..",
        "...",
        ".;",
        "..;",
        "a;",
        ";",
        "\\",
        "%",
        "%2",
        "%3",
        "%4",
        "%%2e",
        "a.",
        "\u{fc}",
        "%3\u{fc}",
        "*",
        "?",
        "x:abcdef1234/test",
        "x:abcdef1234/test/GET",
        ":abcdef1234/test/",
    ];
    let texts: Vec<String> = encodings.chain(dotted.map(str::to_owned)).collect();
    for literals in ["a", "a-b", "@b", "A", "N-O", "@AJNO", "@AJN", "a;b", "!&'()+,-", "@-;N"] {
        for deny in ["GET /d", "GET /${sub}"] {
            let document = json!({"permissions": [
                {"authenticated": true, "allow": [format!("GET /{literals}")], "deny": [deny]}
            ]});
            let patterns = patterns(literals, deny.contains('$'));
            let (read, engine) = (Document::read(&document), Engine::new(&document, usize::MAX));
            let paths = texts.iter().flat_map(|text| {
                [text.clone(), format!("{text}/a"), format!("a/{text}"), format!("a/{text}/b"), format!("a{text}b")]
            });
            let verbs = [".", "..", "a;", "%2e", "x:abcdef1234"].map(|verb| request(verb, "test/x"));
            for request in paths.map(|path| request("GET", &path)).chain(verbs) {
                let arn = arn(&request);
                let expected = patterns.iter().any(|pattern| iam_matches(pattern, &arn));
                assert_eq!(read.refuses(OWN, &request.verb, &request.path), expected, "{literals} {deny}: {arn}");
                assert_eq!(engine.refuses_spelling(&arn), expected, "the engine, {literals} {deny}: {arn}");
            }
        }
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 40, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn the_machines_read_requests_as_they_are_defined(document in document(), claims in claims()) {
        let read = Document::read(&document);
        let rights = read.rights(&claims);
        let judge = Judge::new(&rights, STAGE);
        let policy = Engine::new(&document, usize::MAX).policy(&Caller(claims), &arn(&request("GET", "a")));
        let resources = Resources::read(&serde_json::from_str(&policy).unwrap());
        let words = words(&["a", "b", "u1", "ba", UNKNOWN], 0..=3);
        for (number, word) in words.iter().enumerate() {
            let request = request(VERBS[number % VERBS.len()], &word.join("/"));
            let defined = (
                rights.permits(OWN, &request.verb, &request.path),
                rights.is_in_catalog(&request.verb, &request.path),
                allows(&resources, &arn(&request)),
            );
            // Without a `u1` in the document it is read as any other text, which is no letter.
            prop_assert!(judge.read(&policy, &request).is_none_or(|read| read == defined), "{:?}: {:?}", request, defined);
        }
    }

    #[test]
    fn rights_can_be_said_if_no_shut_path_lies_between_two_open_ones(document in document(), claims in claims()) {
        let read = Document::read(&document);
        let rights = read.rights(&claims);
        let judge = Judge::new(&rights, STAGE);
        let literals: Vec<&str> = read.literals().collect();
        let letters: Vec<&'static str> =
            ["a", "b", "u1"].into_iter().filter(|text| literals.contains(text) || claims["sub"] == *text).collect();
        let letters: Vec<_> = letters.into_iter().chain([UNKNOWN]).collect();
        let mut words = words(&letters, 1..=4);
        words.push(vec![""]);
        let path = |word: &[&str]| word.join("/");
        let open: Vec<_> = words.iter().filter(|word| rights.permits(OWN, "GET", &path(word))).collect();
        let is_between = |word: &[&str]| {
            open.iter().any(|lower| arises(lower, word)) && open.iter().any(|upper| arises(word, upper))
        };
        let is_shut = |word: &[&str]| {
            rights.is_in_catalog("GET", &path(word)) && !rights.permits(OWN, "GET", &path(word))
        };
        let found = words.iter().find(|word| is_shut(word) && is_between(word));
        // The judge looks at longer paths, too, and at every claim.
        prop_assert!(found.is_none() || !judge.is_expressible("GET"), "{:?}", found);
    }
}

/// The holder of `orders/read` in the example of `docs/policy.md`.
fn example() -> Value {
    json!({
        "permissions": [
            {"scopes": ["orders/read"], "allow": ["GET /orders", "GET /orders/{id}", "GET /orders/{id}/lines/{line}"]},
            {"scopes": ["orders/write"], "allow": ["POST /orders", "DELETE /orders/{id}"]},
            {"scopes": ["orders/admin"], "allow": ["GET /orders/export", "GET /orders/{id}/pii"]}
        ],
        "routes": ["GET /orders/{id}/audit", "GET /health"]
    })
}

#[test]
fn each_broken_promise_is_noticed() {
    let document = json!({"permissions": [
        {"authenticated": true, "allow": ["GET /a/{x}", "GET /c"], "deny": ["ANY /a/d"]},
        {"scopes": ["no"], "allow": ["GET /a/b", "GET /a/{x}/b"]}
    ]});
    let claims = access(json!({"sub": "u1"}));
    let read = Document::read(&document);
    let rights = read.rights(&claims);
    let judge = Judge::new(&rights, STAGE);
    let asked = request("GET", "c");
    let good = Engine::new(&document, usize::MAX).policy(&Caller(claims.clone()), &arn(&asked));
    assert!(judge.is_expressible("GET"));
    judge.check(&good, &asked, Demand::Everything).unwrap();
    let policy: Value = serde_json::from_str(&good).unwrap();
    let wide = "arn:aws:execute-api:*:*:abcdef1234/test/";
    let changed = |effect: &str, change: &dyn Fn(Vec<String>) -> Vec<String>| {
        let mut policy = policy.clone();
        for statement in
            policy["Statement"].as_array_mut().unwrap().iter_mut().filter(|found| found["Effect"] == effect)
        {
            let old = statement["Resource"].as_array().unwrap().iter().map(|text| text.as_str().unwrap().to_owned());
            statement["Resource"] = json!(change(old.collect()));
        }
        policy.to_string()
    };
    let and = |effect: &str, resource: String| {
        changed(effect, &move |all| all.into_iter().chain([resource.clone()]).collect())
    };
    // Without the denies that match a method, other than the one that is meant.
    let without = |method: &str| {
        let arn = format!("{STAGE}{method}");
        changed("Deny", &move |all| all.into_iter().filter(|deny| !iam_matches(deny, &arn)).collect())
    };
    let without_allow = |path: &str| {
        let arn = format!("{STAGE}GET/{path}");
        changed("Allow", &move |all| all.into_iter().filter(|allow| !iam_matches(allow, &arn)).collect())
    };
    for (name, policy, property) in [
        ("an ungranted route", without("GET/a/zz-9/b"), "safe"),
        ("a literal that another permission guards", without("GET/a/b"), "safe"),
        ("a verb that nobody granted", and("Allow", format!("{wide}POST/c")), "safe"),
        ("the root path", and("Allow", format!("{wide}GET/")), "safe"),
        ("what a deny matches", without("GET/a/d"), "safe where a deny matches"),
        ("an encoded separator", without("GET/a/x%2Fy"), "safe from spellings"),
        ("an encoded dot", without("GET/a/%2e"), "safe from spellings"),
        ("an encoded letter", without("GET/a/%61"), "safe from spellings"),
        ("a matrix parameter", without("GET/a/x;y"), "safe from spellings"),
        ("a slash at the end", without("GET/a/x/"), "safe from spellings"),
        ("the API's prefix again", without("GET/a/x:abcdef1234/test/GET/a"), "safe from spellings"),
        ("the requested method", without_allow("c"), "live"),
        ("another granted method", without_allow("a/x"), "exact"),
        ("a path that nobody named", without("GET/a/x/y"), "closed"),
        (
            "another API",
            and("Allow", "arn:aws:execute-api:*:*:*/test/GET/c".to_owned()),
            "an Allow without API and stage",
        ),
        ("a long resource", and("Deny", format!("{STAGE}{}", "x".repeat(512))), "a resource is too long"),
        ("a policy variable", and("Deny", format!("{STAGE}${{aws:username}}")), "a policy variable"),
    ] {
        let Err(failure) = judge.check(&policy, &asked, Demand::Everything) else { panic!("{name}: {policy}") };
        assert_eq!(failure.property, property, "{name}: {failure} in {policy}");
    }
    let refused =
        judge.check(&without("GET/a/b"), &request("GET", "a/b"), Demand::Within(4096)).map(|_| ()).unwrap_err();
    assert_eq!(refused.property, "refused");
    let unnamed = judge.check(&good, &request("GET", "nowhere"), Demand::Everything).map(|_| ()).unwrap_err();
    assert_eq!(unnamed.property, "refused by name");
    let over = judge.check(&good, &asked, Demand::Within(good.len() - 1)).map(|_| ()).unwrap_err();
    assert_eq!(over.property, "over the budget");
}

struct Case {
    name: &'static str,
    document: Value,
    claims: Value,
    /// Asked for besides all short paths.
    requests: &'static [&'static str],
    /// Can one policy say what is granted with `GET`?
    is_expressible: bool,
}

fn everyone(name: &'static str, routes: &Value, requests: &'static [&'static str], is_expressible: bool) -> Case {
    let mut document = json!({"permissions": [{"authenticated": true}]});
    for (member, routes) in routes.as_object().unwrap() {
        let is_outer = member == "routes" || member == "complete";
        let place = if is_outer { &mut document } else { &mut document["permissions"][0] };
        place[member] = routes.clone();
    }
    Case { name, document, claims: json!({"sub": "u1"}), requests, is_expressible }
}

/// What searching found.
fn found_by_searching() -> Vec<Case> {
    let example = |name, complete: bool| {
        let mut document = example();
        document["complete"] = json!(complete);
        let requests = ["GET/orders/7/lines/audit", "GET/orders/export", "GET/orders/7/pii"].as_slice();
        Case { name, document, claims: json!({"scope": "orders/read"}), requests, is_expressible: false }
    };
    vec![
        example("the example", false),
        example("the example, complete", true),
        everyone(
            "the API's prefix again",
            &json!({"allow": ["GET /a/{x}"]}),
            &["POST/x:abcdef1234/test/GET/a/7", "GET/a/x:abcdef1234/test", "POST/x:abcdef1234/test/GET/a"],
            true,
        ),
        everyone(
            "a lossy cut that another one hides",
            &json!({"allow": ["GET /{p}/a", "GET /b/{r+}"], "deny": ["GET /b/{p}/{q}"]}),
            &["GET/b/a/a/zz", "GET/b/a/a", "GET/zz/a"],
            false,
        ),
        everyone(
            "a greedy row whose first length is denied",
            &json!({"allow": ["GET /a/{p+}"], "deny": ["GET /a/{x}"]}),
            &["GET/a/b/b"],
            true,
        ),
        everyone(
            "a greedy row with a claim whose first length is denied",
            &json!({"allow": ["GET /{x0}/${sub}/{rest+}"], "deny": ["GET /{x0}/{x1}/{x2}"]}),
            &["GET/a/u1/a/a", "GET/u1/zz-9/u1/u1/u1"],
            false,
        ),
        everyone(
            "verbs of four letters with the same tail",
            &json!({"allow": ["POST /keys", "HEAD /keys", "GET /keys", "PUT /keys", "POST /{x}/keys"], "routes": ["GET /{x}/keys"]}),
            &["GET//keys", "POST//keys", "BREW/keys", "FOO/keys"],
            true,
        ),
        everyone(
            "a greedy row beside a literal row that wins",
            &json!({"allow": ["ANY /{x0}/a/{x2}", "GET /{rest+}"]}),
            &["GET/a/a/a/a", "GET/"],
            true,
        ),
        everyone(
            "a deny of another verb's greedy row",
            &json!({"complete": true, "allow": ["GET /{x0}/{x1}", "POST /{rest+}", "GET /{rest+}"], "deny": ["ANY /a/{rest+}", "GET /b/{x}/a"]}),
            &["GET/b/a/b", "POST/a/a", "GET/b/a/a/b"],
            false,
        ),
        everyone(
            "a deny outside the catalog",
            &json!({"allow": ["ANY /orders/{id}", "ANY /orders/{id}/lines/{line}"], "deny": ["ANY /orders/{id}/refund"]}),
            &[
                "GET/orders/7",
                "POST/orders/7/refund",
                "POST/orders/7*/refund",
                "BREW/orders/7/refund",
                "GET/orders/7/lines/refund",
            ],
            false,
        ),
        everyone(
            "a deny of everything",
            &json!({"allow": ["GET /a/{x}"], "deny": ["ANY /{any+}"]}),
            &["GET/a/b", "GET/"],
            true,
        ),
        everyone(
            "a deny whose claim the token lacks",
            &json!({"allow": ["GET /a/{x}", "GET /b/{x}"], "deny": ["GET /a/${custom:t}"]}),
            &["GET/a/b", "GET/b/a-b", "GET/b/a%2db", "GET/b/%40"],
            true,
        ),
        everyone(
            "a literal that is the value of a claim",
            &json!({"allow": ["GET /u/${sub}", "GET /u/{x}/b"], "routes": ["GET /u/u1"]}),
            &["GET/u/u1", "GET/u/u1/b"],
            true,
        ),
    ]
}

/// What no policy can say.
fn inexpressible() -> Vec<Case> {
    vec![
        Case {
            name: "a generic path that another row opens",
            document: json!({"permissions": [
                {"authenticated": true, "allow": ["GET /${custom:t}/a", "GET /{x0}", "GET /a/{rest+}", "GET /a/{x1}"]}
            ]}),
            claims: json!({"sub": "u1", "custom:t": "a"}),
            requests: &["GET/a/a"],
            is_expressible: false,
        },
        everyone(
            "a gap in depth",
            &json!({"allow": ["GET /a/{x}", "GET /a/{x}/{y}/{z}"], "routes": ["GET /a/{x}/{y}"]}),
            &[],
            false,
        ),
        everyone(
            "a literal beside a parameter",
            &json!({"allow": ["GET /a/{x}", "GET /a/{x}/b"], "routes": ["GET /a/{x}/{y}"]}),
            &[],
            false,
        ),
        everyone(
            "a shared suffix",
            &json!({"allow": ["GET /a/{x}", "GET /a/{x}/{y}/b"], "routes": ["GET /a/{x}/b"]}),
            &[],
            false,
        ),
        everyone(
            "two subtrees",
            &json!({"allow": ["GET /{t}/b/{p+}"], "routes": ["GET /{t}/a/{p+}"]}),
            &["GET/zz/b/a/b"],
            false,
        ),
        everyone(
            "the ordinary case",
            &json!({"allow": ["GET /a/{x}", "GET /a/{x}/lines/{l}"], "routes": ["GET /a/{x}/audit"]}),
            &["GET/a/7/lines/audit"],
            false,
        ),
        everyone(
            "a literal that takes a depth out of a parameter",
            &json!({"allow": ["GET /{x}/{y}", "GET /a/{y}/{z}"], "routes": ["GET /a/{y}"]}),
            &[],
            false,
        ),
    ]
}

/// What a policy can say.
fn expressible() -> Vec<Case> {
    vec![
        everyone(
            "another verb's path",
            &json!({"allow": ["DELETE /a/{x}", "DELETE /a/{x}/b/{y}"], "routes": ["GET /a/{x}/{z}"]}),
            &["DELETE/a/b", "DELETE/a/b/a"],
            true,
        ),
        everyone(
            "a parameter beside a literal row",
            &json!({"allow": ["GET /{x}", "GET /{y}/b"], "routes": ["GET /a/{x}"]}),
            &[],
            true,
        ),
        everyone(
            "a literal below a parameter",
            &json!({"allow": ["GET /users/{id}", "GET /users/{id}/x"], "routes": ["GET /users/me", "GET /users/me/x"]}),
            &[],
            true,
        ),
        everyone(
            "a verb for a literal, another for all",
            &json!({"allow": ["ANY /users/{id}"], "routes": ["PATCH /users/me"]}),
            &["PATCH/users/me", "GET/users/me"],
            true,
        ),
        everyone(
            "a greedy row beside named rows",
            &json!({"allow": ["ANY /a/{rest+}"], "routes": ["GET /a/b", "POST /a/{x}"]}),
            &["GET/a/b"],
            true,
        ),
        everyone(
            "one subtree of two",
            &json!({"allow": ["GET /{t}/orders", "GET /{t}/orders/{id}"], "routes": ["GET /{t}/admin", "GET /{t}/admin/{id}"]}),
            &[],
            true,
        ),
    ]
}

/// Asks for all short paths and looks at each policy; with less and less room as well.
#[test]
fn hard_rights_by_name_keep_their_promises() {
    for case in found_by_searching().into_iter().chain(inexpressible()).chain(expressible()) {
        let claims = access(case.claims.clone());
        let (read, caller) = (Document::read(&case.document), Caller(claims.clone()));
        let rights = read.rights(&claims);
        let judge = Judge::new(&rights, STAGE);
        assert_eq!(judge.is_expressible("GET"), case.is_expressible, "{}", case.name);
        let named: Vec<Request> = case
            .requests
            .iter()
            .map(|method| method.split_once('/').unwrap())
            .map(|(verb, path)| request(verb, path))
            .collect();
        let short = words(&["a", "b", "orders", UNKNOWN], 0..=2);
        let short = short.iter().flat_map(|word| ["GET", "POST"].map(|verb| request(verb, &word.join("/"))));
        let all: Vec<Request> = named.into_iter().chain(short).collect();
        let engine = Engine::new(&case.document, usize::MAX);
        for asked in &all {
            let policy = engine.policy(&caller, &arn(asked));
            let seen = judge.check(&policy, asked, Demand::Everything);
            assert!(seen.is_ok(), "{}, asked for {}: {} in {policy}", case.name, arn(asked), seen.unwrap_err());
        }
        for bytes in [1024, 1536, 2048, 3072] {
            let engine = Engine::new(&case.document, bytes);
            for asked in all.iter().take(12) {
                let policy = engine.policy(&caller, &arn(asked));
                let seen = judge.check(&policy, asked, Demand::Within(bytes));
                assert!(
                    seen.is_ok(),
                    "{} in {bytes} bytes, asked for {}: {} in {policy}",
                    case.name,
                    arn(asked),
                    seen.unwrap_err()
                );
            }
        }
    }
}

#[test]
fn a_literal_whose_spelling_is_refused_opens_nothing() {
    let document = json!({"permissions": [{"authenticated": true, "allow": ["GET /.;a", "GET /b"]}]});
    let Ok(permissions) = permissions::Permissions::parse(document.to_string().as_bytes()) else { return };
    drop(permissions);
    let claims = access(json!({"sub": "u1"}));
    let policy = Engine::new(&document, usize::MAX).policy(&Caller(claims), &arn(&request("GET", "b")));
    let resources = Resources::read(&serde_json::from_str(&policy).unwrap());
    assert!(!allows(&resources, &arn(&request("GET", ".;a"))), "{policy}");
}
