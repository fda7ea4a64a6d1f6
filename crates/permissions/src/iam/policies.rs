//! Who makes a policy for every token, without compiling one for each?
//!
//! What two tokens' policies have in common is compiled once, see [`template`](super::template), and kept.

use super::compile;
use super::decide;
use super::document::{Compiled, Coverage, CutShort, Limits, PolicyDocument};
use super::method_arn::MethodArn;
use super::rights::{Catalog, Rights, TooHard};
use super::template::Template;
use crate::{Grants, PermissionMap, Route, Segment, VERBS};
use std::collections::BTreeSet;
use std::sync::{Arc, PoisonError, RwLock};

/// The most templates kept. Each is for a set of permissions that apply together, of which an API has a few; one of 300
/// routes takes about 30 KiB.
const MOST_KEPT: usize = 64;

/// Makes policies for the holders of one permission document's grants.
pub struct Policies {
    limits: Limits,
    /// Every text that the document spells in a path.
    spelled: BTreeSet<String>,
    kept: RwLock<Vec<(Likeness, Kept)>>,
}

/// What is known of tokens that are alike.
type Kept = Result<Arc<Template>, TooHard>;

/// What makes two tokens alike: the permissions that apply, and which of the claims in routes are usable.
struct Likeness {
    applied: Vec<usize>,
    usable: Vec<bool>,
}

impl Likeness {
    fn of(grants: &Grants<'_>) -> Self {
        Self { applied: grants.applied().to_vec(), usable: usable(grants).collect() }
    }

    fn is_of(&self, grants: &Grants<'_>) -> bool {
        self.applied == grants.applied() && usable(grants).eq(self.usable.iter().copied())
    }
}

fn usable(grants: &Grants<'_>) -> impl Iterator<Item = bool> {
    grants.claims().iter().map(|(_, value)| value.is_some())
}

impl Policies {
    /// For the holders of this document's grants.
    #[must_use]
    pub fn new(map: &PermissionMap, limits: Limits) -> Self {
        let permissions = map.permissions().iter();
        let routes = permissions.flat_map(|permission| permission.allow().iter().chain(permission.deny()));
        let segments = routes.chain(map.catalog()).flat_map(Route::segments);
        let literal = |segment: &Segment| if let Segment::Literal(text) = segment { Some(text.clone()) } else { None };
        Self { limits, spelled: segments.filter_map(literal).collect(), kept: RwLock::default() }
    }

    /// The policy for a holder of these grants who asks for this method.
    #[must_use]
    pub fn compile(&self, map: &PermissionMap, grants: &Grants<'_>, method: &MethodArn) -> Compiled {
        let alone = || Compiled { document: PolicyDocument::of_request(grants, method), cut_short: None };
        if self.limits.coverage == Coverage::Request || method.is_connect() {
            return alone();
        }
        if grants.allowed().is_empty() {
            return Compiled { document: PolicyDocument::deny_all(method), cut_short: None };
        }
        match self.of_api(map, grants, method) {
            Ok(document) => Compiled { document, cut_short: None },
            Err(reason) => Compiled { cut_short: Some(reason), ..alone() },
        }
    }

    fn of_api(&self, map: &PermissionMap, grants: &Grants<'_>, method: &MethodArn) -> Result<PolicyDocument, CutShort> {
        let permitted = decide(grants, method).is_permitted();
        let budget = self.limits.budget_bytes;
        let shared = if self.are_distinct(grants) { Some(self.template(map, grants)?) } else { None };
        if let Some(template) = shared.filter(|template| template.exact) {
            // Resources that are exact say every verb that API Gateway knows.
            let said = permitted && VERBS.contains(&method.verb());
            let own = (!said).then_some(permitted);
            return PolicyDocument::of_template(&template, method, grants.claims(), own, budget);
        }
        let (template, own) = template_alone(grants, method, permitted)?;
        PolicyDocument::of_template(&template, method, &[], own, budget)
    }

    /// Is each claim's value a text of its own?
    fn are_distinct(&self, grants: &Grants<'_>) -> bool {
        let mut seen = BTreeSet::new();
        let own = |text: &str| !self.spelled.contains(text);
        grants
            .claims()
            .iter()
            .all(|(name, value)| own(name) && value.is_none_or(|value| own(value) && seen.insert(value)))
    }

    fn template(&self, map: &PermissionMap, grants: &Grants<'_>) -> Kept {
        let of_these = |kept: &Vec<(Likeness, Kept)>| {
            kept.iter().find(|(likeness, _)| likeness.is_of(grants)).map(|(_, template)| template.clone())
        };
        if let Some(template) = of_these(&self.kept.read().unwrap_or_else(PoisonError::into_inner)) {
            return template;
        }
        let template = template_for(map, grants).map(Arc::new);
        let mut kept = self.kept.write().unwrap_or_else(PoisonError::into_inner);
        if kept.len() >= MOST_KEPT {
            kept.clear();
        }
        kept.push((Likeness::of(grants), template.clone()));
        template
    }
}

fn template_for(map: &PermissionMap, grants: &Grants<'_>) -> Result<Template, TooHard> {
    let usable: Vec<&str> =
        grants.claims().iter().filter(|(_, value)| value.is_some()).map(|(name, _)| *name).collect();
    let supposed = map.supposed_grants(grants.applied(), &usable);
    let catalog = Catalog::new(map.catalog(), supposed.denied());
    let resources = compile::compile(&Rights::new(&supposed, &catalog), None)?;
    Ok(Template::new(&resources, |text| usable.contains(&text)))
}

/// Compiled for this token and this method alone, since something has to give way and it must not be the method. How the
/// method is named by its own ARN, if it must be, comes with it.
fn template_alone(
    grants: &Grants<'_>,
    method: &MethodArn,
    permitted: bool,
) -> Result<(Template, Option<bool>), TooHard> {
    let catalog = Catalog::new(grants.catalog(), grants.denied());
    let path = method.path();
    let requested = path.as_ref().filter(|_| permitted && method.as_resource().is_some());
    let requested = requested.map(|path| compile::method(method.verb(), path.segments()));
    let resources = compile::compile(&Rights::new(grants, &catalog), requested.as_ref())?;
    let opened = requested.is_some_and(|requested| resources.opens(&requested));
    let own = (!opened).then_some(permitted);
    Ok((Template::new(&resources, |_| false), own))
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn no_more_templates_are_kept_than_that() {
        let permissions: Vec<_> =
            (0..7).map(|scope| json!({"scopes": [scope.to_string()], "allow": [format!("GET /{scope}")]})).collect();
        let map = PermissionMap::parse(json!({ "permissions": permissions }).to_string().as_bytes()).unwrap();
        let policies = Policies::new(&map, Limits { coverage: Coverage::Api, budget_bytes: 8192 });
        let method =
            MethodArn::parse("arn:aws:execute-api:us-east-1:123456789012:abc123/test/GET/".to_owned()).unwrap();
        let kept_after = |holder: usize| {
            let applied: Vec<usize> = (0..7).filter(|permission| holder >> permission & 1 == 1).collect();
            let _ = policies.compile(&map, &map.supposed_grants(&applied, &[]), &method);
            policies.kept.read().unwrap().len()
        };
        let expected = (1..=MOST_KEPT).chain(1..=3);
        assert!(expected.zip((1..).map(kept_after)).all(|(expected, found)| expected == found));
        assert_eq!(kept_after(MOST_KEPT + 3), 3, "holders who are alike share one");
    }
}
