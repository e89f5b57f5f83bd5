//! The requests for one secret, and the regions that can have it.

use std::time::Duration;

use from_secrets_syntax::Arn;
use tokio::time::Instant;

use crate::source::aws::replicas::Replicas;
use crate::source::{FetchResult, SecretRequest, SourceError};

/// The requests for one secret.
pub(super) struct Group<'a> {
    names: Vec<String>,
    /// The places of its requests.
    pub(super) members: Vec<usize>,
    /// The region that has the secret itself.
    home: &'a str,
    /// The regions that can have the secret, in the order of requests.
    pub(super) regions: Vec<&'a str>,
    /// The number of regions in which it was requested, and the time of the last request.
    requested: usize,
    requested_at: Instant,
    /// Results that do not count, and their regions.
    failed: Vec<(&'a str, Vec<FetchResult>)>,
    accepted: Option<(&'a str, Vec<FetchResult>)>,
}

/// Returns a group for each secret, and the places of requests without a region.
pub(super) fn groups<'a>(
    requests: &[&'a SecretRequest],
    own_region: Option<&'a str>,
    replicas: &'a Replicas,
) -> (Vec<Group<'a>>, Vec<usize>) {
    let (mut groups, mut without_region): (Vec<Group<'_>>, _) = (Vec::new(), Vec::new());
    for (place, request) in requests.iter().enumerate() {
        let arn = Arn::parse(request.id()).ok();
        let Some(home) = arn.map(|arn| arn.region).or(own_region) else {
            without_region.push(place);
            continue;
        };
        let names = match arn {
            Some(arn) => arn.names().map(str::to_owned).collect(),
            None => vec![request.id().to_owned()],
        };
        let mut group = Group {
            names,
            members: vec![place],
            home,
            regions: regions(home, own_region, replicas),
            requested: 0,
            requested_at: Instant::now(),
            failed: Vec::new(),
            accepted: None,
        };
        // An ARN can have two names, and join two groups.
        let is_same = |known: &mut Group<'_>| {
            let is_shared = |name: &String| known.names.contains(name);
            known.home == group.home && group.names.iter().any(is_shared)
        };
        for known in groups.extract_if(.., is_same).collect::<Vec<_>>() {
            group.names.extend(known.names);
            group.members.extend(known.members);
        }
        groups.push(group);
    }
    (groups, without_region)
}

/// Returns the regions of a secret. The source has replicas of the secrets in its own region. A secret of any other
/// region is only there.
fn regions<'a>(home: &'a str, own_region: Option<&'a str>, replicas: &'a Replicas) -> Vec<&'a str> {
    let known: Vec<&str> = own_region.into_iter().chain(replicas.regions()).collect();
    let mut regions = vec![home];
    if known.contains(&home) || own_region.is_none() {
        for region in known {
            if !regions.contains(&region) {
                regions.push(region);
            }
        }
    }
    regions
}

impl<'a> Group<'a> {
    pub(super) fn is_settled(&self) -> bool {
        self.accepted.is_some()
    }

    fn has_next_region(&self) -> bool {
        self.accepted.is_none() && self.requested < self.regions.len()
    }

    /// Returns whether a region has not returned yet.
    fn is_waiting(&self) -> bool {
        self.requested > self.failed.len()
    }

    /// Returns the time of the last request, if another region can be queried before it returns.
    pub(super) fn waiting_since(&self) -> Option<Instant> {
        (self.has_next_region() && self.is_waiting()).then_some(self.requested_at)
    }

    /// Returns whether the next region is to be queried: all others have failed, or have not responded for this time.
    pub(super) fn has_next_region_at(&self, now: Instant, pause: Duration) -> bool {
        let is_late = now >= self.requested_at + pause;
        self.has_next_region() && (is_late || !self.is_waiting())
    }

    /// Returns the next region, which is queried now.
    pub(super) fn begin_next_region(&mut self) -> &'a str {
        let region = self.regions[self.requested];
        self.requested += 1;
        self.requested_at = Instant::now();
        region
    }

    pub(super) fn requested_regions(&self) -> &[&'a str] {
        &self.regions[..self.requested]
    }

    /// Accepts the results of a region, or keeps them as a failure. Every response of the home region counts. A replica
    /// counts if it has all requested versions: a policy may not allow its use, and a new replica may not exist yet.
    pub(super) fn judge(
        &mut self,
        region: &'a str,
        results: Vec<FetchResult>,
        lacks_credentials: bool,
    ) {
        if self.accepted.is_some() {
            return;
        }
        let is_accepted = if region == self.home {
            lacks_credentials || failure(&results).is_none()
        } else {
            results.iter().all(is_found)
        };
        if is_accepted {
            self.accepted = Some((region, results));
        } else {
            self.failed.push((region, results));
        }
    }

    /// Returns whether a region returned anything but a failure.
    pub(super) fn has_response_of(&self, region: &str) -> bool {
        let is_accepted = |(by, _): &(&str, _)| *by == region;
        self.accepted.as_ref().is_some_and(is_accepted)
            || self
                .failed_in(region)
                .is_some_and(|results| failure(results).is_none())
    }

    /// Returns the region that replaced this one, and the error of this one unless it did not respond.
    pub(super) fn replaced(&self, region: &str) -> Option<(&'a str, Option<&SourceError>)> {
        let (by, _) = self.accepted.as_ref()?;
        if let Some(results) = self.failed_in(region) {
            return Some((*by, failure(results)));
        }
        // A region that was queried later, but did not respond earlier, has not failed.
        let requested = self.requested_regions();
        let place = |region: &str| requested.iter().position(|known| *known == region);
        (place(region)? < place(by)?).then_some((*by, None))
    }

    /// Waits for the region that was queried last as if it were queried now.
    pub(super) fn restart_wait(&mut self) {
        self.requested_at = Instant::now();
    }

    fn failed_in(&self, region: &str) -> Option<&[FetchResult]> {
        let mut failed = self.failed.iter();
        failed.find_map(|(failed, results)| (*failed == region).then_some(&results[..]))
    }

    /// Returns the result of each request, with its place. If no region has the secret, the results of its own region
    /// are returned, with what the replicas returned.
    pub(super) fn into_results(self) -> impl Iterator<Item = (usize, FetchResult)> {
        let results = match self.accepted {
            Some((region, results)) if region != self.home => {
                let provided = |result| provided_by(region, result);
                results.into_iter().map(provided).collect()
            }
            Some((_, results)) => results,
            None => failed_everywhere(self.home, self.failed),
        };
        self.members.into_iter().zip(results)
    }
}

fn provided_by(region: &str, result: FetchResult) -> FetchResult {
    match result {
        FetchResult::Found(mut found) => {
            found.replica_region = Some(region.to_owned());
            FetchResult::Found(found)
        }
        other => other,
    }
}

fn is_found(result: &FetchResult) -> bool {
    matches!(result, FetchResult::Found(_))
}

/// Returns the first error after which the next region is queried.
fn failure(results: &[FetchResult]) -> Option<&SourceError> {
    results.iter().find_map(|result| match result {
        FetchResult::Failed(error) if error.is_regional() => Some(error),
        _ => None,
    })
}

/// Returns the results of the home region, with those of the replicas in their messages.
fn failed_everywhere(home: &str, mut failed: Vec<(&str, Vec<FetchResult>)>) -> Vec<FetchResult> {
    if failed.is_empty() {
        return Vec::new();
    }
    let own = failed.iter().position(|(region, _)| *region == home);
    let (_, mut results) = failed.remove(own.unwrap_or_default());
    for (place, result) in results.iter_mut().enumerate() {
        let FetchResult::Failed(error) = result else {
            continue;
        };
        let theirs = failed.iter().map(|(replica, results)| {
            let result = results[place].without_value();
            format!("; the replica in {replica}: {result}")
        });
        let message = format!("{}{}", error.message(), theirs.collect::<String>());
        *error = error.clone().with_message(message);
    }
    results
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::source::{Env, VersionSelector};

    fn replicas() -> Replicas {
        let regions = ["us-west-2", "us-east-1", "eu-west-1"].map(str::to_owned);
        Replicas::read(&regions, &Env::from_vars::<&str, &str>([])).unwrap()
    }

    fn request(id: &str) -> SecretRequest {
        SecretRequest::new(id, VersionSelector::Current)
    }

    fn arn(region: &str, resource: &str) -> SecretRequest {
        request(&format!(
            "arn:aws:secretsmanager:{region}:123456789012:secret:{resource}"
        ))
    }

    /// Returns the members and regions of each group.
    fn grouped(requests: &[SecretRequest], own: Option<&str>) -> Vec<(Vec<usize>, String)> {
        let (requests, replicas): (Vec<&SecretRequest>, _) =
            (requests.iter().collect(), replicas());
        let (groups, _) = groups(&requests, own, &replicas);
        let group = |group: Group<'_>| (group.members, group.regions.join(" "));
        groups.into_iter().map(group).collect()
    }

    #[test]
    fn arn_region_replaces_unknown_own_region() {
        let all = "ap-south-1 us-west-2 us-east-1 eu-west-1".to_owned();
        let arn = [arn("ap-south-1", "a-AbCdEf")];
        assert_eq!(grouped(&arn, None), [(vec![0], all)]);
    }

    #[test]
    fn name_and_arn_share_a_group() {
        let members = |requests: &[SecretRequest]| -> Vec<Vec<usize>> {
            let groups = grouped(requests, Some("us-east-1"));
            groups.into_iter().map(|(members, _)| members).collect()
        };
        let secret = [request("a"), request("b"), arn("us-east-1", "a-AbCdEf")];
        assert_eq!(members(&secret), [vec![1], vec![2, 0]]);
        // A resource can be a complete name, or one with a suffix.
        let ambiguous = [
            request("a-AbCdEf"),
            request("a"),
            arn("us-east-1", "a-AbCdEf"),
        ];
        assert_eq!(members(&ambiguous), [vec![2, 0, 1]]);
        let pinned = SecretRequest::new("a", VersionSelector::Stage("AWSPREVIOUS".to_owned()));
        assert_eq!(members(&[request("a"), pinned]), [vec![1, 0]]);
    }

    #[test]
    fn request_without_region_has_no_group() {
        let replicas = replicas();
        let (name, arn) = (request("a"), arn("us-east-1", "a-AbCdEf"));
        let (groups, without_region) = groups(&[&name, &arn], None, &replicas);
        assert_eq!((groups.len(), without_region), (1, vec![0]));
    }
}
