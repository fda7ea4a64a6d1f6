//! Which segments does a requested path have, and can it be trusted to mean what it says?

/// Percent-encoded forms of `.` and `/` (RFC 3986 section 2.1). Whether a method ARN carries them encoded or decoded is
/// not documented, and a backend may decode once more, so a path that holds one matches nothing.
pub const ENCODED_SEPARATORS: [&str; 4] = ["%2e", "%2E", "%2f", "%2F"];

/// The path of a request, split into segments. The root path has none.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RequestedPath<'a> {
    segments: Vec<&'a str>,
}

impl<'a> RequestedPath<'a> {
    /// Splits the path as it stands in a method ARN, without its leading slash.
    ///
    /// `None` when a segment is empty, is a dot segment, or holds an encoded separator: such a path matches no
    /// route at all, since whoever serves it may normalise it into another one.
    #[must_use]
    pub fn parse(path: &'a str) -> Option<Self> {
        if path.is_empty() {
            return Some(Self { segments: Vec::new() });
        }
        let is_plain = |segment: &&str| !matches!(*segment, "" | "." | "..");
        let whole = path.split('/').all(|segment| is_plain(&segment));
        let encoded = path.contains('%') && ENCODED_SEPARATORS.iter().any(|encoded| path.contains(encoded));
        (whole && !encoded).then(|| Self { segments: path.split('/').collect() })
    }

    /// The segments in order, none of them empty.
    #[must_use]
    pub fn segments(&self) -> &[&'a str] {
        &self.segments
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_path_is_split_at_its_slashes() {
        for (path, expected) in [
            ("", [].as_slice()),
            ("orders", ["orders"].as_slice()),
            ("orders/7/pii", ["orders", "7", "pii"].as_slice()),
            ("a:b/c%20d", ["a:b", "c%20d"].as_slice()),
            ("...", ["..."].as_slice()),
        ] {
            assert_eq!(RequestedPath::parse(path).expect(path).segments(), expected, "{path}");
        }
    }

    #[test]
    fn a_path_that_could_mean_another_one_is_not_a_path() {
        for path in ["/", "a/", "/a", "a//b", ".", "a/..", "a/./b", "a%2Fb", "a/%2e%2e/b", "a%2f", "%2E"] {
            assert_eq!(RequestedPath::parse(path), None, "{path}");
        }
    }
}
