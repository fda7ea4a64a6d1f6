//! `authz import` beside two crates of other makers that read OpenAPI into types: all of them find the same operations, and
//! the same scopes for each.

use crate::import::fixture;
use crate::{answer, authz, remarks};
use serde::de::DeserializeOwned;
use serde_json::Value;
use std::collections::{BTreeMap, BTreeSet};

/// The scopes of each way in by a token; without any, nobody with a token is let in.
type Ways = BTreeSet<BTreeSet<String>>;
/// By verb and path.
type Operations = BTreeMap<String, Ways>;
/// A requirement: the scopes of each scheme.
type Requirement = Vec<(String, Vec<String>)>;

/// `None` for a file that is not of the type: the specification, or the type, is not as OpenAPI has it.
fn read<T: DeserializeOwned>(file: &str) -> Option<T> {
    let text = std::fs::read_to_string(file).unwrap();
    if file.ends_with("json") { serde_json::from_str(&text).ok() } else { serde_saphyr::from_str(&text).ok() }
}

/// As a request has it.
fn operation(verb: &str, path: &str) -> String {
    format!("{} {}", verb.to_uppercase(), path.split('#').next().unwrap())
}

/// What the list of requirements lets in; `tokens` are the schemes that a token fulfils.
fn ways(security: &[Requirement], tokens: &BTreeSet<String>) -> Ways {
    let by_token = security.iter().filter(|schemes| !schemes.is_empty());
    let by_token = by_token.filter(|schemes| schemes.iter().all(|(name, _)| tokens.contains(name)));
    by_token.map(|schemes| schemes.iter().flat_map(|(_, scopes)| scopes.clone()).collect()).collect()
}

fn as_openapiv3_reads(file: &str) -> Option<Operations> {
    use openapiv3::{OpenAPI, ReferenceOr, SecurityScheme};
    let api: OpenAPI = read(file)?;
    let is_token = |scheme: &SecurityScheme| match scheme {
        SecurityScheme::OAuth2 { .. } | SecurityScheme::OpenIDConnect { .. } => true,
        SecurityScheme::HTTP { scheme, .. } => scheme == "bearer",
        SecurityScheme::APIKey { .. } => false,
    };
    let schemes = api.components.iter().flat_map(|components| &components.security_schemes);
    let tokens = schemes.filter(|(_, scheme)| matches!(scheme, ReferenceOr::Item(scheme) if is_token(scheme)));
    let tokens: BTreeSet<String> = tokens.map(|(name, _)| name.clone()).collect();
    let mut operations = Operations::new();
    for (path, item) in api.paths.iter() {
        for (verb, operation) in item.as_item().unwrap().iter() {
            let security = operation.security.as_ref().or(api.security.as_ref());
            let requirements = security.into_iter().flatten().map(|schemes| schemes.clone().into_iter().collect());
            let requirements: Vec<Requirement> = requirements.collect();
            operations.insert(self::operation(verb, path), ways(&requirements, &tokens));
        }
    }
    Some(operations)
}

/// This crate does not tell `security: []` from no `security`: such operations are left out.
fn as_oas3_reads(file: &str) -> Option<Operations> {
    use oas3::spec::{ObjectOrReference, SecurityScheme, Spec};
    let api: Spec = read(file)?;
    let untyped: Value = read(file)?;
    let is_token = |scheme: &SecurityScheme| match scheme {
        SecurityScheme::OAuth2 { .. } | SecurityScheme::OpenIdConnect { .. } => true,
        SecurityScheme::Http { scheme, .. } => scheme == "bearer",
        SecurityScheme::ApiKey { .. } | SecurityScheme::MutualTls { .. } => false,
    };
    let schemes = api.components.iter().flat_map(|components| &components.security_schemes);
    let tokens = schemes.filter(|(_, scheme)| matches!(scheme, ObjectOrReference::Object(scheme) if is_token(scheme)));
    let tokens: BTreeSet<String> = tokens.map(|(name, _)| name.clone()).collect();
    let mut operations = Operations::new();
    for (path, verb, operation) in api.operations() {
        let own = &untyped["paths"][&path][verb.as_str().to_lowercase()]["security"];
        if own.as_array().is_some_and(Vec::is_empty) {
            continue;
        }
        let security = if operation.security.is_empty() { &api.security } else { &operation.security };
        let requirements: Vec<Requirement> =
            security.iter().map(|schemes| schemes.0.clone().into_iter().collect()).collect();
        operations.insert(self::operation(verb.as_str(), &path), ways(&requirements, &tokens));
    }
    Some(operations)
}

/// What the tool makes of the file, and the operations that it left out or joined with others, as it says.
fn as_authz_reads(file: &str) -> (Operations, BTreeSet<String>) {
    let output = authz(&["import", "--base-path", "/", "--format", "json", file]);
    let document: Value = serde_json::from_str(&answer(&output)).unwrap();
    let mut operations = Operations::new();
    for route in document["routes"].as_array().into_iter().flatten() {
        operations.insert(route.as_str().unwrap().to_owned(), Ways::new());
    }
    for permission in document["permissions"].as_array().unwrap() {
        let scopes: BTreeSet<String> = permission["scopes"]
            .as_array()
            .into_iter()
            .flatten()
            .map(|scope| scope.as_str().unwrap().to_owned())
            .collect();
        for route in permission["allow"].as_array().unwrap() {
            operations.entry(route.as_str().unwrap().to_owned()).or_default().insert(scopes.clone());
        }
    }
    let told: Value = serde_json::from_str(&remarks(&output)).unwrap_or_default();
    let mut unusual = BTreeSet::new();
    for finding in told["findings"].as_array().into_iter().flatten() {
        for example in finding["examples"].as_array().unwrap() {
            let (operation, rest) = example.as_str().unwrap().split_once(": ").unwrap_or_default();
            match finding["code"].as_str().unwrap() {
                "not-a-route" => unusual.extend([operation.to_owned()]),
                "same-route" => unusual.extend([operation.to_owned(), rest.to_owned()]),
                _ => {}
            }
        }
    }
    (operations, unusual)
}

/// Compares, and tells how many operations were the same.
fn compare(file: &str) -> [Option<usize>; 2] {
    let (own, unusual) = as_authz_reads(file);
    let readings = [("openapiv3", as_openapiv3_reads(file)), ("oas3", as_oas3_reads(file))];
    readings.map(|(reader, theirs)| {
        let theirs = theirs?;
        let usual = theirs.iter().filter(|(operation, _)| !unusual.contains(*operation));
        let same = |(operation, ways)| assert_eq!(own.get(operation), Some(ways), "{reader}: {file}: {operation}");
        Some(usual.map(same).count())
    })
}

#[test]
fn other_readers_of_openapi_find_the_same_operations_and_scopes() {
    for (name, expected) in [
        ("asana.yaml", [Some(13), Some(13)]),
        ("box.json", [Some(11), Some(9)]),
        ("digitalocean.yaml", [Some(24), Some(24)]),
        // The second one does not take this file.
        ("okta.yaml", [Some(16), None]),
        ("xero.yaml", [Some(12), Some(12)]),
    ] {
        assert_eq!(compare(&fixture(name)), expected, "{name}");
    }
}

/// `AUTHZ_SPECIFICATIONS=a.yaml:b.json cargo test -p authz --test it whole_specifications -- --ignored --nocapture`
#[test]
#[ignore = "needs specifications that are too large to keep here"]
fn other_readers_find_the_same_in_whole_specifications() {
    let files = std::env::var("AUTHZ_SPECIFICATIONS").unwrap();
    for file in files.split(':') {
        println!("{file}: the same operations and scopes as openapiv3 and oas3: {:?}", compare(file));
    }
}
