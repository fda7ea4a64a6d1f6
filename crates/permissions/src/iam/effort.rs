//! What finding one policy may take, and what was found out on the way.

use super::word::Glob;
use std::collections::BTreeMap;

/// All that one compilation may spend, in steps: one step is the work on one machine word of a set of rows, or on one
/// segment of a path. The worst document known, 16 groups that list the same 16 greedy routes with 8 denies each, is cut off
/// here after some 0.1 s of a full core (`cargo bench --bench work_bounds`).
const MOST_STEPS: usize = 20_000_000;

/// The work that is left, and answers that were paid for. What is asked for under a budget comes as a `Result`: a spent
/// budget gives no answer, so nobody can use one by mistake.
#[derive(Debug)]
pub(super) struct Effort {
    left: usize,
    is_spent: bool,
    /// Does a glob match anything that is granted?
    pub(super) touches: BTreeMap<Glob, bool>,
    /// What would a Deny for a glob shut?
    pub(super) harms: BTreeMap<Glob, Harm>,
}

/// The budget is spent.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Spent;

/// What a Deny for a glob would shut of what is granted.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Harm {
    /// Nothing.
    None,
    /// Only paths in which a parameter equals a text of the document, or the longer paths of a greedy row.
    Special {
        /// Does it shut paths of a greedy row that are longer than its shortest?
        deep: bool,
    },
    /// The ordinary paths of these rows.
    Rows(Vec<usize>),
}

impl Default for Effort {
    fn default() -> Self {
        Self::of_steps(MOST_STEPS)
    }
}

impl Effort {
    /// So many steps, and nothing found out yet.
    pub(super) fn of_steps(steps: usize) -> Self {
        Self { left: steps, is_spent: false, touches: BTreeMap::new(), harms: BTreeMap::new() }
    }

    /// Takes this many steps.
    pub(super) fn spend(&mut self, steps: usize) -> Result<(), Spent> {
        let Some(left) = self.left.checked_sub(steps) else {
            self.is_spent = true;
            return Err(Spent);
        };
        self.left = left;
        Ok(())
    }

    /// The steps that are left.
    pub(super) fn left(&self) -> usize {
        self.left
    }

    /// Was more asked for than was left? Then what was found may be coarser than it would be with more steps.
    pub(super) fn is_spent(&self) -> bool {
        self.is_spent
    }
}
