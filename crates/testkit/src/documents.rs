//! Permission documents and tokens at random, as hard as they come: few texts, so that routes meet.

use crate::access;
use proptest::prelude::*;
use serde_json::{Value, json};

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

pub fn document() -> impl Strategy<Value = Value> {
    (prop::collection::vec(permission(), 1..4), prop::option::of(prop::collection::vec(route(), 1..4))).prop_map(
        |(permissions, routes)| match routes {
            Some(routes) => json!({"permissions": permissions, "routes": routes}),
            None => json!({"permissions": permissions}),
        },
    )
}

pub fn claims() -> impl Strategy<Value = Value> {
    let value =
        || prop::sample::select(vec!["u1", "u1", "a", "b", "*", "?", "${aws:username}", "a/b", "..", "", "x?*"]);
    let scope = prop::sample::select(vec!["s", "S", "s2 t", ""]);
    let groups = prop::sample::select(vec![json!(["g"]), json!([]), json!(["*"])]);
    (value(), prop::option::of(value()), scope, groups).prop_map(|(sub, tenant, scope, groups)| {
        let sub = if sub.is_empty() { "u1" } else { sub };
        access(json!({"sub": sub, "custom:t": tenant, "scope": scope, "cognito:groups": groups}))
    })
}
