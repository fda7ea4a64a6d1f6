//! How long does a policy take, and how large is it? `cargo bench --bench policy`
//!
//! Holders of every scope of documents with 10, 100 and 300 routes, twelve to a scope.

#![allow(
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::panic,
    clippy::print_stdout,
    clippy::string_slice,
    clippy::unwrap_used,
    reason = "a measurement stops at the first surprise, and prints"
)]

use cognito_authorizer::token::VerifiedClaims;
use permissions::Method;
use permissions::Permissions;
use permissions::iam::{Compiled, Coverage, Limits, Policies, PolicyDocument, Says};
use serde_json::json;
use testkit::world::verified;
use testkit::{access, iam};

/// Scopes in every document, so that routes over scopes are twelve to one.
const SCOPES: usize = 25;

/// A stage prefix of 58 characters.
const METHOD: &str = "arn:aws:execute-api:us-east-1:123456789012:abcdef1234/prod/GET/s0/r0/7";

const UNLIMITED: Limits = Limits { coverage: Coverage::Api, budget_bytes: usize::MAX };

fn main() {
    print_sizes();
    divan::main();
}

/// The claims of a token that holds this many scopes, really signed and verified.
fn holder(scopes: usize) -> VerifiedClaims {
    let scope = (0..scopes).map(|scope| format!("s{scope}")).collect::<Vec<_>>().join(" ");
    verified(&access(json!({"scope": scope})))
}

/// The shapes of documents that are looked at.
#[derive(Clone, Copy, Debug)]
enum Shape {
    /// Collections and items, a route below each item, and routes that nobody has.
    Rest,
    /// Six verbs on two paths of each resource, nothing deeper.
    Verbs,
    /// `ANY` on items.
    Any,
    /// Paths without parameters.
    Literal,
}

/// A document with this many allowed routes.
fn document(shape: Shape, routes: usize) -> Permissions {
    let route = |number: usize| {
        let (scope, within) = (number % SCOPES, number / SCOPES);
        let item = |kinds: usize| format!("/s{scope}/r{}", within / kinds);
        match shape {
            Shape::Rest => match within % 4 {
                0 => format!("GET {}", item(4)),
                1 => format!("POST {}", item(4)),
                2 => format!("GET {}/{{id}}", item(4)),
                _ => format!("GET {}/{{id}}/events", item(4)),
            },
            Shape::Verbs => match within % 6 {
                0 => format!("GET {}", item(6)),
                1 => format!("POST {}", item(6)),
                2 => format!("GET {}/{{id}}", item(6)),
                3 => format!("PUT {}/{{id}}", item(6)),
                4 => format!("PATCH {}/{{id}}", item(6)),
                _ => format!("DELETE {}/{{id}}", item(6)),
            },
            Shape::Any => format!("ANY /s{scope}/r{within}/{{id}}"),
            Shape::Literal => format!("GET /s{scope}/r{within}"),
        }
    };
    let mut allowed = vec![Vec::new(); SCOPES];
    (0..routes).for_each(|number| allowed.get_mut(number % SCOPES).expect("a scope").push(route(number)));
    let permissions = allowed.into_iter().enumerate().filter(|(_, routes)| !routes.is_empty());
    let mut permissions: Vec<_> =
        permissions.map(|(scope, allow)| json!({"scopes": [format!("s{scope}")], "allow": allow})).collect();
    let mut document = json!({});
    if matches!(shape, Shape::Rest) {
        permissions.push(json!({"claims": {"frozen": true}, "deny": ["DELETE /{any+}"]}));
        document["routes"] = (0..SCOPES).map(|scope| format!("GET /s{scope}/r0/{{id}}/audit")).collect();
    }
    document["permissions"] = json!(permissions);
    Permissions::parse(document.to_string().as_bytes()).expect("a document")
}

fn print_sizes() {
    println!("bytes (allow + deny resources) of 300 routes over {SCOPES} scopes, by scopes held");
    let method = Method::parse(METHOD.to_owned()).expect("an ARN");
    for shape in [Shape::Rest, Shape::Verbs, Shape::Any, Shape::Literal] {
        let map = document(shape, 300);
        let sizes = [1, 5, 25].map(|scopes| {
            let policy = iam::Policy::from(smallest(&map, &holder(scopes), &method));
            let (allow, deny) = (policy.allow(), policy.deny());
            let bytes: usize = allow.iter().chain(deny).map(|resource| resource.len() + 3).sum();
            format!("{scopes}: {bytes} ({}+{})", allow.len(), deny.len())
        });
        println!("{shape:?}: {}", sizes.join(", "));
    }
}

/// The policy that says no more than it must: the first that fits as the budget grows.
fn smallest(map: &Permissions, holder: &VerifiedClaims, method: &Method) -> PolicyDocument {
    let budgets = (4..).map(|steps| Limits { budget_bytes: steps * 256, ..UNLIMITED });
    let mut compiled = budgets.map(|limits| compiled(map, &Policies::new(map, limits), holder, method));
    compiled.find(|compiled| compiled.says != Says::Part).expect("some budget is enough").document
}

fn compiled(map: &Permissions, policies: &Policies, holder: &VerifiedClaims, method: &Method) -> Compiled {
    let grants = map.grants(holder);
    policies.compile(&grants, grants.decide(method), method)
}

#[divan::bench(args = [10, 100, 300])]
fn rest(bencher: divan::Bencher<'_, '_>, routes: usize) {
    compile(bencher, Shape::Rest, routes);
}

#[divan::bench(args = [10, 100, 300])]
fn any(bencher: divan::Bencher<'_, '_>, routes: usize) {
    compile(bencher, Shape::Any, routes);
}

#[divan::bench(args = [10, 100, 300])]
fn first_of_its_kind(bencher: divan::Bencher<'_, '_>, routes: usize) {
    let (map, holder) = (document(Shape::Rest, routes), holder(SCOPES));
    let method = Method::parse(METHOD.to_owned()).expect("an ARN");
    bencher.bench_local(|| compiled(&map, &Policies::new(&map, UNLIMITED), &holder, &method));
}

fn compile(bencher: divan::Bencher<'_, '_>, shape: Shape, routes: usize) {
    let (map, holder) = (document(shape, routes), holder(SCOPES));
    let method = Method::parse(METHOD.to_owned()).expect("an ARN");
    let policies = Policies::new(&map, UNLIMITED);
    bencher.bench_local(|| compiled(&map, &policies, &holder, &method));
}
