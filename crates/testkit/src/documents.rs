//! Permission documents and tokens at random, as hard as they come: few texts, so that routes meet.

use super::access;
use proptest::prelude::*;
use serde_json::{Value, json};

fn segment() -> impl Strategy<Value = String> {
    prop_oneof![
        6 => Just("a"),
        6 => Just("b"),
        10 => Just("{x}"),
        4 => Just("${sub}"),
        2 => Just("${custom:t}"),
        // A value of the claim that is a literal, too.
        1 => Just("u1"),
    ]
    .prop_map(str::to_owned)
}

/// Literals with characters of which the document decides whether their encodings are refused.
fn strange_literal() -> impl Strategy<Value = String> {
    prop::sample::select(vec!["a;b", "a-b", "@b", "A", "JKLMN", ".;a", "a+b"]).prop_map(str::to_owned)
}

fn path() -> impl Strategy<Value = Vec<String>> {
    prop_oneof![9 => prop::collection::vec(segment(), 0..4), 1 => prop::collection::vec(segment(), 4..5)]
}

fn route() -> impl Strategy<Value = String> {
    let verb = prop::sample::select(vec!["GET", "GET", "GET", "POST", "ANY"]);
    let strange = prop::option::weighted(0.03, strange_literal());
    let route = (verb, path(), prop::bool::weighted(0.2), strange).prop_map(|(verb, segments, greedy, strange)| {
        let named = |(place, segment): (usize, String)| segment.replace("{x}", &format!("{{x{place}}}"));
        let mut path: Vec<String> = segments.into_iter().chain(strange).enumerate().map(named).collect();
        if greedy {
            path.pop();
            path.push("{rest+}".to_owned());
        }
        format!("{verb} /{}", path.join("/"))
    });
    prop_oneof![99 => route, 1 => Just("$connect".to_owned())]
}

fn condition() -> impl Strategy<Value = Value> {
    prop_oneof![
        8 => Just(json!({"authenticated": true})),
        2 => Just(json!({"scopes": ["s"]})),
        2 => Just(json!({"groups": ["g"]})),
        1 => Just(json!({"claims": {"custom:t": "a"}})),
        1 => Just(json!({"scopes": ["s"], "groups": ["g"], "claims": {"level": 1}})),
    ]
}

fn permission() -> impl Strategy<Value = Value> {
    let routes = || prop::collection::vec(route(), 1..4);
    (condition(), prop::option::weighted(0.85, routes()), prop::option::weighted(0.35, routes())).prop_map(
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

pub fn document() -> impl Strategy<Value = Value> {
    let routes = prop::option::of(prop::collection::vec(route(), 1..4));
    let complete = prop::option::weighted(0.4, prop::bool::weighted(0.9));
    (prop::collection::vec(permission(), 1..5), routes, complete).prop_map(|(permissions, routes, complete)| {
        let mut document = json!({ "permissions": permissions });
        if let Some(routes) = routes {
            document["routes"] = json!(routes);
        }
        if let Some(complete) = complete {
            document["complete"] = json!(complete);
        }
        document
    })
}

pub fn claims() -> impl Strategy<Value = Value> {
    let value = || {
        let long = |length: usize| "u".repeat(length);
        let texts = [
            "u1",
            "u1",
            "u1",
            "a",
            "b",
            "*",
            "?",
            "${aws:username}",
            "a/b",
            "..",
            "",
            "x?*",
            "@me",
            "u%31",
            "a+m@x",
            "p|u",
        ];
        let texts = texts.into_iter().map(str::to_owned).chain([long(128), long(129)]);
        prop::sample::select(texts.map(Value::from).chain([json!(["a", "u1"]), json!(1)]).collect::<Vec<_>>())
    };
    let scope = prop::sample::select(vec!["s", "S", "s2 t", ""]);
    let groups = prop::sample::select(vec![json!(["g"]), json!([]), json!(["*"])]);
    let level = prop::sample::select(vec![json!(1), json!("1"), json!([0, 1]), Value::Null]);
    (value(), prop::option::of(value()), scope, groups, level).prop_map(|(sub, tenant, scope, groups, level)| {
        let sub = if sub.as_str().is_some_and(|sub| !sub.is_empty()) { sub } else { json!("u1") };
        access(json!({"sub": sub, "custom:t": tenant, "scope": scope, "cognito:groups": groups, "level": level}))
    })
}
