//! Names of parameters.

use from_secrets_syntax::{ParameterArn, check_parameter_name};

/// Returns the name or ARN of the parameter with a secret's id, or `None` if a parameter cannot have this name.
///
/// A name in a hierarchy gets the slash that it must begin with. A parameter's ARN is returned as it is, because
/// parameters of other accounts must be requested by it. A secret's ARN is not that of a parameter.
/// <https://docs.aws.amazon.com/systems-manager/latest/APIReference/API_GetParameters.html>
pub(crate) fn parameter_id(id: &str) -> Option<String> {
    if ParameterArn::is_meant_by(id) {
        let arn = ParameterArn::parse(id).ok()?;
        return check_parameter_name(&arn.name())
            .ok()
            .map(|()| id.to_owned());
    }
    let is_in_hierarchy = id.contains('/') && !id.starts_with('/');
    let name = if is_in_hierarchy {
        format!("/{id}")
    } else {
        id.to_owned()
    };
    check_parameter_name(&name).ok().map(|()| name)
}

/// Returns whether a parameter with this name and ARN has the requested id.
///
/// ARNs are compared completely, because parameters of several accounts can share a name. Emulators may omit the ARN.
#[cfg(any(feature = "agent", feature = "ssm"))]
pub(crate) fn is_parameter_of(id: &str, name: &str, arn: Option<&str>) -> bool {
    match ParameterArn::parse(id) {
        Ok(_) if name == id => true,
        Ok(requested) => arn.map_or_else(|| is_name_of(name, &requested.name()), |arn| arn == id),
        Err(_) => is_name_of(name, id),
    }
}

/// Returns whether two names are of one parameter: `db` and `/db` are, and a reference to a secret of Secrets Manager,
/// for which emulators return the secret's own name.
/// <https://docs.aws.amazon.com/systems-manager/latest/userguide/sysman-paramstore-su-create.html#sysman-parameter-name-constraints>
#[cfg(any(feature = "agent", feature = "ssm"))]
fn is_name_of(name: &str, requested: &str) -> bool {
    let bare = |name: &str| name.trim_start_matches('/').to_owned();
    let (name, requested) = (bare(name), bare(requested));
    let referred = requested.strip_prefix("aws/reference/secretsmanager/");
    name == requested || referred == Some(&name)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[cfg(any(feature = "agent", feature = "ssm"))]
    #[test]
    fn response_name_matches_without_slash() {
        assert!(is_name_of("/prod/db", "prod/db") && is_name_of("db", "/db"));
        assert!(is_name_of(
            "prod/db",
            "/aws/reference/secretsmanager/prod/db"
        ));
        assert!(!is_name_of("/prod/db", "/prod/db2") && !is_name_of("db", "/prod/db"));
    }

    #[test]
    fn hierarchical_name_begins_with_slash() {
        for (id, name) in [
            ("POCKET_KEY", "POCKET_KEY"),
            ("prod/db", "/prod/db"),
            ("/prod/db", "/prod/db"),
            ("/db", "/db"),
            (
                "/aws/reference/secretsmanager/prod/db",
                "/aws/reference/secretsmanager/prod/db",
            ),
            (
                "/aws/reference/secretsmanager/rds!db-1",
                "/aws/reference/secretsmanager/rds!db-1",
            ),
            (
                "arn:aws:ssm:us-east-1:123456789012:parameter/prod/db",
                "arn:aws:ssm:us-east-1:123456789012:parameter/prod/db",
            ),
        ] {
            assert_eq!(parameter_id(id).as_deref(), Some(name));
        }
    }

    #[test]
    fn invalid_parameter_names_are_rejected() {
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
            "rds!db-1",
            "arn:aws:ssm:us-east-1:123456789012:parameter/a!b",
            "arn:aws:ssm:us-east-1:123456789012:document/db",
            "schlüssel",
            "arn:aws:secretsmanager:us-east-1:123456789012:secret:db-AbCdEf",
        ] {
            assert_eq!(parameter_id(id), None, "{id}");
        }
    }

    #[test]
    fn parameter_name_depth_and_length_limited() {
        let deep = |levels: usize| vec!["x"; levels].join("/");
        assert!(parameter_id(&deep(15)).is_some());
        assert!(parameter_id(&deep(16)).is_none());
        assert!(parameter_id(&"x".repeat(1011)).is_some());
        assert!(parameter_id(&"x".repeat(1012)).is_none());
    }
}
