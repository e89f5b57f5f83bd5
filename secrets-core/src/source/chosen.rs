//! Sources chosen without a rebuild, by name.

use super::Source;

/// The variable that orders the sources.
pub(crate) const VARIABLE: &str = "FROM_SECRETS_SOURCES";

/// The words of the chain that is used where nobody says otherwise.
#[cfg(feature = "aws")]
pub(crate) const DEFAULT_CHAIN: &str = "aws,env";
#[cfg(not(feature = "aws"))]
pub(crate) const DEFAULT_CHAIN: &str = "env";

/// Reads `env,aws`.
pub(crate) fn from_words(text: &str) -> Result<Vec<Source>, String> {
    text.split(',').map(|word| from_word(word.trim())).collect()
}

fn from_word(word: &str) -> Result<Source, String> {
    match word {
        "env" => Ok(Source::environment()),
        #[cfg(feature = "aws")]
        "aws" => Ok(Source::aws()),
        #[cfg(not(feature = "aws"))]
        "aws" => Err(
            "the source `aws` is not compiled in; enable the feature `aws` of from-secrets"
                .to_owned(),
        ),
        _ => Err(format!(
            "`{word}` is not a source; write `aws`, `env`, or several with commas between them"
        )),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_default_chain_is_written_in_known_words() {
        assert!(from_words(DEFAULT_CHAIN).is_ok());
    }

    #[test]
    fn an_unknown_word_is_answered_with_the_known_ones() {
        let error = from_words("env, asw").unwrap_err();
        assert!(
            error.contains("`asw`") && error.contains("`aws`, `env`"),
            "{error}"
        );
        assert!(from_words("").is_err());
    }
}
