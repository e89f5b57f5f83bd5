//! Queries the sources in order, each only for fields that earlier sources did not provide.

use std::collections::BTreeMap;
use std::sync::Arc;

use tokio::time::{Instant, timeout_at};

use super::consistency::agree;
use super::plan::{Candidate, Leaf, Plan};
use super::round::{Fetched, can_have};
use super::state::{LoadState, Status};
use super::unknown_keys;
use crate::error::Flaw;
use crate::source::{
    FetchContext, FetchResult, KeyedBy, SecretRequest, SecretSource, SourceError, SourceErrorKind,
    after, timed_out,
};
use crate::spec::Reach;
use crate::telemetry::{record_fallback, source_label};

/// The sources of a load, and the errors after which the next one is queried.
pub(crate) struct Chain {
    pub(crate) sources: Vec<Arc<dyn SecretSource>>,
    /// The sources of fields that are not secrets, in this order: the environment, and `.env` files.
    pub(crate) settings: Vec<Arc<dyn SecretSource>>,
    pub(crate) fall_back_on: Vec<SourceErrorKind>,
    pub(crate) context: FetchContext,
}

impl Chain {
    /// Queries sources until every value is found, has failed, or has no source left. Returns flaws if a source needs a
    /// name that contains a placeholder without a value.
    pub(crate) async fn fetch(&self, plan: &Plan, state: &mut LoadState) -> Result<(), Vec<Flaw>> {
        // These are queried first, but their places follow all others: after their errors there is no next source.
        for (place, source) in (self.sources.len()..).zip(&self.settings) {
            self.query(&**source, place, Reach::EnvironmentOnly, plan, state)
                .await?;
        }
        for (place, source) in self.sources.iter().enumerate() {
            self.query(&**source, place, Reach::Chain, plan, state)
                .await?;
        }
        Ok(())
    }

    /// Reopens every value that its type rejected for the later sources, if `fall_back_on` contains that kind of error.
    /// Returns whether it reopened one.
    pub(crate) fn reopen_rejected(&self, plan: &Plan, state: &mut LoadState) -> bool {
        let mut reopened = false;
        for (leaf, state) in plan.leaves.iter().zip(&mut state.leaves) {
            let Some((place, error)) = state.rejected_by_type() else {
                continue;
            };
            let error = error.clone();
            if self.falls_back(&error, place, leaf, &[]) {
                warn_of_fallback(plan, leaf, self.sources[place].name(), &error);
                state.reopen(place + 1, error);
                reopened = true;
            }
        }
        reopened
    }

    async fn query(
        &self,
        source: &dyn SecretSource,
        place: usize,
        reach: Reach,
        plan: &Plan,
        state: &mut LoadState,
    ) -> Result<(), Vec<Flaw>> {
        let is_open = |leaf: usize| state.leaves[leaf].is_open_at(place);
        let round = plan.requests(source.keyed_by(), reach, is_open);
        if round.requests.is_empty() {
            return Ok(());
        }
        let unfilled = match source.keyed_by() {
            KeyedBy::SecretId => plan.unfilled(is_open),
            KeyedBy::EnvVar => Vec::new(),
        };
        let results = if unfilled.is_empty() {
            self.results(source, place, &round.requests).await
        } else {
            // Without the names, the source is not queried at all, so that no load sends a part of its requests.
            match self.ready(source, place).await {
                Ok(()) => return Err(unfilled),
                Err(result) => vec![result; round.requests.len()],
            }
        };
        let mut fetched = Fetched::new(plan, source, place, &round, results);
        for candidates in round.of_each_value() {
            self.settle(&mut fetched, candidates, plan, state);
        }
        if source.keyed_by() == KeyedBy::SecretId {
            unknown_keys::check(plan, &mut fetched, state);
        }
        Ok(())
    }

    /// Uses the first candidate with a value. An error ends the search, unless it falls back.
    fn settle(
        &self,
        fetched: &mut Fetched<'_>,
        candidates: &[Candidate],
        plan: &Plan,
        state: &mut LoadState,
    ) {
        let place = fetched.place;
        let mut failed = None;
        for (i, &candidate) in candidates.iter().enumerate() {
            let (leaf, state) = (
                &plan.leaves[candidate.leaf],
                &mut state.leaves[candidate.leaf],
            );
            let later = &candidates[i + 1..];
            let result = fetched.select(candidate);
            #[cfg(feature = "live")]
            state
                .missing_in
                .extend(fetched.version_without_key(candidate, &result));
            let (status, result) = match result {
                Ok(found) => {
                    state.unused_alias = fetched.first_found(later, candidate).map(Box::new);
                    (Status::Found(found), FetchResult::Found(()))
                }
                Err(FetchResult::Failed(error)) => {
                    if self.falls_back(&error, place, leaf, later) {
                        if failed.is_none() {
                            warn_of_fallback(plan, leaf, fetched.source.name(), &error);
                        }
                        failed = Some(error.clone());
                        (Status::Open { from: place + 1 }, FetchResult::Failed(error))
                    } else {
                        (Status::Failed(error.clone()), FetchResult::Failed(error))
                    }
                }
                Err(result) => (Status::Open { from: place + 1 }, result),
            };
            let is_last = later.is_empty() || matches!(result, FetchResult::NotConfigured(_));
            state.attempts.push(fetched.attempt(candidate, result));
            state.status = status;
            if !matches!(state.status, Status::Open { .. }) {
                return;
            }
            if is_last {
                // Only an alias could have the value: that it is missing does not make the error a missing value.
                if let Some(error) = failed
                    && !self.is_in_later(place, leaf)
                {
                    state.status = Status::Failed(error);
                }
                return;
            }
        }
    }

    /// Returns whether an error leads to the next alias or source: its kind is listed, and there is an alias, or a
    /// later source that can have the value.
    fn falls_back(
        &self,
        error: &SourceError,
        place: usize,
        leaf: &Leaf,
        aliases: &[Candidate],
    ) -> bool {
        self.fall_back_on.contains(&error.kind())
            && (!aliases.is_empty() || self.is_in_later(place, leaf))
    }

    /// Returns whether a later source can have a value.
    fn is_in_later(&self, place: usize, leaf: &Leaf) -> bool {
        let mut later = self.sources.iter().skip(place + 1);
        later.any(|source| can_have(source.keyed_by(), leaf))
    }

    /// Returns one result per request, even if a source is late or breaks its contract.
    async fn results(
        &self,
        source: &dyn SecretSource,
        place: usize,
        requests: &[SecretRequest],
    ) -> Vec<FetchResult> {
        let failed = |error: SourceError| {
            requests
                .iter()
                .map(|_| FetchResult::Failed(error.clone()))
                .collect()
        };
        let deadline = self.deadline_of(place);
        let context = self.context.with_deadline(deadline);
        match timeout_at(deadline, source.fetch(requests, context)).await {
            Ok(mut results) if results.len() == requests.len() => {
                agree(requests, &mut results);
                results
            }
            Ok(results) => failed(wrong_number(results.len(), requests.len())),
            Err(_) => failed(timed_out(context, source.endpoint().as_deref())),
        }
    }

    /// Checks whether a source can be queried. Returns the result of every request if it cannot.
    async fn ready(&self, source: &dyn SecretSource, place: usize) -> Result<(), FetchResult> {
        let context = self.context.with_deadline(self.deadline_of(place));
        let ready = timeout_at(context.deadline(), source.ready(context)).await;
        ready.unwrap_or_else(|_| {
            let error = timed_out(context, source.endpoint().as_deref());
            Err(FetchResult::Failed(error))
        })
    }

    /// Returns the values of placeholders in `.env` files, and the errors of these files.
    pub(crate) async fn placeholder_values(
        &self,
        names: Vec<&str>,
    ) -> (BTreeMap<String, String>, Vec<SourceError>) {
        let mut requests: Vec<_> = names.into_iter().map(SecretRequest::variable).collect();
        let (mut values, mut errors) = (BTreeMap::new(), Vec::new());
        for (place, source) in (self.sources.len()..).zip(&self.settings).skip(1) {
            if requests.is_empty() {
                break;
            }
            let results = self.results(&**source, place, &requests).await;
            let mut results = results.into_iter();
            requests.retain(|request| match results.next() {
                Some(FetchResult::Found(found)) => {
                    let text = found.value.text().unwrap_or_default();
                    values.insert(request.id().to_owned(), text.to_owned());
                    false
                }
                Some(FetchResult::Failed(error)) => {
                    if !errors.contains(&error) {
                        errors.push(error);
                    }
                    false
                }
                _ => true,
            });
        }
        (values, errors)
    }

    /// Returns the deadline of a source. If a timeout may fall back, each later source that does I/O keeps its share.
    fn deadline_of(&self, place: usize) -> Instant {
        let deadline = self.context.deadline();
        if !self.fall_back_on.contains(&SourceErrorKind::Unreachable) {
            return deadline;
        }
        let later = self.sources.iter().skip(place + 1);
        let later = later.filter(|source| source.does_io()).count();
        let shares = u32::try_from(later).unwrap_or(u32::MAX).saturating_add(1);
        let now = Instant::now();
        after(now, deadline.saturating_duration_since(now) / shares)
    }
}

/// Returns the error of a source that breaks its contract.
fn wrong_number(results: usize, requests: usize) -> SourceError {
    let message = format!("the source returned {results} results for {requests} requests");
    SourceError::new(SourceErrorKind::Internal, message)
        .with_hint("the source must return exactly one result per request, in order")
}

fn warn_of_fallback(plan: &Plan, leaf: &Leaf, source: &str, error: &SourceError) {
    let config = plan.spec.name();
    let (source, cause) = (source_label(source), error.kind().label());
    record_fallback(config, source, cause);
    tracing::warn!(
        config,
        field = &*leaf.path,
        source,
        cause,
        code = error.code_label(),
        "a source failed, so the next name or source is used, as set by `fall_back_on`"
    );
}
