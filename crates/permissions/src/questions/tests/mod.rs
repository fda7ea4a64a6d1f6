//! The answers against brute force, and by hand.

mod assertions;
pub(super) mod brute;
mod by_hand;
mod coverage;
mod dead;
pub(super) mod documents;
mod gains;
mod size;
mod why;
