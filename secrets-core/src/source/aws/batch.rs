//! Batches of values, and single calls for values that batches cannot return.

use std::borrow::Cow;
use std::future::Future;
use std::mem::take;
use std::sync::{Arc, PoisonError};
use std::time::Duration;

use futures_util::{StreamExt as _, stream};
use tokio::sync::Notify;
use tokio::time::{Instant, sleep};

use super::call::{Calls, RegionalCalls};
use super::client::{ClientSlot, Configured};
use super::errors::no_region;
use super::sdk_client::SdkClient;
use crate::source::aws_api::errors::CallError;
use crate::source::aws_api::response_check::CHECK_PROXY;
use crate::source::aws_api::service::AwsService;
use crate::source::{FetchResult, MissingReason, SecretRequest, SourceError, SourceErrorKind};
use crate::sync::{Mutex, MutexGuard, lock};

/// A service that stores secrets and can return several of them in one call.
pub(crate) trait Service: SdkClient {
    /// Identifies a value.
    type Id: Clone + Send + Sync;

    /// The names of the service, and its hints.
    const AWS: &'static AwsService;
    /// The name of the call that fetches a batch.
    const BATCH_CALL: &'static str;
    /// The hint if batches are denied.
    const BATCH_HINT: &'static str;
    /// The most values of a batch.
    const BATCH_SIZE: usize;
    /// Whether a value that is the only one goes in a batch.
    const BATCHES_ONE: bool;
    /// Whether a throttled batch continues as single calls, because these have a quota of their own.
    const HAS_SINGLE_QUOTA: bool;
    /// Whether one rejected batch proves that batches are denied. Otherwise single calls must succeed after it.
    const DENIES_AT_ONCE: bool;
    /// Whether values can be replicated to other regions.
    const HAS_REPLICAS: bool;

    /// Returns the place of the clients of a configuration.
    fn slot(configured: &Configured) -> &ClientSlot<Self>;

    /// Returns the value that a request is for.
    fn id(request: &SecretRequest) -> Result<Cow<'_, Self::Id>, MissingReason>;

    /// Returns the region that an ARN specifies.
    fn region_of(id: &Self::Id) -> Option<&str>;

    /// Returns whether a batch can contain the value.
    fn is_batchable(_id: &Self::Id) -> bool {
        true
    }

    /// Fetches values. Returns a result for each, in order.
    fn fetch(
        calls: &Calls<'_, Self>,
        ids: &[&Self::Id],
    ) -> impl Future<Output = Vec<FetchResult>> + Send {
        calls.fetch_all(ids)
    }

    /// Fetches a batch. Returns `None` for values that must be fetched individually.
    fn fetch_batch(
        calls: &RegionalCalls<'_, Self>,
        ids: &[&Self::Id],
    ) -> impl Future<Output = Result<Vec<Option<FetchResult>>, CallError>> + Send;

    /// Fetches one value.
    fn fetch_one(
        calls: &RegionalCalls<'_, Self>,
        id: &Self::Id,
    ) -> impl Future<Output = FetchResult> + Send;
}

/// The most calls of one load that run concurrently.
const CONCURRENT_CALLS: usize = 20;

/// Runs calls concurrently, within the limit. Returns the outputs in the order of completion.
pub(crate) async fn concurrently<F: Future>(mut calls: Vec<F>) -> Vec<F::Output> {
    if calls.len() == 1
        && let Some(only) = calls.pop()
    {
        return vec![only.await];
    }
    stream::iter(calls)
        .buffer_unordered(CONCURRENT_CALLS)
        .collect()
        .await
}

/// A call for a batch or for one value.
struct PlannedCall<'r> {
    region: &'r str,
    /// The places of the values among the targets.
    indices: Vec<usize>,
    is_batch: bool,
}

impl<'r> PlannedCall<'r> {
    fn single(region: &'r str, index: usize) -> Self {
        Self {
            region,
            indices: vec![index],
            is_batch: false,
        }
    }
}

struct EndedCall<'r> {
    call: PlannedCall<'r>,
    /// The places of values that must be fetched individually.
    left: Vec<usize>,
    /// The rejection of a batch, if single calls must prove that only batches are denied.
    denial: Option<FetchResult>,
}

/// A value, and the region that it is requested in.
pub(super) struct Target<'t, I> {
    pub(super) id: &'t I,
    pub(super) region: Option<&'t str>,
}

/// The results of targets, as far as calls have ended.
pub(super) struct ResultSlots {
    results: Mutex<Vec<Option<FetchResult>>>,
    /// Is notified of each call that ends.
    progress: Option<Arc<Notify>>,
}

impl ResultSlots {
    pub(super) fn new(targets: usize, progress: Option<Arc<Notify>>) -> Self {
        Self {
            results: Mutex::new(vec![None; targets]),
            progress,
        }
    }

    pub(super) fn lock(&self) -> MutexGuard<'_, Vec<Option<FetchResult>>> {
        lock(&self.results)
    }

    fn note_progress(&self) {
        if let Some(progress) = &self.progress {
            progress.notify_one();
        }
    }
}

impl<C: Service> Calls<'_, C> {
    /// Returns a result for each id, in order, with as few calls as possible.
    pub(super) async fn fetch_all(&self, ids: &[&C::Id]) -> Vec<FetchResult> {
        let mut targets = Vec::with_capacity(ids.len());
        for &id in ids {
            let region = C::region_of(id).or_else(|| self.clients.region());
            targets.push(Target { id, region });
        }
        let slots = ResultSlots::new(ids.len(), None);
        self.fetch_targets(&targets, &slots).await;
        let result = |result: Option<_>| result.unwrap_or_else(|| left_out(C::AWS));
        let slots = slots.results.into_inner();
        let slots = slots.unwrap_or_else(PoisonError::into_inner);
        slots.into_iter().map(result).collect()
    }

    /// Fetches all targets, with as few calls as possible.
    pub(super) async fn fetch_targets(&self, targets: &[Target<'_, C::Id>], slots: &ResultSlots) {
        let mut calls = self.plan(targets, &mut slots.lock());
        let mut denials = Vec::new();
        // Single calls start after all batches. Otherwise a batch that ends while they connect adds a connection.
        while !calls.is_empty() {
            let running = take(&mut calls).into_iter();
            let running = running.map(|call| self.run(call, targets, slots));
            let ended = concurrently(running.collect()).await;
            for ended in ended {
                let region = ended.call.region;
                let singles = ended.left.into_iter();
                calls.extend(singles.map(|index| PlannedCall::single(region, index)));
                denials.extend(ended.denial.map(|denial| (ended.call, denial)));
            }
        }
        for (call, denial) in denials {
            let slots = slots.lock();
            let singles = call.indices.iter().flat_map(|index| &slots[*index]);
            if are_permitted(singles) {
                self.in_region(call.region).remember_denial(&denial);
            }
        }
    }

    /// Returns the first calls. Sets the results of targets without a region.
    fn plan<'t>(
        &self,
        targets: &[Target<'t, C::Id>],
        slots: &mut [Option<FetchResult>],
    ) -> Vec<PlannedCall<'t>> {
        let mut groups: Vec<PlannedCall<'t>> = Vec::new();
        for (index, target) in targets.iter().enumerate() {
            let Some(region) = target.region else {
                slots[index] = Some(FetchResult::Failed(no_region()));
                continue;
            };
            let is_batch = C::is_batchable(target.id);
            let has_room = |known: &&mut PlannedCall<'_>| {
                let is_alike = is_batch && known.is_batch && known.region == region;
                is_alike && known.indices.len() < C::BATCH_SIZE
            };
            if let Some(known) = groups.iter_mut().find(has_room) {
                known.indices.push(index);
                continue;
            }
            // The rest of the targets may fit into this call.
            let most = if is_batch { C::BATCH_SIZE } else { 1 };
            let mut indices = Vec::with_capacity(most.min(targets.len() - index));
            indices.push(index);
            groups.push(PlannedCall {
                region,
                indices,
                is_batch,
            });
        }
        let mut calls = Vec::new();
        for group in groups {
            let is_batch = group.is_batch
                && (C::BATCHES_ONE || group.indices.len() > 1)
                && !self.clients.denies_batches(group.region);
            if is_batch {
                calls.push(group);
            } else {
                let single = |index| PlannedCall::single(group.region, index);
                calls.extend(group.indices.into_iter().map(single));
            }
        }
        calls
    }

    async fn run<'t>(
        &self,
        call: PlannedCall<'t>,
        targets: &[Target<'_, C::Id>],
        slots: &ResultSlots,
    ) -> EndedCall<'t> {
        let regional = self.in_region(call.region);
        let ids: Vec<&C::Id> = call
            .indices
            .iter()
            .map(|index| targets[*index].id)
            .collect();
        let (results, denial) = if call.is_batch {
            regional.fetch_in_batch(&ids).await
        } else {
            let result = C::fetch_one(&regional, ids[0]).await;
            (vec![Some(result)], None)
        };
        let mut left = Vec::new();
        for (&index, result) in call.indices.iter().zip(results) {
            match result {
                Some(result) => slots.lock()[index] = Some(result),
                None => left.push(index),
            }
        }
        slots.note_progress();
        EndedCall { call, left, denial }
    }
}

impl<C: Service> RegionalCalls<'_, C> {
    /// Returns the results of a batch, `None` for values that must be fetched individually, and the denial that single
    /// calls must confirm.
    async fn fetch_in_batch(
        &self,
        ids: &[&C::Id],
    ) -> (Vec<Option<FetchResult>>, Option<FetchResult>) {
        let error = match C::fetch_batch(self, ids).await {
            Ok(results) => return (results, None),
            Err(error) => error,
        };
        let is_denied = has_kind(&error.result, SourceErrorKind::Denied);
        let is_throttled = has_kind(&error.result, SourceErrorKind::Throttled);
        // One value can make the whole batch fail, and a policy can allow the single call only.
        if error.refused && (ids.len() > 1 || is_denied) {
            if C::DENIES_AT_ONCE {
                self.remember_denial(&error.result);
            }
            let must_confirm = is_denied && !C::DENIES_AT_ONCE;
            (vec![None; ids.len()], must_confirm.then_some(error.result))
        } else if C::HAS_SINGLE_QUOTA && is_throttled && !error.refused {
            self.pause_after_throttling().await;
            (vec![None; ids.len()], None)
        } else {
            (vec![Some(error.result); ids.len()], None)
        }
    }

    /// Spreads the single calls of many processes that start at once.
    async fn pause_after_throttling(&self) {
        const LONGEST: Duration = Duration::from_millis(300);
        let deadline = self.context().deadline();
        let left = deadline.saturating_duration_since(Instant::now());
        sleep(LONGEST.min(left / 10).mul_f64(fastrand::f64())).await;
    }

    fn remember_denial(&self, rejection: &FetchResult) {
        if !self.clients().remember_denial(self.region) {
            return;
        }
        let code = match rejection {
            FetchResult::Failed(error) => error.code(),
            _ => Some("ResourceNotFoundException"),
        };
        let (problem, help) = if has_kind(rejection, SourceErrorKind::Denied) {
            ("denied", C::BATCH_HINT)
        } else {
            let help = "check that the endpoint supports this call, and that every requested name is valid";
            ("rejected", help)
        };
        let (call, noun) = (C::BATCH_CALL, C::AWS.noun);
        tracing::warn!(
            code,
            help,
            "{call} is {problem}; each {noun} is fetched individually from now on"
        );
    }
}

/// Returns whether single calls are permitted.
fn are_permitted<'r>(mut results: impl Iterator<Item = &'r FetchResult> + Clone) -> bool {
    let is_denied = |result: &FetchResult| has_kind(result, SourceErrorKind::Denied);
    !results.clone().any(is_denied) && results.any(|result| matches!(result, FetchResult::Found(_)))
}

fn has_kind(result: &FetchResult, kind: SourceErrorKind) -> bool {
    matches!(result, FetchResult::Failed(error) if error.kind() == kind)
}

/// Returns the index of each id's entry in the response to a batch, by name or ARN and never by order. `find` returns
/// the index of an id's entry among those that are free.
///
/// Secrets of several accounts can share a name. An entry that an ARN requests is therefore never returned for a name,
/// which is then fetched individually: only AWS can resolve in which account a name is.
pub(super) fn match_entries<I>(
    ids: &[I],
    is_arn: impl Fn(&I) -> bool,
    find: impl Fn(&I, &dyn Fn(usize) -> bool) -> Option<usize>,
) -> Vec<Option<usize>> {
    let by_arn = |id: &I| find(id, &|_| true);
    let arns = ids.iter().filter(|id| is_arn(id));
    let of_arns: Vec<usize> = arns.filter_map(by_arn).collect();
    let by_id = |id: &I| {
        if is_arn(id) {
            by_arn(id)
        } else {
            find(id, &|entry| !of_arns.contains(&entry))
        }
    };
    ids.iter().map(by_id).collect()
}

/// Returns the result of a value that a response does not contain.
pub(super) fn left_out(service: &AwsService) -> FetchResult {
    let AwsService { name, noun, .. } = service;
    let message = format!("the response from {name} does not contain this {noun}");
    FetchResult::Failed(SourceError::new(SourceErrorKind::Internal, message).with_hint(CHECK_PROXY))
}
