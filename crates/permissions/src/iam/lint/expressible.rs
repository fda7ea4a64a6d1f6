//! Can a policy say what a holder may do, and no more?
//!
//! Holders are supposed to whom one permission applies, or two, or all of them; with more than [`MOST_PAIRED`] permissions
//! the pairs are left out, so that a start stays short.

use super::{Finding, claims, everything};
use crate::iam::compile::{self, Conflict, Resources};
use crate::iam::glob::{Glob, Seg};
use crate::iam::rights::{Catalog, Rights};
use crate::{Grants, Part, PermissionMap};

/// Up to this many permissions every pair of them is looked at. The work grows with the square.
const MOST_PAIRED: usize = 8;

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

pub(super) fn rights_not_expressible(
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

pub(super) fn reach_outside_catalog(rights: &Rights<'_, '_>, resources: &Resources<'_>) -> Vec<Finding> {
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
