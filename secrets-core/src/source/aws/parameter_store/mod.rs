//! Parameter Store.

mod entry;
mod path;
mod target;

use std::borrow::Cow;
use std::collections::{BTreeMap, BTreeSet};

use aws_sdk_ssm::Client;
use aws_sdk_ssm::operation::get_parameters::GetParametersOutput;

use super::batch::{Service, concurrently, left_out};
use super::call::{Calls, RegionalCalls};
use super::client::{ClientSlot, Configured};
use super::source::AwsSource;
use crate::source::aws_api::errors::CallError;
use crate::source::aws_api::response_check::wrong_secret;
use crate::source::aws_api::service::{AwsService, PARAMETER_STORE};
use crate::source::{FetchResult, MissingReason, SecretRequest};
use entry::{ParameterEntry, found, is_of, matched};
use target::ParameterTarget;

/// SSM Parameter Store, through the AWS SDK.
///
/// ```
/// use from_secrets::Loader;
/// use from_secrets::source::{Env, ParameterStore};
///
/// let loader = Loader::new().source(ParameterStore::new()).source(Env::new());
/// ```
pub type ParameterStore = AwsSource<Client>;

impl Service for Client {
    type Id = ParameterTarget;

    const AWS: &'static AwsService = &PARAMETER_STORE;
    const BATCH_CALL: &'static str = "GetParameters";
    const BATCH_HINT: &'static str =
        "to load up to ten parameters in one request, allow `ssm:GetParameters` on them, too";
    const BATCH_SIZE: usize = 10;
    const BATCHES_ONE: bool = true;
    const HAS_SINGLE_QUOTA: bool = false;
    const DENIES_AT_ONCE: bool = false;
    const HAS_REPLICAS: bool = false;

    fn slot(configured: &Configured) -> &ClientSlot<Self> {
        &configured.parameter_store
    }

    fn id(request: &SecretRequest) -> Result<Cow<'_, ParameterTarget>, MissingReason> {
        ParameterTarget::of(request).map(Cow::Owned)
    }

    fn region_of(target: &ParameterTarget) -> Option<&str> {
        target.region()
    }

    /// A target that is not a parameter, but has parameters below it, is fetched as one JSON object.
    async fn fetch(calls: &Calls<'_, Self>, targets: &[&ParameterTarget]) -> Vec<FetchResult> {
        let parameters = fetch_distinct(calls, targets).await;
        let object_path = |(target, result): (&&ParameterTarget, &FetchResult)| {
            let is_absent = *result == FetchResult::Missing(MissingReason::Parameter);
            target.path().filter(|_| is_absent && target.has_json_keys)
        };
        let paths = targets.iter().zip(&parameters).map(object_path);
        let paths: Vec<Option<String>> = paths.collect();
        let distinct: BTreeSet<&str> = paths.iter().flatten().map(String::as_str).collect();
        let fetch = async |path| (path, path::fetch_below(calls, path).await);
        let objects = concurrently(distinct.into_iter().map(fetch).collect()).await;
        let objects: BTreeMap<&str, FetchResult> = objects.into_iter().collect();
        let result = |(path, parameter): (&Option<String>, FetchResult)| {
            let object = path.as_deref().and_then(|path| objects.get(path));
            object.cloned().unwrap_or(parameter)
        };
        paths.iter().zip(parameters).map(result).collect()
    }

    async fn fetch_batch(
        calls: &RegionalCalls<'_, Self>,
        targets: &[&ParameterTarget],
    ) -> Result<Vec<Option<FetchResult>>, CallError> {
        let names = targets.iter().map(ToString::to_string).collect();
        let call = calls.client.get_parameters().set_names(Some(names));
        let call = call.with_decryption(true).send();
        let output = calls.send(Self::BATCH_CALL, targets.len(), call).await?;
        Ok(results(output, targets))
    }

    async fn fetch_one(calls: &RegionalCalls<'_, Self>, target: &ParameterTarget) -> FetchResult {
        let call = calls.client.get_parameter().name(target.to_string());
        let call = call.with_decryption(true).send();
        match calls.send("GetParameter", 1, call).await {
            Ok(output) => match output.parameter {
                Some(parameter) if is_of(target, &parameter) => found(parameter),
                Some(_) => FetchResult::Failed(wrong_secret()),
                None => left_out(Self::AWS),
            },
            Err(error) => error.result,
        }
    }
}

/// Fetches parameters. Different ids can name one parameter, and Parameter Store rejects a request that has one twice.
async fn fetch_distinct(
    calls: &Calls<'_, Client>,
    targets: &[&ParameterTarget],
) -> Vec<FetchResult> {
    let names: Vec<String> = targets.iter().map(ToString::to_string).collect();
    let is_first = |(i, name): &(usize, &String)| !names[..*i].contains(name);
    let (firsts, distinct): (Vec<&String>, Vec<&ParameterTarget>) = names
        .iter()
        .enumerate()
        .filter(is_first)
        .map(|(i, name)| (name, targets[i]))
        .unzip();
    let results = calls.fetch_all(&distinct).await;
    let results: BTreeMap<&String, FetchResult> = firsts.into_iter().zip(results).collect();
    names.iter().map(|name| results[name].clone()).collect()
}

/// Returns the result of each target, or `None` if the response does not mention it.
fn results(output: GetParametersOutput, targets: &[&ParameterTarget]) -> Vec<Option<FetchResult>> {
    let invalid = output.invalid_parameters.unwrap_or_default();
    let parameters = output.parameters.into_iter().flatten();
    let entries: Vec<ParameterEntry> = parameters.map(ParameterEntry::from).collect();
    let result = |(target, entry): (&&ParameterTarget, Option<usize>)| match entry {
        Some(entry) => Some(entries[entry].result.clone()),
        None => invalid
            .contains(&target.to_string())
            .then(|| target.missing()),
    };
    let found = matched(targets, &entries);
    targets.iter().zip(found).map(result).collect()
}
