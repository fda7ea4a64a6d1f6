//! Makes a policy for every token, without compiling one for each.
//!
//! What the policies of holders who are alike have in common is compiled once, see [`template`](super::template), and kept.

use super::draft::{Draft, Fit, Workshop};
use super::effort::Effort;
use super::plan::{Loss, plan};
use super::rights::Rights;
use super::rows::{Catalog, Likeness, verb_of};
use super::sizes::{Lengths, Sizes};
use super::statements::{PolicyDocument, Statements};
use super::template::Template;
use super::word::OTHER_VERBS;
use crate::grants::{Grants, Spellings, Verdict};
use crate::method::Method;
use crate::permissions::Permissions;
use crate::route::CONNECT;
use std::sync::{Arc, PoisonError, RwLock};

/// The largest policy, in bytes of JSON. API Gateway documents no limit for REST and HTTP APIs, but real systems have
/// passed one and locked everyone out; 8 KiB is what it documents for WebSocket APIs.
pub const DEFAULT_BUDGET_BYTES: usize = 8192;

/// The most templates kept. Each is for a set of permissions that apply together, of which an API has a few; one takes twice
/// its policy's size.
const MOST_KEPT: usize = 64;

/// Up to this many Allows without a wildcard are written with region and account. That takes 19 bytes each, and the guard
/// that stars need instead takes more than three times that.
const MOST_SPELLED_OUT: usize = 3;

/// What the policy is to cover.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Coverage {
    /// Everything that the token may do in the API and stage: right for every caching.
    Api,
    /// The requested method alone: right where the answer is cached by path and method, or not at all.
    Request,
}

/// What bounds a policy.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Limits {
    /// What the policy is to cover.
    pub coverage: Coverage,
    /// The largest policy, in bytes of JSON.
    pub budget_bytes: usize,
}

/// A policy, and how far it says what the holder may do.
#[derive(Clone, Debug)]
pub struct Compiled {
    /// The policy.
    pub document: PolicyDocument,
    /// How far it says what the holder may do.
    pub says: Says,
}

/// How far does a policy say what a holder may do? What it does not say is refused from API Gateway's cache.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Says {
    /// Every granted method.
    All,
    /// Every granted method, but for paths in which a parameter equals a literal of the document.
    AllButSpecial,
    /// Not every granted method: no policy can, or none that fits was found.
    Part,
    /// The requested method, as was asked for.
    Request,
}

/// Makes policies for the holders of one permission document's grants.
#[derive(Debug)]
pub struct Policies {
    pub(super) limits: Limits,
    pub(super) catalog: Catalog,
    kept: RwLock<Vec<(Key, Arc<Template>)>>,
}

/// What a template depends on.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Key {
    pub(super) likeness: Likeness,
    pub(super) lengths: Lengths,
}

impl Policies {
    /// For the holders of this document's grants.
    #[must_use]
    pub fn new(permissions: &Permissions, limits: Limits) -> Self {
        Self { limits, catalog: Catalog::new(permissions), kept: RwLock::default() }
    }

    /// The policy for a holder of these grants who asks for this method, about which they say this.
    #[must_use]
    pub fn compile(&self, grants: &Grants<'_>, verdict: Verdict<'_>, method: &Method) -> Compiled {
        if self.limits.coverage == Coverage::Request || method.is_connect() {
            return Compiled { document: of_request(verdict, method), says: Says::Request };
        }
        let template = self.template(grants, method);
        Compiled { document: of_template(&template, grants, verdict, method), says: template.says() }
    }

    fn template(&self, grants: &Grants<'_>, method: &Method) -> Arc<Template> {
        let key = self.key(grants, method);
        let known = |kept: &Vec<(Key, Arc<Template>)>| {
            kept.iter().find(|(known, _)| *known == key).map(|(_, template)| Arc::clone(template))
        };
        if let Some(template) = known(&self.kept.read().unwrap_or_else(PoisonError::into_inner)) {
            return template;
        }
        let template = Arc::new(self.compile_template(grants.permissions(), &key));
        let mut kept = self.kept.write().unwrap_or_else(PoisonError::into_inner);
        if kept.len() >= MOST_KEPT {
            kept.clear();
        }
        kept.push((key, Arc::clone(&template)));
        template
    }

    pub(super) fn key(&self, grants: &Grants<'_>, method: &Method) -> Key {
        Key { likeness: self.catalog.likeness(grants), lengths: Lengths::new(method, grants.spellings()) }
    }

    fn compile_template(&self, permissions: &Permissions, key: &Key) -> Template {
        let sizes = Sizes { lengths: &key.lengths, texts: &self.catalog.texts };
        let rules = self.catalog.rules(permissions, &key.likeness);
        if rules.allowed.is_empty() {
            return Template::new(&Draft::default(), &sizes);
        }
        let mut effort = Effort::default();
        let Ok(rights) = Rights::new(rules, self.catalog.complete, &mut effort) else {
            return Template::nothing();
        };
        let plan = plan(&rights, &mut effort);
        let constants = sizes.constants(permissions.spelling());
        let workshop = Workshop { rights: &rights, sizes: &sizes, limit: self.limits.budget_bytes, constants };
        Template::new(&workshop.draft(plan, &mut effort), &sizes)
    }
}

impl Template {
    /// For rights that took too long to look at: whatever is granted is opened by its own ARN.
    fn nothing() -> Self {
        Self {
            allow: Vec::new(),
            deny: Vec::new(),
            lossy: Vec::new(),
            has_star: false,
            fit: Fit::Part,
            loss: Loss { spent: true, ..Loss::default() },
        }
    }

    fn says(&self) -> Says {
        if self.is_exact() {
            Says::All
        } else if self.fit != Fit::Part && self.loss.is_none_but_special() {
            Says::AllButSpecial
        } else {
            Says::Part
        }
    }
}

/// The requested method alone. One that must not be echoed is refused with everything else.
fn of_request(verdict: Verdict<'_>, method: &Method) -> PolicyDocument {
    let connect;
    let arn = if method.is_connect() {
        connect = [method.stage_prefix(), CONNECT].concat();
        Some(connect.as_str())
    } else {
        method.as_resource()
    };
    let Some(arn) = arn else { return PolicyDocument::deny_all(method) };
    let mut statements = Statements::new(method);
    if verdict.is_permitted() {
        statements.allow_own(arn);
    } else {
        statements.deny_own(arn);
    }
    statements.into_document()
}

/// What the template says in this API and stage to this holder, and on top of it what the requested method needs.
fn of_template(template: &Template, grants: &Grants<'_>, verdict: Verdict<'_>, method: &Method) -> PolicyDocument {
    let view = View { template, values: grants.spellings(), method };
    let own = method.as_resource();
    let change = match (verdict.is_permitted(), own) {
        (true, _) => view.open(),
        (false, Some(_)) => Change::default(),
        (false, None) => view.shut(verdict),
    };
    let mut statements = view.statements(&change);
    match own {
        Some(arn) if verdict.is_permitted() && change.needs_own => statements.allow_own(arn),
        Some(arn) if !verdict.is_permitted() => statements.deny_own(arn),
        _ => {}
    }
    if statements.allows_nothing() {
        return PolicyDocument::deny_all(method);
    }
    view.add_constants(&mut statements, grants.permissions());
    statements.into_document()
}

/// A template as one holder sees it who asks for one method.
struct View<'a> {
    template: &'a Template,
    values: Spellings<'a>,
    method: &'a Method,
}

/// What of a template gives way to the requested method.
#[derive(Default)]
struct Change {
    without_allows: Vec<usize>,
    without_lossy: Vec<usize>,
    /// Is the requested method not open without its own ARN?
    needs_own: bool,
}

impl View<'_> {
    fn matches(&self, resource: &super::template::Resource) -> bool {
        resource.matches(self.values, self.method.after_stage())
    }

    /// What has to give way so that the requested method, which is granted, is open.
    fn open(&self) -> Change {
        let knows_verb = verb_of(self.method.verb()) != OTHER_VERBS;
        let mut change = Change::default();
        if self.template.is_exact() && knows_verb {
            return change;
        }
        // Denies were not asked what they shut of verbs that nobody knows.
        if !knows_verb && self.template.deny.iter().any(|deny| self.matches(deny)) {
            change.without_allows = (0..self.template.allow.len()).collect();
            change.needs_own = true;
            return change;
        }
        for (place, (deny, needed_by)) in self.template.lossy.iter().enumerate() {
            if self.matches(deny) {
                change.without_lossy.push(place);
                change.without_allows.extend(needed_by);
            }
        }
        change.without_allows.sort_unstable();
        change.without_allows.dedup();
        let mut kept =
            self.template.allow.iter().enumerate().filter(|(place, _)| !change.without_allows.contains(place));
        change.needs_own = !kept.any(|(_, allow)| self.matches(allow));
        change
    }

    /// What has to give way so that the requested method, which is refused and cannot be named, is shut.
    fn shut(&self, verdict: Verdict<'_>) -> Change {
        let mut change = Change::default();
        let denies = self.template.deny.iter().chain(self.template.lossy.iter().map(|(deny, _)| deny));
        let is_shut = (self.template.has_star && verdict == Verdict::Misspelled)
            || denies.into_iter().any(|deny| self.matches(deny));
        if is_shut {
            return change;
        }
        for (place, allow) in self.template.allow.iter().enumerate() {
            if self.matches(allow) {
                change.without_allows.push(place);
            }
        }
        change
    }

    fn statements(&self, change: &Change) -> Statements {
        let kept = self.template.allow.len().saturating_sub(change.without_allows.len());
        let mut statements =
            if self.is_spelled_out() { Statements::spelled_out(self.method) } else { Statements::new(self.method) };
        for (place, allow) in self.template.allow.iter().enumerate() {
            if !change.without_allows.contains(&place) {
                statements.allow(allow, self.values);
            }
        }
        // Denies stay even where nothing is left to allow, for whatever else guards the API.
        let denies = if kept > 0 { self.template.deny.as_slice() } else { &[] };
        for deny in denies {
            statements.deny(deny, self.values);
        }
        for (place, (deny, _)) in self.template.lossy.iter().enumerate() {
            if !change.without_lossy.contains(&place) {
                statements.deny(deny, self.values);
            }
        }
        statements
    }

    fn is_spelled_out(&self) -> bool {
        !self.template.has_star && self.template.allow.len() <= MOST_SPELLED_OUT
    }

    fn add_constants(&self, statements: &mut Statements, permissions: &Permissions) {
        if self.template.has_star {
            statements.deny_misspelled(permissions.spelling());
        }
        if !self.is_spelled_out() {
            statements.deny_repeated_api(self.method);
        }
    }
}
