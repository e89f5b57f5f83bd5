//! What a word was probably meant to be.

use from_secrets_syntax::nearest;

/// Words that other libraries, or AWS, have for ours. Spelling alone would find another one, or none.
const SYNONYMS: [(&str, &str); 17] = [
    ("arn", "name"),
    ("case", "rename_all"),
    ("default_value", "default"),
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
    ("variable", "env"),
    ("with", "parse"),
];

/// The legal word that was meant by a mistaken one, if any.
pub(crate) fn meant<'a>(word: &str, legal: &[&'a str]) -> Option<&'a str> {
    let synonym = SYNONYMS
        .iter()
        .find(|(known, _)| known.eq_ignore_ascii_case(word));
    let synonym = synonym.and_then(|(_, ours)| legal.iter().find(|legal| *legal == ours));
    synonym.copied().or_else(|| nearest(word, legal))
}

/// The legal word meant by a mistaken one, or all of them.
pub(crate) fn suggest(word: &str, legal: &[&str]) -> String {
    match meant(word, legal) {
        Some(meant) => format!("did you mean `{meant}`?"),
        None => format!("write one of {}", list(legal)),
    }
}

/// Words in backticks, separated by commas.
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

    const LEGAL: &[&str] = &["name", "json_key", "version_stage", "env", "env_only"];

    #[test]
    fn typo_suggests_intended_word() {
        assert_eq!(suggest("naem", LEGAL), "did you mean `name`?");
    }

    #[test]
    fn words_of_other_libraries_find_ours() {
        for (word, meant) in [("id", "name"), ("secret_id", "name"), ("variable", "env")] {
            assert_eq!(suggest(word, LEGAL), format!("did you mean `{meant}`?"));
        }
        assert!(suggest("skip_all", &["id"]).starts_with("write one of"));
    }

    #[test]
    fn dissimilar_word_lists_all_candidates() {
        assert_eq!(
            suggest("colour", LEGAL),
            "write one of `name`, `json_key`, `version_stage`, `env`, `env_only`"
        );
        assert_eq!(suggest("x", &[]), "write one of ");
    }
}
