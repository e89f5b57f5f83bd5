//! What Parameter Store calls a secret.

/// How deep a hierarchy can be.
const LEVELS: usize = 15;
/// How long a name can be. The beginning of the parameter's ARN counts too, but its length is not known here.
const LONGEST: usize = 1011;

/// The parameter that a secret's id names; `None` where no parameter can have that name.
///
/// A name in a hierarchy is given the slash that it must begin with. A secret's ARN names no parameter.
/// <https://docs.aws.amazon.com/systems-manager/latest/userguide/sysman-paramstore-su-create.html#sysman-parameter-name-constraints>
pub(crate) fn parameter_name(id: &str) -> Option<String> {
    let is_in_hierarchy = id.contains('/');
    let path = id.strip_prefix('/').unwrap_or(id);
    let name = if is_in_hierarchy {
        format!("/{path}")
    } else {
        path.to_owned()
    };
    let levels: Vec<&str> = path.split('/').collect();
    let is_level = |level: &&str| !level.is_empty() && level.chars().all(is_name_character);
    let can_be = levels.len() <= LEVELS && name.len() <= LONGEST && levels.iter().all(is_level);
    can_be.then_some(name)
}

/// Whether a parameter of that name is the one that was asked for. `db` and `/db` are one, and emulators give a reference
/// to a secret of Secrets Manager the secret's own name.
/// <https://docs.aws.amazon.com/systems-manager/latest/userguide/sysman-paramstore-su-create.html#sysman-parameter-name-constraints>
#[cfg(any(feature = "agent", feature = "ssm"))]
pub(crate) fn is_name_of(name: &str, asked: &str) -> bool {
    let bare = |name: &str| name.trim_start_matches('/').to_owned();
    let (name, asked) = (bare(name), bare(asked));
    let referred = asked.strip_prefix("aws/reference/secretsmanager/");
    name == asked || referred == Some(&name)
}

fn is_name_character(c: char) -> bool {
    c.is_ascii_alphanumeric() || matches!(c, '_' | '.' | '-')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[cfg(any(feature = "agent", feature = "ssm"))]
    #[test]
    fn an_answer_is_known_by_its_name_with_and_without_its_slash() {
        assert!(is_name_of("/prod/db", "prod/db") && is_name_of("db", "/db"));
        assert!(is_name_of(
            "prod/db",
            "/aws/reference/secretsmanager/prod/db"
        ));
        assert!(!is_name_of("/prod/db", "/prod/db2") && !is_name_of("db", "/prod/db"));
    }

    #[test]
    fn a_name_in_a_hierarchy_begins_with_a_slash() {
        for (id, name) in [
            ("POCKET_KEY", "POCKET_KEY"),
            ("prod/db", "/prod/db"),
            ("/prod/db", "/prod/db"),
            ("/db", "/db"),
            (
                "/aws/reference/secretsmanager/prod/db",
                "/aws/reference/secretsmanager/prod/db",
            ),
        ] {
            assert_eq!(parameter_name(id).as_deref(), Some(name));
        }
    }

    #[test]
    fn what_no_parameter_can_be_called_names_none() {
        for id in [
            "",
            "/",
            "a//b",
            "//a",
            "a/b/",
            "a+b",
            "a=b",
            "a@b",
            "a b",
            "a:1",
            "schlüssel",
            "arn:aws:secretsmanager:us-east-1:123456789012:secret:db-AbCdEf",
        ] {
            assert_eq!(parameter_name(id), None, "{id}");
        }
    }

    #[test]
    fn a_name_has_at_most_fifteen_levels_and_1011_characters() {
        let deep = |levels: usize| vec!["x"; levels].join("/");
        assert!(parameter_name(&deep(15)).is_some());
        assert!(parameter_name(&deep(16)).is_none());
        assert!(parameter_name(&"x".repeat(1011)).is_some());
        assert!(parameter_name(&"x".repeat(1012)).is_none());
    }
}
