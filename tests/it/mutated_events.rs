//! Events of every shape, cut and bent at random: the function always gives one of its known answers, and never an Allow
//! without a token that was verified.

use cognito_authorizer::gateway::{Gateway, HttpApiResponse, InvalidTokenAnswer, Response};
use proptest::prelude::*;
use proptest::sample::Index;
use serde_json::{Map, Value, json};
use std::sync::LazyLock;
use testkit::doors::{claims, events, permissions, raw};
use testkit::{KEY, OTHER_KEY, authorizer, gateway};

/// One token that is good, and others that must never open anything.
static TOKENS: LazyLock<Vec<String>> = LazyLock::new(|| {
    let good = KEY.token(&claims(&json!({})));
    let (message, _) = good.rsplit_once('.').unwrap();
    vec![
        OTHER_KEY.token(&claims(&json!({}))),
        KEY.token(&claims(&json!({"exp": 1}))),
        KEY.token(&claims(&json!({"iss": testkit::OTHER_POOL}))),
        KEY.token(&claims(&json!({"client_id": "another"}))),
        KEY.sign(r#"{"alg":"none","kid":"key/1+a="}"#, &claims(&json!({})).to_string()),
        format!("{message}."),
        String::new(),
        "*".to_owned(),
        good,
    ]
});

/// A change somewhere in a JSON tree.
#[derive(Clone, Debug)]
enum Change {
    Remove,
    Replace(Value),
    Rename(String),
    Wrap,
}

fn leaf() -> impl Strategy<Value = Value> {
    let words = prop::sample::select(vec![
        "",
        "*",
        "?",
        "${sub}",
        "TOKEN",
        "REQUEST",
        "1.0",
        "2.0",
        "$LATEST",
        "CONNECT",
        "Bearer ",
        "Bearer a.b.c",
        "\u{0}",
        "arn:aws:execute-api:eu-west-1:123456789012:*/test/GET/orders",
        "arn:aws:execute-api:::/*/*/*",
        "arn:aws:execute-api:eu-west-1:123456789012:abcdef1234/test/GET/orders/*",
        "$connect",
    ]);
    prop_oneof![
        Just(Value::Null),
        any::<bool>().prop_map(Value::from),
        any::<i64>().prop_map(Value::from),
        words.prop_map(Value::from),
        ".{0,12}".prop_map(Value::from),
        Just(json!([])),
        Just(json!({})),
        Just(json!([null, 1, "a", {"b": []}])),
    ]
}

fn change() -> impl Strategy<Value = Change> {
    prop_oneof![
        Just(Change::Remove),
        leaf().prop_map(Change::Replace),
        prop::sample::select(vec!["authorization", "AUTHORIZATION", "routeArn", "methodArn", "type", "version", "x"])
            .prop_map(|name| Change::Rename(name.to_owned())),
        Just(Change::Wrap),
    ]
}

/// Applies the change at one of the tree's members, chosen by the index.
fn apply(value: &mut Value, at: Index, change: &Change) {
    let places = count(value);
    if places > 0 {
        visit(value, &mut at.index(places), change);
    }
}

fn count(value: &Value) -> usize {
    match value {
        Value::Object(members) => members.values().map(|member| 1 + count(member)).sum(),
        Value::Array(elements) => elements.iter().map(count).sum(),
        _ => 0,
    }
}

fn visit(value: &mut Value, countdown: &mut usize, change: &Change) -> bool {
    match value {
        Value::Object(members) => {
            let names: Vec<String> = members.keys().cloned().collect();
            names.into_iter().any(|name| {
                if *countdown == 0 {
                    change_member(members, &name, change);
                    return true;
                }
                *countdown -= 1;
                visit(&mut members[&name], countdown, change)
            })
        }
        Value::Array(elements) => elements.iter_mut().any(|element| visit(element, countdown, change)),
        _ => false,
    }
}

fn change_member(members: &mut Map<String, Value>, name: &str, change: &Change) {
    let old = members.remove(name).unwrap();
    let (name, new) = match change {
        Change::Remove => return,
        Change::Replace(value) => (name.to_owned(), value.clone()),
        Change::Rename(other) => (other.clone(), old),
        Change::Wrap => (name.to_owned(), json!([old])),
    };
    members.insert(name, new);
}

fn opens(answer: &Value) -> bool {
    let allows = |statement: &Value| statement["Effect"] == "Allow";
    answer["isAuthorized"] == true
        || answer["policyDocument"]["Statement"].as_array().is_some_and(|statements| statements.iter().any(allows))
}

/// A policy, a boolean, `Unauthorized`, an error with one of our codes, or `null` where nothing is asked.
fn is_known(answer: &Value) -> bool {
    let is_code =
        |code: &str| code.bytes().all(|byte| byte.is_ascii_lowercase() || byte == b'_' || byte.is_ascii_digit());
    match answer {
        Value::Null => true,
        Value::String(error) => {
            let message = error.strip_prefix("error: ").unwrap();
            message == "Unauthorized" || is_code(message)
        }
        answer => {
            answer["isAuthorized"].is_boolean() || !answer["policyDocument"]["Statement"].as_array().unwrap().is_empty()
        }
    }
}

fn gateways() -> [Gateway; 3] {
    [
        (InvalidTokenAnswer::ByApi, HttpApiResponse::Iam),
        (InvalidTokenAnswer::Deny, HttpApiResponse::Simple),
        (InvalidTokenAnswer::Unauthorized, HttpApiResponse::Simple),
    ]
    .map(|(invalid_token, http_api_response)| Gateway {
        invalid_token,
        http_api_response,
        ..gateway(authorizer(&permissions()))
    })
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 5000, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn a_bent_event_gets_a_known_answer_and_opens_nothing_without_a_good_token(
        token in any::<Index>(),
        form in 0_usize..5,
        changes in prop::collection::vec((any::<Index>(), change()), 0..6),
    ) {
        let token = token.get(&TOKENS);
        let mut event = events(token)[form].1.clone();
        for (at, change) in &changes {
            apply(&mut event, *at, change);
        }
        let runtime = tokio::runtime::Builder::new_current_thread().build().unwrap();
        for gateway in gateways() {
            let answer = runtime.block_on(raw(&gateway, &event));
            prop_assert!(is_known(&answer), "{event} got {answer}");
            prop_assert!(Some(token) == TOKENS.last() || !opens(&answer), "{event} got {answer}");
        }
    }

    #[test]
    fn any_text_at_all_gets_a_known_answer(text in ".{0,200}") {
        let runtime = tokio::runtime::Builder::new_current_thread().build().unwrap();
        let answer = runtime.block_on(gateways()[0].answer(&text, "request-1"));
        prop_assert!(matches!(answer, Err(_) | Ok(Response::Nothing)));
    }
}
