//! The requests of one load.

use aws_sdk_ssm::Client;

use super::path::fetch_below;
use super::target::ParameterTarget;
use crate::source::aws::batch::{BatchService, concurrently, left_out};
use crate::source::aws::call::Calls;
use crate::source::{FetchResult, MissingReason, SecretRequest};

/// The results of distinct targets.
type Results<'t> = Vec<(&'t ParameterTarget, FetchResult)>;

/// Returns a result for each request, in order.
pub(super) async fn fetch(
    calls: &Calls<'_, Client>,
    requests: &[SecretRequest],
) -> Vec<FetchResult> {
    let targets: Vec<_> = requests.iter().map(ParameterTarget::of).collect();
    let known = distinct(targets.iter().flatten());
    let results = calls.fetch_all(&known).await;
    let parameters: Results<'_> = known.into_iter().zip(results).collect();
    let pairs: Vec<_> = requests.iter().zip(&targets).collect();
    let absent = pairs.iter().filter_map(|(request, target)| {
        let target = target.as_ref().ok()?;
        let is_absent = matches!(
            result_of(target, &parameters),
            Some(FetchResult::Missing(MissingReason::Parameter))
        );
        (takes_keys(request) && is_absent).then_some(target)
    });
    let objects = fetch_objects(calls, &distinct(absent)).await;
    let result = |(request, target): &(&SecretRequest, &Result<ParameterTarget, MissingReason>)| {
        match target {
            Err(reason) => FetchResult::Missing(reason.clone()),
            Ok(target) => {
                let object = result_of(target, &objects).filter(|_| takes_keys(request));
                let result = object.or_else(|| result_of(target, &parameters));
                result.cloned().unwrap_or_else(|| left_out(Client::NAME))
            }
        }
    };
    pairs.iter().map(result).collect()
}

/// Fetches the parameters below targets that are not parameters themselves, as one object per target.
async fn fetch_objects<'t>(
    calls: &Calls<'_, Client>,
    targets: &[&'t ParameterTarget],
) -> Results<'t> {
    let objects = targets.iter().filter_map(|target| {
        let path = target.path()?;
        Some(async move { (*target, fetch_below(calls, &path).await) })
    });
    concurrently(objects.collect()).await
}

fn takes_keys(request: &SecretRequest) -> bool {
    !request.json_keys().is_empty()
}

/// Different ids can name one parameter, and Parameter Store rejects a request that has one twice.
fn distinct<'t>(targets: impl Iterator<Item = &'t ParameterTarget>) -> Vec<&'t ParameterTarget> {
    let mut distinct: Vec<&ParameterTarget> = Vec::new();
    for target in targets {
        if !distinct.contains(&target) {
            distinct.push(target);
        }
    }
    distinct
}

fn result_of<'a>(target: &ParameterTarget, results: &'a Results<'_>) -> Option<&'a FetchResult> {
    let found = results.iter().find(|(known, _)| *known == target);
    found.map(|(_, result)| result)
}
