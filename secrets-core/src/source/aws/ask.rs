//! One load's requests, in the fewest calls.

use std::pin::Pin;

use aws_sdk_secretsmanager::Client;
use futures_util::StreamExt;
use futures_util::stream;

use super::Context;
use super::errors::{LEFT_OUT, no_region};
use super::single::region;
use crate::source::{Answer, Cause, Failure, Request, Version};

/// How many calls of one load are under way at once.
const SIDE_BY_SIDE: usize = 20;
/// How many secrets `BatchGetSecretValue` takes.
const BATCH: usize = 20;

/// A request and its place in the list that the chain asked for.
pub(super) type Numbered<'a> = (usize, &'a Request);

/// What a call comes to: answers, and what is left to be asked alone.
#[derive(Default)]
pub(super) struct Outcome<'a> {
    pub(super) answers: Vec<(usize, Answer)>,
    pub(super) alone: Vec<Asked<'a>>,
}

/// A request and the client for its region.
#[derive(Clone)]
pub(super) struct Asked<'a> {
    pub(super) request: Numbered<'a>,
    pub(super) client: Client,
}

/// A region's client, and what is asked there.
type Regional<'a> = (Client, Vec<Numbered<'a>>);

/// A call under way. Boxed, because calls of all kinds wait in one list.
type Call<'c, 'a> = Pin<Box<dyn Future<Output = Outcome<'a>> + Send + 'c>>;

impl FromIterator<Self> for Outcome<'_> {
    fn from_iter<I: IntoIterator<Item = Self>>(outcomes: I) -> Self {
        let mut all = Self::default();
        for outcome in outcomes {
            all.answers.extend(outcome.answers);
            all.alone.extend(outcome.alone);
        }
        all
    }
}

impl Context<'_> {
    /// An answer to every request, in order.
    pub(super) async fn ask_all(&self, requests: &[Request]) -> Vec<Answer> {
        let (regions, mut answers) = self.by_region(requests);
        let mut calls: Vec<Call<'_, '_>> = Vec::new();
        for (client, requests) in &regions {
            let (together, alone) = self.split(client, requests);
            for chunk in together.chunks(BATCH) {
                calls.push(Box::pin(self.batch(client, chunk.to_vec())));
            }
            for request in alone {
                calls.push(Box::pin(self.alone(Asked {
                    request,
                    client: client.clone(),
                })));
            }
        }
        let first: Outcome<'_> = side_by_side(calls).await;
        answers.extend(first.answers);
        let mut calls: Vec<Call<'_, '_>> = Vec::new();
        for asked in first.alone {
            calls.push(Box::pin(self.alone(asked)));
        }
        let second: Outcome<'_> = side_by_side(calls).await;
        answers.extend(second.answers);
        in_order(requests.len(), answers)
    }

    /// The requests by the region that holds them, and the answers to those for which there is none.
    fn by_region<'a>(&self, requests: &'a [Request]) -> (Vec<Regional<'a>>, Vec<(usize, Answer)>) {
        let mut regions: Vec<(&str, Vec<Numbered<'a>>)> = Vec::new();
        let mut nowhere = Vec::new();
        for (i, request) in requests.iter().enumerate() {
            let Some(region) = self.connection.region_of(request.id()) else {
                nowhere.push((i, Answer::Failed(no_region())));
                continue;
            };
            match regions.iter_mut().find(|(known, _)| *known == region) {
                Some((_, requests)) => requests.push((i, request)),
                None => regions.push((region, vec![(i, request)])),
            }
        }
        let client = |region: &str| self.connection.client_in(region);
        let regions = regions
            .into_iter()
            .map(|(region, requests)| (client(region), requests));
        (regions.collect(), nowhere)
    }

    /// What goes in batches, and what goes alone: pinned versions, a single secret, and all where batches are refused.
    fn split<'a>(
        &self,
        client: &Client,
        requests: &[Numbered<'a>],
    ) -> (Vec<Numbered<'a>>, Vec<Numbered<'a>>) {
        let (mut current, pinned): (Vec<_>, Vec<_>) = requests
            .iter()
            .partition(|(_, request)| *request.version() == Version::Current);
        let together = if self.connection.is_batch_refused(region(client)) {
            0
        } else {
            // One that is left over after full batches is no batch.
            current.len() - usize::from(current.len() % BATCH == 1)
        };
        let alone = current.split_off(together);
        (current, alone.into_iter().chain(pinned).collect())
    }
}

/// Runs calls, a bounded number at once, and puts together what they come to.
pub(super) async fn side_by_side<F: Future, T: FromIterator<F::Output>>(calls: Vec<F>) -> T {
    let outcomes = stream::iter(calls).buffer_unordered(SIDE_BY_SIDE);
    outcomes.collect::<Vec<_>>().await.into_iter().collect()
}

fn in_order(count: usize, answers: Vec<(usize, Answer)>) -> Vec<Answer> {
    let left_out = || {
        let message = "Secrets Manager left it out of its answer";
        Answer::Failed(Failure::new(Cause::Internal, message).with_hint(LEFT_OUT))
    };
    let mut ordered: Vec<Answer> = (0..count).map(|_| left_out()).collect();
    for (i, answer) in answers {
        ordered[i] = answer;
    }
    ordered
}
