//! Documents with the shapes of public APIs: `cargo run -p testkit --example api_shapes`
//!
//! Alone it prints how large the shapes are, as a table; with `-- NAME SEED [complete]` a document.

#![allow(clippy::print_stdout, clippy::unwrap_used, reason = "an example stops at the first surprise, and prints")]

use testkit::api_shapes::{Figures, SHAPES, document, figures, named};

fn main() {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    if let [name, seed, rest @ ..] = arguments.as_slice() {
        let complete = rest.iter().any(|argument| argument == "complete");
        println!("{}", document(named(name), seed.parse().unwrap(), complete));
        return;
    }
    println!("{HEAD}");
    for shape in SHAPES.iter() {
        row(&shape.name, &shape.figures, &figures(&document(shape, 1, false)));
    }
}

const HEAD: &str = "\
| measured / made | routes | paths | permissions | routes of the largest | bytes | segments of 100 paths \
| of these parameters | literals beside a parameter | pairs where a literal wins | literals that recur \
| below a parameter in its area |
|---|--:|--:|--:|--:|--:|--:|--:|--:|--:|--:|--:|";

fn row(name: &str, measured: &Figures, made: &Figures) {
    let cell = |figure: fn(&Figures) -> usize, unit: &str| match (figure(measured), figure(made)) {
        (measured, made) if measured == made => format!("{made}{unit}"),
        (measured, made) => format!("{measured} / {made}{unit}"),
    };
    let cells = [
        cell(|figures| figures.routes, ""),
        cell(|figures| figures.paths, ""),
        cell(|figures| figures.permissions, ""),
        cell(|figures| figures.largest_permission, ""),
        cell(|figures| figures.bytes, ""),
        cell(|figures| figures.segments_percent, ""),
        cell(|figures| figures.parameters_percent, " %"),
        cell(|figures| figures.literals_beside_parameters, ""),
        cell(|figures| figures.pairs_where_a_literal_wins, ""),
        cell(|figures| figures.suffix_places_percent, " %"),
        cell(|figures| figures.same_area_below_parameter_percent, " %"),
    ];
    println!("| {name} | {} |", cells.join(" | "));
}
