//! The value of a secret in a response.

use aws_sdk_secretsmanager::operation::get_secret_value::GetSecretValueOutput;
use aws_sdk_secretsmanager::primitives::{Blob, DateTime};

use crate::source::aws_api::response_check::{ResponseIds, wrong_secret};
use crate::source::{FetchResult, MissingReason, SecretRequest, SecretValue};

/// Returns a secret, unless the response is for a different one.
pub(super) fn found(output: GetSecretValueOutput, request: &SecretRequest) -> FetchResult {
    let ids = ResponseIds {
        name: output.name(),
        arn: output.arn(),
        version_id: output.version_id(),
        stages: output.version_stages(),
    };
    if !ids.are_of(request) {
        return FetchResult::Failed(wrong_secret());
    }
    value(
        output.secret_string,
        output.secret_binary,
        output.version_id,
        output.arn,
        output.created_date,
    )
}

/// Returns a secret. A version without a value counts as missing.
pub(super) fn value(
    text: Option<String>,
    binary: Option<Blob>,
    version_id: Option<String>,
    arn: Option<String>,
    created: Option<DateTime>,
) -> FetchResult {
    let found = match (text, binary) {
        (Some(text), _) => SecretValue::text(text),
        (None, Some(bytes)) => SecretValue::binary(bytes.into_inner()),
        (None, None) => return FetchResult::Missing(MissingReason::Version),
    };
    FetchResult::Found(SecretValue {
        version_id,
        arn,
        created_at: created.and_then(|time| time.try_into().ok()),
        ..found
    })
}
