use crate::Problem;

/// The maximum length of a stage, in characters.
const MAX_STAGE: usize = 256;
/// The maximum length of a version ID, in characters.
const MAX_ID: usize = 64;
/// The maximum length of a parameter's label, in characters.
const MAX_LABEL: usize = 100;

/// Checks the stage of a secret's version.
///
/// <https://docs.aws.amazon.com/secretsmanager/latest/apireference/API_GetSecretValue.html>
///
/// # Errors
///
/// Returns an error unless the stage consists of 1 to 256 characters that are not control characters.
pub fn check_stage(stage: &str) -> Result<(), Problem> {
    check("stage", stage, MAX_STAGE)
}

/// Checks the ID of a secret's version, or of a parameter's version. It can be shorter than the IDs of Secrets Manager.
///
/// # Errors
///
/// Returns an error unless the ID consists of 1 to 64 characters that are not control characters.
pub fn check_version_id(id: &str) -> Result<(), Problem> {
    check("ID", id, MAX_ID)
}

fn check(kind: &str, text: &str, max_length: usize) -> Result<(), Problem> {
    if text.is_empty() || text.chars().count() > max_length {
        let problem = if text.is_empty() {
            "empty".to_owned()
        } else {
            format!("longer than {max_length} characters")
        };
        return Err(Problem::new(
            format!("version {kind} is {problem}"),
            format!("use 1 to {max_length} characters"),
        ));
    }
    match text.chars().find(|&c| !is_version_character(c)) {
        Some(invalid) => Err(Problem::new(
            format!("invalid character {invalid:?} in version {kind}"),
            "remove control characters",
        )),
        None => Ok(()),
    }
}

pub(crate) fn is_version_character(c: char) -> bool {
    !c.is_control()
}

pub(crate) fn is_label_character(c: char) -> bool {
    c.is_ascii_alphanumeric() || matches!(c, '-' | '_' | '.')
}

/// Returns the number of a parameter's version: from 1, without leading zeros.
pub fn parameter_number(version: &str) -> Option<u64> {
    let is_number = version.bytes().all(|b| b.is_ascii_digit()) && !version.starts_with('0');
    version.parse().ok().filter(|_| is_number)
}

/// Returns whether the text can be the label of a parameter's version. The stages of Secrets Manager, such as
/// `AWSPREVIOUS`, cannot.
///
/// <https://docs.aws.amazon.com/systems-manager/latest/userguide/sysman-paramstore-labels.html>
pub fn is_parameter_label(text: &str) -> bool {
    (1..=MAX_LABEL).contains(&text.len())
        && text.chars().all(is_label_character)
        && !text.starts_with(|c: char| c.is_ascii_digit())
        && !is_reserved_parameter(text)
}

/// Returns whether the name or the label of a parameter is reserved for AWS.
pub fn is_reserved_parameter(text: &str) -> bool {
    let beginning = text.get(..3).unwrap_or_default();
    ["aws", "ssm"]
        .iter()
        .any(|reserved| beginning.eq_ignore_ascii_case(reserved))
}

pub(crate) fn check_parameter_number(version: &str) -> Result<(), Problem> {
    match parameter_number(version) {
        Some(_) => Ok(()),
        None => Err(Problem::new(
            "the version number of the parameter is not valid",
            "use a number from 1, without leading zeros",
        )),
    }
}

pub(crate) fn check_parameter_label(label: &str) -> Result<(), Problem> {
    if is_parameter_label(label) {
        return Ok(());
    }
    Err(Problem::new(
        "the label of the parameter is not valid",
        format!(
            "use 1 to {MAX_LABEL} ASCII letters, digits and `_.-`, and do not begin with a digit, `aws` or `ssm`"
        ),
    ))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn stages_and_ids_have_limits() {
        for stage in ["AWSPREVIOUS", "blue/1", "é", "a b", &"s".repeat(256)] {
            assert!(check_stage(stage).is_ok(), "{stage}");
        }
        for stage in ["", "a\n", "a\u{1b}", &"s".repeat(257)] {
            assert!(check_stage(stage).is_err(), "{stage}");
        }
        for id in ["1", "01234567-89ab-cdef", "a/b", &"i".repeat(64)] {
            assert!(check_version_id(id).is_ok(), "{id}");
        }
        for id in ["", "a\t", &"i".repeat(65)] {
            assert!(check_version_id(id).is_err(), "{id}");
        }
    }

    #[test]
    fn parameter_version_begins_with_one() {
        assert_eq!(parameter_number("1"), Some(1));
        assert_eq!(parameter_number("18446744073709551615"), Some(u64::MAX));
        for version in ["", "0", "07", "+7", "-1", "a", "18446744073709551616"] {
            assert_eq!(parameter_number(version), None, "{version}");
        }
    }

    #[test]
    fn labels_follow_parameter_store() {
        for label in ["good", "last-good_1.2", "a", &"l".repeat(100)] {
            assert!(is_parameter_label(label), "{label}");
        }
        for label in [
            "",
            "1st",
            "AWSPREVIOUS",
            "ssm-old",
            "a b",
            "é",
            &"l".repeat(101),
        ] {
            assert!(!is_parameter_label(label), "{label}");
        }
    }
}
