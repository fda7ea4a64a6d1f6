//! Why is a text not a route?

use crate::nearest::nearest;
use crate::route::{LITERAL_PUNCTUATION, VERBS};
use std::fmt;

/// Why a text is not a route.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum InvalidRoute {
    /// A segment is `.` or `..`.
    DotSegment {
        /// The segment.
        found: String,
    },
    /// Two slashes in a row, or a trailing slash.
    EmptySegment {
        /// The path.
        path: String,
    },
    /// A greedy parameter stands before the last segment.
    GreedyNotLast {
        /// The parameter's name.
        name: String,
    },
    /// A segment is neither a literal nor a whole `{name}`, `{name+}` or `${claim}`.
    MalformedSegment {
        /// The segment.
        found: String,
    },
    /// There is no space between a verb and a path.
    NotVerbAndPath {
        /// The text.
        found: String,
    },
    /// A parameter has a name that only a claim can have: the `$` was forgotten.
    ParameterLikeClaim {
        /// The segment.
        found: String,
        /// The claim's name.
        claim: String,
    },
    /// The path does not begin with `/`.
    PathWithoutSlash {
        /// The path.
        found: String,
    },
    /// A parameter name is used twice.
    RepeatedParameter {
        /// The parameter's name.
        name: String,
    },
    /// The verb is not one that API Gateway knows.
    UnknownVerb {
        /// The verb.
        found: String,
    },
}

impl InvalidRoute {
    /// What was probably meant, in place of what was found; `None` where nothing is near.
    #[must_use]
    pub fn instead(&self) -> Option<String> {
        match self {
            Self::DotSegment { .. } | Self::GreedyNotLast { .. } | Self::RepeatedParameter { .. } => None,
            Self::EmptySegment { path } => Some(without_empty_segments(path)),
            Self::MalformedSegment { found } => segment_instead(found),
            Self::NotVerbAndPath { found } => route_instead(found),
            Self::ParameterLikeClaim { claim, .. } => Some(format!("${{{claim}}}")),
            Self::PathWithoutSlash { found } => path_instead(found),
            Self::UnknownVerb { found } => verb_instead(found),
        }
    }
}

fn without_empty_segments(path: &str) -> String {
    let segments: Vec<&str> = path.split('/').filter(|segment| !segment.is_empty()).collect();
    format!("/{}", segments.join("/"))
}

/// Other languages' words for a parameter, and IAM's for everything.
fn segment_instead(found: &str) -> Option<String> {
    if matches!(found, "*" | "**" | "{*}") {
        return Some("{proxy+}".to_owned());
    }
    let is_name = |name: &str| !name.is_empty() && name.chars().all(|c| c.is_ascii_alphanumeric() || "_-".contains(c));
    let is_claim =
        |name: &str| !name.is_empty() && name.chars().all(|c| c.is_ascii_alphanumeric() || "_-:".contains(c));
    let between = |begin: &str, end: &str| found.strip_prefix(begin).and_then(|rest| rest.strip_suffix(end));
    let greedy = [("{", "*}"), ("{*", "}"), ("{", "...}"), ("[...", "]")].into_iter().find_map(|(b, e)| between(b, e));
    if let Some(name) = greedy.filter(|name| is_name(name)) {
        return Some(format!("{{{name}+}}"));
    }
    let claims = [("$(", ")"), ("#{", "}"), ("${{", "}}"), ("$", "")].into_iter().find_map(|(b, e)| between(b, e));
    if let Some(claim) = claims.filter(|claim| is_claim(claim)) {
        return Some(format!("${{{claim}}}"));
    }
    let parameters = [("<", ">"), ("[", "]"), ("{{", "}}"), ("{", "?}"), ("{", ""), ("", "}")];
    let parameter = parameters.into_iter().filter_map(|(begin, end)| between(begin, end)).find(|name| is_name(name));
    parameter.map(|name| format!("{{{name}}}"))
}

fn route_instead(found: &str) -> Option<String> {
    if found == "$default" {
        return Some("ANY /{proxy+}".to_owned());
    }
    match found.split_once('/') {
        Some(("", path)) => Some(format!("GET /{path}")),
        Some((verb, path)) => {
            let verb = verb.trim_end_matches(':').to_ascii_uppercase();
            VERBS.iter().chain(&["ANY"]).find(|known| **known == verb).map(|verb| format!("{verb} /{path}"))
        }
        None => None,
    }
}

fn path_instead(found: &str) -> Option<String> {
    let trimmed = found.trim();
    let is_path = !trimmed.is_empty() && !trimmed.contains([' ', ':']);
    is_path.then(|| format!("/{}", trimmed.trim_start_matches('/')))
}

fn verb_instead(found: &str) -> Option<String> {
    if found == "*" || found.eq_ignore_ascii_case("ALL") {
        return Some("ANY".to_owned());
    }
    nearest(found, &["ANY", "DELETE", "GET", "HEAD", "OPTIONS", "PATCH", "POST", "PUT"]).map(str::to_owned)
}

impl fmt::Display for InvalidRoute {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.write_problem(f)?;
        self.instead().map_or(Ok(()), |instead| write!(f, "; did you mean `{instead}`?"))
    }
}

impl InvalidRoute {
    fn write_problem(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::DotSegment { found } => {
                write!(f, "found the segment `{found}`, expected a path without dot segments")
            }
            Self::EmptySegment { .. } => {
                f.write_str("found an empty segment, expected a path without `//` and without a trailing `/`")
            }
            Self::GreedyNotLast { name } => {
                write!(f, "found `{{{name}+}}` before the end, expected a greedy parameter as the last segment only")
            }
            Self::MalformedSegment { found } => write_malformed(f, found),
            Self::NotVerbAndPath { found } if found.starts_with('$') => {
                write!(
                    f,
                    "found `{found}`, expected a route such as `GET /orders/{{id}}`, or a WebSocket API's `$connect`"
                )
            }
            Self::NotVerbAndPath { found } => {
                write!(f, "found `{found}`, expected a route such as `GET /orders/{{id}}`")
            }
            Self::ParameterLikeClaim { found, .. } => {
                write!(f, "found the parameter `{found}`, but API Gateway's parameters have no `:`")
            }
            Self::PathWithoutSlash { found } => {
                write!(f, "found the path `{found}`, expected one that begins with `/`")
            }
            Self::RepeatedParameter { name } => {
                write!(f, "found the parameter `{name}` twice, expected each name once in a route")
            }
            Self::UnknownVerb { found } if found.contains([',', '|']) => {
                write!(f, "found the verbs `{found}`, expected one route for each verb, or ANY")
            }
            Self::UnknownVerb { found } => {
                write!(f, "found the verb `{found}`, expected ANY or one of {}", VERBS.join(", "))
            }
        }
    }
}

fn write_malformed(f: &mut fmt::Formatter<'_>, found: &str) -> fmt::Result {
    write!(f, "found the segment `{found}`, expected ")?;
    match found {
        _ if found.contains('?') && !found.contains('{') => f.write_str("a path without a query string"),
        _ if found.contains('%') => f.write_str("a path without percent-encoding"),
        _ if found.contains('{') && found.contains('}') && !(found.starts_with('{') && found.ends_with('}')) => {
            f.write_str("a parameter or claim to be a whole segment, as in API Gateway")
        }
        _ => write!(
            f,
            "`{{name}}`, `{{name+}}`, `${{claim}}` or a literal of ASCII letters, digits and `{LITERAL_PUNCTUATION}`"
        ),
    }
}

impl std::error::Error for InvalidRoute {}

#[cfg(test)]
mod tests {
    use crate::route::Route;

    /// What is proposed in place of the route's mistake.
    fn instead(text: &str) -> Option<String> {
        text.parse::<Route>().expect_err(text).instead()
    }

    #[test]
    fn a_known_mistake_is_answered_with_what_was_meant() {
        for (text, meant) in [
            ("/orders", "GET /orders"),
            ("GET/orders", "GET /orders"),
            ("any:/orders", "ANY /orders"),
            ("get /", "GET"),
            ("all /", "ANY"),
            ("OPTION /", "OPTIONS"),
            ("GET orders", "/orders"),
            ("GET /a//b/", "/a/b"),
            ("GET //", "/"),
            ("GET /a/**", "{proxy+}"),
            ("GET /a/{rest*}", "{rest+}"),
            ("GET /a/{*rest}", "{rest+}"),
            ("GET /a/[...rest]", "{rest+}"),
            ("GET /a/[id]", "{id}"),
            ("GET /a/{{id}}", "{id}"),
            ("GET /a/{id?}", "{id}"),
            ("GET /a/id}", "{id}"),
            ("GET /a/$sub", "${sub}"),
            ("GET /a/$(custom:id)", "${custom:id}"),
            ("GET /a/${{sub}}", "${sub}"),
            ("GET /a/{cognito:username}", "${cognito:username}"),
            ("GET /a/{custom:path+}", "${custom:path}"),
        ] {
            assert_eq!(instead(text).as_deref(), Some(meant), "{text}");
        }
    }

    #[test]
    fn an_unknown_mistake_is_answered_with_no_guess() {
        for text in ["", "GET", "FETCH /", "GET /a/{}", "GET /a/${}", "GET /a b", "GET /é", "GET /..", "GET /{a}/{a}"]
        {
            assert_eq!(instead(text), None, "{text}");
        }
    }
}
