//! Asks the sources in order, each only for what is still open.

use std::sync::Arc;
use std::time::Duration;

use tokio::time::{Instant, timeout_at};

use crate::clock::after;
use crate::decode::{Document, Mismatch, Selected};
use crate::one_version::agree;
use crate::plan::{Leaf, Plan};
use crate::progress::{FoundValue, LeafState, Progress, Status};
use crate::report::{Attempt, AttemptAnswer, Outcome};
use crate::source::{
    Answer, Cause, Failure, Found, Freshness, KeyedBy, Query, Request, SecretSource,
};
use crate::spec::Reach;

/// The sources of a load, and when an answer of one leads to the next.
#[derive(Debug)]
pub(crate) struct Chain {
    pub(crate) sources: Vec<Arc<dyn SecretSource>>,
    /// Answer the fields that are not secrets, in this order.
    pub(crate) settings: Vec<Arc<dyn SecretSource>>,
    pub(crate) fall_back_on: Vec<Cause>,
    pub(crate) freshness: Freshness,
    pub(crate) timeout: Duration,
    pub(crate) deadline: Instant,
}

/// The requests to one source, and which of them each open value waits for.
struct Round {
    requests: Vec<Request>,
    waiting: Vec<(usize, usize)>,
}

impl Chain {
    /// Asks until every value is found, has failed, or has no source left.
    pub(crate) async fn ask(&self, plan: &Plan, progress: &mut Progress) {
        // These come first, and their places behind all others, where no failure leads on.
        for (place, source) in (self.sources.len()..).zip(&self.settings) {
            self.ask_one(&**source, place, Reach::EnvironmentOnly, plan, progress)
                .await;
        }
        for (place, source) in self.sources.iter().enumerate() {
            self.ask_one(&**source, place, Reach::Chain, plan, progress)
                .await;
        }
    }

    /// Lets every value that its type refused be asked for again, behind the source that gave it, where `fall_back_on`
    /// says so. Says whether there is anything to ask.
    pub(crate) fn reopen_refused(&self, plan: &Plan, progress: &mut Progress) -> bool {
        let mut reopened = false;
        for (leaf, state) in plan.leaves.iter().zip(&mut progress.leaves) {
            let Some((place, failure)) = state.refused_by_type() else {
                continue;
            };
            let failure = failure.clone();
            if self.falls_back(&failure, place, leaf) {
                warn_of_fallback(leaf, self.sources[place].name(), &failure);
                state.reopen(place + 1, failure);
                reopened = true;
            }
        }
        reopened
    }

    async fn ask_one(
        &self,
        source: &dyn SecretSource,
        place: usize,
        reach: Reach,
        plan: &Plan,
        progress: &mut Progress,
    ) {
        let round = Round::new(source.keyed_by(), place, reach, plan, progress);
        if round.requests.is_empty() {
            return;
        }
        let answers = self.answers(source, place, &round.requests).await;
        let mut documents: Vec<Option<Document<'_>>> = answers.iter().map(Document::of).collect();
        for (leaf, request) in round.waiting {
            let asked = round.requests[request].id();
            let result = match (&answers[request], &mut documents[request]) {
                (Answer::Found(found), Some(document)) => {
                    select(source, place, found, document, &plan.leaves[leaf])
                }
                (answer, _) => Err(AttemptAnswer::of(answer)),
            };
            let (leaf, state) = (&plan.leaves[leaf], &mut progress.leaves[leaf]);
            self.settle(source, place, asked, leaf, state, result);
        }
    }

    /// Whether a failure leads on: it is named, and a later source can be asked for the value.
    fn falls_back(&self, failure: &Failure, place: usize, leaf: &Leaf) -> bool {
        let mut later = self.sources.iter().skip(place + 1);
        self.fall_back_on.contains(&failure.cause())
            && later.any(|source| request(source.keyed_by(), leaf).is_some())
    }

    /// One answer for each request, also from a source that is late or breaks its contract.
    async fn answers(
        &self,
        source: &dyn SecretSource,
        place: usize,
        requests: &[Request],
    ) -> Vec<Answer> {
        let failed = |failure: Failure| {
            requests
                .iter()
                .map(|_| Answer::Failed(failure.clone()))
                .collect()
        };
        let deadline = self.deadline_of(place);
        let query = Query::new(requests, deadline).with_freshness(self.freshness);
        match timeout_at(deadline, source.fetch(query)).await {
            Ok(mut answers) if answers.len() == requests.len() => {
                agree(requests, &mut answers);
                answers
            }
            Ok(answers) => failed(out_of_step(answers.len(), requests.len())),
            Err(_) => failed(late(self.timeout, source.endpoint().as_deref())),
        }
    }

    /// The deadline of a source. If a timeout may fall back, each later source that does I/O keeps its share.
    fn deadline_of(&self, place: usize) -> Instant {
        if !self.fall_back_on.contains(&Cause::Unreachable) {
            return self.deadline;
        }
        // Environment variables are there at once.
        let later = self.sources.iter().skip(place + 1);
        let later = later.filter(|source| source.name() != "env").count();
        let shares = u32::try_from(later).unwrap_or(u32::MAX).saturating_add(1);
        let now = Instant::now();
        after(now, self.deadline.saturating_duration_since(now) / shares)
    }

    fn settle(
        &self,
        source: &dyn SecretSource,
        place: usize,
        asked: &str,
        leaf: &Leaf,
        state: &mut LeafState,
        result: Result<FoundValue, AttemptAnswer>,
    ) {
        let (status, answer) = match result {
            Ok(found) => (Status::Found(found), AttemptAnswer::Found),
            Err(AttemptAnswer::Failed(failure)) if !self.falls_back(&failure, place, leaf) => (
                Status::Failed(failure.clone()),
                AttemptAnswer::Failed(failure),
            ),
            Err(answer) => {
                if let AttemptAnswer::Failed(failure) = &answer {
                    warn_of_fallback(leaf, source.name(), failure);
                }
                (Status::Open { from: place + 1 }, answer)
            }
        };
        state.attempts.push(Attempt {
            source: source.name().to_owned(),
            keyed_by: source.keyed_by(),
            endpoint: source.endpoint(),
            asked: asked.to_owned(),
            answer,
        });
        state.status = status;
    }
}

impl Round {
    fn new(
        keyed_by: KeyedBy,
        place: usize,
        reach: Reach,
        plan: &Plan,
        progress: &Progress,
    ) -> Self {
        let mut round = Self {
            requests: Vec::new(),
            waiting: Vec::new(),
        };
        for (i, leaf) in plan.leaves.iter().enumerate() {
            if !progress.leaves[i].is_open_at(place) || leaf.reach() != reach {
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

    /// The place of a request among those that are made, each once.
    fn place_of(&mut self, request: Request) -> usize {
        let is_same = |known: &Request| known.is_same_secret(&request);
        let place = self.requests.iter().position(is_same);
        place.unwrap_or_else(|| {
            self.requests.push(request);
            self.requests.len() - 1
        })
    }
}

fn request(keyed_by: KeyedBy, leaf: &Leaf) -> Option<Request> {
    match keyed_by {
        KeyedBy::Secret => leaf.address.as_ref().map(|address| address.request.clone()),
        KeyedBy::Variable => leaf.variable.as_deref().map(Request::variable),
    }
}

/// The key that a field takes of its secret; a variable holds the field's value alone.
fn json_key(keyed_by: KeyedBy, leaf: &Leaf) -> Option<&str> {
    let address = leaf
        .address
        .as_ref()
        .filter(|_| keyed_by == KeyedBy::Secret);
    address?.json_key.as_deref()
}

/// Takes a field's value out of what its source found.
fn select(
    source: &dyn SecretSource,
    place: usize,
    found: &Found,
    document: &mut Document<'_>,
    leaf: &Leaf,
) -> Result<FoundValue, AttemptAnswer> {
    let keyed_by = source.keyed_by();
    let outcome = Outcome::Answered {
        source: source.name().to_owned(),
        version_id: found.version_id.clone(),
        arn: found.arn.clone(),
        created_at: found.created_at,
    };
    match document.select(json_key(keyed_by, leaf)) {
        Selected::Value(value) => Ok(FoundValue {
            value,
            place,
            keyed_by,
            outcome,
        }),
        Selected::Missing(missing) => Err(AttemptAnswer::Missing(missing)),
        Selected::Malformed(mismatch) => Err(AttemptAnswer::Failed(not_json(&mismatch))),
    }
}

fn not_json(mismatch: &Mismatch) -> Failure {
    Failure::new(Cause::Malformed, mismatch.to_string()).with_hint(
        "store a JSON object with the key once, or remove `json_key` to take the secret whole",
    )
}

/// What is said of a source that did not answer in time.
pub(crate) fn late(timeout: Duration, endpoint: Option<&str>) -> Failure {
    let from = endpoint
        .map(|endpoint| format!(" from {endpoint}"))
        .unwrap_or_default();
    Failure::new(Cause::Unreachable, format!("no answer{from} within the load's {timeout:?}")).with_hint(
        "check that this machine can reach it (VPC endpoint, security group, proxy), or raise `Loader::timeout`",
    )
}

/// What is said of a source that breaks its contract.
fn out_of_step(answers: usize, requests: usize) -> Failure {
    let message = format!("the source gave {answers} answers to {requests} requests");
    Failure::new(Cause::Internal, message)
        .with_hint("mend the source: it owes one answer for each request, in their order")
}

fn warn_of_fallback(leaf: &Leaf, source: &str, failure: &Failure) {
    tracing::warn!(
        field = leaf.path,
        source,
        cause = failure.cause().as_str(),
        code = failure.code(),
        "a source failed and the next one is asked, as `fall_back_on` says"
    );
}
