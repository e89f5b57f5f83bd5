//! Suggestions for misspelled words.

use from_secrets_syntax::nearest;

/// Words for the same concepts in other libraries and in AWS, which the spelling alone would not match.
const SYNONYMS: [(&str, &str); 22] = [
    ("arn", "name"),
    ("case", "rename_all"),
    ("check", "validate"),
    ("default_value", "default"),
    ("deny_unknown_fields", "deny_unknown_keys"),
    ("delimiter", "separator"),
    ("from_str", "parse"),
    ("base64", "binary"),
    ("bytes", "binary"),
    ("field", "json_key"),
    ("id", "name"),
    ("ignore", "skip"),
    ("namespace", "prefix"),
    ("nested", "flatten"),
    ("pointer", "json_key"),
    ("secret", "name"),
    ("secret_id", "name"),
    ("secret_name", "name"),
    ("show", "shown"),
    ("split", "separator"),
    ("validator", "validate"),
    ("variable", "env"),
];

/// Returns the valid word that is closest to an unknown one.
pub(crate) fn closest<'a>(word: &str, valid: &[&'a str]) -> Option<&'a str> {
    let synonym = SYNONYMS
        .iter()
        .find(|(known, _)| known.eq_ignore_ascii_case(word));
    let synonym = synonym.and_then(|(_, key)| valid.iter().find(|valid| *valid == key));
    synonym.copied().or_else(|| nearest(word, valid))
}

/// Returns a hint for an unknown word: the closest valid word, or a list of all.
pub(crate) fn suggest(word: &str, valid: &[&str]) -> String {
    match closest(word, valid) {
        Some(closest) => format!("did you mean `{closest}`?"),
        None => format!("use one of {}", list(valid)),
    }
}

/// Formats words in backticks, separated by commas.
pub(crate) fn list(words: &[impl AsRef<str>]) -> String {
    let quoted: Vec<_> = words
        .iter()
        .map(|word| format!("`{}`", word.as_ref()))
        .collect();
    quoted.join(", ")
}

#[cfg(test)]
mod tests {
    use super::*;

    const VALID: &[&str] = &["name", "json_key", "version_stage", "env", "env_only"];

    #[test]
    fn typo_suggests_intended_word() {
        assert_eq!(suggest("naem", VALID), "did you mean `name`?");
    }

    #[test]
    fn synonyms_suggest_valid_words() {
        for (word, expected) in [("id", "name"), ("secret_id", "name"), ("variable", "env")] {
            assert_eq!(suggest(word, VALID), format!("did you mean `{expected}`?"));
        }
        assert_eq!(
            closest("deny_unknown_fields", &["name", "deny_unknown_keys"]),
            Some("deny_unknown_keys")
        );
        assert!(suggest("skip_all", &["id"]).starts_with("use one of"));
    }

    #[test]
    fn dissimilar_word_lists_all_candidates() {
        assert_eq!(
            suggest("color", VALID),
            "use one of `name`, `json_key`, `version_stage`, `env`, `env_only`"
        );
        assert_eq!(suggest("x", &[]), "use one of ");
    }
}
