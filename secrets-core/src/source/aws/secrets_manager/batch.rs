//! `BatchGetSecretValue`.

use aws_sdk_secretsmanager::Client;
use aws_sdk_secretsmanager::operation::RequestId;
use aws_sdk_secretsmanager::operation::batch_get_secret_value::BatchGetSecretValueOutput;
use aws_sdk_secretsmanager::types::ApiErrorType;

use super::matching::{BatchEntry, entry_for};
use crate::source::aws::call::Calls;
use crate::source::aws::errors::{CallError, SECRETS_MANAGER};
use crate::source::{FetchResult, SecretRequest, SourceErrorKind};

/// The most pages of a batch. Twenty secrets fit on far fewer.
const PAGES: usize = 20;

/// The entries of all pages.
#[derive(Default)]
struct BatchEntries {
    values: Vec<BatchEntry>,
    errors: Vec<EntryError>,
}

/// A secret that a batch could not read.
struct EntryError {
    secret_id: Option<String>,
    result: FetchResult,
    /// Whether a single call may succeed.
    is_retried: bool,
}

impl BatchEntries {
    fn extend(&mut self, page: BatchGetSecretValueOutput) {
        let request_id = page.request_id().map(str::to_owned);
        self.values.extend(
            page.secret_values
                .into_iter()
                .flatten()
                .map(BatchEntry::from),
        );
        let errors = page.errors.into_iter().flatten();
        self.errors
            .extend(errors.map(|error| EntryError::new(error, request_id.as_deref())));
    }
}

impl EntryError {
    fn new(error: ApiErrorType, request_id: Option<&str>) -> Self {
        let code = error.error_code().unwrap_or_default();
        let CallError { result, refused } =
            SECRETS_MANAGER.entry_error(code, error.message(), request_id);
        let is_retried = is_worth_single_call(&result, refused);
        Self {
            secret_id: error.secret_id,
            result,
            is_retried,
        }
    }
}

/// Fetches up to twenty secrets. Returns `None` for those that need a single call.
pub(super) async fn fetch_batch(
    client: &Client,
    calls: &Calls<'_, Client>,
    region: &str,
    requests: &[&SecretRequest],
) -> Result<Vec<Option<FetchResult>>, CallError> {
    let ids: Vec<&str> = requests.iter().map(|request| request.id()).collect();
    let entries = entries(client, calls, region, &ids).await?;
    Ok(ids.iter().map(|id| result(&entries, id, &ids)).collect())
}

async fn entries(
    client: &Client,
    calls: &Calls<'_, Client>,
    region: &str,
    ids: &[&str],
) -> Result<BatchEntries, CallError> {
    let mut entries = BatchEntries::default();
    let mut next = None;
    for page in 0..PAGES {
        let ids = ids.iter().map(|id| (*id).to_owned()).collect();
        let call = client
            .batch_get_secret_value()
            .set_secret_id_list(Some(ids))
            .set_next_token(next);
        let output = match calls.within_deadline(region, call.send()).await {
            Ok(output) => output,
            // The first pages are kept, and the rest needs single calls.
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

/// Errors are searched first, because they have exactly the requested id.
fn result(entries: &BatchEntries, secret_id: &str, ids: &[&str]) -> Option<FetchResult> {
    let failed = entries
        .errors
        .iter()
        .find(|error| error.secret_id.as_deref() == Some(secret_id));
    match failed {
        Some(error) => (!error.is_retried).then(|| error.result.clone()),
        None => {
            entry_for(secret_id, &entries.values, ids).map(|i| entries.values[i].result.clone())
        }
    }
}

/// A denied entry is requested alone, because a policy may require the stage, which a batch cannot send.
fn is_worth_single_call(result: &FetchResult, refused: bool) -> bool {
    match result {
        FetchResult::Failed(error) => match error.kind() {
            SourceErrorKind::Denied | SourceErrorKind::Throttled => true,
            SourceErrorKind::Internal => !refused,
            _ => false,
        },
        _ => false,
    }
}
