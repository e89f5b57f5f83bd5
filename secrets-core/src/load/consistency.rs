//! Consistency: one struct uses one version of a secret, even if two fields refer to it by its name and by its ARN.

use std::collections::HashMap;
use std::time::SystemTime;

use crate::source::{FetchResult, SecretRequest, SecretValue, VersionSelector};

/// Replaces the results of all requests for one version of one secret with the newest of them, or with the first if the
/// source returns no creation times.
///
/// A secret that is requested by its name and by its ARN is fetched twice, and can be rotated in between. The user of
/// the old version and the password of the new one would be a combination that never existed.
pub(crate) fn agree(requests: &[SecretRequest], results: &mut [FetchResult]) {
    // With a capacity, because the iterator cannot estimate it.
    let mut arns: Vec<&str> = Vec::with_capacity(results.len());
    arns.extend(results.iter().filter_map(arn));
    arns.sort_unstable();
    // Most secrets are requested once.
    if arns.windows(2).any(|pair| pair[0] == pair[1]) {
        use_newest(requests, results);
    }
}

fn use_newest(requests: &[SecretRequest], results: &mut [FetchResult]) {
    for (i, newest) in newest(requests, results).into_iter().enumerate() {
        if let Some(newest) = newest
            && newest != i
        {
            results[i] = results[newest].clone();
        }
    }
}

/// Returns the index of the newest result for the same version of the same secret, for each result. The newest one
/// refers to itself, so it is not overwritten.
fn newest(requests: &[SecretRequest], results: &[FetchResult]) -> Vec<Option<usize>> {
    let mut newest = HashMap::new();
    let keys: Vec<_> = requests.iter().zip(results).map(key).collect();
    for (i, key) in keys.iter().enumerate().filter(|(_, key)| key.is_some()) {
        let best = newest.entry(key).or_insert(i);
        if created(&results[i]) > created(&results[*best]) {
            *best = i;
        }
    }
    keys.iter().map(|key| newest.get(&key).copied()).collect()
}

/// Returns the ARN of the secret that was found, and the requested version.
fn key<'a>(
    (request, result): (&'a SecretRequest, &'a FetchResult),
) -> Option<(&'a str, &'a VersionSelector)> {
    let arn = arn(result).filter(|arn| request.can_have_id(arn))?;
    Some((arn, request.version()))
}

fn arn(result: &FetchResult) -> Option<&str> {
    found(result)?.arn.as_deref()
}

fn found(result: &FetchResult) -> Option<&SecretValue> {
    match result {
        FetchResult::Found(found) => Some(found),
        _ => None,
    }
}

fn created(result: &FetchResult) -> Option<SystemTime> {
    found(result)?.created_at
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::*;

    const ARN: &str = "arn:aws:secretsmanager:us-east-1:123456789012:secret:x-AbCdEf";
    const PARTIAL: &str = "arn:aws:secretsmanager:us-east-1:123456789012:secret:x";
    const OTHER: &str = "arn:aws:secretsmanager:us-west-2:123456789012:secret:x-AbCdEf";

    fn result(arn: &str, version: u64) -> FetchResult {
        let created = SystemTime::UNIX_EPOCH + Duration::from_secs(version);
        let found = SecretValue::text("x").with_version_id(version.to_string());
        FetchResult::Found(found.with_arn(arn).with_created_at(created))
    }

    fn versions_after(
        requested: &[VersionSelector],
        mut results: Vec<FetchResult>,
    ) -> Vec<Option<String>> {
        let requests: Vec<_> = requested
            .iter()
            .map(|version| SecretRequest::new("x", version.clone()))
            .collect();
        agree(&requests, &mut results);
        let version = |result| found(result)?.version_id.clone();
        results.iter().map(version).collect()
    }

    fn versions(expected: &[&str]) -> Vec<Option<String>> {
        expected
            .iter()
            .map(|version| Some((*version).to_owned()))
            .collect()
    }

    const CURRENT: VersionSelector = VersionSelector::Current;

    #[test]
    fn newest_version_is_used_for_all() {
        let results = vec![
            result(ARN, 2),
            result(ARN, 3),
            result(OTHER, 1),
            result(ARN, 1),
        ];
        let requested = [CURRENT, CURRENT, CURRENT, CURRENT];
        assert_eq!(
            versions_after(&requested, results),
            versions(&["3", "3", "1", "3"])
        );
        let results = vec![result(ARN, 1), result(ARN, 1), result(ARN, 2)];
        assert_eq!(
            versions_after(&requested[1..], results),
            versions(&["2", "2", "2"])
        );
    }

    #[test]
    fn undated_results_use_one_version() {
        let undated = |version: &str| {
            let found = SecretValue::text("x").with_version_id(version);
            FetchResult::Found(found.with_arn(ARN))
        };
        let results = vec![undated("2"), undated("1"), undated("3")];
        assert_eq!(
            versions_after(&[CURRENT, CURRENT, CURRENT], results),
            versions(&["2", "2", "2"])
        );
    }

    #[test]
    fn results_without_versions_agree() {
        for ids in [["x", ARN], ["x", "x-AbCdEf"], [PARTIAL, ARN]] {
            assert_eq!(texts_after(ids, ARN), ["first", "first"], "{ids:?}");
        }
    }

    #[test]
    fn different_secrets_never_agree() {
        for arn in ["", "x", "mock", ARN] {
            let ids = ["x", "y"];
            assert_eq!(texts_after(ids, arn), ["first", "second"], "{arn}");
        }
    }

    /// Returns the values of two secrets for which the source returned the same ARN.
    fn texts_after(ids: [&str; 2], arn: &str) -> [String; 2] {
        let requests = ids.map(|id| SecretRequest::new(id, CURRENT));
        let bare = |text: &str| FetchResult::Found(SecretValue::text(text).with_arn(arn));
        let mut results = [bare("first"), bare("second")];
        agree(&requests, &mut results);
        results.map(|result| found(&result).unwrap().value.text().unwrap().to_owned())
    }

    #[test]
    fn pinned_version_is_unchanged() {
        let previous = VersionSelector::Stage("AWSPREVIOUS".to_owned());
        let results = vec![result(ARN, 2), result(ARN, 1)];
        assert_eq!(
            versions_after(&[CURRENT, previous], results),
            versions(&["2", "1"])
        );
    }
}
