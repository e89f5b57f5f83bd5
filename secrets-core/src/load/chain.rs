//! Queries the sources in order, each only for fields that earlier sources did not provide.

use std::sync::Arc;

use tokio::time::{Instant, timeout_at};

use super::consistency::agree;
use super::plan::{Leaf, Plan};
use super::state::{FoundValue, LeafState, LoadState, Status};
use crate::decode::{Mismatch, SecretDocument, Selected};
use crate::report::{Attempt, FieldOutcome};
use crate::source::{
    FetchContext, FetchResult, KeyedBy, SecretRequest, SecretSource, SecretValue, SourceError,
    SourceErrorKind, after, timed_out,
};
use crate::spec::Reach;
use crate::telemetry::record_fallback;

/// The sources of a load, and the errors after which the next one is queried.
pub(crate) struct Chain {
    pub(crate) sources: Vec<Arc<dyn SecretSource>>,
    /// The sources of fields that are not secrets, in this order.
    pub(crate) settings: Vec<Arc<dyn SecretSource>>,
    pub(crate) fall_back_on: Vec<SourceErrorKind>,
    pub(crate) context: FetchContext,
}

/// The requests to one source, and the request of each open value.
struct Round {
    requests: Vec<SecretRequest>,
    waiting: Vec<(usize, usize)>,
}

impl Chain {
    /// Queries sources until every value is found, has failed, or has no source left.
    pub(crate) async fn fetch(&self, plan: &Plan, state: &mut LoadState) {
        // These are queried first, but their places follow all others: after their errors there is no next source.
        for (place, source) in (self.sources.len()..).zip(&self.settings) {
            self.query(&**source, place, Reach::EnvironmentOnly, plan, state)
                .await;
        }
        for (place, source) in self.sources.iter().enumerate() {
            self.query(&**source, place, Reach::Chain, plan, state)
                .await;
        }
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
            if self.falls_back(&error, place, leaf) {
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
    ) {
        let round = Round::new(source.keyed_by(), place, reach, plan, state);
        if round.requests.is_empty() {
            return;
        }
        let results = self.results(source, place, &round.requests).await;
        let mut documents: Vec<Option<SecretDocument<'_>>> =
            results.iter().map(SecretDocument::of).collect();
        for (leaf, request) in round.waiting {
            let result = match (&results[request], &mut documents[request]) {
                (FetchResult::Found(found), Some(document)) => {
                    select(source, place, found, document, &plan.leaves[leaf])
                }
                (result, _) => Err(result.without_value()),
            };
            let (leaf, state) = (&plan.leaves[leaf], &mut state.leaves[leaf]);
            if let Err(FetchResult::Failed(error)) = &result
                && self.falls_back(error, place, leaf)
            {
                warn_of_fallback(plan, leaf, source.name(), error);
            }
            self.settle(source, place, &round.requests[request], leaf, state, result);
        }
    }

    /// Returns whether an error leads to the next source: its kind is listed, and a later source can have the value.
    fn falls_back(&self, error: &SourceError, place: usize, leaf: &Leaf) -> bool {
        let mut later = self.sources.iter().skip(place + 1);
        self.fall_back_on.contains(&error.kind())
            && later.any(|source| request(source.keyed_by(), leaf).is_some())
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

    fn settle(
        &self,
        source: &dyn SecretSource,
        place: usize,
        request: &SecretRequest,
        leaf: &Leaf,
        state: &mut LeafState,
        result: Result<FoundValue, FetchResult<()>>,
    ) {
        let (status, result) = match result {
            Ok(found) => (Status::Found(found), FetchResult::Found(())),
            Err(FetchResult::Failed(error)) if !self.falls_back(&error, place, leaf) => {
                (Status::Failed(error.clone()), FetchResult::Failed(error))
            }
            Err(result) => (Status::Open { from: place + 1 }, result),
        };
        state.attempts.push(Attempt {
            source: source.name().to_owned(),
            keyed_by: source.keyed_by(),
            endpoint: source.endpoint(),
            id: request.id().to_owned(),
            hint: source.hint(request, &result),
            result,
        });
        state.status = status;
    }
}

impl Round {
    fn new(keyed_by: KeyedBy, place: usize, reach: Reach, plan: &Plan, state: &LoadState) -> Self {
        let mut round = Self {
            requests: Vec::new(),
            waiting: Vec::new(),
        };
        for (i, leaf) in plan.leaves.iter().enumerate() {
            if !state.leaves[i].is_open_at(place) || leaf.reach() != reach {
                continue;
            }
            if let Some(request) = request(keyed_by, leaf) {
                let request = round.place_of(request);
                if let Some(key) = json_key(keyed_by, leaf) {
                    round.requests[request].add_json_key(key);
                }
                round.waiting.push((i, request));
            }
        }
        round
    }

    /// Returns the place of a request, and adds it if it is new.
    fn place_of(&mut self, request: SecretRequest) -> usize {
        let is_same = |known: &SecretRequest| known.is_same_secret(&request);
        let place = self.requests.iter().position(is_same);
        place.unwrap_or_else(|| {
            self.requests.push(request);
            self.requests.len() - 1
        })
    }
}

fn request(keyed_by: KeyedBy, leaf: &Leaf) -> Option<SecretRequest> {
    match keyed_by {
        KeyedBy::SecretId => leaf.address.as_ref().map(|address| address.request.clone()),
        KeyedBy::EnvVar => leaf.variable.as_deref().map(SecretRequest::variable),
    }
}

/// Returns the JSON key of a field. A variable contains the field's value alone.
fn json_key(keyed_by: KeyedBy, leaf: &Leaf) -> Option<&str> {
    let address = leaf
        .address
        .as_ref()
        .filter(|_| keyed_by == KeyedBy::SecretId);
    address?.json_key.as_deref()
}

/// Selects a field's value from a result.
fn select(
    source: &dyn SecretSource,
    place: usize,
    found: &SecretValue,
    document: &mut SecretDocument<'_>,
    leaf: &Leaf,
) -> Result<FoundValue, FetchResult<()>> {
    let keyed_by = source.keyed_by();
    let outcome = FieldOutcome::Found {
        source: source.name().to_owned(),
        version_id: found.version_id.clone(),
        arn: found.arn.clone(),
        created_at: found.created_at,
        replica_region: found.replica_region.clone(),
    };
    match document.select(json_key(keyed_by, leaf)) {
        Selected::Value(value) => Ok(FoundValue {
            value,
            place,
            keyed_by,
            outcome,
        }),
        Selected::Missing(reason) => Err(FetchResult::Missing(reason)),
        Selected::Malformed(mismatch) => Err(FetchResult::Failed(not_json(&mismatch))),
    }
}

fn not_json(mismatch: &Mismatch) -> SourceError {
    SourceError::new(SourceErrorKind::Malformed, mismatch.to_string()).with_hint(
        "store a JSON object that contains the key once, or remove `json_key` to load the entire secret",
    )
}

/// Returns the error of a source that breaks its contract.
fn wrong_number(results: usize, requests: usize) -> SourceError {
    let message = format!("the source returned {results} results for {requests} requests");
    SourceError::new(SourceErrorKind::Internal, message)
        .with_hint("the source must return exactly one result per request, in order")
}

fn warn_of_fallback(plan: &Plan, leaf: &Leaf, source: &str, error: &SourceError) {
    let config = plan.spec.name();
    record_fallback(config, source, error.kind().label());
    tracing::warn!(
        config,
        field = leaf.path,
        source,
        cause = error.kind().as_str(),
        code = error.code(),
        "a source failed, so the next one is queried, as set by `fall_back_on`"
    );
}
