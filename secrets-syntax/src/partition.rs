use crate::Problem;

/// An AWS partition: a group of regions with its own accounts, ARNs and hosts.
///
/// The table follows the endpoint rules of the SDK (`partitions.json` of botocore 1.43):
/// <https://github.com/boto/botocore/blob/develop/botocore/data/partitions.json>
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Partition {
    /// The second part of an ARN in this partition.
    pub name: &'static str,
    /// The prefix of its region names; empty for the default partition.
    region_prefix: &'static str,
    /// The domain of its hosts.
    pub dns_suffix: &'static str,
    /// The domain of its dual-stack hosts, which also have IPv6 addresses.
    dual_stack_dns_suffix: &'static str,
}

/// The first partition is the default, for all regions that do not match another one.
const PARTITIONS: [Partition; 8] = [
    partition("aws", "", "amazonaws.com", "api.aws"),
    partition(
        "aws-cn",
        "cn-",
        "amazonaws.com.cn",
        "api.amazonwebservices.com.cn",
    ),
    partition("aws-us-gov", "us-gov-", "amazonaws.com", "api.aws"),
    partition(
        "aws-eusc",
        "eusc-",
        "amazonaws.eu",
        "api.amazonwebservices.eu",
    ),
    partition("aws-iso", "us-iso-", "c2s.ic.gov", "api.aws.ic.gov"),
    partition("aws-iso-b", "us-isob-", "sc2s.sgov.gov", "api.aws.scloud"),
    partition(
        "aws-iso-e",
        "eu-isoe-",
        "cloud.adc-e.uk",
        "api.cloud-aws.adc-e.uk",
    ),
    partition(
        "aws-iso-f",
        "us-isof-",
        "csp.hci.ic.gov",
        "api.aws.hci.ic.gov",
    ),
];

const fn partition(
    name: &'static str,
    region_prefix: &'static str,
    dns_suffix: &'static str,
    dual_stack_dns_suffix: &'static str,
) -> Partition {
    Partition {
        name,
        region_prefix,
        dns_suffix,
        dual_stack_dns_suffix,
    }
}

impl Partition {
    /// Returns the partition of a region. Unknown regions belong to the default partition.
    pub fn of_region(region: &str) -> &'static Self {
        let others = PARTITIONS.iter().skip(1);
        let mut others = others.filter(|partition| region.starts_with(partition.region_prefix));
        others.next().unwrap_or(&PARTITIONS[0])
    }

    /// Returns whether a name is that of a partition in this version's table.
    pub fn is_known(name: &str) -> bool {
        PARTITIONS.iter().any(|partition| partition.name == name)
    }

    /// Returns whether a host is in a domain of any partition.
    pub fn has_host(host: &str) -> bool {
        let host = host.to_ascii_lowercase();
        let is_below = |domain: &str| {
            let rest = host.strip_suffix(domain);
            rest.is_some_and(|rest| rest.ends_with('.'))
        };
        PARTITIONS.iter().any(|partition| {
            is_below(partition.dns_suffix) || is_below(partition.dual_stack_dns_suffix)
        })
    }
}

/// Checks the name of a partition. Partitions that this version does not know are accepted.
///
/// # Errors
///
/// Returns an error unless the name is `aws`, or `aws-` and lowercase ASCII letters and hyphens. The error does not
/// contain the name.
pub fn check_partition(name: &str) -> Result<(), Problem> {
    let is_valid = name == "aws"
        || name
            .strip_prefix("aws-")
            .is_some_and(|rest| !rest.is_empty() && rest.chars().all(is_partition_character));
    if is_valid {
        return Ok(());
    }
    Err(Problem::new(
        "the partition is not valid",
        "specify a partition such as `aws`, `aws-cn` or `aws-us-gov`",
    ))
}

pub(crate) fn is_partition_character(c: char) -> bool {
    c.is_ascii_lowercase() || c == '-'
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn malformed_partitions_are_rejected() {
        for (name, is_valid) in [
            ("aws", true),
            ("aws-us-gov", true),
            ("aws-new", true),
            ("", false),
            ("amazon", false),
            ("aws-", false),
            ("aws-CN", false),
            ("aws-cn:*", false),
        ] {
            assert_eq!(check_partition(name).is_ok(), is_valid, "{name}");
        }
    }

    #[test]
    fn region_prefix_selects_partition() {
        for (region, name) in [
            ("eu-west-1", "aws"),
            ("us-east-1", "aws"),
            ("mx-central-1", "aws"),
            ("cn-northwest-1", "aws-cn"),
            ("us-gov-east-1", "aws-us-gov"),
            ("eusc-de-east-1", "aws-eusc"),
            ("us-iso-east-1", "aws-iso"),
            ("us-isob-east-1", "aws-iso-b"),
            ("eu-isoe-west-1", "aws-iso-e"),
            ("us-isof-south-1", "aws-iso-f"),
            ("local", "aws"),
        ] {
            assert_eq!(Partition::of_region(region).name, name, "{region}");
            assert!(Partition::is_known(name), "{name}");
        }
        assert!(!Partition::is_known("aws-new") && !Partition::is_known(""));
    }

    #[test]
    fn hosts_of_all_partitions_are_recognized() {
        for host in [
            "secretsmanager.eu-west-1.amazonaws.com",
            "secretsmanager-fips.us-east-1.amazonaws.com",
            "secretsmanager.eu-west-1.api.aws",
            "vpce-1.secretsmanager.cn-north-1.vpce.amazonaws.com.cn",
            "secretsmanager.cn-north-1.api.amazonwebservices.com.cn",
            "secretsmanager.eusc-de-east-1.amazonaws.eu",
            "secretsmanager.eusc-de-east-1.api.amazonwebservices.eu",
            "secretsmanager.us-iso-east-1.c2s.ic.gov",
            "secretsmanager.us-isob-east-1.sc2s.sgov.gov",
            "secretsmanager.eu-isoe-west-1.cloud.adc-e.uk",
            "secretsmanager.us-isof-south-1.csp.hci.ic.gov",
            "SecretsManager.EU-West-1.AmazonAWS.com",
        ] {
            assert!(Partition::has_host(host), "{host}");
        }
        for host in [
            "127.0.0.1",
            "localhost",
            "notamazonaws.com",
            "amazonaws.com.evil.example",
            "amazonaws.com",
        ] {
            assert!(!Partition::has_host(host), "{host}");
        }
    }
}
