use crate::name::{invalid_character, is_name_character};
use crate::parameter::is_character_of;
use crate::template::{RESOLVE, check_part};
use crate::version::{
    check_parameter_label, check_parameter_number, is_label_character, is_version_character,
};
use crate::{
    Arn, ParameterArn, Problem, Template, check_name, check_parameter_name, check_stage,
    check_version_id,
};

/// A reference to a secret, or to part of one.
///
/// For secrets, the notations are a plain name, an ARN, an ECS `valueFrom` (an ARN followed by
/// `:json-key:version-stage:version-id`, with unused parts left empty) and CloudFormation's
/// `{{resolve:secretsmanager:…}}`. For parameters of Parameter Store, they are an ARN, optionally followed by
/// `:version` or `:label`, and CloudFormation's `{{resolve:ssm:…}}` and `{{resolve:ssm-secure:…}}`. All of them may
/// contain placeholders.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Reference {
    /// The name or ARN to request.
    pub secret_id: String,
    /// The key within a JSON secret.
    pub json_key: Option<String>,
    /// The version stage.
    pub version_stage: Option<String>,
    /// The version ID.
    pub version_id: Option<String>,
    /// Whether this refers to a parameter of Parameter Store rather than a secret.
    pub names_parameter: bool,
}

impl Reference {
    /// Parses a reference in any notation.
    ///
    /// # Errors
    ///
    /// Returns an error if the text is not a valid reference, or if the name in it is invalid.
    pub fn parse(text: &str) -> Result<Self, Problem> {
        Template::parse(text)?;
        let reference = if text.starts_with(RESOLVE) {
            Self::cloud_formation(text)?
        } else if ParameterArn::is_meant_by(text) {
            let (id, version) = split_id(text);
            Self::parameter(id, version).ok_or_else(|| {
                Problem::new(
                    format!("too many parts in parameter reference `{text}`"),
                    "use the form `ARN:version` or `ARN:label`",
                )
            })?
        } else if Arn::is_meant_by(text) || text.starts_with('{') {
            Self::value_from(text)?
        } else {
            Self::bare(text)
        };
        reference.check_id()?;
        reference.check_version()?;
        Ok(reference)
    }

    /// Parses a reference whose placeholders have been filled.
    ///
    /// # Errors
    ///
    /// Returns an error if [`parse`](Self::parse) does, or if the name contains a brace.
    pub fn parse_filled(text: &str) -> Result<Self, Problem> {
        let reference = Self::parse(text)?;
        let brace = reference.secret_id.chars().find(|c| matches!(c, '{' | '}'));
        brace.map_or(Ok(reference), |brace| Err(invalid_character(brace)))
    }

    /// Returns whether the ID is an ARN, which includes its region.
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
            ["SecretString", ref rest @ ..] => {
                Self::with_parts(secret_id, rest).ok_or_else(|| cloud_formation_shape(text))
            }
            _ => Err(cloud_formation_shape(text)),
        }
    }

    /// CloudFormation selects a parameter's version only by its number.
    /// <https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/dynamic-references-ssm.html>
    fn resolved_parameter(text: &str, inner: &str) -> Result<Self, Problem> {
        let (name, version) = split_id(inner);
        let reference = Self::parameter(name, version);
        reference
            .filter(|reference| reference.version_stage.is_none())
            .ok_or_else(|| {
                Problem::new(
                    format!("invalid parameter reference `{text}`"),
                    "use the form `{{resolve:ssm:NAME}}` or `{{resolve:ssm:NAME:VERSION}}`, with a version number",
                )
            })
    }

    /// Returns `None` if more than a version number or a label follows the ID.
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
        match (self.names_parameter, self.is_arn()) {
            (false, false) => check_secret(id),
            // The suffix of a complete ARN does not count toward the length of the name.
            (false, true) => Arn::parse(id)?.names().last().map_or(Ok(()), check_secret),
            (true, false) => check_parameter(id),
            (true, true) => check_parameter(&ParameterArn::parse(id)?.name()),
        }
    }

    fn check_version(&self) -> Result<(), Problem> {
        let (stage, id) = (self.version_stage.as_deref(), self.version_id.as_deref());
        match (stage, id, self.names_parameter) {
            (Some(_), Some(_), _) => Err(Problem::new(
                "reference contains both a version stage and a version ID",
                "keep only one of them",
            )),
            (Some(stage), None, false) => check_part(stage, is_version_character, check_stage),
            (None, Some(id), false) => check_part(id, is_version_character, check_version_id),
            (Some(label), None, true) => check_parameter_label(label),
            // The value of a placeholder may be a label.
            (None, Some(number), true) => {
                check_part(number, is_label_character, check_parameter_number)
            }
            (None, None, _) => Ok(()),
        }
    }

    fn value_from(text: &str) -> Result<Self, Problem> {
        let (secret_id, rest) = split_id(text);
        if rest.is_empty() {
            return Ok(Self::bare(secret_id));
        }
        let parts: Vec<&str> = rest.split(':').collect();
        Self::with_parts(secret_id, &parts).ok_or_else(|| {
            Problem::new(
                format!("too many parts in secret reference `{text}`"),
                "use the form `ARN:json-key:version-stage:version-id` and leave unused parts empty",
            )
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

/// Splits a text at the colon that follows the ID. An ARN contains colons itself.
fn split_id(text: &str) -> (&str, &str) {
    let colons_in_id = if ParameterArn::is_meant_by(text) {
        ParameterArn::PARTS - 1
    } else if Arn::is_meant_by(text) {
        Arn::PARTS - 1
    } else {
        0
    };
    match text.match_indices(':').nth(colons_in_id) {
        Some((at, _)) => (&text[..at], &text[at + 1..]),
        None => (text, ""),
    }
}

fn check_secret(name: &str) -> Result<(), Problem> {
    check_part(name, is_name_character, check_name)
}

fn check_parameter(name: &str) -> Result<(), Problem> {
    check_part(name, |c| is_character_of(name, c), check_parameter_name)
}

fn cloud_formation_shape(text: &str) -> Problem {
    Problem::new(
        format!("invalid CloudFormation reference `{text}`"),
        "use the form `{{resolve:secretsmanager:ID:SecretString:json-key:version-stage:version-id}}`, or `{{resolve:ssm:NAME:VERSION}}` for a parameter",
    )
}

#[cfg(test)]
mod tests;
