//! Batches of values, and single calls for what batches cannot return.

use std::future::Future;
use std::pin::Pin;
use std::time::Duration;

use futures_util::StreamExt;
use futures_util::stream;
use tokio::time::{Instant, sleep};

use super::call::Calls;
use super::errors::{CallError, LEFT_OUT, no_region};
use super::regional::ServiceClient;
use crate::source::{FetchResult, SourceError, SourceErrorKind};

/// The most calls of one load that run concurrently.
const CONCURRENT_CALLS: usize = 20;
/// The longest pause between a throttled batch and the single calls in its place.
const LONGEST_PAUSE: Duration = Duration::from_millis(300);

/// A service that can return several values in one call.
pub(super) trait BatchService: ServiceClient {
    /// Identifies a value.
    type Id: Sync;

    /// The name in messages.
    const NAME: &'static str;
    /// The most values of a batch.
    const BATCH: usize;
    /// Whether a value that is the only one goes in a batch.
    const BATCHES_ONE: bool;
    /// Whether a throttled batch continues as single calls, because these have a quota of their own.
    const HAS_SINGLE_QUOTA: bool;
    /// Whether one rejected batch proves that batches are denied. Otherwise single calls must succeed after it.
    const DENIES_AT_ONCE: bool;

    /// Returns the region that an ARN specifies.
    fn region_of(id: &Self::Id) -> Option<&str>;

    /// Returns whether a batch can contain the value.
    fn is_batchable(id: &Self::Id) -> bool;

    /// Returns whether values are requested alone after a batch was rejected.
    fn continues_alone(rejection: &FetchResult, count: usize) -> bool;

    /// Fetches a batch. `None` stands for values that must be requested alone.
    fn fetch_batch(
        &self,
        calls: &Calls<'_, Self>,
        region: &str,
        ids: &[&Self::Id],
    ) -> impl Future<Output = Result<Vec<Option<FetchResult>>, CallError>> + Send;

    /// Fetches one value.
    fn fetch_one(
        &self,
        calls: &Calls<'_, Self>,
        region: &str,
        id: &Self::Id,
    ) -> impl Future<Output = FetchResult> + Send;

    /// Logs that batches are denied from now on.
    fn warn_of_denial(rejection: &FetchResult);
}

/// The result of calls.
#[derive(Default)]
struct Outcome<'i> {
    results: Vec<(usize, FetchResult)>,
    /// Values that must be requested alone, with their region.
    alone: Vec<(&'i str, usize)>,
    /// Rejected batches whose denial is not proved, with their region.
    rejected: Vec<(&'i str, FetchResult)>,
}

impl FromIterator<Self> for Outcome<'_> {
    fn from_iter<I: IntoIterator<Item = Self>>(outcomes: I) -> Self {
        let mut all = Self::default();
        for outcome in outcomes {
            all.results.extend(outcome.results);
            all.alone.extend(outcome.alone);
            all.rejected.extend(outcome.rejected);
        }
        all
    }
}

/// A running call. Boxed, because calls of both kinds are in one list.
type Call<'c, 'i> = Pin<Box<dyn Future<Output = Outcome<'i>> + Send + 'c>>;

/// Values by region, as places in the list of all ids.
type Regional<'i> = Vec<(&'i str, Vec<usize>)>;

impl<C: BatchService> Calls<'_, C> {
    /// Returns a result for each id, in order, with as few calls as possible.
    pub(super) async fn fetch_all(&self, ids: &[&C::Id]) -> Vec<FetchResult> {
        let (regions, mut results) = self.by_region(ids);
        let mut calls: Vec<Call<'_, '_>> = Vec::new();
        for (region, places) in regions {
            let (batched, alone) = self.split(region, ids, places);
            for places in batched.chunks(C::BATCH) {
                calls.push(Box::pin(self.batch(region, ids, places.to_vec())));
            }
            for place in alone {
                calls.push(Box::pin(self.alone(region, ids, place)));
            }
        }
        let first: Outcome<'_> = concurrently(calls).await;
        let alone = first.alone.iter();
        let calls = alone.map(|(region, place)| self.alone(region, ids, *place));
        let second: Outcome<'_> = concurrently(calls.collect()).await;
        for (region, rejection) in &first.rejected {
            if is_denied_only_in_batch(rejection, &second.results) {
                self.remember_denial(region, rejection);
            }
        }
        results.extend(first.results.into_iter().chain(second.results));
        in_order::<C>(ids.len(), results)
    }

    /// Groups ids by region, and returns the results of those without a region.
    fn by_region<'i>(&'i self, ids: &[&'i C::Id]) -> (Regional<'i>, Vec<(usize, FetchResult)>) {
        let mut regions: Regional<'i> = Vec::new();
        let mut results = Vec::new();
        for (place, id) in ids.iter().enumerate() {
            let Some(region) = C::region_of(id).or_else(|| self.clients.region()) else {
                results.push((place, FetchResult::Failed(no_region())));
                continue;
            };
            match regions.iter_mut().find(|(known, _)| *known == region) {
                Some((_, places)) => places.push(place),
                None => regions.push((region, vec![place])),
            }
        }
        (regions, results)
    }

    /// Splits values into those for batches and those for single calls.
    fn split(&self, region: &str, ids: &[&C::Id], places: Vec<usize>) -> (Vec<usize>, Vec<usize>) {
        let (mut batched, alone): (Vec<_>, Vec<_>) = places
            .into_iter()
            .partition(|place| C::is_batchable(ids[*place]));
        let count = if self.clients.denies_batches(region) {
            0
        } else {
            let is_one_left = !C::BATCHES_ONE && batched.len() % C::BATCH == 1;
            batched.len() - usize::from(is_one_left)
        };
        let mut rest = batched.split_off(count);
        rest.extend(alone);
        (batched, rest)
    }

    async fn batch<'i>(&self, region: &'i str, ids: &[&C::Id], places: Vec<usize>) -> Outcome<'i> {
        let client = self.clients.client_in(region);
        let batch: Vec<&C::Id> = places.iter().map(|place| ids[*place]).collect();
        let mut outcome = Outcome::default();
        match client.fetch_batch(self, region, &batch).await {
            Ok(results) => {
                for (place, result) in places.into_iter().zip(results) {
                    match result {
                        Some(result) => outcome.results.push((place, result)),
                        None => outcome.alone.push((region, place)),
                    }
                }
            }
            Err(error) if continues_alone::<C>(&error, places.len()) => {
                if error.refused && C::DENIES_AT_ONCE {
                    self.remember_denial(region, &error.result);
                } else if error.refused {
                    outcome.rejected.push((region, error.result));
                } else {
                    self.pause_after_throttling().await;
                }
                outcome.alone = places.into_iter().map(|place| (region, place)).collect();
            }
            Err(error) => {
                let failed = |place| (place, error.result.clone());
                outcome.results = places.into_iter().map(failed).collect();
            }
        }
        outcome
    }

    async fn alone<'i>(&self, region: &'i str, ids: &[&C::Id], place: usize) -> Outcome<'i> {
        let result = if let Some(error) = self.rejected_in(region) {
            FetchResult::Failed(error)
        } else {
            let client = self.clients.client_in(region);
            client.fetch_one(self, region, ids[place]).await
        };
        Outcome {
            results: vec![(place, result)],
            ..Outcome::default()
        }
    }

    /// Spreads the single calls of many processes that start at once.
    async fn pause_after_throttling(&self) {
        let left = self
            .context
            .deadline()
            .saturating_duration_since(Instant::now());
        let longest = LONGEST_PAUSE.min(left / 10);
        sleep(longest.mul_f64(fastrand::f64())).await;
    }

    fn remember_denial(&self, region: &str, rejection: &FetchResult) {
        if self.clients.remember_denial(region) {
            C::warn_of_denial(rejection);
        }
    }
}

/// Returns whether values are requested alone after a batch failed.
fn continues_alone<C: BatchService>(error: &CallError, count: usize) -> bool {
    if error.refused {
        return C::continues_alone(&error.result, count);
    }
    C::HAS_SINGLE_QUOTA && has_kind(&error.result, SourceErrorKind::Throttled)
}

/// Returns whether a rejected batch was denied, while single calls were permitted.
fn is_denied_only_in_batch(rejection: &FetchResult, alone: &[(usize, FetchResult)]) -> bool {
    let is_found = |(_, result): &(usize, FetchResult)| matches!(result, FetchResult::Found(_));
    let is_denied = |(_, result): &(usize, FetchResult)| has_kind(result, SourceErrorKind::Denied);
    has_kind(rejection, SourceErrorKind::Denied)
        && alone.iter().any(is_found)
        && !alone.iter().any(is_denied)
}

pub(super) fn has_kind(result: &FetchResult, kind: SourceErrorKind) -> bool {
    matches!(result, FetchResult::Failed(error) if error.kind() == kind)
}

/// Runs calls concurrently, within a limit, and combines their outcomes.
pub(super) async fn concurrently<F: Future, T: FromIterator<F::Output>>(calls: Vec<F>) -> T {
    let outcomes = stream::iter(calls).buffer_unordered(CONCURRENT_CALLS);
    outcomes.collect::<Vec<_>>().await.into_iter().collect()
}

fn in_order<C: BatchService>(count: usize, results: Vec<(usize, FetchResult)>) -> Vec<FetchResult> {
    let mut ordered: Vec<FetchResult> = (0..count).map(|_| left_out(C::NAME)).collect();
    for (place, result) in results {
        ordered[place] = result;
    }
    ordered
}

/// The result of a value that a response does not contain.
pub(super) fn left_out(service: &str) -> FetchResult {
    let message = format!("{service} left it out of its answer");
    FetchResult::Failed(SourceError::new(SourceErrorKind::Internal, message).with_hint(LEFT_OUT))
}
