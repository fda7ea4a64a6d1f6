//! How many bytes does a policy take?

use super::rows::{Meaning, Texts};
use super::word::{Glob, Seg, VerbSeg};
use crate::grants::Spellings;
use crate::method::{LONGEST_RESOURCE, Method};
use crate::route::VERBS;
use crate::spelling::Spelling;

/// Quotes and a comma around each resource.
const AROUND_RESOURCE: usize = 3;

/// What a policy takes besides its resources: the document and two statements.
const AROUND_LISTS: usize = 186;

/// A resource begins with `arn:{partition}:execute-api:*:*:{api}/{stage}/`.
const AROUND_ARN: usize = "arn::execute-api:*:*:".len();

/// What every policy takes besides its resources, with room for the requested method's own ARN, in bytes.
pub(super) const AROUND: usize = AROUND_LISTS + LONGEST_RESOURCE + AROUND_RESOURCE;

/// The lengths that a policy's size depends on.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub(super) struct Lengths {
    partition: usize,
    /// Of `{api}/{stage}/`.
    stage: usize,
    claims: Vec<ClaimLength>,
}

/// What a claim's value takes.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
struct ClaimLength {
    /// Of its longest spelling, rounded up so that few lengths differ.
    bytes: usize,
    /// May it be spelled in two ways?
    twice: bool,
}

impl Lengths {
    /// For policies about this method's API and these values.
    pub(super) fn new(method: &Method, values: Spellings<'_>) -> Self {
        let claim = |claim: usize| {
            let encoded = values.encoded(claim);
            let longest = encoded.unwrap_or_else(|| values.plain(claim)).len();
            ClaimLength { bytes: longest.next_multiple_of(16), twice: encoded.is_some() }
        };
        Self {
            partition: method.partition().len(),
            stage: method.api_and_stage().len(),
            claims: values.claims().map(claim).collect(),
        }
    }
}

/// What each text of the compilation takes.
pub(super) struct Sizes<'a> {
    pub(super) lengths: &'a Lengths,
    pub(super) texts: &'a Texts,
}

impl Sizes<'_> {
    /// What a glob takes as resources, one for each spelling of the claims in it, in bytes of JSON. Everything in it is ASCII.
    pub(super) fn resource(&self, glob: &Glob) -> usize {
        let mut bytes = self.arn(glob) + AROUND_RESOURCE;
        for seg in &glob.path {
            if self.claim(*seg).is_some_and(|claim| claim.twice) {
                bytes = bytes.saturating_mul(2);
            }
        }
        bytes
    }

    fn claim(&self, seg: Seg) -> Option<ClaimLength> {
        let Seg::Text(text) = seg else { return None };
        match self.texts.meaning(text) {
            Meaning::Literal(_) => None,
            Meaning::Claim(claim) => self.lengths.claims.get(claim).copied(),
        }
    }

    /// A resource of so many bytes behind the stage, in bytes of JSON; `None` if API Gateway takes none so long.
    pub(super) fn resource_of(&self, behind_stage: usize) -> Option<usize> {
        let arn = self.prefix() + behind_stage;
        (arn <= LONGEST_RESOURCE).then_some(arn + AROUND_RESOURCE)
    }

    /// Does API Gateway take a resource of this length?
    pub(super) fn fits(&self, glob: &Glob) -> bool {
        self.arn(glob) <= LONGEST_RESOURCE
    }

    /// What every policy with a wildcard denies.
    pub(super) fn constants(&self, spelling: &Spelling) -> usize {
        let mut bytes = 0;
        for pattern in spelling.patterns() {
            let escaped = pattern.matches('\\').count();
            bytes += self.prefix() + pattern.len() + escaped + AROUND_RESOURCE;
        }
        bytes
    }

    /// The Deny that keeps a path from repeating the API's own prefix.
    pub(super) fn guard(&self) -> usize {
        self.prefix() + "*:*".len() + self.lengths.stage + AROUND_RESOURCE
    }

    fn prefix(&self) -> usize {
        AROUND_ARN + self.lengths.partition + self.lengths.stage
    }

    fn arn(&self, glob: &Glob) -> usize {
        let verb = match glob.verb {
            VerbSeg::One(verb) => VERBS.get(verb).map_or(1, |verb| verb.len()),
            VerbSeg::Star => 1,
        };
        let mut bytes = self.prefix() + verb;
        for seg in &glob.path {
            bytes += 1 + match seg {
                Seg::Open => 1,
                Seg::Text(text) => match self.texts.meaning(*text) {
                    Meaning::Literal(literal) => literal.len(),
                    Meaning::Claim(_) => self.claim(*seg).unwrap_or_default().bytes,
                },
            };
        }
        bytes
    }
}
