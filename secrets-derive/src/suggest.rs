//! What a word was probably meant to be.

use from_secrets_syntax::nearest;

/// The legal word meant by a mistaken one, or all of them.
pub(crate) fn suggest(word: &str, legal: &[&str]) -> String {
    match nearest(word, legal) {
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
    fn a_slip_of_the_hand_finds_the_word_that_was_meant() {
        assert_eq!(suggest("naem", LEGAL), "did you mean `name`?");
    }

    #[test]
    fn a_word_like_none_gets_the_list() {
        assert_eq!(
            suggest("colour", LEGAL),
            "write one of `name`, `json_key`, `version_stage`, `env`, `env_only`"
        );
        assert_eq!(suggest("x", &[]), "write one of ");
    }
}
