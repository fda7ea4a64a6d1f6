//! Which resources say the rights of one token?
//!
//! # What can be said
//!
//! IAM's wildcards do not look at what they match. So whatever a policy says of one value of a parameter that it does
//! not spell out, it says of every other, and of runs of several segments too. Let `e` be granted, `u` not, and let `u`
//! arise from `e` when some parameters become one or more segments of any kind: then an Allow that matches `e` matches
//! `u` as well, and only a Deny can shut it. A Deny that matches `u` matches everything that arises from `u` in the same
//! way; if some `e'` among that is granted, it is shut too. Therefore *a token's rights can be said exactly if and only
//! if no ungranted path of the catalog lies between two granted ones* in this order.
//!
//! # How it is said
//!
//! 1. **Allow** the smallest glob [`around`] each granted piece, without those that a wider one covers.
//! 2. **Cut** out what these globs match of the catalog and must not ([`Rights::trespass`]), with the smallest glob
//!    around each such piece. Nothing smaller can shut it, so if the cut touches something granted, the rights are among
//!    those that cannot be said: a [`Conflict`]. Without conflict the policy is exact.
//! 3. On a conflict, either the cut is made all the same, and shuts one granted route too many, or the glob is not
//!    allowed. The requested method itself is never given up: a cut that would hit it is not made, and if no glob is left
//!    for it, it is allowed by its own ARN. Either way nothing is open that should not be.
//! 4. **Close** what lies outside the catalog, wherever that touches nothing granted: what denies name there, and the
//!    same glob with more stars, since a star also takes more segments than the route has.
//!
//! 5. **Refuse** by name what the document names and nothing allows. It is shut anyway, but where an API's resource policy
//!    allows everyone, only an explicit Deny keeps it shut. As far as the budget lets it.
//!
//! Cuts that touch nothing granted may be made wider as long as they still do not; that is how many of them become one.

use super::glob::{Glob, Piece, Seg, around, covers};
use super::rights::{Rights, TooHard, spelled};
use crate::Part;

/// What a policy says, after the stage.
#[derive(Debug, Default, PartialEq, Eq)]
pub(super) struct Resources<'a> {
    pub(super) allow: Vec<Glob<'a>>,
    pub(super) deny: Vec<Glob<'a>>,
    /// What nothing allows, and can be denied as well: see the module's last point.
    pub(super) refuse: Vec<Glob<'a>>,
    /// Nothing had to give way to anything: the resources say the rights exactly, whatever is requested.
    pub(super) exact: bool,
}

impl Resources<'_> {
    /// Does one of these allow all that the glob matches, but for what is denied?
    pub(super) fn opens(&self, glob: &Glob<'_>) -> bool {
        self.allow.iter().any(|wider| covers(wider, glob))
    }
}

/// A right that cannot be said: the glob that would say it, and the cut that it would need and that takes something
/// granted along.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Conflict<'a> {
    pub(super) allow: Glob<'a>,
    pub(super) cut: Glob<'a>,
}

/// How many granted routes a cut may take along before its glob is given up instead: one for one.
const MOST_TAKEN_ALONG: usize = 1;

/// Compiles the rights. `requested` is a granted method that must stay open: where the resources do not
/// [open](Resources::opens) it, they do not deny its own ARN. That is not among them: it is the client's text, theirs is the
/// document's and the token's, and the lifetimes keep the two apart.
///
/// # Errors
/// [`TooHard`] when that would take too long.
pub(super) fn compile<'a>(rights: &Rights<'_, 'a>, requested: Option<&Glob<'_>>) -> Result<Resources<'a>, TooHard> {
    let mut resources = Resources { exact: true, ..Resources::default() };
    let mut cuts = Vec::new();
    for glob in candidates(rights) {
        rights.check_steps()?;
        if resources.opens(&glob) {
            continue;
        }
        let needed = cuts_for(rights, &glob);
        resources.exact &= !needed.iter().any(|cut| rights.touches(cut));
        if needed.iter().all(|cut| is_worth(rights, cut, requested)) {
            cuts.extend(needed);
            resources.allow.push(glob);
        }
    }
    resources.deny = shut(rights, &resources.allow, cuts)?;
    resources.refuse = refuse(rights, &resources.deny);
    rights.check_steps()?;
    Ok(resources)
}

/// Every right that cannot be said.
pub(super) fn conflicts<'a>(rights: &Rights<'_, 'a>) -> Result<Vec<Conflict<'a>>, TooHard> {
    let mut conflicts = Vec::new();
    for allow in candidates(rights) {
        let needed = cuts_for(rights, &allow).into_iter().filter(|cut| rights.touches(cut));
        conflicts.extend(needed.map(|cut| Conflict { allow: allow.clone(), cut }));
        rights.check_steps()?;
    }
    Ok(conflicts)
}

/// The smallest globs around what is granted, wider ones before those that they cover.
fn candidates<'a>(rights: &Rights<'_, 'a>) -> Vec<Glob<'a>> {
    let mut globs: Vec<Glob<'a>> = rights.granted().flat_map(|piece| spell(rights, piece)).collect();
    let stars = |glob: &Glob<'a>| glob.iter().filter(|seg| **seg == Seg::Star).count();
    globs.sort_by_cached_key(|glob| (glob.len(), std::cmp::Reverse(stars(glob)), glob.clone()));
    globs.dedup();
    globs
}

/// A route for any verb is said with a star for the verb where that can be kept to one segment, else verb by verb.
fn spell<'a>(rights: &Rights<'_, 'a>, piece: &Piece<'a>) -> Vec<Glob<'a>> {
    let glob = around(piece);
    if piece.first() != Some(&Part::One) {
        return vec![glob];
    }
    let swallowing: Glob<'a> = std::iter::once(Seg::Star).chain(glob.iter().copied()).collect();
    if !rights.touches(&swallowing) && !cuts_for(rights, &glob).iter().any(|cut| rights.touches(cut)) {
        return vec![glob];
    }
    let granted = spelled(piece).into_iter().filter(|piece| !rights.is_denied(piece));
    granted.map(|piece| around(&piece)).collect()
}

fn cuts_for<'a>(rights: &Rights<'_, 'a>, glob: &Glob<'a>) -> Vec<Glob<'a>> {
    // Without a star it matches one method, which is granted.
    if !glob.contains(&Seg::Star) {
        return Vec::new();
    }
    let mut cuts: Vec<Glob<'a>> = rights.trespass(glob).iter().map(|piece| around(piece)).collect();
    cuts.sort_unstable();
    cuts.dedup();
    cuts
}

/// Is it better to make the cut than to give up the glob that needs it?
fn is_worth(rights: &Rights<'_, '_>, cut: &Glob<'_>, requested: Option<&Glob<'_>>) -> bool {
    let taken_along = rights.touched(cut).take(MOST_TAKEN_ALONG + 1).count();
    taken_along == 0 || (taken_along <= MOST_TAKEN_ALONG && !requested.is_some_and(|own| covers(cut, own)))
}

/// All that is denied: the cuts, and what closes the space outside the catalog.
fn shut<'a>(rights: &Rights<'_, 'a>, allow: &[Glob<'a>], cuts: Vec<Glob<'a>>) -> Result<Vec<Glob<'a>>, TooHard> {
    let mut deny: Vec<Glob<'a>> = Vec::new();
    let mut add = |cut: Glob<'a>| {
        rights.spend(deny.len());
        if !deny.iter().any(|wider| covers(wider, &cut)) {
            let widened = widen(rights, cut);
            deny.retain(|narrower| !covers(&widened, narrower));
            deny.push(widened);
        }
    };
    cuts.into_iter().for_each(&mut add);
    for glob in allow {
        let denied = rights.denied_under(glob).into_iter().map(|piece| around(&piece));
        denied.filter(|cut| !rights.touches(cut)).chain(beyond(rights, glob)?).for_each(&mut add);
    }
    Ok(deny)
}

/// The named methods that are not granted, as far as denying them touches nothing that is.
fn refuse<'a>(rights: &Rights<'_, 'a>, deny: &[Glob<'a>]) -> Vec<Glob<'a>> {
    let mut refused: Vec<Glob<'a>> = Vec::new();
    for glob in rights.refused().map(|piece| around(&piece)) {
        let known = deny.iter().chain(&refused).any(|wider| covers(wider, &glob));
        if !known && !rights.touches(&glob) {
            refused.push(widen(rights, glob));
        }
    }
    refused
}

/// Makes a cut as wide as it can be without touching anything granted.
fn widen<'a>(rights: &Rights<'_, 'a>, mut cut: Glob<'a>) -> Glob<'a> {
    if rights.touches(&cut) {
        return cut;
    }
    // The verb first, then the path from its beginning.
    for position in 0..cut.len() {
        let mut wider = cut.clone();
        if let Some(seg) = wider.get_mut(position) {
            *seg = Seg::Star;
        }
        if !rights.touches(&wider) {
            cut = wider;
        }
    }
    cut
}

/// The globs with more stars in place of each star: what the stars take beyond the routes' lengths, as far as nothing
/// of it is granted. More stars match less, so only the smallest numbers of them are looked for.
fn beyond<'a>(rights: &Rights<'_, 'a>, glob: &Glob<'a>) -> Result<Vec<Glob<'a>>, TooHard> {
    let mut open = vec![glob.clone()];
    let mut closing: Vec<Glob<'a>> = Vec::new();
    for _ in 0..=rights.longest() {
        let mut still_open = Vec::new();
        for longer in open.iter().flat_map(|glob| one_star_more(glob)) {
            rights.spend(closing.len() + still_open.len());
            if closing.iter().any(|cut| covers(cut, &longer)) || still_open.contains(&longer) {
                continue;
            }
            if rights.touches(&longer) {
                still_open.push(longer);
            } else {
                closing.push(longer);
            }
            rights.check_steps()?;
        }
        open = still_open;
    }
    Ok(closing)
}

pub(super) fn one_star_more<'a>(glob: &Glob<'a>) -> Vec<Glob<'a>> {
    let stars = glob.iter().enumerate().filter(|(_, seg)| **seg == Seg::Star);
    let doubled = stars.map(|(position, _)| {
        let (before, after) = glob.split_at(position);
        before.iter().chain(&[Seg::Star]).chain(after).copied().collect::<Glob<'a>>()
    });
    let mut longer: Vec<_> = doubled.collect();
    longer.dedup();
    longer
}

/// The glob that is one method.
pub(super) fn method<'a>(verb: &'a str, path: &[&'a str]) -> Glob<'a> {
    let path = if path.is_empty() { &[""] } else { path };
    std::iter::once(verb).chain(path.iter().copied()).map(Seg::Text).collect()
}
