//! What does a specification say about who may call an API?
//!
//! OpenAPI 3.0 and 3.1, Swagger 2.0, what API Gateway exports, and SAM templates become one [`Api`]: routes, each with the
//! [`Access`] that the specification gives. [`document`] writes it as a permission document; [`drift`] compares it with one.
//! What cannot be read is reported and opens nothing.

pub(crate) mod access;
mod base_path;
pub(crate) mod document;
pub(crate) mod drift;
mod openapi;
mod place;
pub(crate) mod remarks;
mod sam;
mod security;
pub(crate) mod source;

use crate::outcome::Failure;
use access::Access;
use permissions::Route;
use remarks::Remarks;
use serde_json::Value;
use source::Sources;
use std::path::Path;

/// How to read a specification.
#[derive(Clone, Debug, Default)]
pub(crate) struct Reading {
    /// In place of the servers' base path.
    pub base_path: Option<String>,
    /// Security schemes that a verified token fulfils, whatever their type.
    pub token_schemes: Vec<String>,
    /// Is one scope of a list enough? OpenAPI asks for all of them.
    pub any_scope: bool,
    /// The logical id of the API, for a template with several.
    pub api: Option<String>,
}

/// The routes of an API, each path and verb once, in the order of their paths.
#[derive(Debug)]
pub(crate) struct Api {
    /// Each with who may call it.
    pub operations: Vec<(Route, Access)>,
}

/// Reads the specification or template in a file.
pub(crate) fn read(file: &Path, reading: &Reading, remarks: &mut Remarks) -> Result<Api, Failure> {
    let mut sources = Sources::new(file);
    let found = sources.main()?;
    match kind(&found) {
        Some(Kind::Specification) => openapi::read(&found, file, &mut sources, reading, remarks),
        Some(Kind::Template) => {
            let specification = sam::specification(&found, file, &mut sources, reading)?;
            openapi::read(&specification, file, &mut sources, reading, remarks)
        }
        None => Err(Failure::file(
            file,
            "found neither `openapi: 3.0.x` or `3.1.x`, nor `swagger: \"2.0\"`, nor the `Resources` of a template",
        )),
    }
}

enum Kind {
    Specification,
    Template,
}

fn kind(found: &Value) -> Option<Kind> {
    let version = |member: &str| match found.get(member) {
        Some(Value::String(text)) => text.clone(),
        // YAML reads `swagger: 2.0` and `openapi: 3.1` as numbers.
        Some(number @ Value::Number(_)) => number.to_string(),
        _ => String::new(),
    };
    if version("openapi").starts_with("3.") || version("swagger").starts_with('2') {
        Some(Kind::Specification)
    } else if found.get("Resources").is_some_and(Value::is_object) {
        Some(Kind::Template)
    } else {
        None
    }
}
