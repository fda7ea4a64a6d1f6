//! What is written down of each request: the line of a decision, read from the standard output of a process that makes it.

use cognito_authorizer::authorizer::Authorizer;
use cognito_authorizer::documents::{ActiveDocument, Documents};
use cognito_authorizer::gateway::{Gateway, HttpApiResponse, Invocation};
use cognito_authorizer::log::{Format, Level, Logger, Metrics, SubjectLog};
use permissions::iam::{Coverage, Limits};
use serde_json::{Value, json};
use std::process::Command;
use testkit::{CLIENT, KEY, LIMITS, POOL, STAGE, access, authorizer, gateway, id, token_event};

const TRACE: &str = "Root=1-5759e988-bd862e3fe1be46a994272793;Parent=53995c3f42cd8ad8;Sampled=1";

fn document() -> Value {
    json!({"permissions": [
        {"scopes": ["orders/read"], "allow": ["GET /orders", "GET /orders/{id}"]},
        {"scopes": ["orders/read", "orders/pii"], "groups": ["dpo"], "allow": ["GET /orders/{id}/pii"]},
        {"authenticated": true, "allow": ["ANY /users/${sub}/{rest+}"]},
        {"claims": {"frozen": true}, "deny": ["ANY /{any+}"]}
    ], "routes": ["GET /audit"], "triggerClaims": ["frozen"]})
}

fn loud(authorizer: Authorizer) -> Gateway {
    let logger = Logger { level: Level::Info, format: Format::Json };
    Gateway { logger, ..gateway(authorizer) }
}

fn request(token: &str, method: &str) -> String {
    json!({
        "type": "REQUEST", "methodArn": format!("{STAGE}{method}"), "headers": {"Authorization": token},
        "requestContext": {"requestId": "c6af9ac6-7b61-11e6-9a41-93e8deadbeef", "resourceId": "k9x2ab"}
    })
    .to_string()
}

/// The lines that a test of this module writes, without time, duration and level of their own.
fn lines_of(test: &str) -> Vec<Value> {
    let test = format!("log_lines::{test}");
    let mut run = Command::new(std::env::current_exe().unwrap());
    let aloud = run.args(["--exact", &test, "--ignored", "--nocapture"]).output().unwrap();
    let log = String::from_utf8(aloud.stdout).unwrap();
    assert!(aloud.status.success(), "{log}");
    let lines = log.lines().filter_map(|line| line.get(line.find(r#"{"timestamp""#)?..));
    lines.map(|line| serde_json::from_str(line).unwrap()).collect()
}

fn without_times(mut line: Value) -> Value {
    let members = line.as_object_mut().unwrap();
    for name in ["timestamp", "duration_us", "policy_bytes", "document"] {
        assert!(members.remove(name).is_some() || name == "policy_bytes" || name == "document", "{name}");
    }
    line
}

fn expected(more: &Value) -> Value {
    let mut line = json!({
        "level": "INFO", "message": "decision", "request_id": "request-1", "api_id": "abcdef1234", "stage": "test",
        "trace_id": "1-5759e988-bd862e3fe1be46a994272793", "verb": "GET", "issuer": POOL, "client_id": CLIENT,
        "token_use": "access", "key_id": KEY.id, "covers": "api", "keys": "hit"
    });
    let members = line.as_object_mut().unwrap();
    for (name, value) in more.as_object().unwrap().clone() {
        if value.is_null() {
            members.remove(&name)
        } else {
            members.insert(name, value)
        };
    }
    line
}

#[test]
fn a_decisions_line_names_who_asked_for_what_and_which_permission_decides() {
    let found: Vec<Value> = lines_of("decides_aloud").into_iter().map(without_times).collect();
    let refused = json!({
        "issuer": null, "client_id": null, "token_use": null, "key_id": null, "covers": null, "keys": "none",
        "outcome": "unauthorized", "reason": "token_malformed"
    });
    let wanted = [
        expected(&json!({"outcome": "allow", "reason": "permitted", "route": "GET /orders", "permission": 0,
            "effect": "allow", "keys": "fetched"})),
        expected(&json!({"outcome": "deny", "reason": "scope_missing", "route": "GET /orders/{id}/pii", "nearest": 1,
            "lacks": ["scope orders/pii", "group dpo"], "api_request_id": "c6af9ac6-7b61-11e6-9a41-93e8deadbeef"})),
        expected(&json!({"outcome": "deny", "reason": "claim_not_in_path", "route": "ANY /users/${sub}/{rest+}",
            "nearest": 2, "lacks": ["claim sub"]})),
        expected(&json!({"outcome": "deny", "reason": "denied_by_rule", "route": "ANY /{any+}", "permission": 3,
            "effect": "deny"})),
        expected(&json!({"outcome": "deny", "reason": "route_not_allowed", "route": "GET /audit"})),
        expected(&json!({"outcome": "deny", "reason": "route_unknown", "verb": "OTHER"})),
        expected(&json!({"outcome": "deny", "reason": "path_malformed", "route": "GET /orders/{id}"})),
        expected(&refused),
    ];
    assert_eq!(found.len(), wanted.len(), "{found:#?}");
    for (found, wanted) in found.into_iter().zip(wanted) {
        assert_eq!(found, wanted);
    }
}

#[tokio::test]
#[ignore = "writes the log that another test reads"]
async fn decides_aloud() {
    let gateway = loud(authorizer(&document()));
    let invocation = || Invocation { request_id: "request-1", trace: Some(TRACE) };
    let token = KEY.token(&access(json!({})));
    let frozen = KEY.token(&access(json!({"frozen": true})));
    for event in [
        token_event(&token, "GET/orders"),
        request(&token, "GET/orders/7/pii"),
        token_event(&token, "GET/users/somebody-else/a"),
        token_event(&frozen, "GET/orders"),
        token_event(&token, "GET/audit"),
        token_event(&token, "BREW/orders"),
        token_event(&token, "GET/orders/"),
        token_event("no.token", "GET/orders"),
    ] {
        drop(gateway.answer(&event, invocation()).await);
    }
}

#[test]
fn the_subject_is_written_as_the_setting_wants_it() {
    let found = lines_of("names_subjects_aloud");
    let ids = |line: &Value| ["sub", "jti", "origin_jti"].map(|name| line[name].as_str().map(ToOwned::to_owned));
    let [none, hash, plain] = [0, 1, 2].map(|place| ids(&found[place]));
    assert_eq!(none, [const { None }; 3]);
    let plain = plain.map(Option::unwrap);
    assert_eq!(plain, ["aaaaaaaa-bbbb-4ccc-8ddd-eeeeeeeeeeee", "jti-1", "origin-1"]);
    for (hash, plain) in hash.into_iter().zip(plain) {
        let hash = hash.unwrap();
        assert!(hash.len() == 32 && hash.bytes().all(|byte| byte.is_ascii_hexdigit()) && hash != plain, "{hash}");
    }
}

#[tokio::test]
#[ignore = "writes the log that another test reads"]
async fn names_subjects_aloud() {
    let hash = SubjectLog::hashed_by("0123456789abcdef0123456789abcdef").unwrap();
    let token = KEY.token(&access(json!({})));
    for subject_log in [SubjectLog::None, hash, SubjectLog::Plain] {
        let gateway = Gateway { subject_log, ..loud(authorizer(&document())) };
        drop(gateway.answer(&token_event(&token, "GET/orders"), "request-1").await);
    }
}

/// Routes that no policy can hold: one that is shut between two that are open.
fn cut_document() -> Value {
    json!({"permissions": [{"authenticated": true, "allow": ["GET /a/{x}", "GET /a/{x}/{y}/{z}"]}],
        "routes": ["GET /a/{x}/{y}"]})
}

#[test]
fn a_cut_policy_says_so_in_the_line_of_its_decision_and_what_that_means() {
    let found = lines_of("cuts_aloud");
    assert_eq!(found.len(), 2, "{found:#?}");
    let cut = "other methods of this token get 403 from the cache until its TTL ends";
    assert_eq!((&found[0]["level"], &found[0]["cut"]), (&json!("WARN"), &json!(cut)));
    assert_eq!((&found[0]["request_id"], &found[0]["covers"]), (&json!("request-1"), &json!("api")));
    // What is for one method is not cut.
    assert_eq!((&found[1]["level"], &found[1]["cut"]), (&json!("INFO"), &Value::Null));
    assert_eq!(found[1]["covers"], json!("request"));
}

#[tokio::test]
#[ignore = "writes the log that another test reads"]
async fn cuts_aloud() {
    let token = KEY.token(&access(json!({})));
    for coverage in [Coverage::Api, Coverage::Request] {
        let text = cut_document().to_string();
        let document = ActiveDocument::parse(text.as_bytes(), Limits { coverage, ..LIMITS }).unwrap();
        let authorizer = Authorizer { documents: Documents::fixed(document), ..authorizer(&cut_document()) };
        drop(loud(authorizer).answer(&token_event(&token, "GET/a/1"), "request-1").await);
    }
}

#[tokio::test]
async fn a_refusal_tells_the_backend_its_reason_where_the_answer_is_for_one_method() {
    let token = KEY.token(&access(json!({})));
    let http = |method: &str| {
        json!({"version": "2.0", "type": "REQUEST", "routeArn": format!("{STAGE}{method}"),
            "headers": {"authorization": token}})
        .to_string()
    };
    let with = |coverage| {
        let text = document().to_string();
        let read = ActiveDocument::parse(text.as_bytes(), Limits { coverage, ..LIMITS }).unwrap();
        Authorizer { documents: Documents::fixed(read), ..authorizer(&document()) }
    };
    for (name, coverage, http_api_response, method, expected) in [
        ("a policy for the API is cached for other methods", Coverage::Api, HttpApiResponse::Iam, "GET/audit", None),
        ("a policy for one method", Coverage::Request, HttpApiResponse::Iam, "GET/audit", Some("route_not_allowed")),
        ("a boolean", Coverage::Api, HttpApiResponse::Simple, "GET/x", Some("route_unknown")),
        ("an allow", Coverage::Request, HttpApiResponse::Iam, "GET/orders", None),
    ] {
        let gateway = Gateway { http_api_response, ..gateway(with(coverage)) };
        let answer = serde_json::to_value(gateway.answer(&http(method), "request-1").await.unwrap()).unwrap();
        assert_eq!(answer["context"]["reason"].as_str(), expected, "{name}");
    }
}

#[test]
fn an_id_token_is_named_by_its_use_and_its_audience() {
    let found = lines_of("takes_an_id_token_aloud");
    assert_eq!((&found[0]["token_use"], &found[0]["client_id"]), (&json!("id"), &json!(CLIENT)));
}

#[tokio::test]
#[ignore = "writes the log that another test reads"]
async fn takes_an_id_token_aloud() {
    let mut authorizer = authorizer(&document());
    let mut verifier = testkit::verifier();
    verifier.token_uses = vec![cognito_authorizer::token::TokenUse::Id];
    authorizer.issuers[0].verifier = verifier.into();
    let token = KEY.token(&id(json!({})));
    drop(loud(authorizer).answer(&token_event(&token, "GET/orders"), "request-1").await);
}

#[test]
fn a_measured_line_names_its_metrics_and_dimensions_and_nothing_of_a_token() {
    let found = lines_of("measures_aloud");
    assert_eq!(found.len(), 3);
    for line in &found {
        let directives = line["_aws"]["CloudWatchMetrics"].as_array().unwrap();
        assert_eq!(line["_aws"]["Timestamp"], json!(1_700_000_000_000_u64));
        for directive in directives {
            assert_eq!(directive["Namespace"], "authorizer");
            for metric in directive["Metrics"].as_array().unwrap() {
                let name = metric["Name"].as_str().unwrap();
                assert!(line[name].is_u64(), "{name} of {line}");
            }
            for dimension in directive["Dimensions"].as_array().unwrap().iter().flat_map(|set| set.as_array().unwrap())
            {
                let name = dimension.as_str().unwrap();
                assert!(["outcome", "reason"].contains(&name) && line[name].is_string(), "{name} of {line}");
            }
        }
    }
    let numbers = |name: &str| found.iter().map(|line| line[name].as_u64()).collect::<Vec<_>>();
    assert_eq!(numbers("decisions"), [Some(1); 3]);
    assert_eq!(numbers("cold_starts"), [Some(1), Some(0), Some(0)]);
    assert_eq!(numbers("key_fetches"), [Some(1), Some(0), Some(0)]);
    assert_eq!(numbers("key_failures"), [Some(0); 3]);
    assert_eq!(numbers("key_age_seconds"), [Some(0); 3]);
    assert_eq!(numbers("policy_bytes").iter().map(Option::is_some).collect::<Vec<_>>(), [true, true, false]);
}

#[tokio::test]
#[ignore = "writes the log that another test reads"]
async fn measures_aloud() {
    let metrics = Metrics::new("authorizer".to_owned());
    let gateway = Gateway { metrics, ..loud(authorizer(&document())) };
    let token = KEY.token(&access(json!({})));
    for event in
        [token_event(&token, "GET/orders"), token_event(&token, "GET/audit"), token_event("no.token", "GET/orders")]
    {
        drop(gateway.answer(&event, "request-1").await);
    }
}
