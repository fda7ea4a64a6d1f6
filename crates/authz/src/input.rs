//! Reads the files that the command line names.

use crate::outcome::Failure;
use permissions::Permissions;
use std::io::Read as _;
use std::path::Path;

/// The file's text; of `-`, what comes in at standard input.
///
/// # Errors
/// [`Failure::File`] when it cannot be read or is not UTF-8.
pub fn text(file: &Path) -> Result<String, Failure> {
    let mut text = String::new();
    let read = if file == Path::new("-") {
        std::io::stdin().read_to_string(&mut text).map(|_| text)
    } else {
        std::fs::read_to_string(file)
    };
    read.map_err(|error| Failure::file(file, error))
}

/// The file's bytes; of `-`, what comes in at standard input.
///
/// # Errors
/// [`Failure::File`] when it cannot be read.
pub fn bytes(file: &Path) -> Result<Vec<u8>, Failure> {
    let mut bytes = Vec::new();
    let read = if file == Path::new("-") {
        std::io::stdin().read_to_end(&mut bytes).map(|_| bytes)
    } else {
        std::fs::read(file)
    };
    read.map_err(|error| Failure::file(file, error))
}

/// The permission document in the file, read by the engine.
///
/// # Errors
/// [`Failure::File`] when it cannot be read or is not valid.
pub fn permissions(file: &Path) -> Result<Permissions, Failure> {
    Permissions::parse(text(file)?.as_bytes()).map_err(|error| Failure::file(file, error))
}
