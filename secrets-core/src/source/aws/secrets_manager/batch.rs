//! `BatchGetSecretValue`.

use aws_sdk_secretsmanager::Client;
use aws_sdk_secretsmanager::operation::RequestId;
use aws_sdk_secretsmanager::types::{ApiErrorType, SecretValueEntry};
use from_secrets_syntax::Arn;

use super::value::value;
use crate::source::aws::batch::{Service, match_entries};
use crate::source::aws::call::RegionalCalls;
use crate::source::aws_api::errors::{CallError, ServiceError};
use crate::source::aws_api::response_check::completes;
use crate::source::aws_api::service::SECRETS_MANAGER;
use crate::source::{FetchResult, SecretValue, SourceErrorKind};

/// The most pages of a batch. Twenty secrets fit on far fewer.
const PAGES: usize = 20;

/// A secret in a batch. Its value is in our own buffer, which is wiped.
#[derive(Clone, Default)]
pub(super) struct BatchEntry {
    arn: Option<String>,
    name: Option<String>,
    /// The requested id, if the secret could not be read.
    failed_id: Option<String>,
    /// The result without the ARN, or `None` if a single call may succeed.
    result: Option<FetchResult>,
}

impl From<SecretValueEntry> for BatchEntry {
    fn from(entry: SecretValueEntry) -> Self {
        Self {
            result: Some(value(
                entry.secret_string,
                entry.secret_binary,
                entry.version_id,
                None,
                entry.created_date,
            )),
            arn: entry.arn,
            name: entry.name,
            failed_id: None,
        }
    }
}

impl BatchEntry {
    fn failed(error: ApiErrorType, request_id: Option<&str>) -> Self {
        let call_error = SECRETS_MANAGER.read(&ServiceError {
            code: error.error_code().unwrap_or_default(),
            message: error.message(),
            request_id,
            status: 400,
        });
        Self {
            result: (!is_worth_single_call(&call_error)).then_some(call_error.result),
            failed_id: error.secret_id,
            ..Self::default()
        }
    }

    /// Returns the result, or `None` if a single call may succeed.
    pub(super) fn into_result(self) -> Option<FetchResult> {
        match self.result {
            Some(FetchResult::Found(found)) => Some(FetchResult::Found(SecretValue {
                arn: self.arn,
                ..found
            })),
            result => result,
        }
    }
}

/// Fetches the entries of up to twenty secrets.
pub(super) async fn fetch_entries(
    calls: &RegionalCalls<'_, Client>,
    ids: &[&str],
) -> Result<Vec<BatchEntry>, CallError> {
    let mut entries = Vec::with_capacity(ids.len());
    let mut next = None;
    for page in 0..PAGES {
        let list = ids.iter().map(|id| (*id).to_owned()).collect();
        let call = calls.client.batch_get_secret_value();
        let call = call.set_secret_id_list(Some(list)).set_next_token(next);
        let call = calls.send(Client::BATCH_CALL, ids.len(), call.send());
        let mut output = match call.await {
            Ok(output) => output,
            // The first pages are kept, and the rest needs single calls.
            Err(_) if page > 0 => break,
            Err(error) => return Err(error),
        };
        next = output.next_token.take().filter(|token| !token.is_empty());
        let errors = output.errors.take().into_iter().flatten();
        let values = output.secret_values.take().into_iter().flatten();
        entries.extend(errors.map(|error| BatchEntry::failed(error, output.request_id())));
        entries.extend(values.map(BatchEntry::from));
        if next.is_none() {
            break;
        }
    }
    Ok(entries)
}

/// Returns the index of the entry of each id.
pub(super) fn matched(ids: &[&str], entries: &[BatchEntry]) -> Vec<Option<usize>> {
    match_entries(
        ids,
        |id| Arn::is_meant_by(id),
        |id, is_free| {
            let find = |field: fn(&BatchEntry) -> &Option<String>, fits: &dyn Fn(&str) -> bool| {
                let fits = |entry: &BatchEntry| field(entry).as_deref().is_some_and(fits);
                let mut entries = entries.iter().enumerate();
                let found = entries.find(|(i, entry)| fits(entry) && is_free(*i));
                found.map(|(i, _)| i)
            };
            let failed = find(|entry| &entry.failed_id, &|own| own == *id);
            if !Arn::is_meant_by(id) {
                return failed.or_else(|| find(|entry| &entry.name, &|name| name == *id));
            }
            // A whole ARN can look like a partial one of another secret.
            failed
                .or_else(|| find(|entry| &entry.arn, &|arn| arn == *id))
                .or_else(|| find(|entry| &entry.arn, &|arn| completes(arn, id)))
        },
    )
}

/// A denied entry is fetched individually, because a policy may require the stage, which a batch cannot send.
fn is_worth_single_call(error: &CallError) -> bool {
    matches!(&error.result, FetchResult::Failed(failure) if match failure.kind() {
        SourceErrorKind::Denied | SourceErrorKind::Throttled => true,
        SourceErrorKind::Internal => !error.refused,
        _ => false,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    const OURS: &str = "arn:aws:secretsmanager:us-east-1:111111111111:secret:db-AbCdEf";

    fn entry(arn: &str, name: &str) -> BatchEntry {
        let entry = SecretValueEntry::builder().arn(arn).name(name);
        entry.build().into()
    }

    #[test]
    fn whole_arn_is_not_partial() {
        let longer = format!("{OURS}-GhIjKl");
        let entries = [entry(&longer, "db-AbCdEf"), entry(OURS, "db")];
        assert_eq!(matched(&[OURS], &entries), [Some(1)]);
    }

    #[test]
    fn partial_arn_needs_complete_name() {
        let longer = "arn:aws:secretsmanager:us-east-1:111111111111:secret:db-prod-AbCdEf";
        let entries = [entry(longer, "db-prod"), entry(OURS, "db")];
        let partial = "arn:aws:secretsmanager:us-east-1:111111111111:secret:db";
        assert_eq!(matched(&[partial], &entries), [Some(1)]);
        assert_eq!(matched(&["prod"], &entries), [None]);
    }
}
