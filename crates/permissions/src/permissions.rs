//! What has the operator set up?

use crate::document::{self, Ignore, InvalidDocument};
use crate::grants::Grants;
use crate::holder::Holder;
use crate::method::Method;
use crate::pattern;
use crate::permission::Permission;
use crate::route::Route;
use crate::spelling::Spelling;

/// The operator's permission document, read and checked.
#[derive(Clone, Debug)]
pub struct Permissions {
    pub(crate) all: Vec<Permission>,
    pub(crate) catalog: Vec<Route>,
    pub(crate) complete: bool,
    pub(crate) claims: Vec<String>,
    pub(crate) context: Option<Vec<(String, String)>>,
    pub(crate) spelling: Spelling,
    pub(crate) listed: Vec<Route>,
    pub(crate) trigger_claims: Vec<String>,
    pub(crate) ignores: Vec<Ignore>,
}

impl Permissions {
    /// Reads the document.
    ///
    /// # Errors
    /// [`InvalidDocument`] with the place, what was found and what was expected.
    pub fn parse(json: &[u8]) -> Result<Self, InvalidDocument> {
        document::parse(json)
    }

    /// What the holder may do: the allows and denies of every permission that applies.
    #[must_use]
    pub fn grants<'a>(&'a self, holder: &'a impl Holder) -> Grants<'a> {
        let all = self.all.iter().enumerate();
        let (mut applied, mut denying) = (Vec::new(), Vec::new());
        for (index, permission) in all {
            if permission.applies_to(holder) {
                applied.push(index);
            } else if !permission.deny.is_empty() && permission.may_apply_to(holder) {
                denying.push(index);
            }
        }
        let value = |claim: &'a String| pattern::usable_value(holder.claim(claim));
        let values: Vec<Option<&str>> = self.claims.iter().map(value).collect();
        let encoded = values.iter().map(|value| value.and_then(|value| self.encoded(value))).collect();
        Grants { permissions: self, applied, denying, values, encoded }
    }

    /// The value's other spelling, if a path may be spelled so.
    pub(crate) fn encoded(&self, value: &str) -> Option<String> {
        let encoded = pattern::encoded(value)?;
        (!self.spelling.refuses(&["GET/", &encoded].concat())).then_some(encoded)
    }

    /// The permissions, in the document's order.
    #[must_use]
    pub fn permissions(&self) -> &[Permission] {
        &self.all
    }

    /// Every route that an allow or `routes` names, each once: the routes that are known to exist.
    #[must_use]
    pub fn catalog(&self) -> &[Route] {
        &self.catalog
    }

    /// The routes that the member `routes` names, in its order.
    #[must_use]
    pub fn listed(&self) -> &[Route] {
        &self.listed
    }

    /// Does the API have no other routes than those of the catalog? The document says so with `"complete": true`.
    #[must_use]
    pub fn is_complete(&self) -> bool {
        self.complete
    }

    /// The claims that routes name as `${claim}`, each once, sorted.
    #[must_use]
    pub fn claims(&self) -> &[String] {
        &self.claims
    }

    /// Which spellings of paths are refused to everybody.
    #[must_use]
    pub fn spelling(&self) -> &Spelling {
        &self.spelling
    }

    /// Context names and the claims they carry, in the document's order; `None` when the document leaves the
    /// choice to the gateway.
    #[must_use]
    pub fn context(&self) -> Option<&[(String, String)]> {
        self.context.as_deref()
    }

    /// The claims that a pre token generation trigger writes, as the document says: into access tokens as well, and of
    /// any JSON type.
    #[must_use]
    pub fn trigger_claims(&self) -> &[String] {
        &self.trigger_claims
    }

    /// The findings that the document asks to leave out, each with its reason.
    #[must_use]
    pub fn ignores(&self) -> &[Ignore] {
        &self.ignores
    }

    /// Is the method refused for its spelling, whoever asks?
    #[must_use]
    pub fn refuses_spelling(&self, method: &Method) -> bool {
        self.spelling.refuses(method.after_stage()) || method.repeats_its_api()
    }

    /// The route of the catalog that serves the method: of those that match, the one with the first literal where others
    /// have a parameter. This is how API Gateway routes.
    #[must_use]
    pub fn route_of(&self, method: &Method) -> Option<&Route> {
        most_exact(self.catalog.iter(), method)
    }
}

/// Of those routes that match the method, the one with the first literal where others have a parameter.
pub(crate) fn most_exact<'a>(routes: impl Iterator<Item = &'a Route>, method: &Method) -> Option<&'a Route> {
    routes.filter(|route| pattern::matches_anyones(route, method)).min_by(|one, other| one.compare_kinds(other))
}
