//! The settings in a template of SAM or CloudFormation.

use crate::import::source;
use serde_json::{Map, Value};
use std::collections::BTreeMap;

/// A setting that no authorizer is without: it tells the function from others of the template.
const OF_EVERY_AUTHORIZER: &str = "APP_CLIENT_ID";

/// The settings whose values the template has, and the names of those that it does not have.
///
/// # Errors
/// Why there are none.
pub(super) fn variables(text: &str) -> Result<(BTreeMap<String, String>, Vec<String>), String> {
    let template = source::parse(text)?;
    let functions = template.get("Resources").and_then(Value::as_object).into_iter().flat_map(Map::values);
    let variables = functions.filter_map(|resource| resource.pointer("/Properties/Environment/Variables"));
    let variables =
        variables.filter_map(Value::as_object).find(|variables| variables.contains_key(OF_EVERY_AUTHORIZER));
    let variables =
        variables.ok_or_else(|| format!("found no function with the environment variable {OF_EVERY_AUTHORIZER}"))?;
    let (mut known, mut open) = (BTreeMap::new(), Vec::new());
    for (name, written) in variables {
        match value(written, &template) {
            Some(value) => drop(known.insert(name.clone(), value)),
            None => open.push(name.clone()),
        }
    }
    Ok((known, open))
}

/// A value that stands in the template: as a text or number, or as the default of a parameter.
fn value(written: &Value, template: &Value) -> Option<String> {
    match written {
        // A short tag is read as what stands behind it, so a reference is a parameter's name.
        Value::String(text) => match parameter(text, template) {
            Some(parameter) => default(parameter),
            None => (!text.contains("${")).then(|| text.clone()),
        },
        Value::Object(object) => default(parameter(object.get("Ref")?.as_str()?, template)?),
        Value::Number(number) => Some(number.to_string()),
        Value::Bool(is) => Some(is.to_string()),
        Value::Null | Value::Array(_) => None,
    }
}

fn parameter<'a>(name: &str, template: &'a Value) -> Option<&'a Value> {
    template.get("Parameters")?.get(name)
}

/// An empty default stands for a value that is given at deployment, or for none.
fn default(parameter: &Value) -> Option<String> {
    match parameter.get("Default")? {
        Value::String(text) => Some(text.clone()).filter(|text| !text.is_empty()),
        Value::Number(number) => Some(number.to_string()),
        Value::Bool(is) => Some(is.to_string()),
        _ => None,
    }
}
