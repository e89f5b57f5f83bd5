//! One load's requests, in the fewest calls.

use std::collections::BTreeMap;
use std::future::Future;

use futures_util::StreamExt;
use futures_util::future::join;
use futures_util::stream;

use super::Context;
use super::errors::no_region;
use crate::source::{Answer, Cause, Failure, Request, Version};

/// How many calls of one load are under way at once.
const SIDE_BY_SIDE: usize = 20;
/// How many secrets `BatchGetSecretValue` takes.
const BATCH: usize = 20;

/// A request and its place in the list that the chain asked for.
pub(super) type Numbered<'a> = (usize, &'a Request);
pub(super) type NumberedAnswer = (usize, Answer);

/// What a call leaves to be asked alone.
pub(super) struct Batched<'a> {
    pub(super) answers: Vec<NumberedAnswer>,
    pub(super) alone: Vec<Numbered<'a>>,
}

impl Context<'_> {
    /// An answer to every request, in order.
    pub(super) async fn ask_all(&self, requests: &[Request]) -> Vec<Answer> {
        let mut answers: Vec<Option<Answer>> = requests.iter().map(|_| None).collect();
        let mut regions: BTreeMap<Option<&str>, Vec<Numbered<'_>>> = BTreeMap::new();
        for (i, request) in requests.iter().enumerate() {
            regions
                .entry(self.connection.region_of(request.id()))
                .or_default()
                .push((i, request));
        }
        let mut asked = Vec::new();
        for (region, requests) in regions {
            asked.push(self.ask_region(region, requests));
        }
        for (i, answer) in side_by_side(asked).await.into_iter().flatten() {
            answers[i] = Some(answer);
        }
        let unanswered = || {
            Answer::Failed(Failure::new(
                Cause::Internal,
                "Secrets Manager left it out of its answer",
            ))
        };
        answers
            .into_iter()
            .map(|answer| answer.unwrap_or_else(unanswered))
            .collect()
    }

    async fn ask_region(
        &self,
        region: Option<&str>,
        requests: Vec<Numbered<'_>>,
    ) -> Vec<NumberedAnswer> {
        let Some(region) = region else {
            return requests
                .into_iter()
                .map(|(i, _)| (i, Answer::Failed(no_region())))
                .collect();
        };
        let client = self.connection.client_in(region);
        let (requests, twins) = self.without_twins(requests);
        let (together, mut alone) = self.split(requests);
        let mut batches = Vec::new();
        for chunk in together.chunks(BATCH) {
            batches.push(self.batch(&client, chunk));
        }
        // What is pinned needs no batch's answer, so it is asked at the same time.
        let singles = self.ask_alone(&client, std::mem::take(&mut alone));
        let (batches, mut answers) = join(side_by_side(batches), singles).await;
        for batch in batches {
            answers.extend(batch.answers);
            alone.extend(batch.alone);
        }
        answers.extend(self.ask_alone(&client, alone).await);
        for (twin, asked) in twins {
            let answer = answers
                .iter()
                .find(|(i, _)| *i == asked)
                .map(|(_, answer)| answer.clone());
            answers.extend(answer.map(|answer| (twin, answer)));
        }
        answers
    }

    /// Leaves out every name whose secret is asked for by its ARN too; gives the places of both.
    fn without_twins<'a>(
        &self,
        requests: Vec<Numbered<'a>>,
    ) -> (Vec<Numbered<'a>>, Vec<(usize, usize)>) {
        let mut twins = Vec::new();
        for (i, request) in &requests {
            let same = |(_, other): &&Numbered<'_>| {
                other.version() == request.version()
                    && self.connection.is_arn_of(other.id(), request.id())
            };
            twins.extend(requests.iter().find(same).map(|(asked, _)| (*i, *asked)));
        }
        let is_twin = |i: usize| twins.iter().any(|(twin, _)| *twin == i);
        let kept = requests.into_iter().filter(|(i, _)| !is_twin(*i)).collect();
        (kept, twins)
    }

    /// What goes in batches, and what goes alone: pinned versions, a single secret, and all where batches are refused.
    fn split<'a>(&self, requests: Vec<Numbered<'a>>) -> (Vec<Numbered<'a>>, Vec<Numbered<'a>>) {
        let (mut current, pinned): (Vec<_>, Vec<_>) = requests
            .into_iter()
            .partition(|(_, request)| *request.version() == Version::Current);
        let together = if self.connection.is_batch_refused() {
            0
        } else {
            // One that is left over after full batches is no batch.
            current.len() - usize::from(current.len() % BATCH == 1)
        };
        let alone = current.split_off(together);
        (current, alone.into_iter().chain(pinned).collect())
    }
}

/// Runs a list of calls, a bounded number at once. (A list, because a stream that maps borrowed requests to calls as
/// it goes is not provably `Send`.)
pub(super) async fn side_by_side<F: Future>(calls: Vec<F>) -> Vec<F::Output> {
    stream::iter(calls)
        .buffer_unordered(SIDE_BY_SIDE)
        .collect()
        .await
}
