//! What one condition asks of a token, and what a document can see of one.

use super::Undecided;
use crate::permission::Permission;
use serde_json::Value;

/// The claim that Cognito writes groups to.
pub(crate) const GROUPS: &str = "cognito:groups";
/// The claim that Cognito writes scopes to.
pub(crate) const SCOPES: &str = "scope";

/// One thing that a condition asks for. Conditions are sets of these: all must hold.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Atom<'a> {
    /// The token carries this scope.
    Scope(&'a str),
    /// The holder is in this group.
    Group(&'a str),
    /// The claim equals the value, or is an array that contains it.
    Claim(&'a str, &'a Value),
}

/// Conditions of no permission: those that a question adds or excepts.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Conditions {
    /// Scopes that are held.
    pub scopes: Vec<String>,
    /// Groups that the holder is in.
    pub groups: Vec<String>,
    /// Claims with one value each that they equal or contain.
    pub claims: Vec<(String, Value)>,
}

impl Conditions {
    /// What they ask for, each once.
    #[must_use]
    pub fn atoms(&self) -> Vec<Atom<'_>> {
        collected(&self.scopes, &self.groups, &self.claims)
    }

    /// A permission with these conditions and no routes.
    pub(crate) fn to_permission(&self) -> Permission {
        let (scopes, groups, claims) = (self.scopes.clone(), self.groups.clone(), self.claims.clone());
        Permission {
            issuers: None,
            any_issuer: false,
            clients: None,
            scopes,
            groups,
            claims,
            present: Vec::new(),
            allow: Vec::new(),
            deny: Vec::new(),
        }
    }
}

/// What a permission asks for, each once. `"claims": {"cognito:groups": "x"}` is the group `x`.
#[must_use]
pub fn atoms(permission: &Permission) -> Vec<Atom<'_>> {
    collected(permission.scopes(), permission.groups(), permission.claims())
}

fn collected<'a>(scopes: &'a [String], groups: &'a [String], claims: &'a [(String, Value)]) -> Vec<Atom<'a>> {
    let claim = |(name, value): &'a (String, Value)| match value {
        Value::String(group) if name == GROUPS => Atom::Group(group),
        value => Atom::Claim(name, value),
    };
    let scopes = scopes.iter().map(|scope| Atom::Scope(scope));
    let groups = groups.iter().map(|group| Atom::Group(group));
    let mut atoms = Vec::new();
    add(&mut atoms, scopes.chain(groups).chain(claims.iter().map(claim)));
    atoms
}

/// Adds each atom that is not there yet.
pub(crate) fn add<'a>(atoms: &mut Vec<Atom<'a>>, more: impl IntoIterator<Item = Atom<'a>>) {
    for atom in more {
        if !atoms.contains(&atom) {
            atoms.push(atom);
        }
    }
}

/// Atoms must not depend on each other.
pub(crate) fn refuse_tied(atoms: &[Atom<'_>]) -> Result<(), Undecided> {
    atoms.iter().try_for_each(|atom| if let Atom::Claim(name, _) = atom { refuse_tied_claim(name) } else { Ok(()) })
}

/// Is the claim by itself what scopes or groups are?
pub(crate) fn refuse_tied_claim(claim: &str) -> Result<(), Undecided> {
    if claim == GROUPS || claim == SCOPES {
        return Err(Undecided::NotAnalysed { claim: claim.to_owned() });
    }
    Ok(())
}
