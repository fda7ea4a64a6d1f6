//! The base path that servers put before every path.
//!
//! Source: OpenAPI 3.1 section 4.8.5, "Server Object"; Swagger 2.0, "basePath".

use serde_json::Value;

/// Hosts of API Gateway itself: what follows them is the stage, which is no part of a route.
const GATEWAY_HOST: &str = ".execute-api.";

/// The base paths of a list of servers, each once, without a trailing slash; the root is the empty text.
pub(super) fn of_servers(servers: &Value) -> Vec<String> {
    let mut paths = Vec::new();
    for server in servers.as_array().map(Vec::as_slice).unwrap_or_default() {
        let path =
            server.get("url").and_then(Value::as_str).map(|url| path(&substituted(url, server.get("variables"))));
        paths.extend(path.filter(|path| !paths.contains(path)));
    }
    paths
}

/// Swagger's base path.
pub(super) fn of_swagger(specification: &Value) -> String {
    let member = |name: &str| specification.get(name).and_then(Value::as_str).unwrap_or_default();
    if member("host").contains(GATEWAY_HOST) { String::new() } else { trimmed(member("basePath")) }
}

/// With each variable's default in its place.
fn substituted(url: &str, variables: Option<&Value>) -> String {
    let variables = variables.and_then(Value::as_object).into_iter().flatten();
    variables.fold(url.to_owned(), |url, (name, variable)| {
        let default = variable.get("default").and_then(Value::as_str).unwrap_or_default();
        url.replace(&format!("{{{name}}}"), default)
    })
}

fn path(url: &str) -> String {
    let url = url.split(['?', '#']).next().unwrap_or_default();
    let Some((_, rest)) = url.split_once("://") else { return trimmed(url) };
    match rest.split_once('/') {
        Some((host, path)) if !host.contains(GATEWAY_HOST) => trimmed(path),
        _ => String::new(),
    }
}

/// With a slash at the beginning and none at the end.
pub(super) fn trimmed(path: &str) -> String {
    let path = path.trim_matches('/');
    if path.is_empty() { String::new() } else { format!("/{path}") }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn a_servers_path_is_the_base_path_and_a_stage_is_none() {
        for (servers, paths) in [
            (json!([{ "url": "https://api.example.com" }]), vec![""]),
            (json!([{ "url": "https://api.example.com/v1/" }]), vec!["/v1"]),
            (json!([{ "url": "/v1" }]), vec!["/v1"]),
            (json!([{ "url": "v1" }]), vec!["/v1"]),
            (json!([{ "url": "/" }]), vec![""]),
            (json!([{ "url": "https://a.example/v1?x=/y#z" }]), vec!["/v1"]),
            (
                json!([{ "url": "https://{host}/{v}", "variables": { "v": { "default": "v2" }, "host": { "default": "a" } } }]),
                vec!["/v2"],
            ),
            (
                json!([{
                    "url": "https://a1b2c3d4e5.execute-api.eu-west-1.amazonaws.com/{basePath}",
                    "variables": { "basePath": { "default": "/prod" } },
                }]),
                vec![""],
            ),
            (
                json!([{ "url": "https://a/v1" }, { "url": "https://b/v1" }, { "url": "https://a/v2" }]),
                vec!["/v1", "/v2"],
            ),
            (json!([]), vec![]),
            (json!(null), vec![]),
        ] {
            assert_eq!(of_servers(&servers), paths, "{servers}");
        }
    }

    #[test]
    fn swaggers_base_path_is_one_unless_the_host_is_api_gateways() {
        assert_eq!(of_swagger(&json!({ "basePath": "/v1/" })), "/v1");
        assert_eq!(of_swagger(&json!({ "basePath": "/" })), "");
        assert_eq!(of_swagger(&json!({ "host": "a.execute-api.eu-west-1.amazonaws.com", "basePath": "/prod" })), "");
    }
}
