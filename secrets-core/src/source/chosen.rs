//! Sources chosen without a rebuild, by name.

use super::Source;

/// The variable that orders the sources.
pub(crate) const VARIABLE: &str = "FROM_SECRETS_SOURCES";

/// The words of the chain that is used where nobody says otherwise: the first of these sources that is compiled in,
/// then the environment. The agent stands behind `aws` because nobody knows without asking whether it is the agent
/// that listens on its port, and who asks shows a token.
pub(crate) const DEFAULT_CHAIN: &str = if cfg!(feature = "aws") {
    "aws,env"
} else if cfg!(feature = "agent") {
    "agent,env"
} else if cfg!(feature = "files") {
    "files,env"
} else {
    "env"
};

/// A source's word.
struct Known {
    word: &'static str,
    feature: &'static str,
    /// `None` where the feature is off.
    source: Option<fn() -> Source>,
}

macro_rules! known {
    ($word:literal in $feature:tt, $source:expr) => {
        Known {
            word: $word,
            feature: $feature,
            #[cfg(feature = $feature)]
            source: Some($source),
            #[cfg(not(feature = $feature))]
            source: None,
        }
    };
}

const WORDS: [Known; 8] = [
    known!("aws" in "aws", Source::aws),
    known!("ssm" in "ssm", Source::parameter_store),
    known!("agent" in "agent", Source::agent),
    known!("agent-ssm" in "agent", || super::Agent::parameter_store().into()),
    known!("files" in "files", Source::files),
    known!("var-files" in "files", Source::variable_files),
    known!("dotenv" in "dotenv", Source::dotenv),
    Known {
        word: "env",
        feature: "",
        source: Some(Source::environment),
    },
];

/// Reads `env,aws`.
pub(crate) fn from_words(text: &str) -> Result<Vec<Source>, String> {
    text.split(',').map(|word| from_word(word.trim())).collect()
}

fn from_word(asked: &str) -> Result<Source, String> {
    match WORDS.iter().find(|known| known.word == asked) {
        Some(known) => known.source.map(|source| source()).ok_or_else(|| {
            format!(
                "the source `{asked}` is not compiled in; enable the feature `{}` of from-secrets",
                known.feature
            )
        }),
        None => Err(unknown(asked)),
    }
}

fn unknown(asked: &str) -> String {
    let compiled_in = WORDS.iter().filter(|known| known.source.is_some());
    let words: Vec<String> = compiled_in
        .map(|known| format!("`{}`", known.word))
        .collect();
    format!(
        "`{asked}` is not a source; write {}, or several with commas between them",
        words.join(", ")
    )
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
            error.contains("`asw`") && error.contains("`env`"),
            "{error}"
        );
        assert_eq!(error.contains("`aws`"), cfg!(feature = "aws"), "{error}");
        assert!(from_words("").is_err());
    }

    #[cfg(not(feature = "agent"))]
    #[test]
    fn a_source_that_is_not_compiled_in_names_its_feature() {
        let error = from_words("agent-ssm,env").unwrap_err();
        assert!(error.contains("the feature `agent`"), "{error}");
    }
}
