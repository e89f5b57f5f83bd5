//! `GetParameters` and `GetParameter`.

use aws_sdk_ssm::Client;
use aws_sdk_ssm::operation::get_parameters::GetParametersOutput;

use super::entry::{ParameterEntry, entry_for, found, is_of};
use super::target::ParameterTarget;
use crate::source::aws::batch::{BatchService, has_kind, left_out};
use crate::source::aws::call::Calls;
use crate::source::aws::errors::CallError;
use crate::source::aws_api::response_check::wrong_secret;
use crate::source::{FetchResult, MissingReason, SourceErrorKind};

impl BatchService for Client {
    type Id = ParameterTarget;

    const NAME: &'static str = "Parameter Store";
    const BATCH: usize = 10;
    const BATCHES_ONE: bool = true;
    const HAS_SINGLE_QUOTA: bool = false;
    const DENIES_AT_ONCE: bool = false;

    fn region_of(target: &ParameterTarget) -> Option<&str> {
        target.region()
    }

    fn is_batchable(_: &ParameterTarget) -> bool {
        true
    }

    /// One name can make the whole call fail. A single one can be permitted for `GetParameter` only.
    fn continues_alone(rejection: &FetchResult, count: usize) -> bool {
        count > 1 || has_kind(rejection, SourceErrorKind::Denied)
    }

    async fn fetch_batch(
        &self,
        calls: &Calls<'_, Self>,
        region: &str,
        targets: &[&ParameterTarget],
    ) -> Result<Vec<Option<FetchResult>>, CallError> {
        let names = targets.iter().map(ToString::to_string).collect();
        let call = self
            .get_parameters()
            .set_names(Some(names))
            .with_decryption(true);
        let output = calls.within_deadline(region, call.send()).await?;
        Ok(results(output, targets))
    }

    async fn fetch_one(
        &self,
        calls: &Calls<'_, Self>,
        region: &str,
        target: &ParameterTarget,
    ) -> FetchResult {
        let call = self
            .get_parameter()
            .name(target.to_string())
            .with_decryption(true);
        match calls.within_deadline(region, call.send()).await {
            Ok(output) => match output.parameter {
                Some(parameter) if is_of(target, &parameter) => found(parameter),
                Some(_) => FetchResult::Failed(wrong_secret()),
                None => left_out(Self::NAME),
            },
            Err(error) => error.result,
        }
    }

    fn warn_of_denial(_: &FetchResult) {
        tracing::warn!(
            help = "to load up to ten in one request, allow `ssm:GetParameters` on these parameters too",
            "GetParameters is denied, so parameters are asked for one by one from now on"
        );
    }
}

/// Returns the result of each target, or `None` if the response does not mention it.
fn results(output: GetParametersOutput, targets: &[&ParameterTarget]) -> Vec<Option<FetchResult>> {
    let invalid = output.invalid_parameters.unwrap_or_default();
    let parameters = output.parameters.into_iter().flatten();
    let entries: Vec<ParameterEntry> = parameters.map(ParameterEntry::from).collect();
    let result = |target: &&ParameterTarget| match entry_for(target, &entries, targets) {
        Some(entry) => Some(entry.result.clone()),
        None => invalid
            .contains(&target.to_string())
            .then(|| absent(target)),
    };
    targets.iter().map(result).collect()
}

/// AWS does not report whether a pinned version or the whole parameter is missing.
fn absent(target: &ParameterTarget) -> FetchResult {
    FetchResult::Missing(match target.selector {
        Some(_) => MissingReason::Version,
        None => MissingReason::Parameter,
    })
}
