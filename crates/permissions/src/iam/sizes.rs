//! How many bytes does a policy take?

use super::rows::{Meaning, Texts};
use super::word::{Glob, Seg, VerbSeg};
use crate::method::{LONGEST_RESOURCE, Method};
use crate::route::VERBS;
use crate::spelling::{Spelling, TRAILING_SLASH};

/// Quotes and a comma around each resource.
const AROUND_RESOURCE: usize = 3;

/// What a policy takes besides its resources: the document and two statements.
const AROUND_LISTS: usize = 186;

/// A resource is `arn:{partition}:execute-api:*:*:`, and behind it the API and stage unless a star takes them.
const AROUND_ARN: usize = "arn::execute-api:*:*:".len();

/// What every policy takes besides its resources, with room for the requested method's own ARN, in bytes.
pub(super) const AROUND: usize = AROUND_LISTS + LONGEST_RESOURCE + AROUND_RESOURCE;

/// The lengths that a policy's size depends on.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub(super) struct Lengths {
    partition: usize,
    /// Of `{api}/{stage}/`.
    stage: usize,
    /// Of each claim's value, rounded up so that few lengths differ.
    claims: Vec<usize>,
}

impl Lengths {
    /// For policies about this method's API and these values.
    pub(super) fn new(method: &Method, values: &[Option<&str>]) -> Self {
        let claim = |value: Option<&str>| value.map_or(0, |value| value.len().next_multiple_of(16));
        Self {
            partition: method.partition().len(),
            stage: method.api_and_stage().len(),
            claims: values.iter().copied().map(claim).collect(),
        }
    }
}

/// What each text of the compilation takes.
pub(super) struct Sizes<'a> {
    pub(super) lengths: &'a Lengths,
    pub(super) texts: &'a Texts,
}

impl Sizes<'_> {
    /// A resource in an Allow, in bytes of JSON. Everything in it is ASCII.
    pub(super) fn allow(&self, glob: &Glob) -> usize {
        self.arn(glob, true) + AROUND_RESOURCE
    }

    /// A resource in a Deny.
    pub(super) fn deny(&self, glob: &Glob) -> usize {
        self.arn(glob, self.needs_stage(glob)) + AROUND_RESOURCE
    }

    /// Does a Deny for this glob have to spell API and stage? A star in front takes them together with the verb. Behind two
    /// stars it would match one segment less, though, and a text that may be a verb would match that.
    pub(super) fn needs_stage(&self, glob: &Glob) -> bool {
        let Some(Seg::Text(text)) = glob.path.first() else { return true };
        let may_be_verb = match self.texts.meaning(*text) {
            Meaning::Literal(literal) => VERBS.contains(&literal),
            Meaning::Claim(_) => true,
        };
        glob.verb != VerbSeg::Star || may_be_verb
    }

    /// Does API Gateway take a resource of this length?
    pub(super) fn fits_allow(&self, glob: &Glob) -> bool {
        self.arn(glob, true) <= LONGEST_RESOURCE
    }

    pub(super) fn fits_deny(&self, glob: &Glob) -> bool {
        self.arn(glob, self.needs_stage(glob)) <= LONGEST_RESOURCE
    }

    /// What every policy with a wildcard denies.
    pub(super) fn constants(&self, spelling: &Spelling) -> usize {
        let mut bytes = self.prefix(true) + TRAILING_SLASH.len() + AROUND_RESOURCE;
        for pattern in spelling.patterns() {
            let escaped = pattern.matches('\\').count();
            bytes += self.prefix(false) + pattern.len() + escaped + AROUND_RESOURCE;
        }
        bytes
    }

    /// The Deny that keeps a path from repeating the API's own prefix.
    pub(super) fn guard(&self) -> usize {
        self.prefix(true) + "*:*".len() + self.lengths.stage + AROUND_RESOURCE
    }

    fn prefix(&self, with_stage: bool) -> usize {
        AROUND_ARN + self.lengths.partition + if with_stage { self.lengths.stage } else { 0 }
    }

    fn arn(&self, glob: &Glob, with_stage: bool) -> usize {
        let verb = match glob.verb {
            VerbSeg::One(verb) => VERBS.get(verb).map_or(1, |verb| verb.len()),
            VerbSeg::Star => 1,
        };
        let mut bytes = self.prefix(with_stage) + verb;
        for seg in &glob.path {
            bytes += 1 + match seg {
                Seg::Open => 1,
                Seg::Text(text) => match self.texts.meaning(*text) {
                    Meaning::Literal(literal) => literal.len(),
                    Meaning::Claim(claim) => self.lengths.claims.get(claim).copied().unwrap_or_default(),
                },
            };
        }
        bytes
    }
}
