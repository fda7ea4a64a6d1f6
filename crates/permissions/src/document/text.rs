//! Is the document UTF-8?

use std::borrow::Cow;

/// The byte order mark as UTF-8 writes it (RFC 8259 section 8.1: a parser may ignore it).
pub(crate) const MARK: &[u8] = b"\xEF\xBB\xBF";

/// The document's text, with its byte order mark if it has one. Other encodings are refused by name.
///
/// # Errors
/// What was found instead, and at which byte.
pub(crate) fn read(document: &[u8]) -> Result<&str, (usize, Cow<'static, str>)> {
    if let Some(name) = other_encoding(document) {
        return Err((0, Cow::Owned(format!("found the encoding {name}, expected UTF-8: save the file as UTF-8"))));
    }
    std::str::from_utf8(document).map_err(|error| {
        let problem = "found a byte that is not UTF-8, expected a file saved as UTF-8";
        (error.valid_up_to(), Cow::Borrowed(problem))
    })
}

/// UTF-16 and UTF-32 show themselves by their marks (The Unicode Standard, section 23.8), or by zeros around the first
/// character, which is ASCII in JSON.
fn other_encoding(document: &[u8]) -> Option<&'static str> {
    match document {
        [0xFF, 0xFE, 0, 0, ..] | [(1..), 0, 0, 0, ..] => Some("UTF-32 (little-endian)"),
        [0, 0, 0xFE, 0xFF, ..] | [0, 0, 0, (1..), ..] => Some("UTF-32 (big-endian)"),
        [0xFF, 0xFE, ..] | [(1..), 0, ..] => Some("UTF-16 (little-endian)"),
        [0xFE, 0xFF, ..] | [0, (1..), ..] => Some("UTF-16 (big-endian)"),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn another_encoding_is_refused_by_name_and_a_mark_is_read() {
        let wide = |mark: &[u8], encode: fn(u16) -> Vec<u8>| {
            [mark.to_vec(), "{}".encode_utf16().flat_map(encode).collect()].concat()
        };
        let little = |unit: u16| unit.to_le_bytes().to_vec();
        let big = |unit: u16| unit.to_be_bytes().to_vec();
        let little_32 = |unit: u16| u32::from(unit).to_le_bytes().to_vec();
        let big_32 = |unit: u16| u32::from(unit).to_be_bytes().to_vec();
        for (document, expected) in [
            (b"{}".to_vec(), None),
            ([MARK, b"{}"].concat(), None),
            (Vec::new(), None),
            (wide(b"\xFF\xFE", little), Some((0, "UTF-16 (little-endian)"))),
            (wide(b"", little), Some((0, "UTF-16 (little-endian)"))),
            (wide(b"\xFE\xFF", big), Some((0, "UTF-16 (big-endian)"))),
            (wide(b"", big), Some((0, "UTF-16 (big-endian)"))),
            (wide(b"\xFF\xFE\0\0", little_32), Some((0, "UTF-32 (little-endian)"))),
            (wide(b"", little_32), Some((0, "UTF-32 (little-endian)"))),
            (wide(b"\0\0\xFE\xFF", big_32), Some((0, "UTF-32 (big-endian)"))),
            (wide(b"", big_32), Some((0, "UTF-32 (big-endian)"))),
            (b"{\"caf\xE9\":1}".to_vec(), Some((5, "not UTF-8"))),
        ] {
            let refused = read(&document).err();
            assert_eq!(refused.as_ref().map(|(offset, _)| *offset), expected.map(|(offset, _)| offset), "{document:?}");
            assert!(refused.is_none_or(|(_, problem)| problem.contains(expected.unwrap().1)), "{document:?}");
        }
    }
}
