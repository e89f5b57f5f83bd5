//! `GetParameters`, and `GetParameter` where one of the names makes the whole call fail.

use aws_sdk_ssm::Client;
use aws_sdk_ssm::operation::get_parameters::GetParametersOutput;

use super::entry::{Entry, entry_for, found, is_of};
use super::target::Target;
use super::{Store, left_out, region};
use crate::source::aws::Context;
use crate::source::aws::ask::side_by_side;
use crate::source::aws::errors::{CallError, no_region};
use crate::source::same_secret::not_asked_for;
use crate::source::{Answer, Cause, Missing};

/// How many names `GetParameters` takes.
const TOGETHER: usize = 10;

/// A target and its answer.
pub(super) type Answered<'t> = (&'t Target, Answer);

/// What calls come to: answers, and what is left to be asked alone.
#[derive(Default)]
struct Outcome<'t> {
    answers: Vec<Answered<'t>>,
    alone: Vec<&'t Target>,
    /// Whether a call was denied.
    denied: bool,
}

impl<'t> Outcome<'t> {
    /// The same answer to all of them.
    fn all(targets: &[&'t Target], answer: &Answer) -> Self {
        let answered = targets.iter().map(|target| (*target, answer.clone()));
        Self {
            answers: answered.collect(),
            ..Self::default()
        }
    }
}

impl FromIterator<Self> for Outcome<'_> {
    fn from_iter<I: IntoIterator<Item = Self>>(outcomes: I) -> Self {
        let mut all = Self::default();
        for outcome in outcomes {
            all.answers.extend(outcome.answers);
            all.alone.extend(outcome.alone);
            all.denied |= outcome.denied;
        }
        all
    }
}

impl Context<'_, Store> {
    /// An answer to every target, each of which is there once.
    pub(super) async fn ask_targets<'t>(&self, targets: &[&'t Target]) -> Vec<Answered<'t>> {
        let first = if self.connection.is_together_refused() {
            Outcome {
                alone: targets.to_vec(),
                ..Outcome::default()
            }
        } else {
            let regions = self.by_region(targets);
            let chunks = regions.iter().flat_map(|targets| targets.chunks(TOGETHER));
            let calls = chunks.map(|chunk| self.together(chunk));
            side_by_side(calls.collect()).await
        };
        let calls = first.alone.into_iter().map(|target| self.alone(target));
        let alone: Vec<Answered<'_>> = side_by_side(calls.collect()).await;
        if first.denied && is_denied_only_together(&alone) {
            self.give_up_together();
        }
        first.answers.into_iter().chain(alone).collect()
    }

    /// Requests targets of one region.
    async fn together<'t>(&self, targets: &[&'t Target]) -> Outcome<'t> {
        let names = targets.iter().map(ToString::to_string).collect();
        let Some(client) = targets.first().and_then(|target| self.client_of(target)) else {
            return Outcome::all(targets, &Answer::Failed(no_region()));
        };
        let call = client
            .get_parameters()
            .set_names(Some(names))
            .with_decryption(true);
        match self.within_deadline(region(&client), call.send()).await {
            Ok(output) => sort(output, targets),
            Err(error) if is_worth_asking_alone(&error, targets.len()) => Outcome {
                alone: targets.to_vec(),
                denied: is_denied(&error.answer),
                ..Outcome::default()
            },
            Err(CallError { answer, .. }) => Outcome::all(targets, &answer),
        }
    }

    async fn alone<'t>(&self, target: &'t Target) -> Answered<'t> {
        let Some(client) = self.client_of(target) else {
            return (target, Answer::Failed(no_region()));
        };
        if let Some(failure) = self.rejected_in(region(&client)) {
            return (target, Answer::Failed(failure));
        }
        let call = client
            .get_parameter()
            .name(target.to_string())
            .with_decryption(true);
        let answer = match self.within_deadline(region(&client), call.send()).await {
            Ok(output) => match output.parameter {
                Some(parameter) if is_of(target, &parameter) => found(parameter),
                Some(_) => Answer::Failed(not_asked_for()),
                None => left_out(),
            },
            Err(error) => error.answer,
        };
        (target, answer)
    }

    /// The client for the region that an ARN names, else for the configured one.
    fn client_of(&self, target: &Target) -> Option<Client> {
        let region = self.connection.region_of(target)?;
        Some(self.connection.client_in(region))
    }

    /// The targets of each region, in the order of the first of each.
    fn by_region<'t>(&self, targets: &[&'t Target]) -> Vec<Vec<&'t Target>> {
        let region = |target| self.connection.region_of(target);
        let mut regions: Vec<Vec<&Target>> = Vec::new();
        for &target in targets {
            let is_there = |known: &&mut Vec<&'t Target>| region(known[0]) == region(target);
            match regions.iter_mut().find(is_there) {
                Some(known) => known.push(target),
                None => regions.push(vec![target]),
            }
        }
        regions
    }

    fn give_up_together(&self) {
        if self.connection.refuse_together() {
            tracing::warn!(
                help = "to load up to ten in one request, allow `ssm:GetParameters` on these parameters too",
                "GetParameters is denied, so parameters are asked for one by one from now on"
            );
        }
    }
}

/// Gives every target its entry. What the answer says nothing of is asked alone.
fn sort<'t>(output: GetParametersOutput, targets: &[&'t Target]) -> Outcome<'t> {
    let invalid = output.invalid_parameters.unwrap_or_default();
    let parameters = output.parameters.into_iter().flatten();
    let entries: Vec<Entry> = parameters.map(Entry::from).collect();
    let mut sorted = Outcome::default();
    for &target in targets {
        if let Some(entry) = entry_for(target, &entries, targets) {
            sorted.answers.push((target, entry.answer.clone()));
        } else if invalid.contains(&target.to_string()) {
            sorted.answers.push((target, absent(target)));
        } else {
            sorted.alone.push(target);
        }
    }
    sorted
}

/// Of a pinned version nobody says whether it is that or the parameter that is not there.
fn absent(target: &Target) -> Answer {
    Answer::Missing(match target.selector {
        Some(_) => Missing::Version,
        None => Missing::Parameter,
    })
}

/// One name denies, or breaks, the call of all of them. A single one may be allowed to be asked for alone.
fn is_worth_asking_alone(error: &CallError, names: usize) -> bool {
    error.refused && (names > 1 || is_denied(&error.answer))
}

fn is_denied(answer: &Answer) -> bool {
    matches!(answer, Answer::Failed(failure) if failure.cause() == Cause::Denied)
}

fn is_denied_only_together(alone: &[Answered<'_>]) -> bool {
    let is_found = |(_, answer): &Answered<'_>| matches!(answer, Answer::Found(_));
    let is_denied = |(_, answer): &Answered<'_>| is_denied(answer);
    alone.iter().any(is_found) && !alone.iter().any(is_denied)
}
