use crate::{Problem, Reference, Template};

/// Checks the name of an environment variable.
///
/// # Errors
///
/// Returns an error if a shell cannot set a variable with this name.
pub fn check_variable(name: &str) -> Result<(), Problem> {
    let valid = name.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'_');
    if valid && !name.is_empty() && !name.as_bytes()[0].is_ascii_digit() {
        return Ok(());
    }
    Err(Problem::new(
        format!("invalid environment variable name `{name}`"),
        "use only ASCII letters, digits and `_`, and do not begin with a digit",
    ))
}

/// Converts a text to `SCREAMING_SNAKE_CASE`. All characters other than letters and digits separate words.
pub fn screaming_snake(text: &str) -> String {
    let characters: Vec<char> = text.chars().collect();
    let mut out = String::with_capacity(text.len());
    for (i, &c) in characters.iter().enumerate() {
        if !c.is_alphanumeric() {
            separate(&mut out);
            continue;
        }
        if i > 0 && begins_word(characters[i - 1], c, characters.get(i + 1).copied()) {
            separate(&mut out);
        }
        out.extend(c.to_uppercase());
    }
    out.truncate(out.trim_end_matches('_').len());
    out
}

fn separate(out: &mut String) {
    if !out.is_empty() && !out.ends_with('_') {
        out.push('_');
    }
}

/// `apiKey` is two words, and so is `HTTPServer`.
fn begins_word(before: char, c: char, after: Option<char>) -> bool {
    let camel = c.is_uppercase()
        && (before.is_lowercase()
            || before.is_ascii_digit() && after.is_some_and(char::is_lowercase));
    let acronym_ends =
        before.is_uppercase() && c.is_uppercase() && after.is_some_and(char::is_lowercase);
    camel || acronym_ends
}

/// The input for deriving the name of a field's environment variable.
#[derive(Clone, Copy, Debug)]
pub struct Derivation<'a> {
    /// The concatenated `env_prefix` keys. `None`, unlike an empty prefix, derives the name from the secret's address.
    pub env_prefix: Option<&'a str>,
    /// The field's name.
    pub field: &'a str,
    /// The prefix of a derived secret name.
    pub name_prefix: &'a str,
    /// The secret's name, explicit or derived.
    pub name: &'a str,
    /// The key within a JSON secret.
    pub json_key: Option<&'a str>,
}

impl Derivation<'_> {
    /// Returns the variable's name: the prefix and the field's name if a prefix is set, otherwise the secret's full
    /// address.
    ///
    /// # Errors
    ///
    /// Returns an error if a name cannot be derived from the address: it is an ARN, consists of placeholders only, or
    /// begins with a digit.
    pub fn variable(&self) -> Result<String, Problem> {
        let variable = match self.env_prefix {
            Some(prefix) => format!("{prefix}{}", screaming_snake(self.field)),
            None => self.address_variable()?,
        };
        check_variable(&variable).map(|()| variable)
    }

    fn address_variable(&self) -> Result<String, Problem> {
        let needs_env = || {
            let field = screaming_snake(self.field);
            Problem::new(
                "cannot derive an environment variable from this name",
                format!("add `env = \"{field}\"`, or `env = false` to read no variable"),
            )
        };
        let reference = Reference::parse(self.name)?;
        if reference.is_arn() {
            return Err(needs_env());
        }
        let name = Template::parse(&reference.secret_id)?.literal();
        let json_key = self
            .json_key
            .or(reference.json_key.as_deref())
            .unwrap_or_default();
        let prefix = Template::parse(self.name_prefix)?.literal();
        let address = [&prefix, &name, json_key].map(screaming_snake);
        if address[1].is_empty() {
            return Err(needs_env());
        }
        Ok(address
            .into_iter()
            .filter(|word| !word.is_empty())
            .collect::<Vec<_>>()
            .join("_"))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn derived(name: &str, json_key: Option<&str>) -> Result<String, Problem> {
        Derivation {
            env_prefix: None,
            field: "api_key",
            name_prefix: "",
            name,
            json_key,
        }
        .variable()
    }

    #[test]
    fn words_are_split_at_separators() {
        for (text, expected) in [
            ("POCKET_KEY", "POCKET_KEY"),
            ("/pocket/api-key", "POCKET_API_KEY"),
            ("Momento_API_Token", "MOMENTO_API_TOKEN"),
            ("apiKey", "API_KEY"),
            ("userID", "USER_ID"),
            ("HTTPServer2", "HTTP_SERVER2"),
            ("s3Bucket", "S3_BUCKET"),
            ("MD5HASH_2B", "MD5HASH_2B"),
            ("a__b--", "A_B"),
        ] {
            assert_eq!(screaming_snake(text), expected);
        }
    }

    #[test]
    fn variable_derives_from_name_and_key() {
        assert_eq!(derived("POCKET_KEY", None).unwrap(), "POCKET_KEY");
        assert_eq!(
            derived("{stage}/pocket/api-key", None).unwrap(),
            "POCKET_API_KEY"
        );
        assert_eq!(
            derived("prod/db", Some("password")).unwrap(),
            "PROD_DB_PASSWORD"
        );
        assert_eq!(
            derived("prod/db", Some("/users/0/name")).unwrap(),
            "PROD_DB_USERS_0_NAME"
        );
        assert_eq!(
            derived(
                "{{resolve:secretsmanager:prod/db:SecretString:password}}",
                None
            )
            .unwrap(),
            "PROD_DB_PASSWORD"
        );
        assert_eq!(derived("rds!db-1", None).unwrap(), "RDS_DB_1");
        for name in [
            "{{resolve:ssm:/prod/db:3}}",
            "{{resolve:ssm-secure:prod/db}}",
        ] {
            assert_eq!(derived(name, None).unwrap(), "PROD_DB");
        }
    }

    #[test]
    fn env_prefix_replaces_address_in_variable() {
        let derivation = Derivation {
            env_prefix: Some("DB_"),
            field: "user_name",
            name_prefix: "a/",
            name: "b",
            json_key: None,
        };
        assert_eq!(derivation.variable().unwrap(), "DB_USER_NAME");
        let name_prefix = "{stage}/a/";
        let by_address = Derivation {
            env_prefix: None,
            name_prefix,
            ..derivation
        };
        assert_eq!(by_address.variable().unwrap(), "A_B");
    }

    #[test]
    fn arn_and_placeholder_need_explicit_variable() {
        for name in [
            "arn:aws:secretsmanager:us-east-1:123456789012:secret:x-AbCdEf",
            "{ARN}",
            "{ARN}:key::",
            "arn:aws:ssm:us-east-1:123456789012:parameter/db:3",
            "{{resolve:ssm:arn:aws:ssm:us-east-1:123456789012:parameter/db}}",
        ] {
            assert!(
                derived(name, None)
                    .unwrap_err()
                    .to_string()
                    .contains("env = \"API_KEY\""),
                "{name}"
            );
        }
        assert!(derived("2fa/key", None).is_err());
    }
}
