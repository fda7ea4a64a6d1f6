//! Who asks: holders of some of a document's scopes.

use super::documents::Document;
use permissions::Holder;
use serde_json::Value;
use std::collections::BTreeSet;
use testkit::api_shapes::Random;

/// Holders drawn of each kind that is drawn by lot: eight documents then give about as many as were looked at before.
const DRAWN: usize = 6;

/// The holder of an access token with these scopes and no other claims that count.
pub(crate) struct Scopes(pub(crate) BTreeSet<String>);

impl Holder for Scopes {
    fn has_scope(&self, scope: &str) -> bool {
        self.0.contains(scope)
    }

    fn has_group(&self, _: &str) -> bool {
        false
    }

    fn claim(&self, _: &str) -> Option<&Value> {
        None
    }
}

/// Kinds of holders. Who is drawn holds whole permissions: all scopes that one asks for.
pub(crate) const KINDS: [(&str, Kind); 5] = [
    ("1 permission, drawn", Kind::Drawn(1)),
    ("1 permission, the largest", Kind::Largest),
    ("5 permissions, drawn", Kind::Drawn(5)),
    ("20 permissions, drawn", Kind::Drawn(20)),
    ("all", Kind::All),
];

#[derive(Clone, Copy)]
pub(crate) enum Kind {
    Drawn(usize),
    Largest,
    All,
}

/// Holders of this kind, the same for the same document.
pub(crate) fn of_kind(document: &Document, kind: Kind) -> Vec<Scopes> {
    let mut random = Random::new(7);
    let permissions = &document.permissions;
    match kind {
        Kind::All => vec![of_permissions(document, 0..permissions.len())],
        Kind::Largest => {
            let size = |place: &usize| permissions[*place].1.len();
            vec![of_permissions(document, (0..permissions.len()).max_by_key(size))]
        }
        Kind::Drawn(count) => {
            let mut draw = || {
                let mut places: Vec<usize> = (0..permissions.len()).collect();
                random.shuffle(&mut places);
                of_permissions(document, places.into_iter().take(count))
            };
            (0..DRAWN).map(|_| draw()).collect()
        }
    }
}

/// A holder for each permission alone, and one of all.
pub(crate) fn each_and_all(document: &Document) -> Vec<Scopes> {
    let each = (0..document.permissions.len()).map(|place| of_permissions(document, [place]));
    each.chain(of_kind(document, Kind::All)).collect()
}

fn of_permissions(document: &Document, places: impl IntoIterator<Item = usize>) -> Scopes {
    Scopes(places.into_iter().flat_map(|place| document.permissions[place].0.clone()).collect())
}
