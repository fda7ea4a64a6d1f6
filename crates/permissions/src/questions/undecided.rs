//! Why is a question not answered?

use std::fmt;

/// A question without an answer. It is never a "no".
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Undecided {
    /// More candidates would have to be looked at than the budget allows.
    TooLarge,
    /// The documents tie several conditions together in a way that is not analysed.
    NotAnalysed {
        /// The claim that is at once a condition of its own: `scope` or `cognito:groups`.
        claim: String,
    },
    /// A permission is for some issuers or clients alone. Of one issuer and one client the question has an answer.
    PerIssuer,
    /// Conditions on this claim depend on each other in a way that is not analysed: one asks that it is present, or two
    /// ask for members of an object.
    DependentConditions {
        /// The claim.
        claim: String,
    },
}

impl fmt::Display for Undecided {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::TooLarge => f.write_str("too large to decide"),
            Self::NotAnalysed { claim } => {
                write!(f, "not analysed: found the claim `{claim}`, expected `scopes` or `groups` in its place")
            }
            Self::PerIssuer => f.write_str("not analysed: found `issuers` or `clients`, expected the question to be of one: `--issuer NAME`, `--client ID`"),
            Self::DependentConditions { claim } => {
                write!(f, "not analysed: found `present` or several objects as conditions on the claim `{claim}`")
            }
        }
    }
}

impl std::error::Error for Undecided {}

/// How many candidates one question may look at. One takes a few microseconds.
const MOST_CANDIDATES: u32 = 1_000_000;

/// Work that is left. When it is spent, there is no answer.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Budget {
    left: u32,
    given: u32,
}

impl Default for Budget {
    /// A million candidates.
    fn default() -> Self {
        Self::of(MOST_CANDIDATES)
    }
}

impl Budget {
    /// This many candidates.
    #[must_use]
    pub fn of(candidates: u32) -> Self {
        Self { left: candidates, given: candidates }
    }

    /// How many candidates were looked at?
    #[must_use]
    pub fn spent(self) -> u32 {
        self.given - self.left
    }

    pub(crate) fn spend(&mut self) -> Result<(), Undecided> {
        self.left = self.left.checked_sub(1).ok_or(Undecided::TooLarge)?;
        Ok(())
    }
}
