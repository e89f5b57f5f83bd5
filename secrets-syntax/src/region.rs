use crate::Problem;

/// The maximum length of a label in a host name.
const MAX_LENGTH: usize = 63;

/// Checks the name of an AWS region, which becomes part of a host name and of each signature.
///
/// # Errors
///
/// Returns an error unless the name consists of 1 to 63 lowercase ASCII letters, digits and hyphens, and neither begins
/// nor ends with a hyphen. The error does not contain the name.
pub fn check_region(name: &str) -> Result<(), Problem> {
    let invalid = name.chars().find(|&c| !is_region_character(c));
    let problem = match invalid {
        Some(c) if c.is_ascii_uppercase() => "contains an uppercase letter".to_owned(),
        Some(c) if c.is_whitespace() => "contains a space".to_owned(),
        Some(c) if c.is_control() => "contains a control character".to_owned(),
        Some(c) => format!("contains `{c}`"),
        None if name.is_empty() => "is empty".to_owned(),
        None if name.len() > MAX_LENGTH => format!("is longer than {MAX_LENGTH} characters"),
        None if name.starts_with('-') || name.ends_with('-') => {
            "begins or ends with a hyphen".to_owned()
        }
        None => return Ok(()),
    };
    Err(Problem::new(
        format!("the region {problem}"),
        "use a region name such as `us-east-1`",
    ))
}

pub(crate) fn is_region_character(c: char) -> bool {
    c.is_ascii_lowercase() || c.is_ascii_digit() || c == '-'
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn region_names_of_all_partitions_pass() {
        let longest = "a".repeat(63);
        for name in [
            &longest,
            "us-east-1",
            "ap-southeast-7",
            "us-gov-west-1",
            "cn-north-1",
            "eusc-de-east-1",
            "us-isof-south-1",
            "aws-global",
            "local",
        ] {
            assert_eq!(check_region(name), Ok(()), "{name}");
        }
    }

    #[test]
    fn malformed_region_is_described() {
        let long = "a".repeat(64);
        for (name, problem) in [
            ("", "is empty"),
            ("us east 1", "contains a space"),
            ("us-east-1\n", "contains a space"),
            ("us-east-1\0", "contains a control character"),
            ("eu-west-1.evil.com/", "contains `.`"),
            ("a/b", "contains `/`"),
            ("US-EAST-1", "contains an uppercase letter"),
            ("us_east_1", "contains `_`"),
            ("région", "contains `é`"),
            ("-a", "begins or ends with a hyphen"),
            ("us-east-", "begins or ends with a hyphen"),
            (&long, "is longer than 63 characters"),
        ] {
            let text = check_region(name).unwrap_err().to_string();
            assert!(text.contains(problem), "{name}: {text}");
        }
    }

    #[test]
    fn malformed_region_is_not_shown() {
        let text = check_region("a canary").unwrap_err().to_string();
        assert!(!text.contains("canary"), "{text}");
    }
}
