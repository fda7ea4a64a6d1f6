//! What in a valid permission document will surprise its author?
//!
//! Here is what the document's text alone shows, with the kind of tokens that are accepted ([`of_document`]). Findings are
//! grouped: one for each cause, with every place where it shows. A document can leave findings out, and says why
//! ([`without_ignored`]).

mod conditions;
mod ignored;
mod names;
mod routes;

pub use ignored::{Checks, without_ignored};

use crate::document::Place;
use crate::permission::Permission;
use crate::permissions::Permissions;
use crate::route::Route;
use std::fmt;

/// The codes of the findings of [`of_document`].
pub const OF_DOCUMENT: [&str; 12] = [
    "claim_name_misspelt",
    "claim_not_in_accepted_tokens",
    "claim_not_percent_encoded",
    "colon_segment",
    "condition_never_holds",
    "condition_on_a_list",
    "parameter_named_like_claim",
    "resource_too_long",
    "route_never_allowed",
    "route_twice",
    "scope_is_no_permission",
    "scopes_without_access_tokens",
];

/// Something that the author of a document should know.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Finding {
    /// A stable code in `snake_case`; `docs/permissions.md` has a section of this name.
    pub code: &'static str,
    /// How bad it is.
    pub severity: Severity,
    /// What was found, on one line.
    pub message: String,
    /// Every place where it shows. It may be empty: then the document as a whole is meant.
    pub subjects: Vec<Subject>,
    /// What else has to do with it, such as what makes a line needless.
    pub related: Vec<Subject>,
    /// A request, or another text, that shows it.
    pub example: Option<String>,
    /// What to do about it.
    pub advice: String,
}

/// How bad a finding is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Severity {
    /// Less is open than its author expects, or a line is needless.
    Warning,
    /// More can be open than its author expects.
    Error,
}

/// One place where a finding shows.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Subject {
    /// Where it stands.
    pub place: Place,
    /// The route that stands there, if one does.
    pub route: Option<String>,
}

/// The tokens that the function accepts.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct AcceptedTokens {
    /// Are access tokens accepted?
    pub access: bool,
    /// Are ID tokens accepted?
    pub id: bool,
}

/// Up to this many places stand in a finding's text.
const SHOWN: usize = 3;

/// What the document's text alone shows, where such tokens are accepted. What the document ignores is among them.
#[must_use]
pub fn of_document(permissions: &Permissions, accepted: AcceptedTokens) -> Vec<Finding> {
    let mut findings = of_conditions(permissions, accepted);
    findings.extend(names::misspelt_claims(permissions));
    findings.extend(names::parameters_like_claims(permissions));
    findings.extend(routes::colon_segments(permissions));
    findings.extend(routes::routes_twice(permissions));
    findings.extend(routes::routes_never_allowed(permissions));
    findings.extend(routes::resources_too_long(permissions));
    findings.extend(routes::claims_not_percent_encoded(permissions));
    findings
}

/// What conditions show, where such tokens are accepted: some never hold, so that nothing is allowed by them, or **nothing
/// denied**. It takes time for the conditions alone, and none for routes, so that a start can afford it.
#[must_use]
pub fn of_conditions(permissions: &Permissions, accepted: AcceptedTokens) -> Vec<Finding> {
    let mut findings = conditions::never_holding(permissions);
    findings.extend(conditions::on_lists(permissions));
    findings.extend(conditions::on_absent_claims(permissions, accepted));
    findings.extend(conditions::scopes_without_access_tokens(permissions, accepted));
    findings.extend(conditions::scopes_not_permissions(permissions));
    findings
}

impl Finding {
    /// A finding that shows at these places; `None` if there is no such place.
    pub(crate) fn at(subjects: Vec<Subject>, code: &'static str, message: String, advice: String) -> Option<Self> {
        let (severity, related, example) = (Severity::Warning, Vec::new(), None);
        let finding = Self { code, severity, message, subjects, related, example, advice };
        (!finding.subjects.is_empty()).then_some(finding)
    }

    /// The routes concerned, each once, in the document's order.
    #[must_use]
    pub fn routes(&self) -> Vec<&str> {
        let mut routes: Vec<&str> = Vec::new();
        for route in self.subjects.iter().filter_map(|subject| subject.route.as_deref()) {
            if !routes.contains(&route) {
                routes.push(route);
            }
        }
        routes
    }
}

impl Subject {
    pub(crate) fn route(place: Place, route: &Route) -> Self {
        Self { place, route: Some(route.to_string()) }
    }

    pub(crate) fn member(place: Place) -> Self {
        Self { place, route: None }
    }
}

impl fmt::Display for Finding {
    /// One line: code, message, the first places and how many more there are, the example, the advice.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}: {}", self.code, self.message)?;
        for (number, subject) in self.subjects.iter().take(SHOWN).enumerate() {
            write!(f, "{} `{}`", if number == 0 { "; at" } else { "," }, subject.place)?;
            if let Some(route) = &subject.route {
                write!(f, " ({route})")?;
            }
        }
        let more = self.subjects.len().saturating_sub(SHOWN);
        if more > 0 {
            write!(f, " and {more} more")?;
        }
        if let Some(example) = &self.example {
            write!(f, "; for example {example}")?;
        }
        write!(f, "; {}", self.advice)
    }
}

impl fmt::Display for Severity {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Warning => "warning",
            Self::Error => "error",
        })
    }
}

/// The permissions with their places.
fn placed(permissions: &Permissions) -> impl Iterator<Item = (Place, &Permission)> {
    permissions.permissions().iter().enumerate().map(|(number, permission)| (Place::permission(number), permission))
}

/// Those routes of a list that `is_meant` picks, with their places.
fn picked<'a>(list: &Place, routes: &'a [Route], mut is_meant: impl FnMut(&'a Route) -> bool) -> Vec<Subject> {
    let picked = routes.iter().enumerate().filter(|(_, route)| is_meant(route));
    picked.map(|(number, route)| Subject::route(list.clone().element(number), route)).collect()
}

/// Every permission's allows with their place.
fn allows(permissions: &Permissions) -> impl Iterator<Item = (Place, &[Route])> {
    placed(permissions).map(|(place, permission)| (place.member("allow"), permission.allow()))
}

/// Every list of routes with its place: those of the permissions, then `routes`.
fn lists(permissions: &Permissions) -> Vec<(Place, &[Route])> {
    let mut lists = Vec::new();
    for (place, permission) in placed(permissions) {
        lists.push((place.clone().member("allow"), permission.allow()));
        lists.push((place.member("deny"), permission.deny()));
    }
    lists.push((Place::default().member("routes"), permissions.listed()));
    lists
}
