//! What Parameter Store calls a secret.

/// The longest name that a parameter can have, and the most levels of its hierarchy.
/// <https://docs.aws.amazon.com/systems-manager/latest/userguide/sysman-paramstore-su-create.html>
const LONGEST: usize = 1011;
const DEEPEST: usize = 15;

/// The name of the parameter that goes by a secret's name: one with `/` inside has one at its start too. `None` where
/// no parameter can have the name, as with a secret's ARN.
pub(crate) fn parameter_name(id: &str) -> Option<String> {
    let name = if id.contains('/') && !id.starts_with('/') {
        format!("/{id}")
    } else {
        id.to_owned()
    };
    let path = name.strip_prefix('/').unwrap_or(&name);
    let is_right = name.len() <= LONGEST
        && path.split('/').count() <= DEEPEST
        && path.split('/').all(is_segment);
    is_right.then_some(name)
}

fn is_segment(text: &str) -> bool {
    let is_allowed = |byte: u8| byte.is_ascii_alphanumeric() || b"_.-".contains(&byte);
    !text.is_empty() && text.bytes().all(is_allowed)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_path_begins_with_a_slash() {
        for (id, name) in [
            ("POCKET_KEY", "POCKET_KEY"),
            ("prod/db.main-1", "/prod/db.main-1"),
            ("/prod/db", "/prod/db"),
            ("/single", "/single"),
            (
                "/aws/reference/secretsmanager/NAME",
                "/aws/reference/secretsmanager/NAME",
            ),
        ] {
            assert_eq!(parameter_name(id).as_deref(), Some(name));
        }
    }

    #[test]
    fn what_no_parameter_can_be_called_is_none() {
        let long = "x".repeat(LONGEST + 1);
        let deep = "/x".repeat(DEEPEST + 1);
        let arn = "arn:aws:secretsmanager:eu-west-1:123456789012:secret:db-AbCdEf";
        for id in ["", "/", "a//b", "a/", "a+b", "a b", "é", arn, &long, &deep] {
            assert_eq!(parameter_name(id), None, "{id}");
        }
        assert!(parameter_name(&long[1..]).is_some());
        assert!(parameter_name(&deep[2..]).is_some());
    }
}
