//! Which requested paths are refused for their spelling?
//!
//! A backend may decode or normalise a path after the decision: `/%61dmin` may become `/admin`, and `/users/a/..;/b` may
//! become `/users/b`. Then a decision about the text would be no decision about what is served. So **one path has one
//! spelling**: a request that spells a character in another way than routes do is refused, whatever the document allows.
//!
//! The rule is a list of IAM patterns, because a policy has to say it, too: each policy with a wildcard denies exactly these
//! ([`Spelling::patterns`]), and the engine refuses exactly these ([`Spelling::refuses`]). A test compares the two.
//!
//! Example: in a document with the literals `admin` and `a-b`, `/a%2Db` and `/%61dmin` are refused, and `/x%20y` and `/M%C3%BCnchen`
//! are not, since no route contains a space or an `ü`.

use std::collections::BTreeSet;

/// Two slashes in a row, a trailing slash (the `?` spares the root path, whose method ends in `VERB/`), dot segments.
const MALFORMED: [&str; 6] = ["*//*", "*/?*/", "*/./*", "*/../*", "*/.", "*/.."];

/// Encoded dots, slashes, `#` and `%`, which change where a path leads, and the backslash that some servers take for a slash.
const SEPARATORS: [&str; 7] = ["*%2e*", "*%2E*", "*%2f*", "*%2F*", "*%23*", "*%25*", "*\\*"];

/// A semicolon begins a matrix parameter (RFC 3986 section 3.3), which servers cut off: `/..;/` is `/../` to them.
const SEMICOLON: &str = "*;*";

/// What is refused of semicolons where a route has one.
const DOT_SEMICOLON: [&str; 2] = ["*/.;*", "*/..;*"];

/// The rows of ASCII with digits, letters, `_`, `~`, `\`, `;` and `?` (RFC 3986 section 2.3: an encoded unreserved
/// character is the same path).
const WHOLE_ROWS: [&str; 4] = ["*%3?*", "*%5?*", "*%6?*", "*%7?*"];

/// The row of ASCII with `@` and the letters A to O.
const LETTERS_ROW: &str = "*%4?*";

/// Up to this many encodings of the letters' row are spelled out; more are said as the whole row.
const MOST_LETTERS: usize = 4;

/// Characters besides letters and digits that the value of a claim in a path may have.
pub(crate) const CLAIM_PUNCTUATION: &str = "._~:@-+|";

/// Which spellings of paths are refused, for one permission document.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Spelling {
    patterns: Vec<String>,
    semicolons: bool,
    /// Two upper-case hexadecimal digits each, of the rows 2 and 4.
    encoded: BTreeSet<[u8; 2]>,
    whole_letters_row: bool,
}

impl Spelling {
    /// For routes with these literals. `denies_claims` says whether a deny rule names a claim, whose value can have any
    /// character that a claim's value may have.
    pub(crate) fn new<'a>(literals: impl Iterator<Item = &'a str>, denies_claims: bool) -> Self {
        let matters = |byte: &u8| *byte == b';' || is_selective(*byte);
        let mut characters: BTreeSet<u8> = literals.flat_map(str::bytes).filter(matters).collect();
        if denies_claims {
            characters.extend(CLAIM_PUNCTUATION.bytes().chain(b'A'..=b'O'));
        }
        let semicolons = characters.contains(&b';');
        let encoded: BTreeSet<[u8; 2]> =
            characters.iter().copied().filter(|byte| is_selective(*byte)).map(hex).collect();
        let letters = encoded.iter().filter(|[row, _]| *row == b'4');
        let whole_letters_row = letters.count() > MOST_LETTERS;
        let mut spelling = Self { patterns: Vec::new(), semicolons, encoded, whole_letters_row };
        spelling.patterns = spelling.written();
        spelling
    }

    fn written(&self) -> Vec<String> {
        let semicolon = if self.semicolons { DOT_SEMICOLON.as_slice() } else { &[SEMICOLON] };
        let fixed = MALFORMED.iter().chain(&SEPARATORS).chain(semicolon).chain(&WHOLE_ROWS);
        let mut patterns: Vec<String> = fixed.map(|pattern| (*pattern).to_owned()).collect();
        for [row, digit] in &self.encoded {
            if *row == b'4' && self.whole_letters_row {
                continue;
            }
            patterns.push(format!("*%{}{}*", char::from(*row), char::from(*digit)));
            if digit.is_ascii_alphabetic() {
                patterns.push(format!("*%{}{}*", char::from(*row), char::from(digit.to_ascii_lowercase())));
            }
        }
        if self.whole_letters_row {
            patterns.push(LETTERS_ROW.to_owned());
        }
        patterns
    }

    /// What every policy with a wildcard denies, behind API and stage.
    #[must_use]
    pub fn patterns(&self) -> &[String] {
        &self.patterns
    }

    /// Is a method, written `VERB/path`, refused for its spelling?
    #[must_use]
    pub fn refuses(&self, method: &str) -> bool {
        let (_, path) = method.split_once('/').unwrap_or_default();
        let malformed = |segment: &str| matches!(segment, "" | "." | "..");
        (!path.is_empty() && path.split('/').any(malformed)) || self.refuses_characters(method)
    }

    /// Most methods have none of these characters, so the look at each is short.
    fn refuses_characters(&self, method: &str) -> bool {
        let bytes = method.as_bytes();
        bytes.iter().enumerate().any(|(place, byte)| match byte {
            b'\\' => true,
            b';' => !self.semicolons || is_behind_dots(bytes.get(..place).unwrap_or_default()),
            b'%' => self.refuses_encoding(method.get(place + 1..).unwrap_or_default()),
            _ => false,
        })
    }

    /// `rest` is what follows a percent sign.
    fn refuses_encoding(&self, rest: &str) -> bool {
        let mut characters = rest.chars();
        let (Some(row), Some(digit)) = (characters.next(), characters.next()) else { return false };
        match row {
            '3' | '5' | '6' | '7' => true,
            '2' if matches!(digit, 'e' | 'E' | 'f' | 'F' | '3' | '5') => true,
            '4' if self.whole_letters_row => true,
            '2' | '4' => {
                let digit = u8::try_from(digit.to_ascii_uppercase()).unwrap_or_default();
                u8::try_from(row).is_ok_and(|row| self.encoded.contains(&[row, digit]))
            }
            _ => false,
        }
    }
}

/// Is this a character of the rows 2 and 4, of which only what routes contain is refused? Dot and slash are refused
/// always.
fn is_selective(byte: u8) -> bool {
    matches!(byte, 0x20..=0x2d | 0x40..=0x4f)
}

/// The two upper-case hexadecimal digits of a character.
fn hex(byte: u8) -> [u8; 2] {
    const DIGITS: &[u8; 16] = b"0123456789ABCDEF";
    let digit = |value: u8| DIGITS.get(usize::from(value)).copied().unwrap_or_default();
    [digit(byte >> 4), digit(byte & 0xf)]
}

/// Do these bytes end in a segment of one or two dots?
fn is_behind_dots(bytes: &[u8]) -> bool {
    bytes.ends_with(b"/.") || bytes.ends_with(b"/..")
}

#[cfg(test)]
mod tests {
    use super::*;

    /// IAM's matcher, as simple as can be: `*` is any run of characters, `?` any one.
    fn matches(pattern: &[char], text: &[char]) -> bool {
        match (pattern.split_first(), text.split_first()) {
            (None, None) => true,
            (Some(('*', rest)), _) => {
                matches(rest, text) || (!text.is_empty() && matches(pattern, text.get(1..).unwrap()))
            }
            (Some(('?', rest)), Some((_, tail))) => matches(rest, tail),
            (Some((one, rest)), Some((other, tail))) => one == other && matches(rest, tail),
            _ => false,
        }
    }

    fn said(spelling: &Spelling, method: &str) -> bool {
        let text: Vec<char> = method.chars().collect();
        spelling.patterns.iter().any(|pattern| matches(&pattern.chars().collect::<Vec<_>>(), &text))
    }

    fn spellings() -> Vec<Spelling> {
        let of = |literals: &[&str], claims| Spelling::new(literals.iter().copied(), claims);
        vec![
            of(&["a"], false),
            of(&["a-b", "x@y", "J"], false),
            of(&["ABCDE"], false),
            of(&["a;b"], false),
            of(&["a"], true),
        ]
    }

    #[test]
    fn the_engine_refuses_exactly_what_the_patterns_of_a_policy_match() {
        let encodings = (0..=255u8).flat_map(|byte| [format!("%{byte:02x}"), format!("%{byte:02X}")]);
        let mut paths: Vec<String> = encodings.map(|encoded| format!("x{encoded}y")).collect();
        let pieces = ["", "a", ".", "..", "..;", ".;", "a;b", "\\", "%", "%2", "%3", "%3/", "%4é", "é"];
        for one in pieces {
            paths.extend(pieces.iter().map(|other| format!("{one}/{other}")));
            paths.extend(pieces.iter().map(|other| format!("x/{one}{other}/y")));
            paths.push(one.to_owned());
        }
        for spelling in spellings() {
            for path in &paths {
                let method = format!("GET/{path}");
                assert_eq!(spelling.refuses(&method), said(&spelling, &method), "{method} {:?}", spelling.patterns);
            }
        }
    }

    #[test]
    fn no_encoding_of_a_character_that_routes_have_is_open_and_others_are() {
        let spelling = Spelling::new(["admin", "a-b", "x@y", "J"].into_iter(), false);
        for refused in ["%61dmin", "a%2db", "a%2Db", "x%40y", "%4a", "%4A", "%5C", "%3b", "%2e%2e", "%252e"] {
            assert!(spelling.refuses(&format!("GET/{refused}")), "{refused}");
        }
        for usable in ["a%20b", "%C3%B6", "a%2Cb", "%4B", "%41"] {
            assert!(!spelling.refuses(&format!("GET/{usable}")), "{usable}");
        }
    }

    #[test]
    fn a_path_of_dots_empty_segments_or_a_trailing_slash_is_refused_and_the_root_path_is_not() {
        let spelling = Spelling::new(["a"].into_iter(), false);
        for refused in ["GET//", "GET/a/", "GET//a", "GET/a//b", "GET/.", "GET/a/..", "GET/a/./b"] {
            assert!(spelling.refuses(refused), "{refused}");
        }
        for usable in ["GET/", "GET/a", "GET/...", "GET/a.b"] {
            assert!(!spelling.refuses(usable), "{usable}");
        }
    }
}
