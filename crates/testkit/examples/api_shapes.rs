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
        row(&shape.name, &shape.figures);
        row("made", &figures(&document(shape, 1, false)));
    }
}

const HEAD: &str = "\
| | routes | paths | permissions | scopes | largest permission, routes | KB | segments of a path, on average | at most \
| parameters | greedy | literals beside a parameter, places | a literal wins, pairs of paths | literals that recur | paths below a parameter, in its area |
|---|--:|--:|--:|--:|--:|--:|--:|--:|--:|--:|--:|--:|--:|--:|";

fn row(name: &str, figures: &Figures) {
    let Figures { routes, paths, permissions, scopes, largest_permission, .. } = figures;
    let Figures { deepest, parameters_percent, greedy, literals_beside_parameters, .. } = figures;
    let Figures {
        same_area_below_parameter_percent,
        pairs_where_a_literal_wins,
        suffix_places_percent,
        segments_percent,
        bytes,
        ..
    } = figures;
    let (kilobytes, whole, tenths) = ((bytes + 500) / 1000, segments_percent / 100, segments_percent / 10 % 10);
    println!(
        "| {name} | {routes} | {paths} | {permissions} | {scopes} | {largest_permission} | {kilobytes} \
         | {whole}.{tenths} | {deepest} | {parameters_percent} % | {greedy} | {literals_beside_parameters} \
         | {pairs_where_a_literal_wins} | {suffix_places_percent} % \
         | {same_area_below_parameter_percent} % |"
    );
}
