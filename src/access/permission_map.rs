//! Which permissions has the operator set up?

use super::document::{self, InvalidDocument};
use super::grants::{Grants, Pattern};
use super::permission::Permission;
use super::route::Route;
use crate::token::VerifiedClaims;

/// The operator's permission document, read and checked.
#[derive(Clone, Debug)]
pub struct PermissionMap {
    pub(super) permissions: Vec<Permission>,
    pub(super) catalog: Vec<Route>,
    pub(super) context: Option<Vec<(String, String)>>,
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
    pub fn grants<'a>(&'a self, token: &'a VerifiedClaims) -> Grants<'a> {
        let (mut allowed, mut denied) = (Vec::new(), Vec::new());
        for permission in self.permissions.iter().filter(|permission| permission.applies_to(token)) {
            allowed.extend(permission.allow.iter().filter_map(|route| Pattern::allowed(route, token)));
            denied.extend(permission.deny.iter().map(|route| Pattern::denied(route, token)));
        }
        Grants { allowed, denied, catalog: &self.catalog }
    }

    /// The permissions, in the document's order.
    pub(crate) fn permissions(&self) -> &[Permission] {
        &self.permissions
    }

    /// What a holder could do to whom just these permissions apply. It is nobody's grant: only lint asks.
    pub(crate) fn supposed_grants<'a>(&'a self, permissions: &[&'a Permission]) -> Grants<'a> {
        let routes = |of: fn(&'a Permission) -> &'a [Route]| {
            permissions.iter().flat_map(move |permission| of(permission)).map(Pattern::supposed).collect()
        };
        Grants { allowed: routes(Permission::allow), denied: routes(Permission::deny), catalog: &self.catalog }
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
