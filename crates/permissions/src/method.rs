//! Which method of which API is asked for?

use crate::route::CONNECT;
use std::fmt;

/// The longest ARN that API Gateway takes in a returned policy, in characters (Developer Guide, "Output from an API
/// Gateway Lambda authorizer").
pub const LONGEST_RESOURCE: usize = 512;

/// The requested method, parsed once from its ARN:
/// `arn:{partition}:execute-api:{region}:{account}:{api}/{stage}/{verb}/{path}`. A WebSocket API's has `$connect` in place
/// of verb and path.
///
/// Everything up to the stage is checked to be free of wildcards; verb and path are the client's text.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Method {
    arn: String,
    /// Where the API's id begins.
    api: usize,
    /// Where the verb begins.
    verb: usize,
    /// Where the path begins, after the verb's slash.
    path: usize,
}

impl Method {
    /// Takes the ARN apart. Only the first five colons and three slashes separate; a path may hold more of both.
    ///
    /// # Errors
    /// [`InvalidMethodArn`] when it is not the ARN of an API's method.
    pub fn parse(arn: String) -> Result<Self, InvalidMethodArn> {
        let (api, verb, path) = positions(&arn).ok_or(InvalidMethodArn)?;
        Ok(Self { arn, api, verb, path })
    }

    /// The whole ARN, as API Gateway sent it: the client's text.
    #[must_use]
    pub fn arn(&self) -> &str {
        &self.arn
    }

    /// The ARN up to and with the slash after the stage.
    #[must_use]
    pub fn stage_prefix(&self) -> &str {
        self.arn.get(..self.verb).unwrap_or_default()
    }

    /// The API's id, a slash, the stage, a slash.
    #[must_use]
    pub fn api_and_stage(&self) -> &str {
        self.arn.get(self.api..self.verb).unwrap_or_default()
    }

    /// The partition, `aws` for most.
    #[must_use]
    pub fn partition(&self) -> &str {
        self.arn.split(':').nth(1).unwrap_or_default()
    }

    /// The verb, as the client sent it.
    #[must_use]
    pub fn verb(&self) -> &str {
        self.arn.get(self.verb..self.path.saturating_sub(1)).unwrap_or_default()
    }

    /// The path without its leading slash: empty for the root path and for `$connect`.
    #[must_use]
    pub fn path(&self) -> &str {
        self.arn.get(self.path..).unwrap_or_default()
    }

    /// Verb and path as they stand in the ARN, behind the stage.
    #[must_use]
    pub fn after_stage(&self) -> &str {
        self.arn.get(self.verb..).unwrap_or_default()
    }

    /// The path's segments; none for the root path.
    pub fn segments(&self) -> impl Iterator<Item = &str> + Clone {
        let path = self.path();
        path.split('/').filter(move |_| !path.is_empty())
    }

    /// Is this a WebSocket API's `$connect`?
    #[must_use]
    pub fn is_connect(&self) -> bool {
        self.verb() == CONNECT
    }

    /// Does the path hold the API's own prefix once more, as in `/x:{api}/{stage}/GET/y`? IAM's `*` crosses colons, so a
    /// policy that leaves out region and account could take such a path for another one.
    #[must_use]
    pub fn repeats_its_api(&self) -> bool {
        let path = self.after_stage();
        let api = self.api_and_stage();
        path.match_indices(':').any(|(colon, _)| path.get(colon + 1..).is_some_and(|rest| rest.starts_with(api)))
    }

    /// The ARN, if it names this method and nothing else when it stands in a policy: `None` when it is longer than a
    /// policy may say, or holds a wildcard, the beginning of a policy variable, or a character that IAM's grammar of
    /// policies does not have (other than printable ASCII).
    #[must_use]
    pub fn as_resource(&self) -> Option<&str> {
        let literal = !self.arn.contains(['*', '?']) && !self.arn.contains("${");
        let printable = self.arn.bytes().all(|byte| matches!(byte, b' '..=b'~'));
        (literal && printable && self.arn.len() <= LONGEST_RESOURCE).then_some(&self.arn)
    }
}

/// Where API, verb and path begin; `None` when this is no method's ARN.
fn positions(arn: &str) -> Option<(usize, usize, usize)> {
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
    let api_begin = arn.len() - method.len();
    (is_prefix && is_service && named && complete).then(|| (api_begin, verb_begin, verb_begin + verb.len() + 1))
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
            let parsed = Method::parse(arn.to_owned()).expect(arn);
            assert_eq!((parsed.stage_prefix(), parsed.verb()), (prefix, verb), "{arn}");
            assert_eq!(parsed.segments().collect::<Vec<_>>(), path, "{arn}");
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
            assert_eq!(Method::parse(arn.to_owned()), Err(InvalidMethodArn), "{arn}");
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
            ("é".to_owned(), false),
            ("\u{202e}".to_owned(), false),
            ("a\u{7f}".to_owned(), false),
            ("a b".to_owned(), true),
            ("a".repeat(fill + 1), false),
        ] {
            let parsed = Method::parse(arn(&path)).expect(&path);
            assert_eq!(parsed.as_resource().is_some(), echoed, "{path}");
        }
    }
}
