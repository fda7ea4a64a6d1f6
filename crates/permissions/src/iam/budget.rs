//! How much work may finding one policy take?

/// All that one compilation may spend, in steps: one step is the work on one machine word of a set of rows, or on one
/// segment of a path. The worst document known, 16 groups that list the same 16 greedy routes with 8 denies each, is cut off
/// here after some 0.1 s of a full core (`cargo bench --bench work_bounds`).
pub(super) const MOST_STEPS: usize = 60_000_000;

/// The work that is left. What is asked for under a budget comes as a `Result`: a spent budget gives no answer, so nobody
/// can use one by mistake.
#[derive(Debug)]
pub(super) struct Budget {
    left: usize,
}

/// The budget is spent.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Spent;

impl Budget {
    pub(super) fn new(steps: usize) -> Self {
        Self { left: steps }
    }

    /// Takes this many steps.
    pub(super) fn spend(&mut self, steps: usize) -> Result<(), Spent> {
        self.left = self.left.checked_sub(steps).ok_or(Spent)?;
        Ok(())
    }
}
