use crate::name::{is_name_character, refused_character};
use crate::template::RESOLVE;
use crate::{Arn, Part, Problem, Template, check_name};

/// A secret as a declaration or a deployment names it: its id, and what the notation says beyond that.
///
/// Read from a plain name, an ARN, an ECS `valueFrom` (an ARN with `:json-key:version-stage:version-id` behind it,
/// empty parts kept) or CloudFormation's `{{resolve:secretsmanager:…}}`. The text may hold placeholders.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Reference {
    /// The name or ARN to ask for.
    pub secret_id: String,
    /// The key of the JSON secret.
    pub json_key: Option<String>,
    /// The version's stage.
    pub version_stage: Option<String>,
    /// The version's id.
    pub version_id: Option<String>,
}

impl Reference {
    /// Reads any of the notations.
    ///
    /// # Errors
    ///
    /// When the text is none of them, or names what Secrets Manager would refuse.
    pub fn parse(text: &str) -> Result<Self, Problem> {
        Template::parse(text)?;
        let reference = if text.starts_with(RESOLVE) {
            Self::cloud_formation(text)?
        } else if Arn::is_meant_by(text) || text.starts_with('{') {
            Self::value_from(text)?
        } else {
            Self::bare(text)
        };
        check_id(&reference.secret_id)?;
        match (&reference.version_stage, &reference.version_id) {
            (Some(_), Some(_)) => Err(Problem::new(
                "this names both a version stage and a version id; a version is pinned by one of them",
            )),
            _ => Ok(reference),
        }
    }

    /// Reads a text whose placeholders were filled, so that what looks like one is none.
    ///
    /// # Errors
    ///
    /// As for [`parse`](Self::parse), and when a brace is left.
    pub fn parse_filled(text: &str) -> Result<Self, Problem> {
        let reference = Self::parse(text)?;
        if reference.secret_id.contains(['{', '}']) {
            return Err(Problem::new("a brace cannot stand in a secret name"));
        }
        Ok(reference)
    }

    /// Whether the id is an ARN, which names its region itself.
    pub fn is_arn(&self) -> bool {
        Arn::is_meant_by(&self.secret_id)
    }

    fn bare(secret_id: &str) -> Self {
        Self {
            secret_id: secret_id.to_owned(),
            json_key: None,
            version_stage: None,
            version_id: None,
        }
    }

    fn cloud_formation(text: &str) -> Result<Self, Problem> {
        let inner = text
            .strip_prefix("{{resolve:secretsmanager:")
            .and_then(|inner| inner.strip_suffix("}}"))
            .ok_or_else(|| cloud_formation_shape(text))?;
        let (secret_id, rest) = split_id(inner);
        let parts: Vec<&str> = rest.split(':').collect();
        match parts[..] {
            [""] => Ok(Self::bare(secret_id)),
            ["SecretString", ref behind @ ..] => {
                Self::with_parts(secret_id, behind).ok_or_else(|| cloud_formation_shape(text))
            }
            _ => Err(cloud_formation_shape(text)),
        }
    }

    fn value_from(text: &str) -> Result<Self, Problem> {
        let (secret_id, rest) = split_id(text);
        if rest.is_empty() {
            return Ok(Self::bare(secret_id));
        }
        let parts: Vec<&str> = rest.split(':').collect();
        Self::with_parts(secret_id, &parts).ok_or_else(|| {
            Problem::new(format!(
                "`{text}` has too many parts; write `ARN:json-key:version-stage:version-id`, and leave empty what is not needed"
            ))
        })
    }

    fn with_parts(secret_id: &str, parts: &[&str]) -> Option<Self> {
        if parts.len() > 3 {
            return None;
        }
        let part = |i: usize| {
            parts
                .get(i)
                .filter(|part| !part.is_empty())
                .map(|part| (*part).to_owned())
        };
        Some(Self {
            json_key: part(0),
            version_stage: part(1),
            version_id: part(2),
            ..Self::bare(secret_id)
        })
    }
}

/// Splits an id from what stands behind its colon. An ARN has colons of its own.
fn split_id(text: &str) -> (&str, &str) {
    let colons_within = if Arn::is_meant_by(text) {
        Arn::PARTS - 1
    } else {
        0
    };
    match text.match_indices(':').nth(colons_within) {
        Some((at, _)) => (&text[..at], &text[at + 1..]),
        None => (text, ""),
    }
}

fn check_id(secret_id: &str) -> Result<(), Problem> {
    if Arn::is_meant_by(secret_id) {
        let arn = Arn::parse(secret_id)?;
        return check_literals(arn.resource);
    }
    check_literals(secret_id)
}

/// Checks a name that may hold placeholders, whose text is not known yet.
fn check_literals(name: &str) -> Result<(), Problem> {
    let template = Template::parse(name)?;
    if template.parameters().next().is_none() {
        return check_name(name);
    }
    let refused = template.parts().iter().find_map(|part| match part {
        Part::Literal(text) => text.chars().find(|&c| !is_name_character(c)),
        Part::Parameter(_) => None,
    });
    refused.map_or(Ok(()), |refused| Err(refused_character(refused)))
}

fn cloud_formation_shape(text: &str) -> Problem {
    Problem::new(format!(
        "`{text}` is not a reference to a secret; write `{{{{resolve:secretsmanager:ID:SecretString:json-key:version-stage:version-id}}}}`"
    ))
}

#[cfg(test)]
mod tests {
    use super::*;

    const ARN: &str = "arn:aws:secretsmanager:us-west-2:123456789012:secret:prod/db-AbCdEf";

    fn parts(text: &str) -> (String, Option<String>, Option<String>, Option<String>) {
        let reference = Reference::parse(text).unwrap();
        (
            reference.secret_id,
            reference.json_key,
            reference.version_stage,
            reference.version_id,
        )
    }

    #[expect(
        clippy::unnecessary_wraps,
        reason = "it is compared with parts that may be absent"
    )]
    fn some(text: &str) -> Option<String> {
        Some(text.to_owned())
    }

    #[test]
    fn a_name_and_an_arn_stand_for_themselves() {
        assert_eq!(parts("prod/db"), ("prod/db".to_owned(), None, None, None));
        assert_eq!(parts(ARN), (ARN.to_owned(), None, None, None));
    }

    #[test]
    fn an_ecs_value_from_keeps_its_empty_parts() {
        assert_eq!(
            parts(&format!("{ARN}:password::")),
            (ARN.to_owned(), some("password"), None, None)
        );
        assert_eq!(
            parts(&format!("{ARN}::AWSPREVIOUS:")),
            (ARN.to_owned(), None, some("AWSPREVIOUS"), None)
        );
        assert_eq!(
            parts(&format!("{ARN}:::v1")),
            (ARN.to_owned(), None, None, some("v1"))
        );
    }

    #[test]
    fn a_cloud_formation_reference_takes_a_name_or_an_arn() {
        assert_eq!(
            parts("{{resolve:secretsmanager:prod/db:SecretString:password}}"),
            ("prod/db".to_owned(), some("password"), None, None)
        );
        assert_eq!(
            parts(&format!(
                "{{{{resolve:secretsmanager:{ARN}:SecretString:password:AWSPENDING}}}}"
            )),
            (ARN.to_owned(), some("password"), some("AWSPENDING"), None)
        );
        assert_eq!(
            parts("{{resolve:secretsmanager:prod/db}}"),
            ("prod/db".to_owned(), None, None, None)
        );
    }

    #[test]
    fn a_placeholder_may_stand_for_the_whole_id() {
        assert_eq!(parts("{DB_ARN}"), ("{DB_ARN}".to_owned(), None, None, None));
        assert_eq!(
            parts("{DB_ARN}:password::"),
            ("{DB_ARN}".to_owned(), some("password"), None, None)
        );
        assert_eq!(
            parts("{stage}/db"),
            ("{stage}/db".to_owned(), None, None, None)
        );
    }

    #[test]
    fn a_filled_text_has_no_placeholders() {
        assert!(Reference::parse_filled("{abc}").is_err());
        assert!(Reference::parse_filled("{{resolve:secretsmanager:{a}}}").is_err());
        assert!(Reference::parse_filled("{{resolve:secretsmanager:a}}").is_ok());
    }

    #[test]
    fn what_secrets_manager_would_refuse_is_refused() {
        for text in [
            "prod db",
            "prod:db",
            "",
            "{stage}/a b",
            "{{resolve:ssm:name}}",
            "{{resolve:secretsmanager:prod/db:SecretBinary}}",
            "{{resolve:secretsmanager:prod/db",
            &format!("{ARN}:a:b:c:d"),
            &format!("{ARN}:a:AWSCURRENT:v1"),
        ] {
            assert!(Reference::parse(text).is_err(), "{text}");
        }
    }
}
