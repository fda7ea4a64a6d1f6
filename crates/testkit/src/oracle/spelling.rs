//! Which spellings of a request are refused, whoever asks.

/// A backend may read a path as another one than the authorizer did: it may decode it, drop empty and dot segments, cut off
/// what follows a semicolon, or take a backslash for a slash. So these are refused:
///
/// 1. Two slashes in a row, a segment `.` or `..`, also as the last one, and a slash at the end of a path that is not the
///    root path.
/// 2. A backslash. A semicolon; if a literal of the document has one, only a segment that begins with `.;` or `..;`.
/// 3. A percent sign and two hexadecimal digits, in either case, for `.`, `/`, `#` and `%`.
/// 4. The same for all of the rows 3, 5, 6 and 7 of ASCII: `%3`, `%5`, `%6` or `%7` and one more character of any kind.
/// 5. Of the rows 2 and 4 the characters that a literal of the document has. If a deny names a claim, all that a claim's
///    value can have counts as a literal: `-`, `@` and the letters `A` to `O`. If that is more than four characters of row
///    4, all of row 4: `%4` and one more character of any kind.
/// 6. The API's own prefix once more: `:{api}/{stage}/` anywhere in the verb and the path.
///
/// Row 4's letters from `A` to `O` are `%41` to `%4F`. `%20`, `%22`, `%24`, `%2A` and UTF-8 are never refused.
pub struct Spelling {
    /// Of the rows 2 and 4.
    encoded: Vec<u8>,
    all_of_row_4: bool,
    has_semicolons: bool,
}

/// Of row 2, whatever the document has: `.`, `/`, `#`, `%`.
const ALWAYS: &[u8] = b"./#%";

/// Of rows 2 and 4, what the value of a claim can have besides `.`.
const OF_CLAIMS: &[u8] = b"+-@ABCDEFGHIJKLMNO";

impl Spelling {
    pub(super) fn new<'a>(literals: impl Iterator<Item = &'a str>, denies_claims: bool) -> Self {
        let mut written: Vec<u8> = literals.flat_map(str::bytes).collect();
        let has_semicolons = written.contains(&b';');
        if denies_claims {
            written.extend(OF_CLAIMS);
        }
        let is_in = |row: u8, byte: u8| byte / 16 == row;
        let mut encoded: Vec<u8> = written.into_iter().filter(|byte| is_in(2, *byte) || is_in(4, *byte)).collect();
        encoded.extend(ALWAYS);
        encoded.sort_unstable();
        encoded.dedup();
        let all_of_row_4 = encoded.iter().filter(|byte| is_in(4, **byte)).count() > 4;
        Self { encoded, all_of_row_4, has_semicolons }
    }

    pub(super) fn refuses(&self, api_and_stage: &str, verb: &str, path: &str) -> bool {
        let method = format!("{verb}/{path}");
        is_malformed(path)
            || self.has_separators(&method)
            || method.match_indices('%').any(|(at, _)| self.is_refused_encoding(&method[at + 1..]))
            || method.contains(&format!(":{api_and_stage}/"))
    }

    fn has_separators(&self, method: &str) -> bool {
        let mut segments = method.split('/').skip(1);
        let semicolon = if self.has_semicolons {
            segments.any(|segment| segment.starts_with(".;") || segment.starts_with("..;"))
        } else {
            method.contains(';')
        };
        semicolon || method.contains('\\')
    }

    /// What follows a percent sign.
    fn is_refused_encoding(&self, digits: &str) -> bool {
        let mut characters = digits.chars();
        let (Some(row), Some(column)) = (characters.next(), characters.next()) else { return false };
        match row {
            '3' | '5' | '6' | '7' => true,
            '4' if self.all_of_row_4 => true,
            '2' | '4' => {
                let byte = column.to_digit(16).map(|column| row.to_digit(16).unwrap_or_default() * 16 + column);
                byte.is_some_and(|byte| self.encoded.iter().any(|refused| u32::from(*refused) == byte))
            }
            _ => false,
        }
    }
}

fn is_malformed(path: &str) -> bool {
    let is_refused = |segment: &str| matches!(segment, "" | "." | "..");
    !path.is_empty() && path.split('/').any(is_refused)
}
