//! What a policy must make of every request that a document and a token can tell apart: judged by looking at all of them.
//!
//! Nothing here shares code or reasoning with the compiler. [`oracle`](crate::oracle) says what the document means. Requests
//! are words over a small alphabet: what the document spells, texts that nobody spelled, texts that begin or end like a
//! literal, and texts whose spelling is refused. Words of *every* length are looked at: policy and rights are read as
//! machines, and each pair of states that some word leads to is looked at once, with a shortest such word.
//!
//! The properties, for one policy that was made when one method was requested:
//!
//! - **safe**: nothing in the catalog is open that is not permitted. What a deny matches is open nowhere, in the catalog or
//!   not. What is refused for its spelling is not open.
//! - **live**: the requested method is open if it is permitted and can be named in a policy.
//! - **refused**: the requested method is shut if it is not permitted, and denied by name if it can be named.
//! - **exact**: where one policy can say it (see the module `reach`), all that is permitted is open, for each verb that API Gateway
//!   knows.
//! - **generic**: where nothing but special values of parameters is in the way, the generic path of each granted row is
//!   open, unless the policy had to give way to the requested method.
//! - **closed**: outside the catalog, what is open could not be shut without shutting something permitted.
//! - **sized**: no resource is longer than 512 characters, no Allow leaves out API or stage, nothing is a policy variable,
//!   other APIs and stages stay shut.

mod bits;
mod policy_machine;
mod reach;
mod rights_machine;

use crate::oracle::{Rights, Want, spellings};
use bits::Bits;
use policy_machine::{PolicyMachine, SHUT};
use reach::{Above, Below};
use rights_machine::{BEGIN, RightsMachine, VerbRows};
use std::collections::{BTreeSet, HashMap, HashSet, VecDeque};
use std::fmt;

pub use policy_machine::Resources;

/// Verbs that API Gateway knows: two that random documents name, and two of three and six letters that only `ANY` means.
/// Then two that nobody knows, one of them as long as `GET`.
pub const VERBS: [&str; 6] = ["GET", "POST", "PUT", "DELETE", "BREW", "FOO"];

/// Of [`VERBS`], those that API Gateway knows.
const KNOWN: usize = 4;

/// What a request has where the policy spells nothing out.
pub const UNKNOWN: &str = "zz-9";

/// More texts that no document spells. Some begin or end like a literal, and some need an encoding.
const STRANGERS: [&str; 5] = ["ab", "ba", "%20%C3%B6", "$a", "%2"];

/// Texts whose spelling most documents refuse, wherever in a path they stand: one at least for each pattern that a policy
/// has for that, and that no other pattern matches. `{own}` is `{api}/{stage}`.
const SUSPECTS: [&str; 18] = [
    "",
    ".",
    "..",
    "%2e",
    "%2E",
    "a%2Fb",
    "a%2fb",
    "%23",
    "a%25",
    "a\\b",
    "a;b",
    ".;x",
    "..;x",
    "%61x",
    "%3Ab",
    "%5cx",
    "%7Ex",
    "x:{own}/GET/a",
];

/// Texts of which the document decides whether they are refused.
const CASES: [&str; 8] = ["%40x", "%41x", "%4dx", "%4Dx", "%2Dx", "%2dx", "%2bx", "%2Bx"];

/// The longest resource that API Gateway takes, in characters.
const LONGEST_RESOURCE: usize = 512;

/// Above this many bytes in a segment, resources of random documents can be longer than [`LONGEST_RESOURCE`].
const LONG_TEXT: usize = 64;

/// A request: one of [`VERBS`] or another text, and a path without its first slash.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Request {
    pub verb: String,
    pub path: String,
}

/// What is asked of a policy besides being safe, live and refused.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Demand {
    /// It was made without a budget: exact, generic and closed.
    Everything,
    /// It had to fit into this many bytes.
    Within(usize),
}

/// A property that does not hold, and where.
#[derive(Clone, Debug)]
pub struct Failure {
    pub property: &'static str,
    pub request: String,
}

impl fmt::Display for Failure {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}: {}", self.property, self.request)
    }
}

/// What was seen on the way.
#[derive(Clone, Debug, Default)]
pub struct Seen {
    /// Pairs of states that were looked at, each for many requests.
    pub pairs: usize,
    /// Something permitted that the policy does not open: ask for that next.
    pub shut: Option<Request>,
}

/// A text that a segment can have.
enum Letter {
    /// Read as this letter of the rights' machine.
    Read(usize),
    /// Refused for its spelling.
    Refused,
}

/// What is permitted with one verb.
struct VerbRights {
    verb: &'static str,
    rows: VerbRows,
    is_known: bool,
    is_expressible: bool,
    /// Does an ungranted path lie between two generic paths of granted rows?
    has_conflict: bool,
    granted: Bits,
}

/// All that must hold for the policies of one holder.
pub struct Judge<'a> {
    rights: &'a Rights<'a>,
    /// `{api}/{stage}`.
    own: String,
    /// What ARNs begin with, with the slash after the stage.
    prefix: String,
    machine: RightsMachine,
    texts: Vec<String>,
    letters: Vec<Letter>,
    verbs: Vec<VerbRights>,
}

impl<'a> Judge<'a> {
    /// For policies for this stage: `prefix` is what its ARNs begin with, with the slash after the stage.
    pub fn new(rights: &'a Rights<'a>, prefix: &str) -> Self {
        let own = prefix.rsplit(':').next().unwrap().strip_suffix('/').unwrap().to_owned();
        let spelled = spelled(rights);
        let machine = RightsMachine::new(rights, &spelled);
        let (texts, letters) = alphabet(rights, &own, spelled, &machine);
        let verbs = VERBS.iter().enumerate().map(|(place, verb)| {
            let rows = VerbRows::new(rights, verb);
            let mut granted = Bits::none(machine.states());
            (0..machine.states()).filter(|state| machine.grants(*state, rows)).for_each(|state| granted.insert(state));
            let is_known = place < KNOWN;
            VerbRights { verb, rows, is_known, is_expressible: true, has_conflict: false, granted }
        });
        let verbs = verbs.collect();
        let mut judge = Self { rights, own, prefix: prefix.to_owned(), machine, texts, letters, verbs };
        judge.find_what_can_be_said();
        judge
    }

    /// Can one policy say what is permitted with this verb?
    pub fn is_expressible(&self, verb: &str) -> bool {
        self.verbs.iter().any(|rights| rights.verb == verb && rights.is_expressible)
    }

    /// Does an ungranted path lie between two generic paths of granted rows, for this verb?
    pub fn has_conflict(&self, verb: &str) -> bool {
        self.verbs.iter().any(|rights| rights.verb == verb && rights.has_conflict)
    }

    /// Reads paths of every length together with what lies below and above them.
    fn find_what_can_be_said(&mut self) {
        let verbs = |holds: &dyn Fn(&VerbRights) -> bool| {
            self.verbs.iter().enumerate().filter(|(_, verb)| holds(verb)).fold(0_u8, |set, (place, _)| set | 1 << place)
        };
        let states = 0..self.machine.states();
        let granted: Vec<u8> = states.clone().map(|state| verbs(&|verb| verb.granted.has(state))).collect();
        let generic: Vec<u8> =
            states.clone().map(|state| verbs(&|verb| self.machine.grants_generic(state, verb.rows))).collect();
        let shut: Vec<u8> = states
            .map(|state| verbs(&|verb| !verb.granted.has(state) && self.machine.is_in_catalog(state, verb.rows)))
            .collect();
        let (mut below, mut above) = (Below::new(&self.machine), Above::new(&self.machine));
        let (mut inexpressible, mut conflicts) = (0, 0);
        let mut seen = HashSet::from([(BEGIN, 0, 0)]);
        let mut queue = VecDeque::from([(BEGIN, 0, 0)]);
        while let Some((state, under, over)) = queue.pop_front() {
            if shut[state] != 0 {
                let up = |of: &[u8]| below.sets.all[under].iter().fold(0, |all, state| all | of[state]);
                let down = |of: &[u8]| above.states(over).fold(0, |all, state| all | of[state]);
                inexpressible |= shut[state] & up(&granted) & down(&granted);
                conflicts |= shut[state] & up(&generic) & down(&generic);
            }
            for letter in 0..=self.machine.root() {
                let next = (self.machine.next[state][letter], below.next(under, letter), above.next(over, letter));
                // The root path is a whole path.
                if (letter != self.machine.root() || state == BEGIN) && seen.insert(next) {
                    queue.push_back(next);
                }
            }
        }
        for (place, verb) in self.verbs.iter_mut().enumerate() {
            verb.is_expressible = inexpressible >> place & 1 == 0;
            verb.has_conflict = conflicts >> place & 1 == 1;
        }
    }

    /// Does the policy keep its promises, when it was made for this request?
    pub fn check(&self, policy: &str, requested: &Request, demand: Demand) -> Result<Seen, Failure> {
        let resources = Resources::read(&serde_json::from_str(policy).unwrap());
        self.check_size(policy, &resources, demand)?;
        self.check_requested(&resources, requested)?;
        self.check_strangers(&resources)?;
        let (mut machine, begin) = PolicyMachine::new(&resources, &self.prefix, &self.texts);
        let mut seen = Seen::default();
        let gave_way = self.may_give_way(requested);
        // What is to be shut and cannot be named may cost everything that an Allow takes together with it.
        let costs = !self.permits(requested) && !is_nameable(&self.arn(requested));
        // Neither can all be said where a few segments are longer than a resource, and what needs such a Deny is left out.
        let has_long_text = self.texts.iter().any(|text| text.len() > LONG_TEXT);
        let is_lax = demand == Demand::Everything && (costs || has_long_text);
        let demand = if is_lax { Demand::Within(usize::MAX) } else { demand };
        for verb in &self.verbs {
            let at = machine.read(begin, verb.verb);
            self.check_paths(&mut machine, at, verb, (demand, gave_way), &mut seen)?;
            let is_closed = !self.rights.document.is_complete() && (verb.is_expressible || !gave_way);
            if demand == Demand::Everything && verb.is_known && is_closed {
                self.check_closed(&mut machine, at, verb, &resources)?;
            }
        }
        Ok(seen)
    }

    /// How the machines read a request: permitted, in the catalog, open. `None` if one of its segments is no letter of the
    /// alphabet. For comparing them with the definitions.
    pub fn read(&self, policy: &str, request: &Request) -> Option<(bool, bool, bool)> {
        let resources = Resources::read(&serde_json::from_str(policy).unwrap());
        let (mut machine, begin) = PolicyMachine::new(&resources, &self.prefix, &self.texts);
        let mut at = machine.read(begin, &request.verb);
        let mut state = BEGIN;
        for segment in request.path.split('/') {
            let letter = self.texts.iter().position(|text| text == segment)?;
            let Letter::Read(read) = self.letters[letter] else { return None };
            (at, state) = (machine.next(at, letter), self.machine.next[state][read]);
        }
        let rows = VerbRows::new(self.rights, &request.verb);
        Some((self.machine.grants(state, rows), self.machine.is_in_catalog(state, rows), machine.is_open(at)))
    }

    fn permits(&self, request: &Request) -> bool {
        self.rights.permits(&self.own, &request.verb, &request.path)
    }

    fn arn(&self, request: &Request) -> String {
        format!("{}{}/{}", self.prefix, request.verb, request.path)
    }

    /// Is the request permitted without being a generic path? Then denies that such values meet give way to it.
    fn may_give_way(&self, request: &Request) -> bool {
        let letter = |segment: &str| {
            let known = self.texts.iter().position(|text| text == segment).map(|place| &self.letters[place]);
            if let Some(Letter::Read(letter)) = known { *letter } else { self.machine.other() }
        };
        let path = if request.path.is_empty() {
            vec![self.machine.root()]
        } else {
            request.path.split('/').map(letter).collect()
        };
        let state = path.into_iter().fold(BEGIN, |state, letter| self.machine.next[state][letter]);
        let rows = VerbRows::new(self.rights, &request.verb);
        self.permits(request) && !self.machine.grants_generic(state, rows)
    }

    fn check_size(&self, policy: &str, resources: &Resources, demand: Demand) -> Result<(), Failure> {
        let failure = |property, request: &str| Err(Failure { property, request: request.to_owned() });
        if let Demand::Within(bytes) = demand
            && policy.len() > bytes
        {
            return failure("over the budget", &format!("{} bytes", policy.len()));
        }
        let all = || resources.allow.iter().chain(&resources.deny);
        if let Some(long) = all().find(|resource| resource.chars().count() > LONGEST_RESOURCE) {
            return failure("a resource is too long", long);
        }
        // `*`, `?` and `$` of `$default` and of segments are fine; `${` begins a policy variable.
        if let Some(variable) = all().find(|resource| resource.contains("${")) {
            return failure("a policy variable", variable);
        }
        // `arn:{partition}:execute-api:` and any region and account, but this API and stage.
        let wide = format!("{}:*:*:{}/", self.prefix.splitn(4, ':').take(3).collect::<Vec<_>>().join(":"), self.own);
        let is_own = |allow: &&String| allow.starts_with(&self.prefix) || allow.starts_with(&wide);
        match resources.allow.iter().find(|allow| !is_own(allow)) {
            Some(foreign) => failure("an Allow without API and stage", foreign),
            None => Ok(()),
        }
    }

    /// Live and refused.
    fn check_requested(&self, resources: &Resources, requested: &Request) -> Result<(), Failure> {
        let arn = self.arn(requested);
        let matched = |list: &[String]| list.iter().any(|resource| iam_matches(resource, &arn));
        let (allowed, denied) = (matched(&resources.allow), matched(&resources.deny));
        let property = match (self.permits(requested), is_nameable(&arn)) {
            (true, true) if !allowed || denied => "live",
            (false, _) if allowed && !denied => "refused",
            (false, true) if !denied => "refused by name",
            _ => return Ok(()),
        };
        Err(Failure { property, request: arn })
    }

    /// Other APIs, other stages, and a WebSocket API's `$connect`.
    fn check_strangers(&self, resources: &Resources) -> Result<(), Failure> {
        let is_open = |arn: &str| allows(resources, arn);
        let (api, stage) = self.own.split_once('/').unwrap();
        let begin = self.prefix.strip_suffix(&format!("{}/", self.own)).unwrap();
        let connect = format!("{}$connect", self.prefix);
        let mut others = vec![];
        for verb in &VERBS[..2] {
            for path in ["", "a", "b", "a/b"] {
                others.push(format!("{begin}x{api}/{stage}/{verb}/{path}"));
                others.push(format!("{begin}{api}/x{stage}/{verb}/{path}"));
                others.push(format!("{begin}{api}/{stage}x/{verb}/{path}"));
                others.push(format!("{begin}x/{api}/{stage}/{verb}/{path}"));
            }
        }
        if !self.rights.permits_connect() {
            others.push(connect);
        }
        match others.into_iter().find(|arn| is_open(arn)) {
            Some(arn) => Err(Failure { property: "safe for other APIs and stages", request: arn }),
            None => Ok(()),
        }
    }

    /// Safe, exact, generic.
    fn check_paths(
        &self,
        policy: &mut PolicyMachine<'_>,
        begin: usize,
        verb: &VerbRights,
        (demand, gave_way): (Demand, bool),
        seen: &mut Seen,
    ) -> Result<(), Failure> {
        let is_exact = demand == Demand::Everything && verb.is_known && verb.is_expressible;
        let is_generic = demand == Demand::Everything && verb.is_known && !verb.has_conflict && !gave_way;
        let begin = Node { policy: begin, state: BEGIN, refused: None };
        let mut search = Search::new(begin);
        while let Some((number, node)) = search.next() {
            for (letter, of) in self.letters.iter().enumerate() {
                let after = policy.next(node.policy, letter);
                let next = match (of, node.refused) {
                    (_, Some(refused)) => Node { policy: after, state: BEGIN, refused: Some(refused) },
                    (Letter::Refused, None) => Node { policy: after, state: BEGIN, refused: Some(letter) },
                    // The root path is a whole path.
                    (Letter::Read(read), None) if *read == self.machine.root() => {
                        let root = Node { policy: after, state: self.machine.next[BEGIN][*read], refused: None };
                        let slash = Node { policy: after, state: BEGIN, refused: Some(letter) };
                        if node.state == BEGIN {
                            self.check_node(policy, verb, root, (is_exact, is_generic))
                                .map_err(|property| self.failure(property, verb, &search, number, letter))?;
                            if seen.shut.is_none() && is_wrongly_shut(policy, verb, root) {
                                seen.shut = Some(Request { verb: verb.verb.to_owned(), path: String::new() });
                            }
                        }
                        slash
                    }
                    (Letter::Read(read), None) => {
                        Node { policy: after, state: self.machine.next[node.state][*read], refused: None }
                    }
                };
                if (next.refused.is_some() && after == SHUT) || !search.add(next, number, letter) {
                    continue;
                }
                // A slash alone is the root path, which was looked at.
                let is_root = node == begin && self.texts[letter].is_empty();
                if !is_root {
                    self.check_node(policy, verb, next, (is_exact, is_generic))
                        .map_err(|property| self.failure(property, verb, &search, number, letter))?;
                }
                if seen.shut.is_none() && is_wrongly_shut(policy, verb, next) {
                    let path = search.path(number, letter).map(|letter| self.texts[letter].as_str());
                    let path = path.collect::<Vec<_>>().join("/");
                    seen.shut = Some(Request { verb: verb.verb.to_owned(), path });
                }
            }
        }
        seen.pairs += search.nodes.len();
        Ok(())
    }

    fn check_node(
        &self,
        policy: &PolicyMachine<'_>,
        verb: &VerbRights,
        node: Node,
        (is_exact, is_generic): (bool, bool),
    ) -> Result<(), &'static str> {
        let is_open = policy.is_open(node.policy);
        if node.refused.is_some() {
            return if is_open { Err("safe from spellings") } else { Ok(()) };
        }
        let is_granted = verb.granted.has(node.state);
        if is_open && self.machine.denies(node.state, verb.rows) {
            return Err("safe where a deny matches");
        }
        if is_open && !is_granted && self.machine.is_in_catalog(node.state, verb.rows) {
            return Err("safe");
        }
        if is_exact && is_granted && !is_open {
            return Err("exact");
        }
        if is_generic && !is_open && self.machine.grants_generic(node.state, verb.rows) {
            return Err("generic");
        }
        Ok(())
    }

    fn failure(
        &self,
        property: &'static str,
        verb: &VerbRights,
        search: &Search<Node>,
        number: usize,
        letter: usize,
    ) -> Failure {
        let path: Vec<&str> = search.path(number, letter).map(|letter| self.texts[letter].as_str()).collect();
        Failure { property, request: format!("{}{}/{}", self.prefix, verb.verb, path.join("/")) }
    }

    /// Each way in which an Allow takes a path outside the catalog has to be needed: the smallest resource around it, with
    /// a star for each segment that a star takes, matches something that is permitted.
    fn check_closed(
        &self,
        policy: &mut PolicyMachine<'_>,
        begin: usize,
        verb: &VerbRights,
        resources: &Resources,
    ) -> Result<(), Failure> {
        let globs: Vec<Vec<&str>> = resources.allow.iter().filter_map(|allow| self.glob(allow, verb.verb)).collect();
        let mut below = Below::new(&self.machine);
        for glob in &globs {
            let begin = (begin, BEGIN, 0, 0);
            let mut search = Search::new(begin);
            while let Some((number, node)) = search.next() {
                let (at, state, place, set) = node;
                if place < glob.len() {
                    for (letter, of) in self.letters.iter().enumerate() {
                        let Letter::Read(read) = of else { continue };
                        let is_root = *read == self.machine.root();
                        let laid = if glob[place] == "*" { self.machine.other() } else { *read };
                        if (is_root && number != 0) || (glob[place] != "*" && glob[place] != self.texts[letter]) {
                            continue;
                        }
                        let (at, state) = (policy.next(at, letter), self.machine.next[state][*read]);
                        let set = below.next(set, laid);
                        let stay = (glob[place] == "*" && !is_root).then_some(place);
                        for place in [Some(place + 1), stay].into_iter().flatten() {
                            if at == SHUT || !search.add((at, state, place, set), number, letter) {
                                continue;
                            }
                            let is_outside = !self.machine.is_in_catalog(state, verb.rows);
                            let is_free = !below.sets.all[set].meets(&verb.granted);
                            if place == glob.len() && policy.is_open(at) && is_outside && is_free {
                                let path = search.path(number, letter).map(|letter| self.texts[letter].as_str());
                                let path: Vec<&str> = path.collect();
                                let request = format!("{}{}/{}", self.prefix, verb.verb, path.join("/"));
                                return Err(Failure { property: "closed", request });
                            }
                        }
                    }
                }
            }
        }
        Ok(())
    }

    /// The path of an Allow for this verb, if it has a wildcard for whole segments alone.
    fn glob<'r>(&self, allow: &'r str, verb: &str) -> Option<Vec<&'r str>> {
        let method = allow.split_once(&format!(":{}/", self.own))?.1;
        let (of, path) = method.split_once('/')?;
        let segments: Vec<&str> = path.split('/').collect();
        let is_whole = segments.iter().all(|segment| *segment == "*" || !segment.contains(['*', '?']));
        (is_whole && iam_matches(of, verb)).then_some(segments)
    }
}

/// Is something permitted and not open?
fn is_wrongly_shut(policy: &PolicyMachine<'_>, verb: &VerbRights, node: Node) -> bool {
    node.refused.is_none() && verb.granted.has(node.state) && !policy.is_open(node.policy)
}

/// Texts that the rights can tell apart.
fn spelled(rights: &Rights<'_>) -> Vec<String> {
    let rules = rights.allows.iter().chain(&rights.denies).chain(&rights.names);
    let wants = rules.flat_map(|rule| &rule.wants);
    let texts = wants.flat_map(|want| match want {
        Want::Text(text) => vec![text.clone()],
        Want::Value(value) => spellings(value).to_vec(),
        Want::One | Want::Rest => vec![],
    });
    texts.collect::<BTreeSet<_>>().into_iter().collect()
}

/// The texts of segments, and how each is read.
fn alphabet(
    rights: &Rights<'_>,
    own: &str,
    spelled: Vec<String>,
    machine: &RightsMachine,
) -> (Vec<String>, Vec<Letter>) {
    let mut alphabet = vec![(String::new(), Letter::Read(machine.root()))];
    let is_refused = |text: &str| rights.document.refuses(own, "GET", &format!("x/{text}/x"));
    let mut add = |text: String, letter: usize| {
        if text.is_empty() || alphabet.iter().any(|(known, _)| *known == text) {
            return;
        }
        let letter = if is_refused(&text) { Letter::Refused } else { Letter::Read(letter) };
        alphabet.push((text, letter));
    };
    for (number, text) in spelled.into_iter().enumerate() {
        add(text, number);
    }
    for text in [UNKNOWN].into_iter().chain(STRANGERS).chain(SUSPECTS).chain(CASES) {
        add(text.replace("{own}", own), machine.other());
    }
    alphabet.into_iter().unzip()
}

/// A pair of states, or a text that was refused for the letter of this number.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
struct Node {
    policy: usize,
    state: usize,
    refused: Option<usize>,
}

/// Looks at each node once, those with the shortest paths first.
struct Search<N> {
    nodes: Vec<N>,
    from: Vec<(usize, usize)>,
    known: HashMap<N, usize>,
    at: usize,
}

impl<N: Copy + Eq + std::hash::Hash> Search<N> {
    fn new(begin: N) -> Self {
        Self { nodes: vec![begin], from: vec![(0, 0)], known: HashMap::from([(begin, 0)]), at: 0 }
    }

    fn next(&mut self) -> Option<(usize, N)> {
        let node = self.nodes.get(self.at).copied();
        self.at += 1;
        node.map(|node| (self.at - 1, node))
    }

    /// Is it new?
    fn add(&mut self, node: N, from: usize, letter: usize) -> bool {
        let number = self.nodes.len();
        if *self.known.entry(node).or_insert(number) < number {
            return false;
        }
        self.nodes.push(node);
        self.from.push((from, letter));
        true
    }

    /// The letters that lead to a node, and one more.
    fn path(&self, number: usize, letter: usize) -> impl Iterator<Item = usize> {
        let back =
            std::iter::successors(Some((number, letter)), |(number, _)| (*number != 0).then(|| self.from[*number]));
        let mut letters: Vec<usize> = back.map(|(_, letter)| letter).collect();
        letters.reverse();
        letters.into_iter()
    }
}

/// Can the method be named by its own ARN: printable ASCII, nothing that IAM reads, and not too long?
pub fn is_nameable(arn: &str) -> bool {
    let is_plain = arn.chars().all(|c| c.is_ascii_graphic() && c != '*' && c != '?') && !arn.contains("${");
    is_plain && arn.len() <= LONGEST_RESOURCE
}

/// An explicit Deny wins, then an Allow, else nothing is allowed.
pub fn allows(resources: &Resources, arn: &str) -> bool {
    let any = |list: &[String]| list.iter().any(|resource| iam_matches(resource, arn));
    any(&resources.allow) && !any(&resources.deny)
}

/// `*` is any run of characters, `?` any one, slashes and colons included.
pub fn iam_matches(pattern: &str, text: &str) -> bool {
    let (pattern, text): (Vec<char>, Vec<char>) = (pattern.chars().collect(), text.chars().collect());
    // Where what was read so far can be in the pattern.
    let mut places = vec![false; pattern.len() + 1];
    places[0] = true;
    let past_stars = |places: &mut Vec<bool>| {
        for (place, _) in pattern.iter().enumerate().filter(|(_, character)| **character == '*') {
            places[place + 1] |= places[place];
        }
    };
    past_stars(&mut places);
    for read in text {
        let mut next = vec![false; pattern.len() + 1];
        for (place, wanted) in pattern.iter().enumerate().filter(|(place, _)| places[*place]) {
            next[place] |= *wanted == '*';
            next[place + 1] |= *wanted == '?' || *wanted == read;
        }
        past_stars(&mut next);
        places = next;
    }
    places[pattern.len()]
}
