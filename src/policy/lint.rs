//! What in a permission document will not come out as its author expects?
//!
//! A pure function of the document. It supposes holders to whom one permission applies, or two, or all of them; with more
//! than [`MOST_PAIRED`] permissions the pairs are left out, so that a start stays short.

use super::compile::{self, Conflict, Resources};
use super::decide;
use super::document::{Coverage, CutShort, Limits, PolicyDocument};
use super::glob::{Glob, Seg};
use super::method_arn::{LONGEST_RESOURCE, MethodArn};
use super::rights::{Catalog, Rights};
use super::template::Template;
use crate::access::{Grants, Part, Pattern, Permission, PermissionMap, Route, Segment};

/// Up to this many permissions every pair of them is looked at. The work grows with the square.
const MOST_PAIRED: usize = 8;

/// Scopes that Cognito gives out itself: they say what the token may ask of Cognito, or which claims it carries (Developer
/// Guide, "Scopes, M2M, and resource servers").
const COGNITOS_OWN_SCOPES: [&str; 5] = ["aws.cognito.signin.user.admin", "email", "openid", "phone", "profile"];

/// The method that the worst-case policy is reckoned for. Its stage prefix is as long as they usually are.
const SAMPLE_METHOD: &str = "arn:aws:execute-api:eu-central-1:123456789012:abcdefghij/prod/GET/";

/// The longest stage prefix and verb: `arn:aws-iso-b:execute-api:us-gov-west-1:123456789012:abcdefghij/`, a stage of 128
/// characters, `/OPTIONS/`.
const LONGEST_PREFIX: usize = 203;

/// The longest claim value that a route takes.
const LONGEST_CLAIM_VALUE: usize = 128;

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
    let mut findings = rights_not_expressible(map, &catalog, resources.as_ref());
    findings.extend(resources.iter().flat_map(|resources| reach_outside_catalog(&rights, resources)));
    findings.extend(map.catalog().iter().filter_map(|route| route_never_allowed(map, route)));
    findings.extend(permissions_swallowed(map));
    findings.extend(map.permissions().iter().flat_map(scopes_not_permissions));
    findings.extend(map.catalog().iter().filter_map(resource_too_long));
    findings.extend(resources.and_then(|resources| policy_over_budget(&everything, &resources, limits)));
    findings
}

/// Each permission alone, and the pairs as far as they are few.
fn supposed_holders(map: &PermissionMap) -> Vec<Vec<usize>> {
    let all = everything(map);
    let mut holders: Vec<Vec<usize>> = all.iter().map(|permission| vec![*permission]).collect();
    if all.len() <= MOST_PAIRED {
        let pairs = all
            .iter()
            .enumerate()
            .flat_map(|(position, one)| all.iter().skip(position + 1).map(|other| vec![*one, *other]));
        holders.extend(pairs);
    }
    holders
}

fn everything(map: &PermissionMap) -> Vec<usize> {
    (0..map.permissions().len()).collect()
}

fn claims(map: &PermissionMap) -> Vec<&str> {
    map.claims().iter().map(String::as_str).collect()
}

fn rights_not_expressible(
    map: &PermissionMap,
    catalog: &Catalog<'_>,
    of_everything: Option<&Resources<'_>>,
) -> Vec<Finding> {
    let mut findings: Vec<Finding> = Vec::new();
    let mut holders = supposed_holders(map);
    // What is exact needs no cut that touches something granted, which is what a conflict is.
    if !of_everything.is_some_and(|resources| resources.exact) {
        holders.push(everything(map));
    }
    for holder in holders {
        let grants = map.supposed_grants(&holder, &claims(map));
        let rights = Rights::new(&grants, catalog);
        let Ok(conflicts) = compile::conflicts(&rights) else {
            findings.push(rights_too_hard(&grants));
            break;
        };
        for conflict in conflicts {
            let finding = not_expressible(&rights, &conflict);
            if !findings.contains(&finding) {
                findings.push(finding);
            }
        }
    }
    findings
}

fn rights_too_hard(grants: &Grants<'_>) -> Finding {
    Finding {
        code: "rights_too_hard",
        routes: grants.allowed().iter().map(|pattern| pattern.route().to_string()).collect(),
        example: None,
        advice: "finding out what a policy for these routes has to deny would take too long: whoever holds them is \
                 answered for the requested method alone. Routes in which parameters and literals take turns are the \
                 cause, beside a greedy one: name fewer of them, or set POLICY_COVERS=request with no caching"
            .to_owned(),
    }
}

fn not_expressible(rights: &Rights<'_, '_>, conflict: &Conflict<'_>) -> Finding {
    let taken_along = rights.touched(&conflict.cut).map(|piece| template(piece));
    Finding {
        code: "rights_not_expressible",
        routes: std::iter::once(of_glob(&conflict.allow)).chain(taken_along).collect(),
        example: Some(example(&conflict.cut)),
        advice: "no IAM policy can open these routes and keep this method shut, since a wildcard does not stop at a \
                 slash: some of them will be refused from the cache until they are asked for. Grant them together, \
                 set POLICY_COVERS=request with no caching, or tell the paths apart by a literal"
            .to_owned(),
    }
}

fn reach_outside_catalog(rights: &Rights<'_, '_>, resources: &Resources<'_>) -> Vec<Finding> {
    let longer =
        resources.allow.iter().flat_map(|glob| compile::one_star_more(glob).into_iter().map(move |more| (glob, more)));
    let open = longer.filter(|(_, more)| rights.touches(more) && !rights.is_named(&any(more)));
    open.map(|(glob, more)| Finding {
        code: "reach_outside_catalog",
        routes: std::iter::once(of_glob(glob)).chain(rights.touched(&more).map(|piece| template(piece))).collect(),
        example: Some(example(&more)),
        advice:
            "paths that no route of the document names are open too, since the deeper route that is granted cannot \
                 be told from them. If the API has such routes, name them in `routes`"
                .to_owned(),
    })
    .collect()
}

fn route_never_allowed(map: &PermissionMap, route: &Route) -> Option<Finding> {
    let named = Pattern::anyones(route);
    let mut allowed = map.permissions().iter().flat_map(Permission::allow);
    let is_allowed = allowed.any(|allowed| covers(&Pattern::anyones(allowed), &named));
    (!is_allowed).then(|| Finding {
        code: "route_never_allowed",
        routes: vec![route.to_string()],
        example: None,
        advice: "no permission allows this route: it is refused to everyone".to_owned(),
    })
}

/// Does one pattern match all that the other matches?
fn covers(pattern: &Pattern<'_>, other: &Pattern<'_>) -> bool {
    let (parts, others) = (super::glob::parts(pattern), super::glob::parts(other));
    let is_greedy = |parts: &[Part<'_>]| parts.last() == Some(&Part::Rest);
    (is_greedy(&parts) || !is_greedy(&others)) && super::glob::is_within(&others, &parts)
}

fn permissions_swallowed(map: &PermissionMap) -> Vec<Finding> {
    let all = map.permissions();
    let swallows = |one: usize, other: usize| match (all.get(one), all.get(other)) {
        // Of two that say the same, the later one is too many.
        (Some(wide), Some(narrow)) => says_all_of(wide, narrow) && (one < other || !says_all_of(narrow, wide)),
        _ => false,
    };
    let swallowed =
        (0..all.len()).filter_map(|other| (0..all.len()).find(|one| swallows(*one, other)).map(|one| (one, other)));
    swallowed
        .map(|(one, other)| Finding {
            code: "permission_swallowed",
            routes: all
                .get(other)
                .into_iter()
                .flat_map(|narrow| narrow.allow().iter().chain(narrow.deny()))
                .map(ToString::to_string)
                .collect(),
            example: None,
            advice: format!(
                "permissions[{other}] changes nothing: permissions[{one}] applies whenever it does and says as much"
            ),
        })
        .collect()
}

fn says_all_of(wide: &Permission, narrow: &Permission) -> bool {
    let all = |wide: &[Route], narrow: &[Route]| {
        narrow.iter().all(|route| {
            wide.iter().any(|wider| {
                wider == route || (!has_claim(wider) && covers(&Pattern::anyones(wider), &Pattern::anyones(route)))
            })
        })
    };
    wide.applies_with(narrow) && all(wide.allow(), narrow.allow()) && all(wide.deny(), narrow.deny())
}

fn has_claim(route: &Route) -> bool {
    route.segments().iter().any(|segment| matches!(segment, Segment::Claim(_)))
}

fn scopes_not_permissions(permission: &Permission) -> impl Iterator<Item = Finding> {
    let own = permission.scopes().iter().filter(|scope| COGNITOS_OWN_SCOPES.contains(&scope.as_str()));
    own.map(|scope| Finding {
        code: "scope_is_no_permission",
        routes: permission.allow().iter().chain(permission.deny()).map(ToString::to_string).collect(),
        example: None,
        advice: format!(
            "`{scope}` is Cognito's own scope, which every client may be given: it says nothing about this API. Use a \
             resource server's scope, or `\"authenticated\": true` if any verified token will do"
        ),
    })
}

fn resource_too_long(route: &Route) -> Option<Finding> {
    let length = |segment: &Segment| match segment {
        Segment::Literal(text) => text.len() + 1,
        Segment::Claim(_) => LONGEST_CLAIM_VALUE + 1,
        Segment::Parameter(_) | Segment::Greedy(_) => 2,
    };
    let longest = LONGEST_PREFIX + route.segments().iter().map(length).sum::<usize>();
    (longest > LONGEST_RESOURCE).then(|| Finding {
        code: "resource_too_long",
        routes: vec![route.to_string()],
        example: None,
        advice: format!(
            "its ARN can have {longest} characters, and API Gateway takes {LONGEST_RESOURCE}: where it is longer, the \
             route is refused"
        ),
    })
}

fn policy_over_budget(everything: &Grants<'_>, resources: &Resources<'_>, limits: Limits) -> Option<Finding> {
    let method = MethodArn::parse(SAMPLE_METHOD.to_owned()).ok()?;
    let template = Template::new(resources, |_| false);
    let own = (!decide(everything, &method).is_permitted()).then_some(false);
    let policy = PolicyDocument::of_template(&template, &method, &[], own, limits.budget_bytes);
    let Err(CutShort::OverBudget { bytes }) = policy else { return None };
    if limits.coverage == Coverage::Request {
        return None;
    }
    Some(Finding {
        code: "policy_over_budget",
        routes: Vec::new(),
        example: None,
        advice: format!(
            "a holder of every permission gets a policy of about {bytes} bytes, more than the budget of {}: the answer \
             is then for the requested method alone. Raise POLICY_BUDGET_BYTES if your API takes it, or split the API",
            limits.budget_bytes
        ),
    })
}

fn any<'a>(glob: &Glob<'a>) -> Vec<Part<'a>> {
    glob.iter().map(|seg| if let Seg::Text(text) = seg { Part::Literal(text) } else { Part::One }).collect()
}

fn of_glob(glob: &Glob<'_>) -> String {
    template(&any(glob))
}

/// A piece as a route key: `GET /a/{}`.
fn template(piece: &[Part<'_>]) -> String {
    written(piece, "{}")
}

/// A method that the glob matches.
fn example(glob: &Glob<'_>) -> String {
    written(&any(glob), "x")
}

fn written(piece: &[Part<'_>], parameter: &str) -> String {
    let text = |part: &Part<'_>| match part {
        Part::Literal(text) => (*text).to_owned(),
        Part::One | Part::Rest => parameter.to_owned(),
    };
    let verb = piece.first().map(|verb| if let Part::Literal(verb) = verb { verb } else { "ANY" });
    let path: Vec<String> = piece.iter().skip(1).map(text).collect();
    format!("{} /{}", verb.unwrap_or_default(), path.join("/"))
}
