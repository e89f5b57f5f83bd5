use crate::name::{is_name_character, refused_character};
use crate::parameter::{is_character_of, refused_in_parameter};
use crate::template::RESOLVE;
use crate::{Arn, ParameterArn, Part, Problem, Template, check_name, check_parameter_name};

/// A secret as a declaration or a deployment names it: its id, and what the notation says beyond that.
///
/// Read from a plain name, an ARN, an ECS `valueFrom` (an ARN with `:json-key:version-stage:version-id` behind it,
/// empty parts kept) or CloudFormation's `{{resolve:secretsmanager:…}}`. Also read from what names a parameter of
/// Parameter Store: its ARN, with `:version` or `:label` behind it if need be, or CloudFormation's `{{resolve:ssm:…}}` and
/// `{{resolve:ssm-secure:…}}`. The text may hold placeholders.
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
    /// Whether the notation names a parameter of Parameter Store, and no secret.
    pub names_parameter: bool,
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
        } else if ParameterArn::is_meant_by(text) {
            let (id, version) = split_id(text);
            Self::parameter(id, version).ok_or_else(|| {
                Problem::new(format!(
                    "`{text}` has too many parts; write `ARN:version` or `ARN:label`"
                ))
            })?
        } else if Arn::is_meant_by(text) || text.starts_with('{') {
            Self::value_from(text)?
        } else {
            Self::bare(text)
        };
        reference.check_id()?;
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
            names_parameter: false,
        }
    }

    fn cloud_formation(text: &str) -> Result<Self, Problem> {
        let inner = text
            .strip_prefix(RESOLVE)
            .and_then(|inner| inner.strip_suffix("}}"))
            .and_then(|inner| inner.split_once(':'));
        match inner {
            Some(("secretsmanager", inner)) => Self::resolved_secret(text, inner),
            Some(("ssm" | "ssm-secure", inner)) => Self::resolved_parameter(text, inner),
            _ => Err(cloud_formation_shape(text)),
        }
    }

    fn resolved_secret(text: &str, inner: &str) -> Result<Self, Problem> {
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

    /// CloudFormation pins a parameter by its version's number alone.
    /// <https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/dynamic-references-ssm.html>
    fn resolved_parameter(text: &str, inner: &str) -> Result<Self, Problem> {
        let (name, version) = split_id(inner);
        let reference = Self::parameter(name, version);
        reference
            .filter(|reference| reference.version_stage.is_none())
            .ok_or_else(|| {
                Problem::new(format!(
                    "`{text}` is not a reference to a parameter; write `{{{{resolve:ssm:NAME:VERSION}}}}`, with the number of the version or without it"
                ))
            })
    }

    /// A parameter; `None` if there is more behind it than a version's number or a label.
    fn parameter(id: &str, version: &str) -> Option<Self> {
        if version.contains(':') {
            return None;
        }
        let is_number = version.bytes().all(|b| b.is_ascii_digit()) || version.contains('{');
        let version = Some(version.to_owned()).filter(|version| !version.is_empty());
        let (version_id, version_stage) = if is_number {
            (version, None)
        } else {
            (None, version)
        };
        Some(Self {
            version_stage,
            version_id,
            names_parameter: true,
            ..Self::bare(id)
        })
    }

    fn check_id(&self) -> Result<(), Problem> {
        let id = self.secret_id.as_str();
        match (self.names_parameter, Arn::is_meant_by(id)) {
            (false, false) => check_secret(id),
            (false, true) => check_secret(Arn::parse(id)?.resource),
            (true, false) => check_parameter(id),
            (true, true) => check_parameter(&ParameterArn::parse(id)?.name()),
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
    let colons_within = if ParameterArn::is_meant_by(text) {
        ParameterArn::PARTS - 1
    } else if Arn::is_meant_by(text) {
        Arn::PARTS - 1
    } else {
        0
    };
    match text.match_indices(':').nth(colons_within) {
        Some((at, _)) => (&text[..at], &text[at + 1..]),
        None => (text, ""),
    }
}

fn check_secret(name: &str) -> Result<(), Problem> {
    match refused(name, is_name_character)? {
        Literals::Whole => check_name(name),
        Literals::Refused(c) => Err(refused_character(c)),
        Literals::Fine => Ok(()),
    }
}

fn check_parameter(name: &str) -> Result<(), Problem> {
    match refused(name, |c| is_character_of(name, c))? {
        Literals::Whole => check_parameter_name(name),
        Literals::Refused(c) => Err(refused_in_parameter(c)),
        Literals::Fine => Ok(()),
    }
}

/// What is known of a name before its placeholders are filled.
enum Literals {
    /// It has no placeholders.
    Whole,
    Refused(char),
    Fine,
}

/// Looks at a name that may hold placeholders, whose text is not known yet.
fn refused(name: &str, is_accepted: impl Fn(char) -> bool) -> Result<Literals, Problem> {
    let template = Template::parse(name)?;
    if template.placeholders().next().is_none() {
        return Ok(Literals::Whole);
    }
    let refused = template.parts().iter().find_map(|part| match part {
        Part::Literal(text) => text.chars().find(|&c| !is_accepted(c)),
        Part::Placeholder(_) => None,
    });
    Ok(refused.map_or(Literals::Fine, Literals::Refused))
}

fn cloud_formation_shape(text: &str) -> Problem {
    Problem::new(format!(
        "`{text}` is not a reference to a secret; write `{{{{resolve:secretsmanager:ID:SecretString:json-key:version-stage:version-id}}}}`, or `{{{{resolve:ssm:NAME:VERSION}}}}` for a parameter"
    ))
}

#[cfg(test)]
mod tests;
