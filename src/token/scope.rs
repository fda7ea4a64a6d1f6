//! Which scopes does a `scope` claim list?

/// The scope tokens of a `scope` claim (RFC 6749 section 3.3): compared whole and case-sensitively.
#[derive(Clone, Debug, Default)]
pub struct Scopes(Vec<String>);

impl Scopes {
    /// Splits a text at spaces. Repeated spaces separate as one does.
    #[must_use]
    pub fn parse(claim: &str) -> Self {
        Self::listed(claim.split(' ').filter(|scope| !scope.is_empty()))
    }

    /// Scopes that a list names, each as it is.
    pub fn listed<'a>(scopes: impl Iterator<Item = &'a str>) -> Self {
        let mut scopes: Vec<String> = scopes.map(ToOwned::to_owned).collect();
        scopes.sort_unstable();
        Self(scopes)
    }

    /// Is this one of them?
    #[must_use]
    pub fn contain(&self, scope: &str) -> bool {
        self.0.binary_search_by(|known| known.as_str().cmp(scope)).is_ok()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn scopes_match_whole_and_by_case() {
        let scopes = Scopes::parse("orders/read  openid https://api.example.com/v1/orders.write");
        for (scope, expected) in [
            ("orders/read", true),
            ("openid", true),
            ("https://api.example.com/v1/orders.write", true),
            ("orders", false),
            ("read", false),
            ("Orders/read", false),
            ("orders/read ", false),
            ("", false),
            ("*", false),
        ] {
            assert_eq!(scopes.contain(scope), expected, "{scope}");
        }
    }

    #[test]
    fn a_listed_scope_is_not_split() {
        let scopes = Scopes::listed(["b", "a c"].into_iter());
        assert!(scopes.contain("b") && scopes.contain("a c") && !scopes.contain("a"));
    }

    #[test]
    fn only_a_space_separates() {
        assert!(!Scopes::parse("a\tb,c+d").contain("a"));
        assert!(!Scopes::parse("").contain(""));
    }
}
