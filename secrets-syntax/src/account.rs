/// Returns whether a text is the ID of an AWS account: twelve digits.
pub fn is_account_id(text: &str) -> bool {
    text.len() == 12 && text.bytes().all(|byte| byte.is_ascii_digit())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn account_id_has_twelve_digits() {
        assert!(is_account_id("123456789012"));
        for other in [
            "",
            "12345678901",
            "1234567890123",
            "1234-5678-90",
            "12345678901é",
        ] {
            assert!(!is_account_id(other), "{other}");
        }
    }
}
