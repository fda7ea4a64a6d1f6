//! Prints the shape of a permission document as `shapes.json` holds it:
//! `cargo run -p testkit --example measure_api_shape -- DOCUMENT NAME SOURCE whole|read_write|read_needs_both|by_deed`

#![allow(
    clippy::indexing_slicing,
    clippy::panic,
    clippy::print_stdout,
    clippy::unwrap_used,
    reason = "an example stops at the first surprise, and prints"
)]

use serde_json::Value;
use testkit::api_shapes;

fn main() {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let [document, name, source, split] = arguments.as_slice() else { panic!("wants four arguments") };
    let document: Value = serde_json::from_slice(&std::fs::read(document).unwrap()).unwrap();
    let split = serde_json::from_value(Value::String(split.clone())).unwrap();
    let shape = serde_json::to_value(api_shapes::shape(&document, name, source, split)).unwrap();
    println!("{{");
    // The values of the shape on a line each, and so each kind of node.
    for (name, value) in shape.as_object().unwrap().iter().filter(|(name, _)| *name != "kinds") {
        println!("  {}: {value},", Value::from(name.as_str()));
    }
    let kinds = shape["kinds"].as_object().unwrap().iter();
    let kinds: Vec<_> = kinds.map(|(kind, value)| format!("    {}: {value}", Value::from(kind.as_str()))).collect();
    println!("  \"kinds\": {{\n{}\n  }}\n}}", kinds.join(",\n"));
}
