//! Where is a file that a setting names, and is it text that can be read?

use super::error::ConfigError;
use std::fmt::Display;
use std::path::{Path, PathBuf};

/// The byte order mark of UTF-8. RFC 8259 section 8.1 lets a reader pass over it; editors on Windows write it.
const UTF_8_MARK: [u8; 3] = [0xEF, 0xBB, 0xBF];

/// Files of the deployment package: relative paths are looked up in `LAMBDA_TASK_ROOT`, then in the working directory.
pub struct Files {
    folders: Vec<PathBuf>,
}

impl Files {
    /// `task_root` is the value of `LAMBDA_TASK_ROOT`, `working_directory` where the process runs.
    #[must_use]
    pub fn new(task_root: Option<String>, working_directory: PathBuf) -> Self {
        Self { folders: task_root.map(PathBuf::from).into_iter().chain([working_directory]).collect() }
    }

    /// Reads the file that this setting names, and hands it to `parse` without a byte order mark.
    ///
    /// # Errors
    /// [`ConfigError::File`] when it is nowhere, cannot be read, is not UTF-8, or is refused by `parse`.
    pub fn parse<T, E: Display>(
        &self,
        variable: &'static str,
        file: &str,
        parse: impl Fn(&[u8]) -> Result<T, E>,
    ) -> Result<T, ConfigError> {
        let unusable = |problem: String| ConfigError::File { variable, path: file.to_owned(), problem };
        let path = self.find(file).map_err(unusable)?;
        let bytes = std::fs::read(path).map_err(|error| unusable(error.to_string()))?;
        let text = without_mark(&bytes).map_err(unusable)?;
        parse(text).map_err(|error| unusable(error.to_string()))
    }

    fn find(&self, file: &str) -> Result<PathBuf, String> {
        // An absolute path stays what it is, whatever it is joined to.
        let mut places: Vec<PathBuf> = self.folders.iter().map(|folder| folder.join(file)).collect();
        places.dedup();
        if let Some(found) = places.iter().find(|place| place.exists()) {
            return Ok(found.clone());
        }
        let places: Vec<String> = places.iter().map(|place| format!("`{}`", place.display())).collect();
        Err(format!("not found: looked for {}", places.join(", then ")))
    }
}

/// Where the process runs, as far as it can be told.
#[must_use]
pub fn working_directory() -> PathBuf {
    std::env::current_dir().unwrap_or_else(|_| Path::new(".").to_owned())
}

fn without_mark(bytes: &[u8]) -> Result<&[u8], String> {
    if let Some(rest) = bytes.strip_prefix(&UTF_8_MARK) {
        return Ok(rest);
    }
    match other_encoding(bytes) {
        Some(encoding) => Err(format!("found {encoding}, expected UTF-8")),
        None => Ok(bytes),
    }
}

/// What a byte order mark says, or where there is none, the zeros beside the first character, which is ASCII in all that
/// is read here (RFC 4627 section 3).
fn other_encoding(bytes: &[u8]) -> Option<&'static str> {
    match bytes {
        [0xFF, 0xFE, 0, 0, ..] | [1..=255, 0, 0, 0, ..] => Some("UTF-32 (little endian)"),
        [0, 0, 0xFE, 0xFF, ..] | [0, 0, 0, 1..=255, ..] => Some("UTF-32 (big endian)"),
        [0xFF, 0xFE, ..] | [1..=255, 0, ..] => Some("UTF-16 (little endian)"),
        [0xFE, 0xFF, ..] | [0, 1..=255, ..] => Some("UTF-16 (big endian)"),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn utf_8_is_read_with_and_without_a_mark_and_other_encodings_are_named() {
        let utf_16 = |text: &str| text.encode_utf16().flat_map(u16::to_le_bytes).collect::<Vec<u8>>();
        let utf_16_big = |text: &str| text.encode_utf16().flat_map(u16::to_be_bytes).collect::<Vec<u8>>();
        let utf_32 = |text: &str| text.chars().flat_map(|c| u32::from(c).to_le_bytes()).collect::<Vec<u8>>();
        let utf_32_big = |text: &str| text.chars().flat_map(|c| u32::from(c).to_be_bytes()).collect::<Vec<u8>>();
        let other = |name: &str| Err(format!("found {name}, expected UTF-8"));
        for (bytes, expected) in [
            (b"{}".to_vec(), Ok(b"{}".as_slice())),
            ("\u{feff}{}".as_bytes().to_vec(), Ok(b"{}".as_slice())),
            ("{\"é\"}".as_bytes().to_vec(), Ok("{\"é\"}".as_bytes())),
            (Vec::new(), Ok(b"".as_slice())),
            (utf_16("\u{feff}{}"), other("UTF-16 (little endian)")),
            (utf_16("{}"), other("UTF-16 (little endian)")),
            (utf_16_big("\u{feff}{}"), other("UTF-16 (big endian)")),
            (utf_16_big("{}"), other("UTF-16 (big endian)")),
            (utf_32("\u{feff}{}"), other("UTF-32 (little endian)")),
            (utf_32("{}"), other("UTF-32 (little endian)")),
            (utf_32_big("\u{feff}{}"), other("UTF-32 (big endian)")),
            (utf_32_big("{}"), other("UTF-32 (big endian)")),
        ] {
            assert_eq!(without_mark(&bytes), expected, "{bytes:?}");
        }
    }

    #[test]
    fn a_file_that_is_nowhere_is_told_with_every_place_that_was_looked_at() {
        let nothing = |_: &[u8]| Ok::<(), String>(());
        let files = Files::new(Some("/nowhere/task".to_owned()), PathBuf::from("/nowhere/here"));
        for (path, expected) in [
            (
                "permissions.json",
                "not found: looked for `/nowhere/task/permissions.json`, then `/nowhere/here/permissions.json`",
            ),
            ("/nowhere/x.json", "not found: looked for `/nowhere/x.json`"),
        ] {
            let error = files.parse("PERMISSIONS_FILE", path, nothing).unwrap_err();
            assert_eq!(error.to_string(), format!("`PERMISSIONS_FILE`: file `{path}`: {expected}"));
        }
    }

    #[test]
    fn a_file_of_the_package_comes_before_one_beside_the_process() {
        let source = concat!(env!("CARGO_MANIFEST_DIR"), "/src");
        let files = Files::new(Some(source.to_owned()), PathBuf::from(env!("CARGO_MANIFEST_DIR")));
        let text = |bytes: &[u8]| Ok::<_, String>(String::from_utf8_lossy(bytes).into_owned());
        assert!(files.parse("PERMISSIONS_FILE", "lib.rs", text).unwrap().contains("pub mod config"));
        assert!(files.parse("PERMISSIONS_FILE", "Cargo.toml", text).unwrap().contains("[package]"));
    }
}
