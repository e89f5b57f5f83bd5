//! Hints for missing secrets and parameters.

use from_secrets_syntax::{Arn, is_managed, suffix_like_an_arn};

use crate::source::{FetchResult, MissingReason, SecretRequest, general_hint};

/// Returns how to fix a missing secret or parameter.
pub(crate) fn missing(
    source: &str,
    request: &SecretRequest,
    result: &FetchResult<()>,
) -> Option<String> {
    const PLACE: &str = "in the region and account that are queried";
    match result {
        FetchResult::Missing(MissingReason::Secret) if is_name_like_arn(request.id()) => {
            Some(format!(
                "create the secret `{}`; if it exists, use its whole ARN, because Secrets Manager can mistake the end of this name for the suffix of an ARN",
                request.id()
            ))
        }
        FetchResult::Missing(MissingReason::Secret) if is_managed(request.id()) => Some(format!(
            "check the name{{s}} {{names}}, {PLACE}; only AWS services can create managed secrets"
        )),
        FetchResult::Missing(MissingReason::Secret) => {
            Some(format!("create the secret{{s}} {{names}}, {PLACE}"))
        }
        FetchResult::Missing(MissingReason::Parameter) => {
            Some(format!("create the parameter{{s}} {{names}}, {PLACE}"))
        }
        result => general_hint(source, result),
    }
}

/// Returns whether a name ends like an ARN without being one.
fn is_name_like_arn(id: &str) -> bool {
    !Arn::is_meant_by(id) && suffix_like_an_arn(id)
}
