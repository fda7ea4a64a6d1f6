//! What does the compiler say of one holder?

use super::super::draft::{Misfit, Workshop};
use super::super::effort::Effort;
use super::super::plan::{Loss, Plan, plan_while};
use super::super::policies::Policies;
use super::super::rights::Rights;
use super::super::rows::Meaning;
use super::super::sizes::Sizes;
use super::super::word::{Seg, Verb};
use super::held::{Held, SupposedHolder};
use super::{Breaks, STEPS_FOR_A_ROW, Witness, bindings};
use crate::method::Method;
use crate::permissions::Permissions;
use crate::questions::Facts;
use crate::route::VERBS;

/// Asks the compiler about holders of some permissions and nothing else, with bounded work.
pub(super) struct Asker<'a> {
    policies: &'a Policies,
    pub(super) permissions: &'a Permissions,
    method: &'a Method,
    pub(super) facts: &'a Facts,
    steps: usize,
    values: Vec<(&'a str, String)>,
    /// The largest policy so far, in bytes of JSON.
    pub(super) largest: Option<(SupposedHolder, usize)>,
}

/// What the compiler says.
pub(super) enum Answer {
    /// The policy says everything, special values aside, and takes so many bytes.
    Says(usize),
    /// It does not.
    Breaks(Breaks),
    /// The work was not done to the end.
    Unknown,
}

impl<'a> Asker<'a> {
    pub(super) fn new(
        policies: &'a Policies,
        permissions: &'a Permissions,
        method: &'a Method,
        facts: &'a Facts,
        steps: usize,
    ) -> Self {
        let claims = permissions.claims().iter().enumerate();
        let values = claims.map(|(place, claim)| (claim.as_str(), bindings::own_value(policies, place, true)));
        Self { policies, permissions, method, facts, steps, values: values.collect(), largest: None }
    }

    /// The largest policy, in bytes of JSON.
    pub(super) fn budget(&self) -> usize {
        self.policies.limits.budget_bytes
    }

    /// From here on each step takes so many times as long.
    pub(super) fn slow_down(&mut self, times: usize) {
        self.steps /= times;
    }

    /// Is there work left?
    pub(super) fn can_go_on(&self) -> bool {
        self.steps > 0
    }

    /// Whoever holds these permissions and nothing else, if the policy does not say all that the holder may do.
    pub(super) fn witness(&mut self, places: &[usize]) -> Option<Witness> {
        let held = Held::new(self.permissions, places);
        let holder = held.is_possible(self.facts).then(|| held.holder(&self.values))??;
        match self.answer(&holder) {
            Answer::Breaks(breaks) => {
                let permissions = self.permissions.grants(&holder).applied().to_vec();
                Some(Witness { holder, permissions, breaks })
            }
            Answer::Says(bytes) => {
                if self.largest.as_ref().is_none_or(|(_, known)| bytes > *known) {
                    self.largest = Some((holder, bytes));
                }
                None
            }
            Answer::Unknown => None,
        }
    }

    fn answer(&mut self, holder: &SupposedHolder) -> Answer {
        let mut effort = Effort::of_steps(self.steps);
        let answer = self.policies.answer(self.permissions, holder, self.method, &mut effort);
        self.steps = if effort.is_spent() { 0 } else { effort.left() };
        let is_sure = matches!(answer, Answer::Breaks(Breaks::NotExact { example: Some(_) }));
        if effort.is_spent() && !is_sure { Answer::Unknown } else { answer }
    }
}

impl Policies {
    /// What [`compile`](Self::compile) would say of its policy, by the same steps, but without choosing a part.
    fn answer(
        &self,
        permissions: &Permissions,
        holder: &SupposedHolder,
        method: &Method,
        effort: &mut Effort,
    ) -> Answer {
        let grants = permissions.grants(holder);
        let key = self.key(&grants, method);
        // The index is not counted by itself.
        let rows = self.catalog.rows.all.len();
        let sizes = Sizes { lengths: &key.lengths, texts: &self.catalog.texts };
        let Ok(rights) = effort
            .spend(rows * STEPS_FOR_A_ROW)
            .and_then(|()| Rights::new(self.catalog.rules(permissions, &key.likeness), self.catalog.complete, effort))
        else {
            return Answer::Unknown;
        };
        let mut plan = plan_while(&rights, effort, Loss::is_none_but_special);
        if !plan.loss.is_none_but_special() {
            return Answer::Breaks(Breaks::NotExact { example: self.example(permissions, &rights, &plan) });
        }
        let constants = sizes.constants(permissions.spelling());
        let workshop = Workshop { rights: &rights, sizes: &sizes, limit: self.limits.budget_bytes, constants };
        match workshop.all_of(&mut plan, effort) {
            Ok(draft) => Answer::Says(draft.bytes),
            Err(Misfit::TooLarge(bytes)) => Answer::Breaks(Breaks::OverBudget { bytes }),
            Err(Misfit::LongResource) => Answer::Breaks(Breaks::LongResource),
        }
    }

    /// A route that is lost.
    fn example(&self, permissions: &Permissions, rights: &Rights, plan: &Plan) -> Option<String> {
        let (verb, row) = plan.loss.rows.first()?;
        Some(self.route_text(permissions, *verb, rights.rows.get(*row)?.word.as_slice()))
    }

    fn route_text(&self, permissions: &Permissions, verb: Verb, path: &[Seg]) -> String {
        let mut text = format!("{} ", VERBS.get(verb).copied().unwrap_or("ANY"));
        for seg in path {
            text.push('/');
            match seg {
                Seg::Open => text.push_str("{}"),
                Seg::Text(own) => match self.catalog.texts.meaning(*own) {
                    Meaning::Literal(literal) => text.push_str(literal),
                    Meaning::Claim(claim) => {
                        let name = permissions.claims().get(claim).map(String::as_str).unwrap_or_default();
                        text.extend(["${", name, "}"]);
                    }
                },
            }
        }
        text
    }
}
