//! Leaves out the findings that the document's author knows of, and tells which of them are none any more.

use super::{Finding, OF_DOCUMENT, Severity, Subject};
use crate::document::{Ignore, Place};
use crate::permissions::Permissions;

/// Which findings were looked for?
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Checks {
    /// Those of [`of_conditions`](super::of_conditions) alone.
    OfConditions,
    /// Those of [`OF_DOCUMENT`](super::OF_DOCUMENT) alone.
    OfDocument,
    /// All that there are.
    All,
}

/// The findings without those that the document's `lint.ignore` names. An entry that leaves out nothing is itself a
/// finding, `ignore_needless`, if what it names was looked for.
#[must_use]
pub fn without_ignored(permissions: &Permissions, findings: Vec<Finding>, checks: Checks) -> Vec<Finding> {
    let mut left = findings;
    let mut needless = Vec::new();
    for (number, ignore) in permissions.ignores().iter().enumerate() {
        let mut applies = false;
        left.retain_mut(|finding| {
            let touched = leave_out(finding, ignore);
            applies |= touched != Touched::Nothing;
            touched != Touched::Everything
        });
        if !applies && checks.include(&ignore.code) {
            needless.push(Subject {
                place: Place::default().member("lint").member("ignore").element(number),
                route: ignore.route.clone(),
            });
        }
    }
    left.extend(ignore_needless(needless));
    left
}

impl Checks {
    /// Is it known whether there is a finding of this code?
    fn include(self, code: &str) -> bool {
        match self {
            // Needless entries are left to whoever looks for everything.
            Self::OfConditions => false,
            Self::OfDocument => OF_DOCUMENT.contains(&code),
            Self::All => true,
        }
    }
}

#[derive(PartialEq)]
enum Touched {
    Nothing,
    Something,
    Everything,
}

/// Takes what is ignored out of a finding.
fn leave_out(finding: &mut Finding, ignore: &Ignore) -> Touched {
    if finding.code != ignore.code {
        return Touched::Nothing;
    }
    let Some(route) = &ignore.route else { return Touched::Everything };
    let before = finding.subjects.len();
    finding.subjects.retain(|subject| subject.route.as_ref() != Some(route));
    match finding.subjects.len() {
        left if left == before => Touched::Nothing,
        0 => Touched::Everything,
        _ => Touched::Something,
    }
}

fn ignore_needless(subjects: Vec<Subject>) -> Option<Finding> {
    let message = "there is no such finding to leave out".to_owned();
    let advice = "take the entry out, so that it cannot hide a finding of the future".to_owned();
    Finding::at(subjects, "ignore_needless", message, advice)
        .map(|finding| Finding { severity: Severity::Warning, ..finding })
}
