//! Which method of which API is asked for?

use crate::{CONNECT, RequestedPath};
use std::fmt;

/// The longest ARN that API Gateway takes in a returned policy, in characters (Developer Guide, "Output from an API
/// Gateway Lambda authorizer").
pub const LONGEST_RESOURCE: usize = 512;

/// The ARN of a method: `arn:{partition}:execute-api:{region}:{account}:{api}/{stage}/{verb}/{path}`. A WebSocket API's
/// has `$connect` in place of verb and path.
///
/// Everything up to the stage is checked to be free of wildcards; verb and path are the client's text.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct MethodArn {
    arn: String,
    /// Where the verb begins.
    verb: usize,
    /// Where the path begins, after the verb's slash.
    path: usize,
}

impl MethodArn {
    /// Takes the ARN apart. Only the first five colons and three slashes separate; a path may hold more of both.
    ///
    /// # Errors
    /// [`InvalidMethodArn`] when it is not the ARN of an API's method.
    pub fn parse(arn: String) -> Result<Self, InvalidMethodArn> {
        let positions = method_positions(&arn).ok_or(InvalidMethodArn)?;
        let (verb, path) = positions;
        Ok(Self { arn, verb, path })
    }

    /// The ARN up to and with the slash after the stage.
    #[must_use]
    pub fn stage_prefix(&self) -> &str {
        self.arn.get(..self.verb).unwrap_or_default()
    }

    /// The verb, as the client sent it.
    #[must_use]
    pub fn verb(&self) -> &str {
        self.arn.get(self.verb..self.path.saturating_sub(1)).unwrap_or_default()
    }

    /// Is this a WebSocket API's `$connect`?
    #[must_use]
    pub fn is_connect(&self) -> bool {
        self.verb() == CONNECT
    }

    /// The path, if it means what it says; see [`RequestedPath::parse`]. That of `$connect` is empty.
    #[must_use]
    pub fn path(&self) -> Option<RequestedPath<'_>> {
        RequestedPath::parse(self.arn.get(self.path..).unwrap_or_default())
    }

    /// The ARN, if it names this method and nothing else when it stands in a policy: `None` when it holds a wildcard
    /// or the beginning of a policy variable, or is longer than a policy may say.
    #[must_use]
    pub fn as_resource(&self) -> Option<&str> {
        let literal = !self.arn.contains(['*', '?']) && !self.arn.contains("${");
        (literal && self.arn.chars().count() <= LONGEST_RESOURCE).then_some(&self.arn)
    }
}

/// Where verb and path begin; `None` when this is no method's ARN.
fn method_positions(arn: &str) -> Option<(usize, usize)> {
    let mut fields = arn.splitn(6, ':');
    let is_prefix = fields.next()? == "arn";
    let partition = fields.next()?;
    let is_service = fields.next()? == "execute-api";
    let (region, account, method) = (fields.next()?, fields.next()?, fields.next()?);
    let mut parts = method.splitn(4, '/');
    let (api, stage, verb, path) = (parts.next()?, parts.next()?, parts.next()?, parts.next());
    let named = [partition, region, account, api].into_iter().all(is_name) && is_stage(stage) && !verb.is_empty();
    let path_length = path.map_or(0, |path| path.len() + 1);
    let verb_begin = arn.len() - path_length - verb.len();
    // The one place that has no path is the one that is no verb.
    let complete = path.is_none() == (verb == CONNECT);
    (is_prefix && is_service && named && complete).then(|| (verb_begin, verb_begin + verb.len() + 1))
}

/// Partitions, regions, accounts and API ids are letters, digits and hyphens.
fn is_name(text: &str) -> bool {
    !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'-')
}

/// Stage names are letters, digits, `_` and `-`, or the word `$default`.
fn is_stage(text: &str) -> bool {
    let named = text.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"_-".contains(&byte));
    text == "$default" || (named && !text.is_empty())
}

/// A text that is not the ARN of an API's method.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct InvalidMethodArn;

impl fmt::Display for InvalidMethodArn {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(
            "found another text, expected `arn:{partition}:execute-api:{region}:{account}:{api}/{stage}/{verb}/{path}`",
        )
    }
}

impl std::error::Error for InvalidMethodArn {}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_arn_is_taken_apart_at_its_first_separators() {
        for (arn, prefix, verb, path) in [
            (
                "arn:aws:execute-api:us-east-1:123456789012:abc123/test/GET/orders/42",
                "arn:aws:execute-api:us-east-1:123456789012:abc123/test/",
                "GET",
                ["orders", "42"].as_slice(),
            ),
            (
                "arn:aws-cn:execute-api:cn-north-1:123456789012:abc123/prod/GET/",
                "arn:aws-cn:execute-api:cn-north-1:123456789012:abc123/prod/",
                "GET",
                &[],
            ),
            (
                "arn:aws-us-gov:execute-api:us-gov-west-1:123456789012:abc123/v_1/PUT/a:b/c:d/e/f/g",
                "arn:aws-us-gov:execute-api:us-gov-west-1:123456789012:abc123/v_1/",
                "PUT",
                &["a:b", "c:d", "e", "f", "g"],
            ),
            (
                "arn:aws-eusc:execute-api:eusc-de-east-1:123456789012:abc123/$default/GET/a",
                "arn:aws-eusc:execute-api:eusc-de-east-1:123456789012:abc123/$default/",
                "GET",
                &["a"],
            ),
            (
                "arn:aws:execute-api:us-east-1:random-account-id:random-api-id/dev/GET/pets",
                "arn:aws:execute-api:us-east-1:random-account-id:random-api-id/dev/",
                "GET",
                &["pets"],
            ),
            (
                "arn:aws:execute-api:us-east-1:123456789012:abc123/test/$connect",
                "arn:aws:execute-api:us-east-1:123456789012:abc123/test/",
                "$connect",
                &[],
            ),
        ] {
            let parsed = MethodArn::parse(arn.to_owned()).expect(arn);
            assert_eq!((parsed.stage_prefix(), parsed.verb()), (prefix, verb), "{arn}");
            assert_eq!(parsed.path().expect(arn).segments(), path, "{arn}");
        }
    }

    #[test]
    fn another_text_is_not_a_method_arn() {
        for arn in [
            "",
            "arn:aws:execute-api:us-east-1:123456789012:abc123/test/$connect/",
            "arn:aws:execute-api:us-east-1:123456789012:abc123/test/GET",
            "arn:aws:execute-api:us-east-1:123456789012:abc123/test//orders",
            "arn:aws:execute-api:us-east-1:123456789012:*/test/GET/orders",
            "arn:aws:execute-api:us-east-1:123456789012:abc123/*/GET/orders",
            "arn:aws:execute-api:us-east-1:123456789012:abc123/te?t/GET/orders",
            "arn:aws:execute-api:us-east-1:123456789012:abc123/${x}/GET/orders",
            "arn:aws:execute-api:*:123456789012:abc123/test/GET/orders",
            "arn:aws:lambda:us-east-1:123456789012:abc123/test/GET/orders",
            "ARN:aws:execute-api:us-east-1:123456789012:abc123/test/GET/orders",
        ] {
            assert_eq!(MethodArn::parse(arn.to_owned()), Err(InvalidMethodArn), "{arn}");
        }
        let expected =
            "found another text, expected `arn:{partition}:execute-api:{region}:{account}:{api}/{stage}/{verb}/{path}`";
        assert_eq!(InvalidMethodArn.to_string(), expected);
    }

    #[test]
    fn only_an_arn_that_names_one_method_is_echoed() {
        let arn = |path: &str| format!("arn:aws:execute-api:us-east-1:123456789012:abc123/test/GET/{path}");
        let fill = LONGEST_RESOURCE - arn("").len();
        for (path, echoed) in [
            ("orders/42".to_owned(), true),
            ("$default/a$b".to_owned(), true),
            ("orders/*".to_owned(), false),
            ("orders/4?".to_owned(), false),
            ("${aws:username}".to_owned(), false),
            ("a".repeat(fill), true),
            ("é".repeat(fill), true),
            ("a".repeat(fill + 1), false),
        ] {
            let parsed = MethodArn::parse(arn(&path)).expect(&path);
            assert_eq!(parsed.as_resource().is_some(), echoed, "{path}");
        }
    }
}
