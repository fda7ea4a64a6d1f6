//! Which permissions has the operator set up?

use crate::document::{self, InvalidDocument};
use crate::grants::{Grants, Pattern, path_value};
use crate::holder::Holder;
use crate::permission::Permission;
use crate::route::Route;

/// The operator's permission document, read and checked.
#[derive(Clone, Debug)]
pub struct PermissionMap {
    pub(crate) permissions: Vec<Permission>,
    pub(crate) catalog: Vec<Route>,
    pub(crate) claims: Vec<String>,
    pub(crate) context: Option<Vec<(String, String)>>,
}

impl PermissionMap {
    /// Reads the document.
    ///
    /// # Errors
    /// [`InvalidDocument`] with the place, what was found and what was expected.
    pub fn parse(json: &[u8]) -> Result<Self, InvalidDocument> {
        document::parse(json)
    }

    /// What the token's holder may do: the allows and denies of every permission that applies to it.
    #[must_use]
    pub fn grants<'a>(&'a self, token: &'a impl Holder) -> Grants<'a> {
        let all = self.permissions.iter().enumerate();
        let applying = all.filter(|(_, permission)| permission.applies_to(token));
        let (applied, applying): (Vec<usize>, Vec<&Permission>) = applying.unzip();
        let allow = applying.iter().flat_map(|permission| &permission.allow);
        let deny = applying.iter().flat_map(|permission| &permission.deny);
        Grants {
            applied,
            claims: self.claims.iter().map(|name| (name.as_str(), path_value(token.claim(name)))).collect(),
            allowed: allow.filter_map(|route| Pattern::allowed(route, token)).collect(),
            denied: deny.map(|route| Pattern::denied(route, token)).collect(),
            catalog: &self.catalog,
        }
    }

    /// The permissions, in the document's order.
    pub(crate) fn permissions(&self) -> &[Permission] {
        &self.permissions
    }

    /// What a holder could do to whom just these permissions apply and who has these claims: each claim's name stands for
    /// its value. It is nobody's grant, but everybody's who is like that.
    pub(crate) fn supposed_grants<'a>(&'a self, applied: &[usize], usable: &[&str]) -> Grants<'a> {
        let applying = || applied.iter().filter_map(|place| self.permissions.get(*place));
        let allow = applying().flat_map(|permission| &permission.allow);
        let deny = applying().flat_map(|permission| &permission.deny);
        Grants {
            applied: applied.to_vec(),
            claims: Vec::new(),
            allowed: allow.filter_map(|route| Pattern::supposed_allowed(route, usable)).collect(),
            denied: deny.map(|route| Pattern::supposed_denied(route, usable)).collect(),
            catalog: &self.catalog,
        }
    }

    /// The claims that routes ask for, each once.
    pub(crate) fn claims(&self) -> &[String] {
        &self.claims
    }

    /// Every route that an allow or `routes` names, each once.
    #[must_use]
    pub fn catalog(&self) -> &[Route] {
        &self.catalog
    }

    /// Context names and the claims they carry, in the document's order; `None` when the document leaves the
    /// choice to the gateway.
    #[must_use]
    pub fn context(&self) -> Option<&[(String, String)]> {
        self.context.as_deref()
    }
}
