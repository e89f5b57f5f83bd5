use crate::Problem;

/// The longest name that Secrets Manager takes, in characters.
const LONGEST_NAME: usize = 512;

/// Checks the name of a secret that is read: `CreateSecret`'s rules, and the `!` in the names of managed secrets.
///
/// <https://docs.aws.amazon.com/secretsmanager/latest/apireference/API_CreateSecret.html>
///
/// # Errors
///
/// When the name is empty, longer than 512 characters, or has a character that Secrets Manager refuses.
pub fn check_name(name: &str) -> Result<(), Problem> {
    if name.is_empty() {
        return Err(Problem::new(
            "a secret name cannot be empty; write 1 to 512 characters",
        ));
    }
    if name.chars().count() > LONGEST_NAME {
        return Err(Problem::new(
            "this secret name is too long; Secrets Manager takes at most 512 characters",
        ));
    }
    match name.chars().find(|&c| !is_name_character(c)) {
        Some(refused) => Err(refused_character(refused)),
        None => Ok(()),
    }
}

pub(crate) fn refused_character(refused: char) -> Problem {
    Problem::new(format!(
        "{refused:?} cannot stand in a secret name; use ASCII letters, digits and any of `/_+=.@-!`"
    ))
}

pub(crate) fn is_name_character(c: char) -> bool {
    c.is_ascii_alphanumeric() || matches!(c, '/' | '_' | '+' | '=' | '.' | '@' | '-' | '!')
}

/// Whether an AWS service manages the secret with this name or ARN: `rds!db-…`, `events!connection/…`.
///
/// Only AWS services can create names with a `!`, and only they can update these secrets
/// (<https://docs.aws.amazon.com/secretsmanager/latest/userguide/service-linked-secrets.html>).
pub fn is_managed(id: &str) -> bool {
    id.contains('!')
}

/// Whether the name ends in a hyphen and six characters, as every ARN does.
///
/// Secrets Manager can take such a name for a partial ARN and then not find it
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
