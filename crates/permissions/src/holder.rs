//! Who asks? What the engine needs to know of the holder of a token, and nothing more.

use serde_json::Value;

/// The holder of a token: the claims that the function verified, or a caller that somebody makes up.
pub trait Holder {
    /// Does the token carry this scope? Compared whole and case-sensitively.
    fn has_scope(&self, scope: &str) -> bool;

    /// Is the holder in this group?
    fn has_group(&self, group: &str) -> bool;

    /// The claim of this name, of any JSON type.
    fn claim(&self, name: &str) -> Option<&Value>;

    /// The name of the issuer's entry, where settings name entries.
    fn issuer(&self) -> Option<&str> {
        None
    }

    /// The client that the token was issued to, if it is known.
    fn client(&self) -> Option<&str> {
        None
    }

    /// Does the token tell all groups? If not, it may be in any.
    fn knows_groups(&self) -> bool {
        true
    }

    /// Does the token tell whether it has this claim? If not, it may have any value.
    fn knows_claim(&self, _name: &str) -> bool {
        true
    }
}
