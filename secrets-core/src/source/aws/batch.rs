//! Batches of values, and single calls for values that batches cannot return.

use std::borrow::Cow;
use std::collections::BTreeMap;
use std::future::Future;
use std::ptr;
use std::sync::Arc;
use std::time::Duration;

use futures_util::future::join_all;
use tokio::time::{Instant, sleep};

use super::call::{Calls, RegionalCalls};
use super::client::Configured;
use super::errors::no_region;
use super::regional::{RegionalClients, SdkClient};
use crate::source::aws_api::errors::CallError;
use crate::source::aws_api::response_check::CHECK_PROXY;
use crate::source::aws_api::service::AwsService;
use crate::source::{FetchResult, MissingReason, SecretRequest, SourceError, SourceErrorKind};

/// A service that stores secrets and can return several of them in one call.
pub(crate) trait Service: SdkClient {
    /// Identifies a value.
    type Id: Clone + Send + Sync;

    /// The name of the source in chains and reports.
    const SOURCE: &'static str;
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

    /// Returns the clients of a configuration. Creates them on first use.
    fn configured(configured: &Configured) -> Arc<RegionalClients<Self>>;

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

impl<C: Service> Calls<'_, C> {
    /// Returns a result for each id, in order, with as few calls as possible.
    pub(super) async fn fetch_all(&self, ids: &[&C::Id]) -> Vec<FetchResult> {
        let mut batchable: BTreeMap<&str, usize> = BTreeMap::new();
        let mut groups: BTreeMap<(Option<&str>, Option<usize>), Vec<usize>> = BTreeMap::new();
        for (index, id) in ids.iter().enumerate() {
            let region = C::region_of(id).or_else(|| self.clients.region());
            let batch = region.filter(|_| C::is_batchable(id)).map(|region| {
                let count = batchable.entry(region).or_default();
                *count += 1;
                (*count - 1) / C::BATCH_SIZE
            });
            groups.entry((region, batch)).or_default().push(index);
        }
        let fetched = groups.iter().map(|((region, batch), indices)| {
            let ids: Vec<&C::Id> = indices.iter().map(|index| ids[*index]).collect();
            async move {
                match region {
                    Some(region) => self.in_region(region).fetch(&ids, batch.is_some()).await,
                    None => vec![FetchResult::Failed(no_region()); ids.len()],
                }
            }
        });
        let fetched = join_all(fetched).await.into_iter().flatten();
        let mut results: Vec<_> = groups.values().flatten().zip(fetched).collect();
        results.sort_unstable_by_key(|(index, _)| **index);
        results.into_iter().map(|(_, result)| result).collect()
    }
}

impl<C: Service> RegionalCalls<'_, C> {
    /// Fetches values, in a batch if possible.
    async fn fetch(&self, ids: &[&C::Id], can_batch: bool) -> Vec<FetchResult> {
        let is_batch = can_batch
            && (C::BATCHES_ONE || ids.len() > 1)
            && !self.clients().denies_batches(self.region);
        if !is_batch {
            return self.fetch_each(ids).await;
        }
        let error = match C::fetch_batch(self, ids).await {
            Ok(results) => return self.complete(ids, results).await,
            Err(error) => error,
        };
        let is_denied = has_kind(&error.result, SourceErrorKind::Denied);
        let is_throttled = has_kind(&error.result, SourceErrorKind::Throttled);
        // One value can make the whole batch fail, and a policy can allow the single call only.
        if error.refused && (ids.len() > 1 || is_denied) {
            if C::DENIES_AT_ONCE {
                self.remember_denial(&error.result);
            }
            let results = self.fetch_each(ids).await;
            if is_denied && are_permitted(&results) {
                self.remember_denial(&error.result);
            }
            results
        } else if C::HAS_SINGLE_QUOTA && is_throttled && !error.refused {
            self.pause_after_throttling().await;
            self.fetch_each(ids).await
        } else {
            vec![error.result; ids.len()]
        }
    }

    async fn fetch_each(&self, ids: &[&C::Id]) -> Vec<FetchResult> {
        join_all(ids.iter().map(|id| C::fetch_one(self, id))).await
    }

    /// Fetches the values that a batch did not return.
    async fn complete(&self, ids: &[&C::Id], batch: Vec<Option<FetchResult>>) -> Vec<FetchResult> {
        let results = ids
            .iter()
            .zip(batch)
            .map(async |(id, result)| match result {
                Some(result) => result,
                None => C::fetch_one(self, id).await,
            });
        join_all(results).await
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
        let help = if has_kind(rejection, SourceErrorKind::Denied) {
            C::BATCH_HINT
        } else {
            "find the secret that makes the whole call fail"
        };
        let call = C::BATCH_CALL;
        tracing::warn!(
            code,
            help,
            "{call} is denied; secrets are fetched individually from now on"
        );
    }
}

/// Returns whether single calls are permitted.
fn are_permitted(results: &[FetchResult]) -> bool {
    let is_found = |result: &FetchResult| matches!(result, FetchResult::Found(_));
    let is_denied = |result: &FetchResult| has_kind(result, SourceErrorKind::Denied);
    results.iter().any(is_found) && !results.iter().any(is_denied)
}

fn has_kind(result: &FetchResult, kind: SourceErrorKind) -> bool {
    matches!(result, FetchResult::Failed(error) if error.kind() == kind)
}

/// Returns the entry of each id in the response to a batch, by name or ARN and never by order.
///
/// Secrets of several accounts can share a name. An entry that an ARN requests is therefore never returned for a name,
/// which is then fetched individually: only AWS can resolve in which account a name is.
pub(super) fn match_entries<'e, I, E>(
    ids: &[I],
    entries: &'e [E],
    is_arn: impl Fn(&I) -> bool,
    find: impl Fn(&I, &[&'e E]) -> Option<&'e E>,
) -> Vec<Option<&'e E>> {
    let all: Vec<&E> = entries.iter().collect();
    let by_arn = |id: &I| if is_arn(id) { find(id, &all) } else { None };
    let mut found: Vec<Option<&E>> = ids.iter().map(by_arn).collect();
    let is_free = |entry: &&E| !found.iter().flatten().any(|known| ptr::eq(*known, *entry));
    let free: Vec<&E> = entries.iter().filter(is_free).collect();
    for (id, found) in ids.iter().zip(&mut found).filter(|(id, _)| !is_arn(id)) {
        *found = find(id, &free);
    }
    found
}

/// Returns the result of a value that a response does not contain.
pub(super) fn left_out(service: &AwsService) -> FetchResult {
    let AwsService { name, noun, .. } = service;
    let message = format!("the response from {name} does not contain this {noun}");
    FetchResult::Failed(SourceError::new(SourceErrorKind::Internal, message).with_hint(CHECK_PROXY))
}
