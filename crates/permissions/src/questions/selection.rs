//! Which allows can gain, and what can keep the old document from allowing.

use crate::route::Route;

/// The allows that can gain.
#[derive(Clone, Copy, Debug)]
pub(crate) enum From<'a> {
    All,
    /// Those that can match what this route matches.
    Meeting(&'a Route),
    Permission(usize),
    Rule(usize, usize),
}

/// What can keep the old document from allowing.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Partners {
    pub(crate) nothing: bool,
    pub(crate) winners: bool,
    pub(crate) denies: Denies,
}

#[derive(Clone, Copy, Debug)]
pub(crate) enum Denies {
    None,
    All,
    Permission(usize),
    Rule(usize, usize),
}

impl Partners {
    pub(crate) const ALL: Self = Self { nothing: true, winners: true, denies: Denies::All };
    pub(crate) const NONE: Self = Self { nothing: true, winners: false, denies: Denies::None };
    pub(crate) const WINNERS: Self = Self { nothing: true, winners: true, denies: Denies::None };
}

impl Denies {
    pub(crate) fn includes(self, permission: usize, route: usize) -> bool {
        match self {
            Self::None => false,
            Self::All => true,
            Self::Permission(wanted) => wanted == permission,
            Self::Rule(wanted, place) => (wanted, place) == (permission, route),
        }
    }
}
