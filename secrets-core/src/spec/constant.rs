//! Names of secrets from constants of the application.

/// Returns the text of a constant, which can be used as the name of a secret.
///
/// Generated code calls this in constants only, so its panics are compile errors. Only the characters are checked. The
/// structure of ARNs, references and placeholders is checked at load time.
///
/// # Panics
///
/// Panics if the text cannot be a name.
pub const fn secret_name(text: &'static str) -> &'static str {
    assert!(
        is_possible(text.as_bytes()),
        "the constant is not a secret name, ARN or reference\nhelp: use 1 to 512 ASCII letters, digits and `/_+=.@-!`"
    );
    text
}

const fn is_possible(text: &[u8]) -> bool {
    // The JSON key in an ARN or a reference can contain any character.
    if begins(text, b"arn:") || begins(text, b"{{") {
        return true;
    }
    // A placeholder can precede the parts of a reference.
    let is_name = !begins(text, b"{");
    let mut i = 0;
    while i < text.len() {
        let is_valid = match text[i] {
            b'{' | b'}' => true,
            b':' | b'*' | b'$' => !is_name,
            other => is_character(other),
        };
        if !is_valid {
            return false;
        }
        i += 1;
    }
    let is_too_long = is_name && !contains_brace(text) && text.len() > 512;
    !text.is_empty() && !is_too_long
}

const fn is_character(byte: u8) -> bool {
    byte.is_ascii_alphanumeric()
        || matches!(byte, b'/' | b'_' | b'+' | b'=' | b'.' | b'@' | b'-' | b'!')
}

const fn contains_brace(text: &[u8]) -> bool {
    let mut i = 0;
    while i < text.len() {
        if text[i] == b'{' {
            return true;
        }
        i += 1;
    }
    false
}

const fn begins(text: &[u8], with: &[u8]) -> bool {
    let mut i = 0;
    while i < with.len() {
        if i >= text.len() || text[i] != with[i] {
            return false;
        }
        i += 1;
    }
    true
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn possible_names_are_accepted() {
        for text in [
            "prod/db",
            "rds!db-1",
            "{stage}/db",
            "arn:aws:secretsmanager:us-east-1:123456789012:secret:x-AbCdEf",
            "{{resolve:secretsmanager:prod/db:SecretString:password}}",
            "{ARN}:password::",
            "arn:aws:secretsmanager:us-east-1:123456789012:secret:x-AbCdEf:user#1::",
            "{{resolve:secretsmanager:prod/db:SecretString:DB Password}}",
            &"a".repeat(512),
        ] {
            assert!(is_possible(text.as_bytes()), "{text}");
        }
    }

    #[test]
    fn impossible_names_are_rejected() {
        for text in [
            "",
            "prod db",
            "prod:db",
            "schl\u{fc}ssel",
            "{stage}/prod db",
            &"a".repeat(513),
        ] {
            assert!(!is_possible(text.as_bytes()), "{text}");
        }
    }
}
