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
        Self { left: MOST_STEPS, touches: BTreeMap::new(), harms: BTreeMap::new() }
    }
}

impl Effort {
    /// Takes this many steps.
    pub(super) fn spend(&mut self, steps: usize) -> Result<(), Spent> {
        self.left = self.left.checked_sub(steps).ok_or(Spent)?;
        Ok(())
    }
}
