//! `BatchGetSecretValue`, and what to do where it is denied or falls over one of its entries.

use aws_sdk_secretsmanager::Client;
use aws_sdk_secretsmanager::operation::RequestId;
use aws_sdk_secretsmanager::types::ApiErrorType;

use super::Context;
use super::ask::{Batched, Numbered};
use super::errors::{self, CallError};
use super::matching::{Entry, entry_for};
use crate::source::{Answer, Cause, Failure};

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
}

impl Context<'_> {
    /// Asks for up to twenty secrets at once.
    pub(super) async fn batch<'a>(
        &self,
        client: &Client,
        requests: &[Numbered<'a>],
    ) -> Batched<'a> {
        match self.entries(client, requests).await {
            Ok(entries) => sort(&entries, requests),
            Err(error) if error.refused => {
                self.give_up_batches(&error.answer);
                Batched {
                    answers: Vec::new(),
                    alone: requests.to_vec(),
                }
            }
            Err(CallError {
                answer: Answer::Failed(failure),
                ..
            }) => all_failed(requests, &failure),
            Err(_) => Batched {
                answers: Vec::new(),
                alone: requests.to_vec(),
            },
        }
    }

    async fn entries(
        &self,
        client: &Client,
        requests: &[Numbered<'_>],
    ) -> Result<Entries, CallError> {
        let mut entries = Entries::default();
        let mut next = None;
        for _ in 0..PAGES {
            let ids = requests
                .iter()
                .map(|(_, request)| request.id().to_owned())
                .collect();
            let call = client
                .batch_get_secret_value()
                .set_secret_id_list(Some(ids))
                .set_next_token(next);
            let sent = call.customize().interceptor(self.endpoint.clone()).send();
            let page = match self.within_deadline(sent).await {
                Ok(page) => page.map_err(|error| self.read(&error))?,
                Err(late) => {
                    return Err(CallError {
                        answer: Answer::Failed(late),
                        refused: false,
                    });
                }
            };
            let batch_id = page.request_id().map(str::to_owned);
            let errors = page.errors.unwrap_or_default();
            entries.values.extend(
                page.secret_values
                    .unwrap_or_default()
                    .into_iter()
                    .map(Entry::from),
            );
            entries.errors.extend(
                errors
                    .into_iter()
                    .map(|error| entry_error(error, batch_id.as_deref())),
            );
            next = page.next_token.filter(|token| !token.is_empty());
            if next.is_none() {
                break;
            }
        }
        Ok(entries)
    }

    fn give_up_batches(&self, answer: &Answer) {
        if !self.connection.refuse_batch() {
            return;
        }
        let code = match answer {
            Answer::Failed(failure) => failure.code(),
            _ => Some("ResourceNotFoundException"),
        };
        tracing::warn!(
            code,
            "BatchGetSecretValue is refused, so secrets are asked for one by one from now on; to load them in one \
             request, allow `secretsmanager:BatchGetSecretValue` on `*`, which is no right to read any of them"
        );
    }
}

fn all_failed<'a>(requests: &[Numbered<'a>], failure: &Failure) -> Batched<'a> {
    let answers = requests
        .iter()
        .map(|(i, _)| (*i, Answer::Failed(failure.clone())))
        .collect();
    Batched {
        answers,
        alone: Vec::new(),
    }
}

/// Gives every request its entry. What failed for a reason that may pass, or is not there at all, is asked alone.
fn sort<'a>(entries: &Entries, requests: &[Numbered<'a>]) -> Batched<'a> {
    let ids: Vec<&str> = requests.iter().map(|(_, request)| request.id()).collect();
    let mut sorted = Batched {
        answers: Vec::new(),
        alone: Vec::new(),
    };
    for &(i, request) in requests {
        match answer(entries, request.id(), &ids) {
            Some(answer) if !is_worth_another_try(&answer) => sorted.answers.push((i, answer)),
            _ => sorted.alone.push((i, request)),
        }
    }
    sorted
}

fn answer(entries: &Entries, secret_id: &str, ids: &[&str]) -> Option<Answer> {
    if let Some(i) = entry_for(secret_id, &entries.values, ids) {
        return Some(entries.values[i].answer.clone());
    }
    let error = entries
        .errors
        .iter()
        .find(|error| error.secret_id.as_deref() == Some(secret_id))?;
    Some(error.answer.clone())
}

fn entry_error(error: ApiErrorType, batch_id: Option<&str>) -> EntryError {
    let code = error.error_code().unwrap_or_default();
    let answer = errors::entry_error(code, error.message(), batch_id);
    EntryError {
        answer,
        secret_id: error.secret_id,
    }
}

/// A denied entry is tried alone because a policy may ask for the stage to be named, which a batch cannot.
fn is_worth_another_try(answer: &Answer) -> bool {
    let Answer::Failed(failure) = answer else {
        return false;
    };
    matches!(
        failure.cause(),
        Cause::Denied | Cause::Throttled | Cause::Internal
    )
}
