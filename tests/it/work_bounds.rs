//! How much work can somebody cause who chooses every byte? Counted in allocations, which do not depend on the machine:
//! never more than in proportion to what was sent, and nothing beyond the caps. `benches/work_bounds.rs` has the times.

use allocation_counter::{AllocationInfo, measure};
use cognito_authorizer::gateway::{Failure, Gateway, LARGEST_EVENT, TokenSource};
use cognito_authorizer::jwks::{Algorithms, KeySet, LARGEST_ANSWER};
use cognito_authorizer::token::{BearerToken, InvalidToken, LONGEST_TOKEN, Scheme, UnverifiedToken};
use permissions::Method;
use permissions::iam::{Coverage, DEFAULT_BUDGET_BYTES, Limits, Policies};
use permissions::questions::Facts;
use serde_json::{Value, json};
use testkit::caller::{Caller, Engine};
use testkit::doors::{events, permissions};
use testkit::hostile::{
    DEEPEST, EVENT_SHAPES, EventShape, KEY_SET_SHAPES, TOKEN_SHAPES, TokenShape, event, key_set_of, token,
};
use testkit::{KEY, STAGE, access, authorizer, gateway};

/// What any answer takes, whatever the size: the policy, the log line, tables that start with a size of their own.
const CONSTANT_BYTES: u64 = 16 * 1024;

/// The answer where the context is more than a WebSocket API takes. It was made all the same.
const TOO_LARGE: Failure = Failure::Undecided { reason: "answer_too_large" };

/// The most that one policy, or one start's look at the document, holds at a time. A quarter of the smallest function's memory.
const MOST_HELD: u64 = 32 * 1024 * 1024;

/// So many groups, each with so many routes that all overlap, and so many denies across them.
const GROUPS: usize = 16;
const ROUTES: usize = 16;
const DENIES: usize = 8;

/// A document whose routes all meet each other, and that looks at a claim everywhere.
fn entangled(complete: bool) -> Value {
    let allow: Vec<String> = (0..ROUTES).map(|n| format!("ANY /{{a}}/x{n}/{{b}}/${{sub}}/{{rest+}}")).collect();
    let deny: Vec<String> = (0..DENIES).map(|n| format!("GET /{{a}}/{{b}}/y{n}/{{rest+}}")).collect();
    let group = |n: usize| json!({"groups": [format!("g{n}")], "allow": allow, "deny": deny});
    json!({"permissions": (0..GROUPS).map(group).collect::<Vec<_>>(), "complete": complete})
}

fn door() -> Gateway {
    let sources = ["header:Authorization", "query:access_token", "cookie:token"];
    Gateway {
        token_sources: sources.into_iter().filter_map(TokenSource::parse).collect(),
        ..gateway(authorizer(&permissions()))
    }
}

/// What one answer takes once keys and policy are at hand.
fn cost(event: &str) -> AllocationInfo {
    let gateway = door();
    let runtime = tokio::runtime::Builder::new_current_thread().build().unwrap();
    let first = runtime.block_on(gateway.answer(event, "request-1"));
    let refused_unread = |failure: Failure| !matches!(failure, Failure::Unauthorized | TOO_LARGE);
    assert!(!first.is_err_and(refused_unread), "{event:.200}");
    measure(|| drop(runtime.block_on(gateway.answer(event, "request-1"))))
}

/// Twice the size takes twice as much, or somewhat more, since all sizes hold the same signature and claims: far from the
/// four times of a quadratic step. And no more than so many bytes for each byte.
fn grows_in_proportion(name: &str, size: usize, most_per_byte: u64, cost: impl Fn(usize) -> AllocationInfo) {
    let (half, whole) = (cost(size / 2), cost(size));
    let grows = |half: u64, whole: u64, constant: u64| 2 * whole <= 5 * half + constant;
    assert!(grows(half.bytes_total, whole.bytes_total, CONSTANT_BYTES), "{name}: {half:?}, then {whole:?}");
    assert!(grows(half.count_total, whole.count_total, 64), "{name}: {half:?}, then {whole:?}");
    let most = most_per_byte * u64::try_from(size).unwrap() + CONSTANT_BYTES;
    assert!(whole.bytes_total <= most, "{name}: {whole:?} for {size} bytes");
}

#[test]
fn a_hostile_token_costs_in_proportion_to_its_length() {
    for shape in TOKEN_SHAPES {
        for (form, _) in events("").iter().enumerate() {
            let name = format!("{shape:?} in form {form}");
            grows_in_proportion(&name, LONGEST_TOKEN, 100, |size| {
                cost(&events(&token(shape, size))[form].1.to_string())
            });
        }
    }
}

#[test]
fn a_hostile_event_costs_in_proportion_to_its_length() {
    for shape in EVENT_SHAPES {
        grows_in_proportion(&format!("{shape:?}"), LARGEST_EVENT, 60, |size| {
            let event = event(shape, size);
            assert!(event.len() <= size && event.len() > size - 1000, "{shape:?}: {}", event.len());
            cost(&event)
        });
    }
}

#[test]
fn a_hostile_key_set_costs_in_proportion_to_its_length() {
    for shape in KEY_SET_SHAPES {
        grows_in_proportion(&format!("{shape:?}"), LARGEST_ANSWER, 150, |size| {
            let text = key_set_of(shape, size);
            measure(|| drop(KeySet::parse(text.as_bytes(), Algorithms::RS256).unwrap()))
        });
    }
}

#[test]
fn the_longest_token_is_read_and_a_longer_one_is_refused_unread() {
    for shape in TOKEN_SHAPES {
        let longest = token(shape, LONGEST_TOKEN);
        assert!(longest.len() <= LONGEST_TOKEN && longest.len() > LONGEST_TOKEN - 400, "{shape:?}: {}", longest.len());
        assert!(
            UnverifiedToken::parse(&BearerToken::parse(&longest, Scheme::Optional).unwrap(), Algorithms::RS256).is_ok(),
            "{shape:?}"
        );
    }
    let long = token(TokenShape::Groups, 100 * LONGEST_TOKEN);
    let refused = measure(|| assert_eq!(BearerToken::parse(&long, Scheme::Optional), Err(InvalidToken::TooLong)));
    assert_eq!(refused.count_total, 0);
}

#[test]
fn claims_nested_deeper_than_the_reader_goes_are_refused() {
    let nested = |depth: usize| {
        let payload = format!(r#"{{"x":{}{}}}"#, "[".repeat(depth), "]".repeat(depth));
        let token = KEY.sign(&json!({"kid": KEY.id, "alg": "RS256"}).to_string(), &payload);
        UnverifiedToken::parse(&BearerToken::parse(&token, Scheme::Optional).unwrap(), Algorithms::RS256).map(|_| ())
    };
    assert_eq!(nested(DEEPEST), Ok(()));
    assert_eq!(nested(DEEPEST + 3), Err(InvalidToken::Malformed));
}

#[test]
fn an_event_larger_than_any_request_is_refused_unread() {
    let door = door();
    let answer = |event: &str| {
        let runtime = tokio::runtime::Builder::new_current_thread().build().unwrap();
        runtime.block_on(door.answer(event, "request-1")).map(drop)
    };
    let fill = |bytes: usize| format!("{}{}", event(EventShape::Headers, 2000), " ".repeat(bytes));
    let room = LARGEST_EVENT - fill(0).len();
    assert_eq!(answer(&fill(room)), Ok(()));
    assert_eq!(answer(&fill(room + 1)), Err(Failure::Undecided { reason: "event_too_large" }));
}

#[test]
fn no_document_makes_one_policy_hold_more_than_a_quarter_of_the_smallest_memory() {
    let groups: Vec<String> = (0..GROUPS).map(|n| format!("g{n}")).collect();
    for complete in [false, true] {
        // A user called like a literal of the document has a policy of his own.
        for sub in ["u1", "x3", "y3"] {
            let engine = Engine::new(&entangled(complete), DEFAULT_BUDGET_BYTES);
            let caller = Caller(access(json!({"sub": sub, "cognito:groups": groups})));
            let held = measure(|| drop(engine.policy(&caller, &format!("{STAGE}GET/a/x3/b/{sub}/c"))));
            assert!(held.bytes_max <= MOST_HELD, "{sub}, complete {complete}: {held:?}");
        }
    }
}

#[test]
fn no_document_makes_a_start_hold_more_than_a_quarter_of_the_smallest_memory() {
    let limits = Limits { coverage: Coverage::Api, budget_bytes: DEFAULT_BUDGET_BYTES };
    let method = Method::parse(format!("{STAGE}GET/")).unwrap();
    for complete in [false, true] {
        let permissions = permissions::Permissions::parse(entangled(complete).to_string().as_bytes()).unwrap();
        let policies = Policies::new(&permissions, limits);
        let held = measure(|| drop(policies.cache_safety(&permissions, &method, &Facts::of_cognito())));
        assert!(held.bytes_max <= MOST_HELD, "complete {complete}: {held:?}");
    }
}
