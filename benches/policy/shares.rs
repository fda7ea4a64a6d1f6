//! How much of what holders may do does the one cached policy open?

use super::answer::{Engine, arn, first_method};
use super::documents::Document;
use super::holders::{KINDS, Kind, Scopes, of_kind};
use permissions::iam::{DEFAULT_BUDGET_BYTES, Says};
use testkit::iam;

/// What was seen of some holders' policies.
#[derive(Clone, Copy, Default)]
struct Seen {
    holders: usize,
    exact: usize,
    whole: usize,
    /// Sum of the holders' shares, in percent.
    open: f64,
    largest: usize,
}

pub(crate) fn print(open: &[Document], complete: &[Document]) {
    println!("Policies within {DEFAULT_BUDGET_BYTES} bytes. exact: every granted method is open and nothing else that");
    println!("the document names, special values included; whole: every granted method is open on unknown values;");
    println!("open: share of the granted methods, the mean of the holders.\n");
    println!("| scopes held | holders | exact, whole, open | with `complete`: exact, whole, open |\n|---|--:|---|---|");
    for (name, kind) in KINDS {
        let (open, complete) = (of_all(open, kind), of_all(complete, kind));
        println!("| {name} | {} | {} | {} |", open.holders, open.text(), complete.text());
    }
    println!(
        "\n| all scopes | granted | bytes, open | with `complete` | largest permission: bytes, open | with `complete` |"
    );
    println!("|---|--:|--:|--:|--:|--:|");
    for (open, complete) in open.iter().zip(complete) {
        let granted = open.granted(&of_kind(open, Kind::All)[0].0).len();
        let cell = |document: &Document, kind| {
            let seen = of_one(document, kind);
            format!("{}, {:.1} %", seen.largest, seen.open)
        };
        let cells = [Kind::All, Kind::Largest].map(|kind| format!("{} | {}", cell(open, kind), cell(complete, kind)));
        println!("| {} | {granted} | {} |", open.name, cells.join(" | "));
    }
}

fn of_all(documents: &[Document], kind: Kind) -> Seen {
    documents.iter().map(|document| of_one(document, kind)).fold(Seen::default(), Seen::and)
}

fn of_one(document: &Document, kind: Kind) -> Seen {
    let engine = Engine::start(document);
    of_kind(document, kind).iter().map(|holder| of_holder(document, &engine, holder)).fold(Seen::default(), Seen::and)
}

/// Panics if the policy opens a method of the document that is not granted.
fn of_holder(document: &Document, engine: &Engine, holder: &Scopes) -> Seen {
    let compiled = engine.answer(holder, &first_method(document, holder));
    let bytes = serde_json::to_string(&compiled.document).unwrap().len();
    let policy = iam::Policy::from(compiled.document);
    let granted = document.granted(&holder.0);
    let opened = granted.iter().filter(|method| iam::allows(&policy, &arn(method))).count();
    for method in document.catalog() {
        let arn = arn(&method);
        assert!(!iam::allows(&policy, &arn) || engine.permits(holder, &arn), "{}: {arn}", document.name);
    }
    let whole = opened == granted.len();
    #[expect(clippy::as_conversions, clippy::cast_precision_loss, reason = "a few thousand at the most")]
    let open = opened as f64 * 100.0 / granted.len() as f64;
    let exact = compiled.says == Says::All;
    assert!(whole || !exact, "{}: says all, opens {opened} of {}", document.name, granted.len());
    Seen { holders: 1, exact: exact.into(), whole: whole.into(), open, largest: bytes }
}

impl Seen {
    fn and(self, other: Self) -> Self {
        Self {
            holders: self.holders + other.holders,
            exact: self.exact + other.exact,
            whole: self.whole + other.whole,
            open: self.open + other.open,
            largest: self.largest.max(other.largest),
        }
    }

    fn text(&self) -> String {
        #[expect(clippy::as_conversions, clippy::cast_precision_loss, reason = "a few hundred at the most")]
        let open = self.open / self.holders as f64;
        format!("{}, {}, {open:.1} %", self.exact, self.whole)
    }
}
