//! May this permission document be published? AWS `AppConfig` asks its validator before each deployment.
//!
//! Its event is no authorizer's (AppConfig User Guide, "Understanding validators"): the document in base64, with ids. An error
//! of the function stops the deployment, and its message is what the operator reads.

use crate::documents::{ActiveDocument, Reader};
use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use permissions::json::Object;
use permissions::questions::{Budget, Facts, Index, first_gain};
use serde::Deserialize;

/// Judges documents before they are published.
pub struct Validator {
    /// Reads a document as the function itself would.
    pub read: Reader,
    /// Is a document refused that opens anything that the active one does not?
    pub no_new_access: bool,
    /// What is known of the tokens that are accepted.
    pub facts: Facts,
}

/// What `AppConfig` sends. All members are required, so that no other event passes for one.
#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct ValidatorEvent {
    content: String,
    #[serde(rename = "applicationId")]
    _application: String,
    #[serde(rename = "configurationProfileId")]
    _profile: String,
    #[serde(rename = "uri")]
    _uri: String,
}

impl ValidatorEvent {
    /// `None` for any other event.
    pub(super) fn parse(event: &str) -> Option<Self> {
        serde_json::from_str(event).ok().map(|Object(event)| event)
    }
}

impl Validator {
    /// The version of a document that may be published, or why it may not.
    pub(super) fn judge(&self, event: &ValidatorEvent, active: &ActiveDocument) -> Result<String, String> {
        let text = STANDARD.decode(&event.content).map_err(|_| "found no base64 in `content`".to_owned())?;
        let new = (self.read)(&text)?;
        if self.no_new_access {
            self.check_access(active, &new)?;
        }
        Ok(new.version)
    }

    /// What cannot be decided is refused, too.
    fn check_access(&self, active: &ActiveDocument, new: &ActiveDocument) -> Result<(), String> {
        let (before, after) = (Index::new(&active.permissions), Index::new(&new.permissions));
        let gain = first_gain(&before, &after, &self.facts, &mut Budget::default());
        match gain {
            Ok(None) => Ok(()),
            Ok(Some(gain)) => Err(format!(
                "opens what the active document {} does not: {}, by permission {}",
                active.version, gain.witness, gain.by.permission
            )),
            Err(undecided) => Err(format!("cannot tell whether it opens more than {}: {undecided}", active.version)),
        }
    }
}
