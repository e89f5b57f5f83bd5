use std::fmt;

use crate::partition::is_partition_character;
use crate::region::is_region_character;
use crate::template::check_part;
use crate::{
    Part, Partition, Problem, Template, check_account, check_partition, check_region,
    screaming_snake,
};

/// The parts of a secret's ARN: `arn:PARTITION:secretsmanager:REGION:ACCOUNT:secret:NAME-XXXXXX`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Arn<'a> {
    /// `aws`, `aws-cn`, `aws-us-gov`, …
    pub partition: &'a str,
    /// The region of the secret.
    pub region: &'a str,
    /// The account that owns the secret: twelve digits.
    pub account: &'a str,
    /// The secret's name, with the six-character suffix if the ARN is complete.
    pub resource: &'a str,
}

impl fmt::Display for Arn<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self {
            partition,
            region,
            account,
            resource,
        } = self;
        write!(
            f,
            "arn:{partition}:secretsmanager:{region}:{account}:secret:{resource}"
        )
    }
}

impl<'a> Arn<'a> {
    /// The number of colon-separated parts in a secret's ARN.
    pub(crate) const PARTS: usize = 7;

    /// Returns whether the text begins like an ARN.
    pub fn is_meant_by(text: &str) -> bool {
        text.starts_with("arn:")
    }

    /// Returns whether the name of a placeholder ends in `ARN` or in the word `arn`: `DBARN`, `dbArn` and `db_arn`, but
    /// not `learn`.
    pub fn is_named_by(placeholder: &str) -> bool {
        let words = screaming_snake(placeholder);
        placeholder.ends_with("ARN") || words.rsplit('_').next() == Some("ARN")
    }

    /// Parses an ARN.
    ///
    /// # Errors
    ///
    /// Returns an error if the text is not the complete ARN of a secret in Secrets Manager.
    pub fn parse(text: &'a str) -> Result<Self, Problem> {
        let parts: Vec<&str> = text.split(':').collect();
        let [arn, partition, service, region, account, kind, resource] = parts[..] else {
            return Err(shape(text));
        };
        let is_complete = ![partition, region, account, resource].contains(&"");
        let is_secret = matches(service, "secretsmanager") && matches(kind, "secret");
        if arn != "arn" || !is_secret || !is_complete {
            return Err(shape(text));
        }
        check_origin(partition, region, account).map_err(|problem| in_arn(text, &problem))?;
        Ok(Self {
            partition,
            region,
            account,
            resource,
        })
    }

    /// Returns the possible names of the secret: the whole resource, and the resource without its last seven characters
    /// if these are a hyphen and six letters or digits.
    ///
    /// `…:secret:db-backup` is either the partial ARN of `db-backup` or the complete ARN of `db`. Only Secrets Manager
    /// can distinguish them.
    pub fn names(&self) -> impl Iterator<Item = &'a str> + use<'a> {
        let resource = self.resource;
        let is_suffixed = crate::suffix_like_an_arn(resource);
        let shorter = is_suffixed.then(|| &resource[..resource.len() - 7]);
        std::iter::once(resource).chain(shorter.filter(|name| !name.is_empty()))
    }
}

/// Checks the parts of an ARN before the resource, which may contain placeholders.
pub(crate) fn check_origin(partition: &str, region: &str, account: &str) -> Result<(), Problem> {
    check_part(partition, is_partition_character, check_partition)?;
    check_part(region, is_region_character, check_region)?;
    check_part(account, |c| c.is_ascii_digit(), check_account)?;
    let own = Partition::of_region(region).name;
    if region.contains('{') || own == partition || !Partition::is_known(partition) {
        return Ok(());
    }
    Err(Problem::new(
        format!("the region `{region}` belongs to the partition `{own}`, not to `{partition}`"),
        "correct one of them",
    ))
}

/// Any part may be a placeholder.
fn matches(part: &str, expected: &str) -> bool {
    let is_placeholder = |part: &Template<'_>| matches!(part.parts(), [Part::Placeholder(_)]);
    part == expected || Template::parse(part).is_ok_and(|part| is_placeholder(&part))
}

fn shape(text: &str) -> Problem {
    Problem::new(
        format!("invalid secret ARN `{text}`"),
        "use the form `arn:PARTITION:secretsmanager:REGION:ACCOUNT:secret:NAME-XXXXXX`",
    )
}

fn in_arn(text: &str, problem: &Problem) -> Problem {
    let message = format!("invalid secret ARN `{text}`: {}", problem.message());
    Problem::new(message, problem.help())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn arn_parses_outside_default_partition() {
        let arn =
            Arn::parse("arn:aws-cn:secretsmanager:cn-north-1:123456789012:secret:prod/db-AbCdEf")
                .unwrap();
        assert_eq!(
            (arn.partition, arn.region, arn.account),
            ("aws-cn", "cn-north-1", "123456789012")
        );
    }

    #[test]
    fn displayed_arn_equals_parsed_text() {
        for text in [
            "arn:aws:secretsmanager:us-east-1:123456789012:secret:prod/db-AbCdEf",
            "arn:{PARTITION}:secretsmanager:{AWS_REGION}:{ACCOUNT}:secret:{NAME}",
        ] {
            assert_eq!(Arn::parse(text).unwrap().to_string(), text);
        }
    }

    #[test]
    fn suffix_like_ending_yields_two_names() {
        let names = |resource: &str| {
            let text = format!("arn:aws:secretsmanager:us-east-1:123456789012:secret:{resource}");
            let arn = Arn::parse(&text).unwrap();
            arn.names().map(str::to_owned).collect::<Vec<_>>()
        };
        assert_eq!(names("prod/db-AbCdEf"), ["prod/db-AbCdEf", "prod/db"]);
        assert_eq!(names("db-backup"), ["db-backup", "db"]);
        assert_eq!(names("prod/db"), ["prod/db"]);
        assert_eq!(names("-AbCdEf"), ["-AbCdEf"]);
    }

    #[test]
    fn foreign_and_incomplete_arns_are_rejected() {
        for text in [
            "arn:aws:ssm:us-east-1:123456789012:parameter:x",
            "arn:aws:ssm:us-east-1:123456789012:secret:x",
            "arn:aws:secretsmanager:us-east-1:123456789012:policy:x",
            "arn:aws:secretsmanager:us-east-1:123456789012:secret",
            "arn:aws:secretsmanager::123456789012:secret:x",
            "arn:aws:secretsmanager:us-east-1:123456789012:secret:",
        ] {
            assert!(Arn::parse(text).is_err(), "{text}");
        }
    }

    #[test]
    fn malformed_region_is_rejected() {
        for region in ["us east 1", "eu-west-1.evil.com/", "US-EAST-1", "région"] {
            let text = format!("arn:aws:secretsmanager:{region}:123456789012:secret:x");
            let problem = Arn::parse(&text).unwrap_err().to_string();
            assert!(problem.contains("the region contains"), "{problem}");
        }
        assert!(Arn::parse("arn:aws:secretsmanager:{region}:123456789012:secret:x").is_ok());
    }

    #[test]
    fn malformed_partition_and_account_are_rejected() {
        for (arn, expected) in [
            (
                "arn:amazon:secretsmanager:us-east-1:123456789012:secret:x",
                "the partition is not valid",
            ),
            (
                "arn:aws\0:secretsmanager:us-east-1:123456789012:secret:x",
                "the partition is not valid",
            ),
            (
                "arn:aws:secretsmanager:us-east-1:12345678901:secret:x",
                "the account is not valid",
            ),
            (
                "arn:aws:secretsmanager:us-east-1:1234-5678-9012:secret:x",
                "the account is not valid",
            ),
        ] {
            let problem = Arn::parse(arn).unwrap_err().to_string();
            assert!(problem.contains(expected), "{problem}");
        }
        for arn in [
            "arn:aws{suffix}:secretsmanager:us-east-1:123456789012:secret:x",
            "arn:aws:secretsmanager:us-east-1:{account}:secret:x",
        ] {
            assert!(Arn::parse(arn).is_ok(), "{arn}");
        }
    }

    #[test]
    fn text_beside_placeholders_is_checked() {
        for arn in [
            "arn:aws:secretsmanager:us-{area}-1:12{account}:secret:x",
            "arn:{p}{q}:{service}:{a}-{b}:{account}:{kind}:x",
        ] {
            assert!(Arn::parse(arn).is_ok(), "{arn}");
        }
        for arn in [
            "arn:aws\"{x}:secretsmanager:us-east-1:123456789012:secret:x",
            "arn:aws:secretsmanager:us east-1{x}:123456789012:secret:x",
            "arn:aws:secretsmanager:us-east-1:12\n{x}:secret:x",
            "arn:aws:junk{x}:us-east-1:123456789012:secret:x",
            "arn:aws:secretsmanager:us-east-1:123456789012:policy{x}:x",
            "arn:aws:{x}{y}:us-east-1:123456789012:secret:x",
        ] {
            assert!(Arn::parse(arn).is_err(), "{arn}");
        }
    }

    #[test]
    fn region_of_other_partition_is_rejected() {
        for (arn, expected) in [
            (
                "arn:aws:secretsmanager:cn-north-1:123456789012:secret:x",
                "the region `cn-north-1` belongs to the partition `aws-cn`, not to `aws`; correct one of them",
            ),
            (
                "arn:aws-cn:secretsmanager:us-east-1:123456789012:secret:x",
                "the region `us-east-1` belongs to the partition `aws`, not to `aws-cn`; correct one of them",
            ),
        ] {
            let problem = Arn::parse(arn).unwrap_err().to_string();
            assert!(problem.ends_with(expected), "{problem}");
        }
        // A partition that is newer than this version has regions that seem to be in the default one.
        for arn in [
            "arn:aws-new:secretsmanager:xx-new-1:123456789012:secret:x",
            "arn:{partition}:secretsmanager:cn-north-1:123456789012:secret:x",
            "arn:aws:secretsmanager:cn-{area}-1:123456789012:secret:x",
        ] {
            assert!(Arn::parse(arn).is_ok(), "{arn}");
        }
    }
}
