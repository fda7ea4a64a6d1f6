//! How much of a token's rights does the one cached policy hold, how large is it, and how long does it take?
//!
//! `cargo bench --bench policy` looks at documents with the shapes of eight public APIs, each as it is and with
//! `"complete": true`. `cargo bench --bench policy -- FILE...` looks at permission documents of one's own.

#![allow(
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::panic,
    clippy::print_stdout,
    clippy::unwrap_used,
    reason = "a measurement stops at the first surprise, and prints"
)]

mod answer;
mod documents;
mod holders;
mod shares;
mod times;

fn main() {
    let open = documents::all(false);
    let complete = documents::all(true);
    println!("{} open and complete documents\n", open.len());
    shares::print(&open, &complete);
    times::print(&open, &complete);
}
