//! Small random documents, and small changes of them.

use crate::Permissions;
use std::fmt::Write as _;

/// A generator of numbers (splitmix64), so that a run can be repeated by its seed.
pub(crate) struct Random(pub(crate) u64);

impl Random {
    pub(crate) fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mixed = (self.0 ^ (self.0 >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        let mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        mixed ^ (mixed >> 31)
    }

    pub(crate) fn below(&mut self, bound: usize) -> usize {
        usize::try_from(self.next() % u64::try_from(bound).unwrap()).unwrap()
    }

    pub(crate) fn one_in(&mut self, count: usize) -> bool {
        self.below(count) == 0
    }

    pub(crate) fn pick<T: Copy>(&mut self, from: &[T]) -> T {
        from[self.below(from.len())]
    }
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub(crate) enum Piece {
    Text(&'static str),
    Parameter,
    Claim(&'static str),
}

#[derive(Clone, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub(crate) struct Spec {
    pub(crate) verb: &'static str,
    pub(crate) pieces: Vec<Piece>,
    pub(crate) greedy: bool,
}

#[derive(Clone, Debug, Default)]
pub(crate) struct Entry {
    pub(crate) scopes: Vec<&'static str>,
    pub(crate) groups: Vec<&'static str>,
    pub(crate) claims: Vec<(&'static str, &'static str)>,
    pub(crate) allow: Vec<Spec>,
    pub(crate) deny: Vec<Spec>,
}

#[derive(Clone, Debug, Default)]
pub(crate) struct Document {
    pub(crate) permissions: Vec<Entry>,
    pub(crate) routes: Vec<Spec>,
}

const CONDITIONS: [&str; 7] = ["s", "t", "g", "c=a", "c=k!", "e=a", "e=k!"];

impl Spec {
    pub(crate) fn random(random: &mut Random) -> Self {
        let verb = random.pick(&["GET", "GET", "POST", "ANY", "ANY", "$connect"]);
        if verb == "$connect" && random.one_in(3) {
            return Self { verb, pieces: Vec::new(), greedy: false };
        }
        let verb = if verb == "$connect" { "GET" } else { verb };
        let pieces = [
            Piece::Text("a"),
            Piece::Text("b"),
            Piece::Text("k!"),
            Piece::Parameter,
            Piece::Parameter,
            Piece::Claim("c"),
            Piece::Claim("e"),
        ];
        let size = random.below(4);
        let greedy = size > 0 && random.one_in(4);
        let fixed = size - usize::from(greedy);
        Self { verb, pieces: (0..fixed).map(|_| random.pick(&pieces)).collect(), greedy }
    }

    pub(crate) fn size(&self) -> usize {
        self.pieces.len() + usize::from(self.greedy)
    }

    pub(crate) fn text(&self) -> String {
        if self.verb == "$connect" {
            return self.verb.to_owned();
        }
        let mut text = format!("{} ", self.verb);
        for (place, piece) in self.pieces.iter().enumerate() {
            match piece {
                Piece::Text(literal) => write!(text, "/{literal}").unwrap(),
                Piece::Parameter => write!(text, "/{{p{place}}}").unwrap(),
                Piece::Claim(claim) => write!(text, "/${{{claim}}}").unwrap(),
            }
        }
        if self.greedy {
            text.push_str("/{rest+}");
        } else if self.pieces.is_empty() {
            text.push('/');
        }
        text
    }
}

impl Entry {
    fn random(random: &mut Random) -> Self {
        let mut entry = Self::default();
        for _ in 0..random.pick(&[0, 1, 1, 2]) {
            entry.add_condition(random);
        }
        for _ in 0..random.pick(&[1, 1, 2]) {
            let route = Spec::random(random);
            if random.one_in(4) { entry.deny.push(route) } else { entry.allow.push(route) }
        }
        entry
    }

    fn add_condition(&mut self, random: &mut Random) {
        match random.pick(&CONDITIONS) {
            "g" => add(&mut self.groups, "g"),
            scope @ ("s" | "t") => add(&mut self.scopes, scope),
            claim => {
                let (name, value) = claim.split_once('=').unwrap();
                if self.claims.iter().all(|(known, _)| *known != name) {
                    self.claims.push((name, value));
                }
            }
        }
    }

    pub(crate) fn conditions(&self) -> usize {
        self.scopes.len() + self.groups.len() + self.claims.len()
    }

    /// Without its condition of this number.
    pub(crate) fn loosened(&self, number: usize) -> Self {
        let mut entry = self.clone();
        let (scopes, groups) = (self.scopes.len(), self.groups.len());
        if number < scopes {
            entry.scopes.remove(number);
        } else if number < scopes + groups {
            entry.groups.remove(number - scopes);
        } else {
            entry.claims.remove(number - scopes - groups);
        }
        entry
    }

    fn json(&self) -> String {
        let list = |texts: Vec<String>| format!("[{}]", texts.join(","));
        let quoted = |text: &str| format!("\"{text}\"");
        let mut members = Vec::new();
        if self.conditions() == 0 {
            members.push("\"authenticated\":true".to_owned());
        }
        for (name, values) in [("scopes", &self.scopes), ("groups", &self.groups)] {
            if !values.is_empty() {
                members.push(format!("\"{name}\":{}", list(values.iter().map(|text| quoted(text)).collect())));
            }
        }
        if !self.claims.is_empty() {
            let claims: Vec<String> =
                self.claims.iter().map(|(name, value)| format!("\"{name}\":\"{value}\"")).collect();
            members.push(format!("\"claims\":{{{}}}", claims.join(",")));
        }
        for (name, routes) in [("allow", &self.allow), ("deny", &self.deny)] {
            if !routes.is_empty() {
                members
                    .push(format!("\"{name}\":{}", list(routes.iter().map(|route| quoted(&route.text())).collect())));
            }
        }
        format!("{{{}}}", members.join(","))
    }
}

impl Document {
    pub(crate) fn random(random: &mut Random) -> Self {
        let permissions = (0..=random.below(4)).map(|_| Entry::random(random)).collect();
        let routes = (0..random.pick(&[0, 0, 1])).map(|_| Spec::random(random)).collect();
        Self { permissions, routes }
    }

    /// The same with one thing changed, or another one at times.
    pub(crate) fn changed(&self, random: &mut Random) -> Self {
        if random.one_in(6) {
            return Self::random(random);
        }
        let mut other = self.clone();
        let place = random.below(other.permissions.len());
        match random.below(7) {
            0 if other.permissions.len() > 1 => drop(other.permissions.remove(place)),
            1 => other.permissions.push(Entry::random(random)),
            2 => other.permissions[place].add_condition(random),
            3 if other.permissions[place].conditions() > 0 => {
                let number = random.below(other.permissions[place].conditions());
                other.permissions[place] = other.permissions[place].loosened(number);
            }
            4 => other.permissions[place].deny.push(Spec::random(random)),
            5 => other.routes.push(Spec::random(random)),
            _ => other.permissions[place].allow.push(Spec::random(random)),
        }
        other
    }

    pub(crate) fn catalog(&self) -> impl Iterator<Item = &Spec> {
        self.permissions.iter().flat_map(|entry| &entry.allow).chain(&self.routes)
    }

    pub(crate) fn json(&self) -> String {
        let permissions: Vec<String> = self.permissions.iter().map(Entry::json).collect();
        let routes: Vec<String> = self.routes.iter().map(|route| format!("\"{}\"", route.text())).collect();
        let routes = if routes.is_empty() { String::new() } else { format!(",\"routes\":[{}]", routes.join(",")) };
        format!("{{\"permissions\":[{}]{routes}}}", permissions.join(","))
    }

    pub(crate) fn read(&self) -> Permissions {
        Permissions::parse(self.json().as_bytes()).unwrap()
    }
}

fn add(list: &mut Vec<&'static str>, text: &'static str) {
    if !list.contains(&text) {
        list.push(text);
    }
}
