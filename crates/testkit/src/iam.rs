//! IAM's answer to a policy, as `tests/iam` holds it against an independent evaluator.

use permissions::iam::PolicyDocument;
use serde_json::Value;

/// What a policy allows and denies, read from its JSON.
#[derive(Clone, Debug)]
pub struct Policy {
    pub json: Value,
    allow: Vec<String>,
    deny: Vec<String>,
}

impl Policy {
    pub fn read(json: Value) -> Self {
        let statements = json["Statement"].as_array().unwrap();
        assert!(!statements.is_empty() && json["Version"] == "2012-10-17", "{json}");
        let (mut allow, mut deny) = (Vec::new(), Vec::new());
        for statement in statements {
            let resources = statement["Resource"].as_array().unwrap();
            assert!(!resources.is_empty() && statement["Action"] == "execute-api:Invoke", "{json}");
            let list = if statement["Effect"] == "Allow" { &mut allow } else { &mut deny };
            list.extend(resources.iter().map(|resource| resource.as_str().unwrap().to_owned()));
        }
        Self { json, allow, deny }
    }

    pub fn allow(&self) -> &[String] {
        &self.allow
    }

    pub fn deny(&self) -> &[String] {
        &self.deny
    }
}

impl From<PolicyDocument> for Policy {
    fn from(document: PolicyDocument) -> Self {
        Self::read(serde_json::to_value(document).unwrap())
    }
}

/// An explicit Deny wins, then an Allow, else nothing is allowed.
pub fn allows(policy: &Policy, arn: &str) -> bool {
    let any = |resources: &[String]| resources.iter().any(|resource| matches(resource, arn));
    any(policy.allow()) && !any(policy.deny())
}

/// `*` is any run of characters, `?` any one, slashes included.
pub fn matches(pattern: &str, text: &str) -> bool {
    if pattern.is_ascii() && text.is_ascii() {
        return laid(pattern.as_bytes(), text.as_bytes(), b'*', b'?');
    }
    laid(&pattern.chars().collect::<Vec<_>>(), &text.chars().collect::<Vec<_>>(), '*', '?')
}

fn laid<T: Copy + PartialEq>(pattern: &[T], text: &[T], any: T, one: T) -> bool {
    let (mut at, mut here) = (0, 0);
    // Where the last star was, and how far it has been taken to reach.
    let mut star: Option<(usize, usize)> = None;
    while here < text.len() {
        match (pattern.get(at), star) {
            (Some(wanted), _) if *wanted == any => {
                star = Some((at, here));
                at += 1;
            }
            (Some(wanted), _) if *wanted == one || *wanted == text[here] => (at, here) = (at + 1, here + 1),
            (_, Some((star_at, reached))) => {
                star = Some((star_at, reached + 1));
                (at, here) = (star_at + 1, reached + 1);
            }
            (_, None) => return false,
        }
    }
    pattern[at..].iter().all(|rest| *rest == any)
}

#[test]
fn wildcards_match_as_iam_says() {
    for (pattern, text, expected) in [
        ("a/*/c", "a/b/c", true),
        ("a/*/c", "a/b/x/c", true),
        ("a/*/c", "a/c", false),
        ("a/*", "a/", true),
        ("a/?", "a/b", true),
        ("a/?", "a/", false),
        ("P?T", "PUT", true),
        ("P?T", "PAAT", false),
        ("*//*", "GET//a", true),
        ("*/?*/", "GET/", false),
        ("*/?*/", "GET/a/", true),
        ("*a*b*a", "xaybzazba", true),
        ("abc", "abcd", false),
    ] {
        assert_eq!(matches(pattern, text), expected, "{pattern} {text}");
    }
}
