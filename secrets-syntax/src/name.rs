use crate::Problem;

/// The maximum length of a secret name, in characters.
const MAX_LENGTH: usize = 512;

/// Checks the name of a secret to read: the rules of `CreateSecret`, plus the `!` in the names of managed secrets.
///
/// <https://docs.aws.amazon.com/secretsmanager/latest/apireference/API_CreateSecret.html>
///
/// # Errors
///
/// Returns an error if the name is empty, is longer than 512 characters or contains an invalid character.
pub fn check_name(name: &str) -> Result<(), Problem> {
    if name.is_empty() {
        return Err(Problem::new(
            "secret name is empty",
            format!("use 1 to {MAX_LENGTH} characters"),
        ));
    }
    if name.chars().count() > MAX_LENGTH {
        return Err(Problem::new(
            format!("secret name is longer than {MAX_LENGTH} characters"),
            "shorten the name",
        ));
    }
    match name.chars().find(|&c| !is_name_character(c)) {
        Some(invalid) => Err(invalid_character(invalid)),
        None => Ok(()),
    }
}

pub(crate) fn invalid_character(invalid: char) -> Problem {
    Problem::new(
        format!("invalid character {invalid:?} in secret name"),
        "use only ASCII letters, digits and `/_+=.@-!`",
    )
}

pub(crate) fn is_name_character(c: char) -> bool {
    c.is_ascii_alphanumeric() || matches!(c, '/' | '_' | '+' | '=' | '.' | '@' | '-' | '!')
}

/// Returns whether an AWS service manages the secret with this name or ARN, such as `rds!db-…` or
/// `events!connection/…`.
///
/// Only AWS services can create secrets with a `!` in their names and update them
/// (<https://docs.aws.amazon.com/secretsmanager/latest/userguide/service-linked-secrets.html>).
pub fn is_managed(id: &str) -> bool {
    id.contains('!')
}

/// Returns whether the name ends in a hyphen and six letters or digits, like a complete ARN.
///
/// Secrets Manager may interpret such a name as a partial ARN and fail to find the secret
/// (<https://docs.aws.amazon.com/secretsmanager/latest/userguide/troubleshoot.html#ARN_secretnamehyphen>).
pub fn suffix_like_an_arn(name: &str) -> bool {
    let Some((_, suffix)) = name.rsplit_once('-') else {
        return false;
    };
    suffix.len() == 6 && suffix.bytes().all(|b| b.is_ascii_alphanumeric())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_follow_create_secret_rules() {
        assert!(check_name("prod/db_1+a=b.c@d-e").is_ok());
        assert!(check_name("rds!db-1").is_ok() && is_managed("rds!db-1"));
        assert!(!is_managed("rds/db-1"));
        assert!(check_name(&"a".repeat(512)).is_ok());
        assert!(check_name(&"a".repeat(513)).is_err());
        assert!(check_name("").is_err());
        assert!(
            check_name("prod db")
                .unwrap_err()
                .to_string()
                .contains("' '")
        );
        assert!(check_name("schlüssel").is_err());
    }

    #[test]
    fn six_character_ending_resembles_arn_suffix() {
        assert!(suffix_like_an_arn("my-secret"));
        assert!(suffix_like_an_arn("prod/db-a1B2c3"));
        assert!(!suffix_like_an_arn("prod/db-a1B2c"));
        assert!(!suffix_like_an_arn("POCKET_KEY"));
    }
}
