//! The target of a deployment.

use from_secrets_syntax::{Partition, check_account, check_partition, check_region};

/// The known properties of the deployment target.
#[derive(Clone, Debug, Default)]
pub(super) struct Deployment {
    pub(super) partition: Option<String>,
    pub(super) region: Option<String>,
    pub(super) replica_regions: Vec<String>,
    pub(super) account: Option<String>,
    pub(super) kms_keys: Vec<String>,
    pub(super) parameter_store: bool,
    /// Whether documents contain fields that are optional or have a default.
    pub(super) include_optional: bool,
    /// Whether the policy contains `*` for a placeholder without a value.
    pub(super) allow_wildcards: bool,
    /// The name of resources of the application, from that of the struct.
    pub(super) application: String,
}

impl Deployment {
    /// Returns the partition in ARNs. Defaults to the partition of the region.
    pub(super) fn partition_name(&self) -> &str {
        let of_region = || Partition::of_region(self.region.as_deref().unwrap_or_default()).name;
        self.partition.as_deref().unwrap_or_else(of_region)
    }

    /// Returns the regions with replicas. The region of the deployment can be among the settings, so that all regions
    /// of a service can have the same settings.
    pub(super) fn replicas(&self) -> impl Iterator<Item = &str> {
        let own = self.region.as_deref();
        let regions = self.replica_regions.iter().map(String::as_str);
        regions.filter(move |region| Some(*region) != own)
    }

    /// Returns the KMS keys in a region.
    pub(super) fn kms_keys_in<'a>(&'a self, region: &'a str) -> impl Iterator<Item = &'a str> {
        let keys = self.kms_keys.iter().map(String::as_str);
        keys.filter(move |key| kms_region(key) == Some(region))
    }

    /// Returns the problems of the settings.
    pub(super) fn problems(&self) -> Vec<String> {
        let region = self.region.iter();
        let mut problems: Vec<String> = region
            .filter_map(|region| self.region_problem("region", region))
            .collect();
        let replicas = self.replica_regions.iter();
        problems
            .extend(replicas.filter_map(|region| self.region_problem("replica region", region)));
        problems.extend(self.repeated_replica());
        if self.parameter_store && !self.replica_regions.is_empty() {
            let problem = "Parameter Store has no replicas; omit the replica regions";
            problems.push(problem.to_owned());
        }
        let partition = self.partition.as_deref().map(check_partition);
        let account = self.account.as_deref().map(check_account);
        let checked = partition.into_iter().chain(account);
        problems.extend(checked.filter_map(|checked| Some(checked.err()?.to_string())));
        problems.extend(self.kms_keys.iter().filter_map(|key| self.key_problem(key)));
        problems
    }

    fn repeated_replica(&self) -> Option<String> {
        let mut regions = self.replica_regions.iter().enumerate();
        let (_, region) =
            regions.find(|(i, region)| self.replica_regions[..*i].contains(region))?;
        Some(format!(
            "the replica region `{region}` is set twice; remove one of them"
        ))
    }

    /// Returns the partition, or that of the region, if one of them is set.
    fn set_partition(&self) -> Option<&str> {
        let of_region = || Some(Partition::of_region(self.region.as_deref()?).name);
        self.partition.as_deref().or_else(of_region)
    }

    /// Returns the problem of a KMS key, whose ARN has to be consistent, and in the partition of the deployment.
    fn key_problem(&self, key: &str) -> Option<String> {
        let Some((partition, region)) = partition_and_region(key) else {
            return Some(not_a_key(key));
        };
        let own = Partition::of_region(region).name;
        if own != partition && Partition::is_known(partition) {
            return Some(format!(
                "the KMS key `{key}` is in the region `{region}` of the partition `{own}`, not of `{partition}`; correct its ARN"
            ));
        }
        let deployed = self.set_partition()?;
        (deployed != partition).then(|| {
            format!(
                "the KMS key `{key}` belongs to the partition `{partition}`, not to `{deployed}`; correct one of them"
            )
        })
    }

    /// Returns the problem of a region, which has to be in the partition of the deployment, if that is known.
    fn region_problem(&self, what: &str, region: &str) -> Option<String> {
        if let Err(problem) = check_region(region) {
            let text = problem.to_string();
            return Some(text.replacen("the region", &format!("the {what}"), 1));
        }
        let partition = self.set_partition()?;
        let own = Partition::of_region(region).name;
        (own != partition && Partition::is_known(partition)).then(|| {
            format!(
                "the {what} `{region}` belongs to the partition `{own}`, not to `{partition}`; correct one of them"
            )
        })
    }
}

/// Returns the region of the ARN of a KMS key.
pub(super) fn kms_region(arn: &str) -> Option<&str> {
    partition_and_region(arn).map(|(_, region)| region)
}

/// Returns the partition and the region of the ARN of a KMS key.
fn partition_and_region(arn: &str) -> Option<(&str, &str)> {
    let parts: Vec<&str> = arn.split(':').collect();
    let ["arn", partition, "kms", region, account, resource] = parts[..] else {
        return None;
    };
    let is_id =
        |id: &str| !id.is_empty() && id.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'-');
    let is_key = resource.strip_prefix("key/").is_some_and(is_id);
    let is_valid = check_partition(partition).is_ok()
        && check_region(region).is_ok()
        && check_account(account).is_ok();
    (is_key && is_valid).then_some((partition, region))
}

/// IAM evaluates the key of a request, even if the request names an alias.
/// <https://docs.aws.amazon.com/kms/latest/developerguide/alias-authorization.html>
fn not_a_key(key: &str) -> String {
    if key.starts_with("alias/") || key.contains(":alias/") {
        format!(
            "the KMS key `{key}` is an alias, but IAM policies identify KMS keys by key ARN; specify the ARN of its key: `aws kms describe-key --key-id {key} --query KeyMetadata.Arn`"
        )
    } else {
        format!(
            "the KMS key `{key}` is not the ARN of a key; use the form `arn:PARTITION:kms:REGION:ACCOUNT:key/ID`"
        )
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn problems(set: impl FnOnce(&mut Deployment)) -> Vec<String> {
        let mut deployment = Deployment::default();
        set(&mut deployment);
        deployment.problems()
    }

    #[test]
    fn valid_settings_have_no_problems() {
        assert_eq!(problems(|_| {}), [""; 0]);
        let all = problems(|target| {
            target.region = Some("cn-north-1".to_owned());
            target.partition = Some("aws-cn".to_owned());
            target.account = Some("123456789012".to_owned());
            target.replica_regions = vec!["cn-northwest-1".to_owned()];
            let key = "arn:aws-cn:kms:cn-north-1:123456789012:key/mrk-1";
            target.kms_keys = vec![key.to_owned()];
        });
        assert_eq!(all, [""; 0]);
        // A partition that is newer than this version has regions that seem to be in the default one.
        let newer = problems(|target| {
            target.region = Some("xx-new-1".to_owned());
            target.partition = Some("aws-new".to_owned());
        });
        assert_eq!(newer, [""; 0]);
    }

    #[test]
    fn invalid_settings_are_listed_with_hints() {
        let all = problems(|target| {
            target.region = Some("eu_west_1".to_owned());
            target.replica_regions = vec!["US-west-2".to_owned()];
            target.partition = Some("amazon".to_owned());
            target.account = Some("1234-5678-9012".to_owned());
            target.kms_keys = vec!["alias/secrets".to_owned(), "1234abcd".to_owned()];
        });
        let expected = [
            "the region contains `_`; use a region name such as `us-east-1`",
            "the replica region contains an uppercase letter; use a region name such as `us-east-1`",
            "the partition is not valid; specify a partition such as `aws`, `aws-cn` or `aws-us-gov`",
            "the account is not valid; specify the 12 digits of its ID",
            "the KMS key `alias/secrets` is an alias, but IAM policies identify KMS keys by key ARN; specify the ARN of its key: `aws kms describe-key --key-id alias/secrets --query KeyMetadata.Arn`",
            "the KMS key `1234abcd` is not the ARN of a key; use the form `arn:PARTITION:kms:REGION:ACCOUNT:key/ID`",
        ];
        assert_eq!(all, expected);
    }

    #[test]
    fn regions_of_other_partitions_are_rejected() {
        for (partition, region, replica) in [
            (Some("aws"), "cn-north-1", None),
            (Some("aws-cn"), "eu-west-1", None),
            (None, "eu-west-1", Some("us-gov-west-1")),
        ] {
            let all = problems(|target| {
                target.partition = partition.map(str::to_owned);
                target.region = Some(region.to_owned());
                target.replica_regions = replica.into_iter().map(str::to_owned).collect();
            });
            assert_eq!(all.len(), 1, "{all:?}");
            assert!(all[0].contains("belongs to the partition"), "{all:?}");
        }
    }

    #[test]
    fn parameters_have_no_replicas() {
        let all = problems(|target| {
            target.parameter_store = true;
            target.replica_regions = vec!["us-west-2".to_owned()];
        });
        assert_eq!(
            all,
            ["Parameter Store has no replicas; omit the replica regions"]
        );
    }

    #[test]
    fn repeated_replica_region_is_rejected() {
        let all = problems(|target| {
            target.replica_regions = ["us-west-2", "eu-west-1", "us-west-2"]
                .map(str::to_owned)
                .to_vec();
        });
        assert_eq!(
            all,
            ["the replica region `us-west-2` is set twice; remove one of them"]
        );
    }

    #[test]
    fn malformed_kms_keys_are_rejected() {
        for (key, problem) in [
            (
                "arn:aws:kms:eu-west-1:123456789012:key/*",
                "is not the ARN of a key",
            ),
            (
                "arn:aws:kms:eu-west-1:123456789012:key/a b",
                "is not the ARN of a key",
            ),
            (
                "arn:aws:kms:eu-west-1:123456789012:key/a/b",
                "is not the ARN of a key",
            ),
            (
                "arn:aws:kms:eu-west-1:123456789012:key/",
                "is not the ARN of a key",
            ),
            (
                "arn:aws:kms:eu-west-1:12345678901é:key/a",
                "is not the ARN of a key",
            ),
            (
                "arn:amazon:kms:eu-west-1:123456789012:key/a",
                "is not the ARN of a key",
            ),
            (
                "arn:aws:kms:cn-north-1:123456789012:key/a",
                "in the region `cn-north-1` of the partition `aws-cn`",
            ),
            (
                "arn:aws-cn:kms:eu-west-1:123456789012:key/a",
                "in the region `eu-west-1` of the partition `aws`",
            ),
        ] {
            let all = problems(|target| target.kms_keys = vec![key.to_owned()]);
            assert!(all.len() == 1 && all[0].contains(problem), "{key}: {all:?}");
        }
    }

    #[test]
    fn key_of_other_partition_is_rejected() {
        let key = "arn:aws-cn:kms:cn-north-1:123456789012:key/a";
        for (partition, region) in [(None, Some("eu-west-1")), (Some("aws"), None)] {
            let all = problems(|target| {
                target.partition = partition.map(str::to_owned);
                target.region = region.map(str::to_owned);
                target.kms_keys = vec![key.to_owned()];
            });
            let expected = format!(
                "the KMS key `{key}` belongs to the partition `aws-cn`, not to `aws`; correct one of them"
            );
            assert_eq!(all, [expected]);
        }
        assert_eq!(
            problems(|target| target.kms_keys = vec![key.to_owned()]),
            [""; 0]
        );
    }

    #[test]
    fn alias_arn_is_not_a_key() {
        let alias = "arn:aws:kms:eu-west-1:123456789012:alias/secrets";
        let all = problems(|target| target.kms_keys = vec![alias.to_owned()]);
        assert!(all[0].contains("is an alias"), "{all:?}");
    }
}
