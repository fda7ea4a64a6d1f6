//! The user's own tests of a permission document: what a test file says, and what comes of running it.

mod file;
mod junit;
mod missing;
mod run;
mod written;

pub(crate) use file::{Suite, find, read};
pub(crate) use junit::write as junit;
pub(crate) use missing::{Report, missing};
pub(crate) use run::{Outcome, run};
pub(crate) use written::method;
