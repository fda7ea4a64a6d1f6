//! Which permission document decides?
//!
//! A document, the policies that were compiled for it and its version belong together: [`ActiveDocument`]. Whoever decides
//! takes one and keeps it to the end of the request, so that no answer is made of two documents.

mod refresh;
mod source;

pub use refresh::{DocumentEvent, DocumentObserver, LONGEST_WAIT_SECONDS, PATIENCE, Reader};
pub use source::{DocumentSource, Extension, ExtensionSource, LARGEST_DOCUMENT};

use crate::clock::UnixTime;
use crate::log::{DocumentCounts, hexadecimal};
use aws_lc_rs::digest;
use permissions::iam::{Limits, Policies};
use permissions::{InvalidDocument, Permissions};
use refresh::Refreshed;
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
pub struct Documents(Kind);

enum Kind {
    Fixed(Arc<ActiveDocument>),
    Refreshed(Arc<Refreshed>),
}

impl Documents {
    /// This one, for ever.
    #[must_use]
    pub fn fixed(document: ActiveDocument) -> Self {
        Self(Kind::Fixed(Arc::new(document)))
    }

    /// This one to start from, and newer ones from the source once it is `refresh_seconds` ago that it was asked.
    #[must_use]
    pub fn refreshed(
        document: Arc<ActiveDocument>,
        source: Box<dyn DocumentSource>,
        refresh_seconds: u64,
        read: Reader,
        observer: DocumentObserver,
    ) -> Self {
        Self(Kind::Refreshed(Arc::new(Refreshed::new(document, source, refresh_seconds, read, observer))))
    }

    /// The one that decides now.
    #[must_use]
    pub fn active(&self) -> Arc<ActiveDocument> {
        match &self.0 {
            Kind::Fixed(document) => Arc::clone(document),
            Kind::Refreshed(refreshed) => refreshed.active.load_full(),
        }
    }

    /// Looks for a newer one, if that is due, and waits for [`PATIENCE`] at the most.
    pub async fn refresh(&self, now: UnixTime) {
        if let Kind::Refreshed(refreshed) = &self.0 {
            refreshed.refresh(now).await;
        }
    }

    /// Fetches that failed, and documents that could not be used, so far.
    #[must_use]
    pub fn counts(&self) -> DocumentCounts {
        match &self.0 {
            Kind::Fixed(_) => DocumentCounts::default(),
            Kind::Refreshed(refreshed) => {
                let (failures, rejections) = refreshed.counts();
                DocumentCounts { failures, rejections }
            }
        }
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
