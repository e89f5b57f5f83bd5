use crate::arn::check_origin;
use crate::name::check_name;
use crate::{Arn, Problem};

/// The maximum number of levels in a hierarchy.
const MAX_LEVELS: usize = 15;
/// The maximum length of a name. The prefix of the parameter's ARN counts too, but its length is not known here.
const MAX_LENGTH: usize = 1011;
/// The prefix of secrets that are read through Parameter Store.
/// <https://docs.aws.amazon.com/systems-manager/latest/userguide/integration-ps-secretsmanager.html>
const SECRETS: &str = "/aws/reference/secretsmanager/";

/// The parts of a parameter's ARN: `arn:PARTITION:ssm:REGION:ACCOUNT:parameter/NAME`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct ParameterArn<'a> {
    /// `aws`, `aws-cn`, `aws-us-gov`, …
    pub partition: &'a str,
    /// The region that stores the parameter.
    pub region: &'a str,
    /// The account that owns the parameter: twelve digits.
    pub account: &'a str,
    /// The parameter's name without the slash at its beginning.
    pub path: &'a str,
}

impl<'a> ParameterArn<'a> {
    /// The number of colon-separated parts in a parameter's ARN.
    pub(crate) const PARTS: usize = 6;

    /// Returns whether the text begins like the ARN of a parameter.
    pub fn is_meant_by(text: &str) -> bool {
        Arn::is_meant_by(text) && text.split(':').nth(2) == Some("ssm")
    }

    /// Parses an ARN. A placeholder may replace the slash before the name.
    ///
    /// # Errors
    ///
    /// Returns an error if the text is not the complete ARN of a parameter.
    pub fn parse(text: &'a str) -> Result<Self, Problem> {
        let parts: Vec<&str> = text.split(':').collect();
        let ["arn", partition, "ssm", region, account, resource] = parts[..] else {
            return Err(shape(text));
        };
        let path = resource
            .strip_prefix("parameter")
            .filter(|path| path.starts_with(['/', '{']))
            .map(|path| path.strip_prefix('/').unwrap_or(path));
        let Some(path) = path.filter(|path| ![partition, region, account, path].contains(&""))
        else {
            return Err(shape(text));
        };
        check_origin(partition, region, account).map_err(|problem| in_arn(text, &problem))?;
        Ok(Self {
            partition,
            region,
            account,
            path,
        })
    }

    /// Returns the parameter's name. It begins with a slash only if it has levels: `/prod/db`, but `db`.
    pub fn name(&self) -> String {
        let [name, _] = self.names();
        name
    }

    /// Returns both spellings of the name, with and without the leading slash, beginning with [`name`](Self::name).
    pub fn names(&self) -> [String; 2] {
        let (bare, absolute) = (self.path.to_owned(), format!("/{}", self.path));
        if self.path.contains('/') {
            [absolute, bare]
        } else {
            [bare, absolute]
        }
    }
}

/// Checks the name of a parameter, with or without the slash at its beginning.
///
/// <https://docs.aws.amazon.com/systems-manager/latest/userguide/sysman-paramstore-su-create.html#sysman-parameter-name-constraints>
///
/// # Errors
///
/// Returns an error if Parameter Store cannot store a parameter with this name.
pub fn check_parameter_name(name: &str) -> Result<(), Problem> {
    if let Some(secret) = name.strip_prefix(SECRETS) {
        return check_name(secret);
    }
    let path = name.strip_prefix('/').unwrap_or(name);
    let levels: Vec<&str> = path.split('/').collect();
    let problem = if levels.contains(&"") {
        Some("has an empty level".to_owned())
    } else if levels.len() > MAX_LEVELS {
        Some(format!("has more than {MAX_LEVELS} levels"))
    } else if name.len() > MAX_LENGTH {
        Some(format!("is longer than {MAX_LENGTH} characters"))
    } else {
        None
    };
    if let Some(problem) = problem {
        return Err(Problem::new(
            format!("parameter name {problem}"),
            format!(
                "use 1 to {MAX_LEVELS} levels, separated by single slashes, and at most {MAX_LENGTH} characters"
            ),
        ));
    }
    match path.chars().find(|&c| !is_parameter_character(c)) {
        Some(invalid) => Err(invalid_in_parameter(invalid)),
        None => Ok(()),
    }
}

/// A parameter name may contain the characters of secret names only after the prefix of references to secrets.
pub(crate) fn is_character_of(name: &str, c: char) -> bool {
    is_parameter_character(c) || name.starts_with(SECRETS) && crate::name::is_name_character(c)
}

fn invalid_in_parameter(invalid: char) -> Problem {
    Problem::new(
        format!("invalid character {invalid:?} in parameter name"),
        "use only ASCII letters, digits and `/_.-`",
    )
}

fn is_parameter_character(c: char) -> bool {
    c.is_ascii_alphanumeric() || matches!(c, '/' | '_' | '.' | '-')
}

fn shape(text: &str) -> Problem {
    Problem::new(
        format!("invalid parameter ARN `{text}`"),
        "use the form `arn:PARTITION:ssm:REGION:ACCOUNT:parameter/NAME`",
    )
}

fn in_arn(text: &str, problem: &Problem) -> Problem {
    let message = format!("invalid parameter ARN `{text}`: {}", problem.message());
    Problem::new(message, problem.help())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn parameter_arn_has_name_and_region() {
        for (path, name) in [("db", "db"), ("prod/db", "/prod/db")] {
            let arn = format!("arn:aws-cn:ssm:cn-north-1:123456789012:parameter/{path}");
            let arn = ParameterArn::parse(&arn).unwrap();
            assert_eq!(arn.name(), name);
            assert_eq!(
                (arn.partition, arn.region, arn.account),
                ("aws-cn", "cn-north-1", "123456789012")
            );
        }
    }

    #[test]
    fn other_arns_are_not_parameters() {
        for text in [
            "arn:aws:ssm:us-east-1:123456789012:parameter",
            "arn:aws:ssm:us-east-1:123456789012:parameter/",
            "arn:aws:ssm:us-east-1:123456789012:parameters/db",
            "arn:aws:ssm:us-east-1:123456789012:document/db",
            "arn:aws:ssm::123456789012:parameter/db",
            "arn:aws:ssm:EU-WEST-1:123456789012:parameter/db",
            "arn:aws:ssm:eu-west-1.example.com/x:123456789012:parameter/db",
            "arn:aws:ssm:us-east-1:12345:parameter/db",
            "arn:amazon:ssm:us-east-1:123456789012:parameter/db",
            "arn:aws:ssm:us-gov-west-1:123456789012:parameter/db",
            "arn:aws:ssm:us-east-1:123456789012:parameter/db:3",
            "arn:aws:secretsmanager:us-east-1:123456789012:secret:db",
        ] {
            assert!(ParameterArn::parse(text).is_err(), "{text}");
        }
    }

    #[test]
    fn parameter_names_follow_parameter_store() {
        let deep = |levels: usize| vec!["x"; levels].join("/");
        for name in [
            "db",
            "/db",
            "/prod/db",
            "a.b_c-D",
            "/aws/reference/secretsmanager/rds!db-1",
            &deep(15),
            &"x".repeat(1011),
        ] {
            assert!(check_parameter_name(name).is_ok(), "{name}");
        }
        for name in ["", "/", "a//b", "//a", "a/", "a+b", "a!b", "a:1", "ü"] {
            assert!(check_parameter_name(name).is_err(), "{name}");
        }
        assert!(check_parameter_name(&deep(16)).is_err());
        assert!(check_parameter_name(&"x".repeat(1012)).is_err());
    }
}
