//! Reads a route key.

use super::{CONNECT, LITERAL_PUNCTUATION, Route, Segment, VERBS, Verb};
use crate::invalid_route::InvalidRoute;
use std::str::FromStr;

impl FromStr for Route {
    type Err = InvalidRoute;

    /// # Errors
    /// [`InvalidRoute`] when `text` is not `VERB /path` or a segment is malformed.
    fn from_str(text: &str) -> Result<Self, Self::Err> {
        if text == CONNECT {
            return Ok(Self { text: text.to_owned(), verb: Verb::One(CONNECT), segments: Vec::new() });
        }
        let (verb, path) =
            text.split_once(' ').ok_or_else(|| InvalidRoute::NotVerbAndPath { found: text.to_owned() })?;
        let route = Self { text: text.to_owned(), verb: parse_verb(verb)?, segments: parse_path(path)? };
        refuse_misplaced_greedy(&route.segments)?;
        refuse_repeated_parameter(&route.segments)?;
        Ok(route)
    }
}

fn parse_verb(text: &str) -> Result<Verb, InvalidRoute> {
    if text == "ANY" {
        return Ok(Verb::Any);
    }
    let known = VERBS.into_iter().find(|verb| *verb == text);
    known.map(Verb::One).ok_or_else(|| InvalidRoute::UnknownVerb { found: text.to_owned() })
}

fn parse_path(text: &str) -> Result<Vec<Segment>, InvalidRoute> {
    match text.strip_prefix('/') {
        None => Err(InvalidRoute::PathWithoutSlash { found: text.to_owned() }),
        Some("") => Ok(Vec::new()),
        Some(rest) if rest.split('/').any(str::is_empty) => Err(InvalidRoute::EmptySegment { path: text.to_owned() }),
        Some(rest) => rest.split('/').map(parse_segment).collect(),
    }
}

fn parse_segment(text: &str) -> Result<Segment, InvalidRoute> {
    if let Some(name) = text.strip_prefix("${").and_then(|rest| rest.strip_suffix('}')) {
        return if is_claim_name(name) { Ok(Segment::Claim(name.to_owned())) } else { Err(malformed(text)) };
    }
    if let Some(name) = text.strip_prefix('{').and_then(|rest| rest.strip_suffix('}')) {
        return parse_parameter(text, name);
    }
    match text {
        "." | ".." => Err(InvalidRoute::DotSegment { found: text.to_owned() }),
        _ if text.chars().all(is_literal_character) => Ok(Segment::Literal(text.to_owned())),
        _ => Err(malformed(text)),
    }
}

/// `name` is what stands between the braces of the segment.
fn parse_parameter(segment: &str, name: &str) -> Result<Segment, InvalidRoute> {
    let (name, greedy) = name.strip_suffix('+').map_or((name, false), |name| (name, true));
    if name.contains(':') && is_claim_name(name) {
        return Err(InvalidRoute::ParameterLikeClaim { found: segment.to_owned(), claim: name.to_owned() });
    }
    if !is_parameter_name(name) {
        return Err(malformed(segment));
    }
    let name = name.to_owned();
    Ok(if greedy { Segment::Greedy(name) } else { Segment::Parameter(name) })
}

fn malformed(segment: &str) -> InvalidRoute {
    InvalidRoute::MalformedSegment { found: segment.to_owned() }
}

fn is_literal_character(c: char) -> bool {
    c.is_ascii_alphanumeric() || LITERAL_PUNCTUATION.chars().any(|other| other == c)
}

/// A claim's name is any text that ends neither the segment nor the braces; `cognito:username` is usual.
fn is_claim_name(name: &str) -> bool {
    !name.is_empty() && !name.contains(['{', '}', '$', '*', '?']) && !name.contains(char::is_control)
}

/// API Gateway's path parameters have ASCII letters, digits and `._-`. A colon, which claims of Cognito's have, is a claim
/// whose `$` was forgotten.
fn is_parameter_name(name: &str) -> bool {
    !name.is_empty() && name.chars().all(|c| c.is_ascii_alphanumeric() || matches!(c, '.' | '_' | '-'))
}

fn refuse_misplaced_greedy(segments: &[Segment]) -> Result<(), InvalidRoute> {
    let mut before_last = segments.iter().rev().skip(1);
    match before_last.find_map(|segment| if let Segment::Greedy(name) = segment { Some(name) } else { None }) {
        None => Ok(()),
        Some(name) => Err(InvalidRoute::GreedyNotLast { name: name.clone() }),
    }
}

fn refuse_repeated_parameter(segments: &[Segment]) -> Result<(), InvalidRoute> {
    let mut seen = Vec::new();
    for segment in segments {
        if let Segment::Parameter(name) | Segment::Greedy(name) = segment {
            if seen.contains(&name) {
                return Err(InvalidRoute::RepeatedParameter { name: name.clone() });
            }
            seen.push(name);
        }
    }
    Ok(())
}
