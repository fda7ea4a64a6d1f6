//! How long does a start take, how long the first answer of the worst holder, and how long the others?

use super::answer::{Engine, first_method};
use super::documents::Document;
use super::holders::{Scopes, each_and_all};
use std::hint::black_box;
use std::time::{Duration, Instant};

/// The best of so many is printed, since whatever else runs makes a time longer, never shorter.
const TRIES: usize = 5;

/// Tries of each holder in the search for the one that takes longest.
const TRIES_TO_FIND: usize = 2;

/// Warm answers that are timed together.
const ANSWERS: u32 = 20;

pub(crate) fn print(open: &[Document], complete: &[Document]) {
    println!(
        "\nMilliseconds, the best of {TRIES}. A start reads the document. The first answer of the holders of each"
    );
    println!(
        "permission alone and of the holder of all: the one that takes longest, with the number of methods granted;"
    );
    println!("then the one that takes longest when asked again.\n");
    println!("| | start | first answer, worst holder | warm | with `complete`: start | first | warm |");
    println!("|---|--:|--:|--:|--:|--:|--:|");
    for (open, complete) in open.iter().zip(complete) {
        println!("| {} | {} | {} |", open.name, times(open), times(complete));
    }
}

fn times(document: &Document) -> String {
    let holders = each_and_all(document);
    let start = best(|| drop(black_box(Engine::start(document))));
    let first = |holder: &Scopes, tries| (0..tries).map(|_| first_answer(document, holder)).min().unwrap();
    let worst = holders.iter().max_by_key(|holder| first(holder, TRIES_TO_FIND)).unwrap();
    let first = first(worst, TRIES);
    let routes = document.granted(&worst.0).len();
    let warm = holders.iter().map(|holder| warm_answer(document, holder)).max().unwrap();
    format!("{} | {} ({routes}) | {}", milliseconds(start), milliseconds(first), milliseconds(warm))
}

fn first_answer(document: &Document, holder: &Scopes) -> Duration {
    let (engine, method) = (Engine::start(document), first_method(document, holder));
    let begun = Instant::now();
    black_box(engine.answer(holder, &method));
    begun.elapsed()
}

fn warm_answer(document: &Document, holder: &Scopes) -> Duration {
    let (engine, method) = (Engine::start(document), first_method(document, holder));
    black_box(engine.answer(holder, &method));
    let answers = || (0..ANSWERS).for_each(|_| drop(black_box(engine.answer(holder, &method))));
    best(answers) / ANSWERS
}

fn best(run: impl Fn()) -> Duration {
    let time = || {
        let begun = Instant::now();
        run();
        begun.elapsed()
    };
    (0..TRIES).map(|_| time()).min().unwrap()
}

fn milliseconds(time: Duration) -> String {
    format!("{:.3}", time.as_secs_f64() * 1000.0)
}
