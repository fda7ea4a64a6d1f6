//! From a verb and a path of a specification to a route.

use permissions::{InvalidRoute, Route, Segment, Verb};

/// Verbs of a path item, and what they are in a route.
/// Source: OpenAPI 3.1 section 4.8.9; API Gateway Developer Guide, "x-amazon-apigateway-any-method object".
pub(super) const VERBS: [(&str, &str); 9] = [
    ("delete", "DELETE"),
    ("get", "GET"),
    ("head", "HEAD"),
    ("options", "OPTIONS"),
    ("patch", "PATCH"),
    ("post", "POST"),
    ("put", "PUT"),
    ("trace", "TRACE"),
    ("x-amazon-apigateway-any-method", "ANY"),
];

/// The route of a verb and a path, or why there is none.
pub(super) fn route(verb: &str, base: &str, path: &str) -> Result<Route, String> {
    // Some specifications tell two uses of one method apart by a fragment, which no request carries.
    let path = path.split('#').next().unwrap_or_default();
    let whole = format!("{base}{path}");
    // In a route, `${..}` is a claim and `$connect` a verb. A path of a specification means neither.
    if whole.contains('$') {
        return Err("a path with `$`".to_owned());
    }
    // A base path alone is the root of what is below it.
    let whole = if path == "/" && !base.is_empty() { base } else { &whole };
    format!("{verb} {whole}").parse().map_err(|error: InvalidRoute| error.to_string())
}

/// What makes two routes one to the gateway: the verb, the path without the parameters' names, and whether it is greedy.
pub(super) type Shape = (Verb, Vec<Option<String>>, bool);

/// The route's shape.
pub(super) fn shape(route: &Route) -> Shape {
    let segments = route.segments().iter().map(|segment| match segment {
        Segment::Literal(text) => Some(text.clone()),
        Segment::Parameter(_) | Segment::Greedy(_) | Segment::Claim(_) => None,
    });
    (route.verb(), segments.collect(), route.is_greedy())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_path_becomes_a_route_below_its_base_path() {
        for (base, path, expected) in [
            ("", "/", "GET /"),
            ("", "/orders/{id}", "GET /orders/{id}"),
            ("", "/{proxy+}", "GET /{proxy+}"),
            ("/v1", "/orders", "GET /v1/orders"),
            ("/v1", "/", "GET /v1"),
            ("", "/files/{id}#add_shared_link", "GET /files/{id}"),
        ] {
            assert_eq!(route("GET", base, path).map(|route| route.to_string()), Ok(expected.to_owned()));
        }
    }

    #[test]
    fn what_api_gateway_cannot_have_is_no_route() {
        for path in [
            "/{id}.json",
            "/a/{x}...{y}",
            "/users/${sub}",
            "/$default",
            "/a/",
            "/a//b",
            "/a?b=c",
            "/a/<upload_url>",
            "/{a}/{a}",
            "/caf%C3%A9",
            "a",
        ] {
            assert!(route("GET", "", path).is_err(), "{path}");
        }
        assert!(route("TRACE", "", "/a").is_err());
    }

    #[test]
    fn routes_that_differ_in_parameter_names_alone_have_one_shape() {
        let shape_of = |text: &str| shape(&text.parse().unwrap());
        assert_eq!(shape_of("GET /a/{x}"), shape_of("GET /a/{y}"));
        for other in ["GET /a/x", "PUT /a/{x}", "GET /a/{x+}", "GET /a/{x}/{y}"] {
            assert_ne!(shape_of("GET /a/{x}"), shape_of(other), "{other}");
        }
    }
}
