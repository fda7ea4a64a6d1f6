//! How is a policy written down?
//!
//! As JSON from the first character: a policy is little but long texts that begin alike, and making a string of each, to
//! have them escaped one by one, takes most of a decision's time after the signature.

use super::document::{CutShort, PolicyDocument};
use super::method_arn::{LONGEST_RESOURCE, MethodArn};
use super::template::{Resource, Template};
use serde_json::Value;
use serde_json::value::RawValue;

const DOCUMENT: &str = r#"{"Version":"2012-10-17","Statement":["#;
const ALLOW: &str = r#"{"Action":"execute-api:Invoke","Effect":"Allow","Resource":["#;
const DENY: &str = r#"{"Action":"execute-api:Invoke","Effect":"Deny","Resource":["#;
const END: &str = "]}";

/// What a policy takes besides its two lists of resources, in bytes.
const BYTES_AROUND_LISTS: usize = DOCUMENT.len() + ALLOW.len() + DENY.len() + ",".len() + 3 * END.len();

/// What one resource takes besides its text, in bytes: quotes and a comma.
const BYTES_AROUND_RESOURCE: usize = 3;

/// What a policy allows and denies: two lists of resources in JSON, without their brackets.
#[derive(Default)]
pub(super) struct Statements {
    allow: String,
    deny: String,
}

impl Statements {
    /// What the template says in this stage. Refusals by name come on top if they fit into the budget.
    pub(super) fn of_template(
        template: &Template,
        method: &MethodArn,
        claims: &[(&str, Option<&str>)],
        budget_bytes: usize,
    ) -> Result<Self, CutShort> {
        let stage = Stage { prefix: method.stage_prefix(), claims };
        let (allow, deny, refuse) =
            (stage.bytes(&template.allow), stage.bytes(&template.deny), stage.bytes(&template.refuse));
        let bytes = allow + deny + BYTES_AROUND_LISTS;
        if !template.deny.iter().all(|resource| stage.can_say(resource)) {
            // What cannot be denied must not be opened around.
            return Err(CutShort::OverBudget { bytes });
        }
        let mut statements = Self { allow: String::with_capacity(allow), deny: String::with_capacity(deny + refuse) };
        stage.write(&template.allow, &mut statements.allow);
        stage.write(&template.deny, &mut statements.deny);
        // The requested method may still come on top, by its own ARN.
        if bytes + refuse + LONGEST_RESOURCE + BYTES_AROUND_RESOURCE <= budget_bytes {
            stage.write(&template.refuse, &mut statements.deny);
        }
        Ok(statements)
    }

    /// Adds a resource that may hold any character.
    pub(super) fn add(&mut self, permitted: bool, resource: &str) {
        let list = if permitted { &mut self.allow } else { &mut self.deny };
        separate(list);
        list.push_str(&Value::from(resource).to_string());
    }

    pub(super) fn is_empty(&self) -> bool {
        self.allow.is_empty() && self.deny.is_empty()
    }

    /// INVARIANT: one of the lists is not empty.
    pub(super) fn into_document(self) -> PolicyDocument {
        let Self { allow, deny } = self;
        let json = match (allow.as_str(), deny.as_str()) {
            (allow, "") => [DOCUMENT, ALLOW, allow, END, END].concat(),
            ("", deny) => [DOCUMENT, DENY, deny, END, END].concat(),
            (allow, deny) => [DOCUMENT, ALLOW, allow, END, ",", DENY, deny, END, END].concat(),
        };
        // This is JSON. If it ever were not, then `null`, which API Gateway answers with 500.
        PolicyDocument(RawValue::from_string(json).unwrap_or_default())
    }
}

/// What a template leaves open.
struct Stage<'a> {
    prefix: &'a str,
    claims: &'a [(&'a str, Option<&'a str>)],
}

impl Stage<'_> {
    fn length(&self, resource: &Resource) -> usize {
        self.prefix.len() + resource.chunks(self.claims).map(str::len).sum::<usize>()
    }

    /// Everything in a resource is ASCII, so that a character is a byte.
    fn can_say(&self, resource: &Resource) -> bool {
        self.length(resource) <= LONGEST_RESOURCE
    }

    fn bytes(&self, resources: &[Resource]) -> usize {
        resources.iter().map(|resource| self.length(resource) + BYTES_AROUND_RESOURCE).sum()
    }

    /// Nothing needs an escape: neither the stage's prefix, nor a route's literals, nor a value that can stand in a path.
    /// What the client wrote is not among them: it comes by [`Statements::add`].
    fn write(&self, resources: &[Resource], list: &mut String) {
        for resource in resources.iter().filter(|resource| self.can_say(resource)) {
            separate(list);
            list.push('"');
            list.push_str(self.prefix);
            list.extend(resource.chunks(self.claims));
            list.push('"');
        }
    }
}

fn separate(list: &mut String) {
    if !list.is_empty() {
        list.push(',');
    }
}
