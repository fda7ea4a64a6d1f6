//! Which permission document decides?
//!
//! A document, the policies that were compiled for it and its version belong together: [`ActiveDocument`]. Whoever decides
//! takes one and keeps it to the end of the request, so that no answer is made of two documents.

use crate::log::hexadecimal;
use aws_lc_rs::digest;
use permissions::iam::{Limits, Policies};
use permissions::{InvalidDocument, Permissions};
use std::sync::Arc;

/// How many bytes of a document's hash name its version. A document has a handful of versions, and nobody gains by two that
/// are called alike.
const VERSION_BYTES: usize = 6;

/// A permission document that decides.
#[derive(Debug)]
pub struct ActiveDocument {
    /// What holders of tokens may do.
    pub permissions: Permissions,
    /// How that is said in IAM.
    pub policies: Policies,
    /// The first twelve digits of the SHA-256 of the document's text, without a byte order mark.
    pub version: String,
}

impl ActiveDocument {
    /// Reads a document.
    ///
    /// # Errors
    /// [`InvalidDocument`] as the engine says it.
    pub fn parse(json: &[u8], limits: Limits) -> Result<Self, InvalidDocument> {
        let permissions = Permissions::parse(json)?;
        let policies = Policies::new(&permissions, limits);
        Ok(Self { permissions, policies, version: version(json) })
    }
}

/// `sha256sum permissions.json | cut -c-12`
fn version(json: &[u8]) -> String {
    hexadecimal(digest::digest(&digest::SHA256, json).as_ref().get(..VERSION_BYTES).unwrap_or_default())
}

/// The document that decides now.
#[derive(Debug)]
pub struct Documents {
    active: Arc<ActiveDocument>,
}

impl Documents {
    /// This one, for ever.
    #[must_use]
    pub fn fixed(document: ActiveDocument) -> Self {
        Self { active: Arc::new(document) }
    }

    /// The one that decides now.
    #[must_use]
    pub fn active(&self) -> Arc<ActiveDocument> {
        Arc::clone(&self.active)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use permissions::iam::{Coverage, DEFAULT_BUDGET_BYTES};

    #[test]
    fn a_version_is_the_beginning_of_the_texts_hash() {
        let limits = Limits { coverage: Coverage::Api, budget_bytes: DEFAULT_BUDGET_BYTES };
        let json = br#"{"permissions":[{"authenticated":true,"allow":["GET /"]}]}"#;
        // As `sha256sum` prints it.
        assert_eq!(ActiveDocument::parse(json, limits).unwrap().version, "6320ea78a184");
    }
}
