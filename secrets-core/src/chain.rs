//! Asks the sources in order, each only for what is still open.

use std::collections::HashMap;
use std::sync::Arc;
use std::time::Duration;

use tokio::time::{Instant, timeout_at};

use crate::decode::{Document, Selected};
use crate::plan::{Leaf, Plan};
use crate::progress::{FoundValue, LeafState, Progress, Status};
use crate::report::{Attempt, AttemptAnswer, Outcome};
use crate::source::{Answer, Cause, Environment, Failure, Found, KeyedBy, Request, SecretSource};

/// The sources of a load, and when an answer of one leads to the next.
#[derive(Debug)]
pub(crate) struct Chain {
    pub(crate) sources: Vec<Arc<dyn SecretSource>>,
    /// Answers the fields that are not secrets.
    pub(crate) environment: Environment,
    pub(crate) fall_back_on: Vec<Cause>,
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
        let only = |leaf: &Leaf| leaf.address.is_none();
        self.ask_one(&self.environment, self.sources.len(), only, plan, progress)
            .await;
        for (place, source) in self.sources.iter().enumerate() {
            let chained = |leaf: &Leaf| leaf.address.is_some();
            self.ask_one(source.as_ref(), place, chained, plan, progress)
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
            if self.fall_back_on.contains(&failure.cause()) && place + 1 < self.sources.len() {
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
        concerns: impl Fn(&Leaf) -> bool,
        plan: &Plan,
        progress: &mut Progress,
    ) {
        let round = Round::new(source.keyed_by(), place, concerns, plan, progress);
        if round.requests.is_empty() {
            return;
        }
        let answers = self.answers(source, &round.requests).await;
        let mut documents: HashMap<usize, Document<'_>> = HashMap::new();
        for (leaf, request) in round.waiting {
            let asked = round.requests[request].id();
            let result = match &answers[request] {
                Answer::Found(found) => {
                    let document = documents
                        .entry(request)
                        .or_insert_with(|| Document::new(&found.value));
                    select(source, place, found, document, &plan.leaves[leaf])
                }
                Answer::Missing(missing) => Err(AttemptAnswer::Missing(missing.clone())),
                Answer::NotConfigured(why) => Err(AttemptAnswer::NotConfigured(why.clone())),
                Answer::Failed(failure) => Err(AttemptAnswer::Failed(failure.clone())),
            };
            self.settle(
                source,
                place,
                asked,
                &plan.leaves[leaf],
                &mut progress.leaves[leaf],
                result,
            );
        }
    }

    /// One answer for each request, also from a source that is late or breaks its contract.
    async fn answers(&self, source: &dyn SecretSource, requests: &[Request]) -> Vec<Answer> {
        let failed = |failure: Failure| {
            requests
                .iter()
                .map(|_| Answer::Failed(failure.clone()))
                .collect()
        };
        match timeout_at(self.deadline, source.fetch(requests, self.deadline)).await {
            Ok(answers) if answers.len() == requests.len() => answers,
            Ok(answers) => failed(Failure::new(
                Cause::Internal,
                format!(
                    "the source gave {} answers to {} requests",
                    answers.len(),
                    requests.len()
                ),
            )),
            Err(_) => failed(late(self.timeout, source.endpoint().as_deref())),
        }
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
            Err(AttemptAnswer::Failed(failure))
                if !self.fall_back_on.contains(&failure.cause()) =>
            {
                (
                    Status::Failed(failure.clone()),
                    AttemptAnswer::Failed(failure),
                )
            }
            Err(answer) => {
                if let AttemptAnswer::Failed(failure) = &answer {
                    warn_of_fallback(leaf, source.name(), failure);
                }
                (Status::Open { from: place + 1 }, answer)
            }
        };
        state.attempts.push(Attempt {
            source: source.name().to_owned(),
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
        concerns: impl Fn(&Leaf) -> bool,
        plan: &Plan,
        progress: &Progress,
    ) -> Self {
        let mut round = Self {
            requests: Vec::new(),
            waiting: Vec::new(),
        };
        let mut known: HashMap<Request, usize> = HashMap::new();
        for (i, leaf) in plan.leaves.iter().enumerate() {
            if !progress.leaves[i].is_open_at(place) || !concerns(leaf) {
                continue;
            }
            let Some(request) = request(keyed_by, leaf) else {
                continue;
            };
            let index = *known.entry(request).or_insert_with_key(|request| {
                round.requests.push(request.clone());
                round.requests.len() - 1
            });
            round.waiting.push((i, index));
        }
        round
    }
}

fn request(keyed_by: KeyedBy, leaf: &Leaf) -> Option<Request> {
    match keyed_by {
        KeyedBy::Secret => leaf.address.as_ref().map(|address| address.request.clone()),
        KeyedBy::Variable => leaf.variable.as_deref().map(Request::variable),
    }
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
    let json_key = match (keyed_by, &leaf.address) {
        (KeyedBy::Secret, Some(address)) => address.json_key.as_deref(),
        _ => None,
    };
    let outcome = Outcome::Answered {
        source: source.name().to_owned(),
        version_id: found.version_id.clone(),
        arn: found.arn.clone(),
    };
    match document.select(json_key) {
        Selected::Value(value) => Ok(FoundValue {
            value,
            place,
            keyed_by,
            outcome,
        }),
        Selected::Missing(missing) => Err(AttemptAnswer::Missing(missing)),
        Selected::Malformed(mismatch) => Err(AttemptAnswer::Failed(Failure::new(
            Cause::Malformed,
            mismatch.to_string(),
        ))),
    }
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

fn warn_of_fallback(leaf: &Leaf, source: &str, failure: &Failure) {
    tracing::warn!(
        field = leaf.path,
        source,
        cause = failure.cause().as_str(),
        code = failure.code(),
        "a source failed and the next one is asked, as `fall_back_on` says"
    );
}
