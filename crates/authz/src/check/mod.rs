//! Everything that there is to say of one permission document.

pub(crate) mod cached;
mod exact;
mod policies;

use crate::output::{Finding, Level, Source, Spot};
use permissions::findings::{self, AcceptedTokens, Checks, Severity, Subject};
use permissions::iam::{Coverage, DEFAULT_BUDGET_BYTES, Limits};
use permissions::issuers::MisnamedIssuers;
use permissions::{InvalidDocument, Permissions, Place, Problem};
use std::rc::Rc;

/// The page that has a section for each code.
const PAGE: &str = "docs/permissions.md";

/// The settings that say how a document is used.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Use {
    /// The kinds of token that are accepted.
    pub(crate) accepted: AcceptedTokens,
    /// What bounds a policy.
    pub(crate) limits: Limits,
}

impl Default for Use {
    /// As the function has it without settings.
    fn default() -> Self {
        Self {
            accepted: AcceptedTokens { access: true, id: false },
            limits: Limits { coverage: Coverage::Api, budget_bytes: DEFAULT_BUDGET_BYTES },
        }
    }
}

/// A document's file.
pub(crate) struct Document<'a> {
    /// As the command line names it.
    pub(crate) file: &'a str,
    /// Its text.
    pub(crate) source: Rc<Source>,
}

impl Document<'_> {
    /// What will surprise the author of a valid document, and is not ignored by it.
    pub(crate) fn findings(&self, permissions: &Permissions, used: Use) -> Vec<Finding> {
        let mut found = findings::of_document(permissions, used.accepted);
        found.extend(exact::findings(permissions, &found));
        found.extend(policies::findings(permissions, used.limits));
        let mut found = findings::without_ignored(permissions, found, Checks::All);
        found.sort_by_key(|finding| std::cmp::Reverse(finding.severity));
        found.into_iter().map(|finding| self.finding(finding)).collect()
    }

    fn finding(&self, finding: findings::Finding) -> Finding {
        Finding {
            code: finding.code,
            level: match finding.severity {
                Severity::Warning => Level::Warning,
                Severity::Error => Level::Error,
            },
            message: counted(&finding.message, finding.subjects.len()),
            examples: finding.example.into_iter().collect(),
            help: Some(finding.advice),
            file: self.file.to_owned(),
            spots: self.spots(finding.subjects),
            related: self.spots(finding.related),
            see: Some(format!("{PAGE}#{}", finding.code)),
            source: Some(Rc::clone(&self.source)),
        }
    }

    fn spots(&self, subjects: Vec<Subject>) -> Vec<Spot> {
        let spot = |subject: Subject| {
            let range = subject.place.find_in(self.source.bytes())?;
            Some(self.source.spot(range, Some(subject.place.to_string()), subject.route))
        };
        subjects.into_iter().filter_map(spot).collect()
    }

    /// Issuers that permissions name, and that the settings do not have, or leave in doubt.
    pub(crate) fn misnamed(&self, misnamed: &MisnamedIssuers) -> Vec<Finding> {
        let finding = |(place, message): &(Place, String)| {
            let subject = Subject { place: place.clone(), route: None };
            self.finding(findings::Finding {
                code: "issuer_misnamed",
                severity: Severity::Error,
                message: message.clone(),
                subjects: vec![subject],
                related: Vec::new(),
                example: None,
                advice: "the function does not start with this document and these settings".to_owned(),
            })
        };
        misnamed.problems().iter().map(finding).collect()
    }

    /// Everything for which the document is not valid.
    pub(crate) fn problems(&self, invalid: &InvalidDocument) -> Vec<Finding> {
        invalid.problems().iter().map(|problem| self.problem(problem)).collect()
    }

    fn problem(&self, problem: &Problem) -> Finding {
        let place = problem.place.as_ref().map(ToString::to_string);
        Finding {
            code: "not_valid",
            level: Level::Error,
            message: problem.message.clone(),
            examples: Vec::new(),
            help: None,
            file: self.file.to_owned(),
            spots: vec![self.source.spot(problem.range.clone(), place, None)],
            related: Vec::new(),
            see: None,
            source: Some(Rc::clone(&self.source)),
        }
    }
}

/// A message with the number of its places, where there are several.
fn counted(message: &str, places: usize) -> String {
    if places < 2 { message.to_owned() } else { format!("{message} ({places} places)") }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_finding_has_its_section_on_the_page_that_it_names() {
        let page = include_str!("../../../../docs/permissions.md");
        let of_document = findings::OF_DOCUMENT.into_iter().chain(["ignore_needless"]);
        for code in of_document.chain(["issuer_misnamed"]).chain(exact::CODES).chain(policies::CODES) {
            assert!(page.contains(&format!("\n### {code}\n")), "{code}");
        }
    }
}
