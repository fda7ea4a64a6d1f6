//! How are grants said in IAM?
//!
//! API Gateway caches the policy under the token and asks it again for other methods, so it holds everything that the
//! token may do in this API and stage, whichever method asked for it. Routes without parameters are said exactly; for
//! the others, which IAM's `*` cannot say without crossing `/`, the requested method alone is said.

mod method_arn;

pub use method_arn::{InvalidMethodArn, LONGEST_RESOURCE, MethodArn};

use crate::access::{CONNECT, Grants, Part, Pattern, RequestedPath, Route, VERBS, Verb};

/// An IAM policy for `execute-api:Invoke`: what it allows, and what it denies whatever it allows.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct PolicyDocument {
    allow: Vec<String>,
    deny: Vec<String>,
}

impl PolicyDocument {
    /// Everything in the API and stage of this method is denied.
    #[must_use]
    pub fn deny_all(method: &MethodArn) -> Self {
        Self { allow: Vec::new(), deny: vec![format!("{}*", method.stage_prefix())] }
    }

    /// The policy for a holder of these grants who asks for this method.
    #[must_use]
    pub fn compile(grants: &Grants<'_>, method: &MethodArn) -> Self {
        if method.is_connect() {
            return Self::connect(grants, method);
        }
        if grants.allowed().is_empty() {
            return Self::deny_all(method);
        }
        let mut policy = Self::default();
        let catalog = grants.catalog().iter().map(Pattern::anyones);
        for (verb, path) in grants
            .allowed()
            .iter()
            .cloned()
            .chain(catalog)
            .filter(|pattern| !pattern.route().is_connect())
            .filter_map(|pattern| literal(&pattern))
            .flatten()
        {
            policy.say(grants, method.stage_prefix(), verb, &path);
        }
        if let Some(resource) = method.as_resource() {
            policy.push(permits(grants, method), resource.to_owned());
        }
        policy
    }

    /// A WebSocket API asks for `$connect` alone, and that has one ARN.
    fn connect(grants: &Grants<'_>, method: &MethodArn) -> Self {
        let mut policy = Self::default();
        policy.push(permits(grants, method), format!("{}{CONNECT}", method.stage_prefix()));
        policy
    }

    fn say(&mut self, grants: &Grants<'_>, prefix: &str, verb: &str, path: &str) {
        let permitted = grants.permits(verb, RequestedPath::parse(path).as_ref());
        self.push(permitted, format!("{prefix}{verb}/{path}"));
    }

    fn push(&mut self, permitted: bool, resource: String) {
        let list = if permitted { &mut self.allow } else { &mut self.deny };
        if resource.len() <= LONGEST_RESOURCE && !list.contains(&resource) {
            list.push(resource);
        }
    }

    /// The resources that the policy allows.
    #[must_use]
    pub fn allow(&self) -> &[String] {
        &self.allow
    }

    /// The resources that the policy denies.
    #[must_use]
    pub fn deny(&self) -> &[String] {
        &self.deny
    }
}

/// Do the grants permit the requested method?
#[must_use]
pub fn permits(grants: &Grants<'_>, method: &MethodArn) -> bool {
    grants.permits(method.verb(), method.path().as_ref())
}

/// The route that the requested method falls under: the one that decides, or else one that is merely named.
#[must_use]
pub fn route<'a>(grants: &Grants<'a>, method: &MethodArn) -> Option<&'a Route> {
    let path = method.path()?;
    let named = grants.catalog().iter().map(Pattern::anyones);
    let mut candidates = grants.denied().iter().chain(grants.allowed()).cloned().chain(named);
    candidates.find(|pattern| pattern.matches(method.verb(), &path)).map(|pattern| pattern.route())
}

/// The methods of a pattern that has no parameter.
fn literal(pattern: &Pattern<'_>) -> Option<Vec<(&'static str, String)>> {
    let parts: Option<Vec<&str>> =
        pattern.parts().iter().map(|part| if let Part::Literal(text) = part { Some(*text) } else { None }).collect();
    let path = parts?.join("/");
    Some(match pattern.verb() {
        Verb::One(verb) => vec![(verb, path)],
        Verb::Any => VERBS.into_iter().map(|verb| (verb, path.clone())).collect(),
    })
}
