use crate::Problem;

/// Checks the ID of an AWS account.
///
/// # Errors
///
/// Returns an error unless the ID consists of twelve digits. The error does not contain the text.
pub fn check_account(text: &str) -> Result<(), Problem> {
    if text.len() == 12 && text.bytes().all(|byte| byte.is_ascii_digit()) {
        return Ok(());
    }
    Err(Problem::new(
        "the account is not valid",
        "specify the 12 digits of its ID",
    ))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn account_id_has_twelve_digits() {
        assert!(check_account("123456789012").is_ok());
        for other in [
            "",
            "12345678901",
            "1234567890123",
            "1234-5678-90",
            "12345678901é",
        ] {
            assert!(check_account(other).is_err(), "{other}");
        }
    }
}
