//! How is a policy written down?
//!
//! As JSON from the first character: a policy is little but long texts that begin alike, and making a string of each, to
//! have them escaped one by one, takes most of a decision's time after the signature.
//!
//! Region and account are stars. IAM's star crosses colons, so that alone would let `/x:{api}/{stage}/GET/y` pass for `/y`;
//! a Deny of such paths, the guard, stands in each policy that does so, and the engine refuses them, too. API and stage are
//! spelled out in every resource: IAM's documentation has no wildcard in the first part behind the account, and an evaluator
//! that keeps to that passes over a Deny that has.

use super::template::Resource;
use crate::grants::Spellings;
use crate::method::Method;
use crate::spelling::Spelling;
use serde::Serialize;
use serde_json::Value;
use serde_json::value::RawValue;

const DOCUMENT: &str = r#"{"Version":"2012-10-17","Statement":["#;
const ALLOW: &str = r#"{"Action":"execute-api:Invoke","Effect":"Allow","Resource":["#;
const DENY: &str = r#"{"Action":"execute-api:Invoke","Effect":"Deny","Resource":["#;
const END: &str = "]}";

/// An IAM policy for `execute-api:Invoke`, as JSON: what it allows, and what it denies whatever it allows.
#[derive(Clone, Debug, Serialize)]
#[serde(transparent)]
pub struct PolicyDocument(Box<RawValue>);

impl PolicyDocument {
    /// Everything in the API and stage of this method is denied.
    #[must_use]
    pub fn deny_all(method: &Method) -> Self {
        let mut statements = Statements::new(method);
        let stage = method.stage_prefix();
        statements.deny.push(&[stage, "*"]);
        statements.into_document()
    }

    /// The policy's size, in bytes of JSON.
    #[must_use]
    pub fn bytes(&self) -> usize {
        self.0.get().len()
    }
}

/// What a policy allows and denies: two lists of resources in JSON.
pub(super) struct Statements {
    /// `arn:{partition}:execute-api:*:*:{api}/{stage}/`, or with region and account.
    stage: String,
    allow: List,
    deny: List,
}

/// Resources in JSON, without the list's brackets.
#[derive(Default)]
struct List(String);

impl List {
    fn begin(&mut self) {
        if !self.0.is_empty() {
            self.0.push(',');
        }
    }

    /// Adds a resource in which nothing needs an escape: neither the parts of an ARN in front, nor a route's literals, nor a
    /// value that can stand in a path.
    fn push(&mut self, parts: &[&str]) {
        self.begin();
        self.0.push('"');
        self.0.extend(parts.iter().copied());
        self.0.push('"');
    }

    /// Adds a resource that may hold any character.
    fn push_escaped(&mut self, resource: &str) {
        self.begin();
        self.0.push_str(&Value::from(resource).to_string());
    }
}

impl Statements {
    pub(super) fn new(method: &Method) -> Self {
        let stage = ["arn:", method.partition(), ":execute-api:*:*:", method.api_and_stage()].concat();
        Self { stage, allow: List::default(), deny: List::default() }
    }

    /// For policies whose resources spell region and account.
    pub(super) fn spelled_out(method: &Method) -> Self {
        Self { stage: method.stage_prefix().to_owned(), ..Self::new(method) }
    }

    pub(super) fn allow(&mut self, resource: &Resource, values: Spellings<'_>) {
        Self::write(&mut self.allow, &self.stage, resource, values);
    }

    pub(super) fn deny(&mut self, resource: &Resource, values: Spellings<'_>) {
        Self::write(&mut self.deny, &self.stage, resource, values);
    }

    fn write(list: &mut List, prefix: &str, resource: &Resource, values: Spellings<'_>) {
        resource.each_spelling(values, &mut |texts| {
            list.begin();
            list.0.push('"');
            list.0.push_str(prefix);
            list.0.extend(texts.iter().copied());
            list.0.push('"');
        });
    }

    /// Denies what every policy with a wildcard denies: paths that somebody else reads as another path.
    pub(super) fn deny_misspelled(&mut self, spelling: &Spelling) {
        for pattern in spelling.patterns() {
            // The one character of a pattern that JSON escapes.
            match pattern.split_once('\\') {
                Some((before, behind)) => self.deny.push(&[&self.stage, before, r"\\", behind]),
                None => self.deny.push(&[&self.stage, pattern]),
            }
        }
    }

    /// Denies paths that repeat the API's own prefix.
    pub(super) fn deny_repeated_api(&mut self, method: &Method) {
        self.deny.push(&[&self.stage, "*:", method.api_and_stage(), "*"]);
    }

    /// Allows the requested method by its own ARN.
    pub(super) fn allow_own(&mut self, arn: &str) {
        self.allow.push_escaped(arn);
    }

    /// Denies the requested method by its own ARN.
    pub(super) fn deny_own(&mut self, arn: &str) {
        self.deny.push_escaped(arn);
    }

    pub(super) fn allows_nothing(&self) -> bool {
        self.allow.0.is_empty()
    }

    /// INVARIANT: one of the lists is not empty.
    pub(super) fn into_document(self) -> PolicyDocument {
        let Self { allow: List(allow), deny: List(deny), .. } = self;
        let json = match (allow.as_str(), deny.as_str()) {
            (allow, "") => [DOCUMENT, ALLOW, allow, END, END].concat(),
            ("", deny) => [DOCUMENT, DENY, deny, END, END].concat(),
            (allow, deny) => [DOCUMENT, ALLOW, allow, END, ",", DENY, deny, END, END].concat(),
        };
        // This is JSON. If it ever were not, then `null`, which API Gateway answers with 500.
        PolicyDocument(RawValue::from_string(json).unwrap_or_default())
    }
}
