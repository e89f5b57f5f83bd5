//! `BatchGetSecretValue`, and what to do where it is denied or falls over one of its entries.

use std::time::Duration;

use aws_sdk_secretsmanager::Client;
use aws_sdk_secretsmanager::operation::RequestId;
use aws_sdk_secretsmanager::operation::batch_get_secret_value::BatchGetSecretValueOutput;
use aws_sdk_secretsmanager::types::ApiErrorType;
use tokio::time::{Instant, sleep};

use super::Context;
use super::ask::{Asked, Numbered, Outcome};
use super::errors::{CallError, SECRETS_MANAGER};
use super::matching::{Entry, entry_for};
use super::single::region;
use crate::source::{Answer, Cause};

/// The longest pause between a throttled batch and the single calls in its place.
const LONGEST_PAUSE: Duration = Duration::from_millis(300);
/// How often Secrets Manager may say that there is more. Twenty secrets fit in far fewer.
const PAGES: usize = 20;

/// The entries of all pages.
#[derive(Default)]
struct Entries {
    values: Vec<Entry>,
    errors: Vec<EntryError>,
}

/// A secret that a batch could not read.
struct EntryError {
    secret_id: Option<String>,
    answer: Answer,
    /// Whether asking for it alone may fare better.
    again: bool,
}

impl Entries {
    fn extend(&mut self, page: BatchGetSecretValueOutput) {
        let request_id = page.request_id().map(str::to_owned);
        self.values
            .extend(page.secret_values.into_iter().flatten().map(Entry::from));
        let errors = page.errors.into_iter().flatten();
        self.errors
            .extend(errors.map(|error| EntryError::new(error, request_id.as_deref())));
    }
}

impl EntryError {
    fn new(error: ApiErrorType, request_id: Option<&str>) -> Self {
        let code = error.error_code().unwrap_or_default();
        let CallError { answer, refused } =
            SECRETS_MANAGER.entry_error(code, error.message(), request_id);
        let again = is_worth_another_try(&answer, refused);
        Self {
            secret_id: error.secret_id,
            answer,
            again,
        }
    }
}

impl Context<'_> {
    /// Asks for up to twenty secrets at once.
    pub(super) async fn batch<'a>(
        &self,
        client: &Client,
        requests: Vec<Numbered<'a>>,
    ) -> Outcome<'a> {
        let error = match self.entries(client, &requests).await {
            Ok(entries) => return sort(&entries, &requests, client),
            Err(error) => error,
        };
        match &error.answer {
            // The quota of batches is a hundredth of that of single calls.
            Answer::Failed(failure) if failure.cause() == Cause::Throttled => {
                self.pause_after_throttling().await;
            }
            Answer::Failed(failure) if !error.refused => {
                let failed = |(i, _): Numbered<'_>| (i, Answer::Failed(failure.clone()));
                return Outcome {
                    answers: requests.into_iter().map(failed).collect(),
                    alone: Vec::new(),
                };
            }
            answer => self.give_up_batches(client, answer),
        }
        let alone = |request| Asked {
            request,
            client: client.clone(),
        };
        Outcome {
            answers: Vec::new(),
            alone: requests.into_iter().map(alone).collect(),
        }
    }

    /// Spreads the single calls of a fleet that starts at once.
    async fn pause_after_throttling(&self) {
        let left = self.deadline.saturating_duration_since(Instant::now());
        let longest = LONGEST_PAUSE.min(left / 10);
        sleep(longest.mul_f64(fastrand::f64())).await;
    }

    async fn entries(
        &self,
        client: &Client,
        requests: &[Numbered<'_>],
    ) -> Result<Entries, CallError> {
        let mut entries = Entries::default();
        let mut next = None;
        for page in 0..PAGES {
            let ids = requests
                .iter()
                .map(|(_, request)| request.id().to_owned())
                .collect();
            let call = client
                .batch_get_secret_value()
                .set_secret_id_list(Some(ids))
                .set_next_token(next);
            let output = match self.within_deadline(region(client), call.send()).await {
                Ok(output) => output,
                // What the first pages had is kept, and the rest is asked alone.
                Err(_) if page > 0 => break,
                Err(error) => return Err(error),
            };
            next = output.next_token.clone().filter(|token| !token.is_empty());
            entries.extend(output);
            if next.is_none() {
                break;
            }
        }
        Ok(entries)
    }

    fn give_up_batches(&self, client: &Client, answer: &Answer) {
        if !self.connection.refuse_batch(region(client)) {
            return;
        }
        let code = match answer {
            Answer::Failed(failure) => failure.code(),
            _ => Some("ResourceNotFoundException"),
        };
        let help = match answer {
            Answer::Failed(failure) if failure.cause() == Cause::Denied => {
                "to load in one request, allow `secretsmanager:BatchGetSecretValue` on `*`, which is no right to read any secret"
            }
            _ => "one of the secrets makes the whole call fail",
        };
        tracing::warn!(
            code,
            help,
            "BatchGetSecretValue is refused, so secrets are asked for one by one from now on"
        );
    }
}

/// Gives every request its entry. What failed for a reason that may pass, or is not there at all, is asked alone.
fn sort<'a>(entries: &Entries, requests: &[Numbered<'a>], client: &Client) -> Outcome<'a> {
    let ids: Vec<&str> = requests.iter().map(|(_, request)| request.id()).collect();
    let mut sorted = Outcome::default();
    for &request in requests {
        let (i, asked) = request;
        match answer(entries, asked.id(), &ids) {
            Some(answer) => sorted.answers.push((i, answer)),
            None => sorted.alone.push(Asked {
                request,
                client: client.clone(),
            }),
        }
    }
    sorted
}

/// What failed is looked for first, because it is told by the very id that was asked.
fn answer(entries: &Entries, secret_id: &str, ids: &[&str]) -> Option<Answer> {
    let failed = entries
        .errors
        .iter()
        .find(|error| error.secret_id.as_deref() == Some(secret_id));
    match failed {
        Some(error) => (!error.again).then(|| error.answer.clone()),
        None => {
            entry_for(secret_id, &entries.values, ids).map(|i| entries.values[i].answer.clone())
        }
    }
}

/// A denied entry is tried alone because a policy may ask for the stage to be named, which a batch cannot.
fn is_worth_another_try(answer: &Answer, refused: bool) -> bool {
    match answer {
        Answer::Failed(failure) => match failure.cause() {
            Cause::Denied | Cause::Throttled => true,
            Cause::Internal => !refused,
            _ => false,
        },
        _ => false,
    }
}
