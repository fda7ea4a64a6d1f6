//! What in a permission document will not come out as its author expects?
//!
//! A pure function of the document.

mod expressible;
mod permissions;
mod size;

use super::compile;
use super::document::Limits;
use super::rights::{Catalog, Rights};
use crate::PermissionMap;

/// Something the author should know.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Finding {
    /// A stable code.
    pub code: &'static str,
    /// The routes concerned.
    pub routes: Vec<String>,
    /// A method that shows it.
    pub example: Option<String>,
    /// What it means, and the way out.
    pub advice: String,
}

impl std::fmt::Display for Finding {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{}: {}", self.code, self.advice)?;
        if !self.routes.is_empty() {
            write!(f, "; routes: {}", self.routes.join(", "))?;
        }
        self.example.as_ref().map_or(Ok(()), |example| write!(f, "; for example {example}"))
    }
}

/// Looks the document over.
#[must_use]
pub fn lint(map: &PermissionMap, limits: Limits) -> Vec<Finding> {
    let everything = map.supposed_grants(&everything(map), &claims(map));
    let catalog = Catalog::new(map.catalog(), everything.denied());
    let rights = Rights::new(&everything, &catalog);
    let resources = compile::compile(&rights, None).ok();
    let mut findings = expressible::rights_not_expressible(map, &catalog, resources.as_ref());
    findings.extend(resources.iter().flat_map(|resources| expressible::reach_outside_catalog(&rights, resources)));
    findings.extend(map.catalog().iter().filter_map(|route| permissions::route_never_allowed(map, route)));
    findings.extend(permissions::permissions_swallowed(map));
    findings.extend(map.permissions().iter().flat_map(permissions::scopes_not_permissions));
    findings.extend(map.catalog().iter().filter_map(size::resource_too_long));
    findings.extend(resources.and_then(|resources| size::policy_over_budget(&everything, &resources, limits)));
    findings
}

fn everything(map: &PermissionMap) -> Vec<usize> {
    (0..map.permissions().len()).collect()
}

fn claims(map: &PermissionMap) -> Vec<&str> {
    map.claims().iter().map(String::as_str).collect()
}
