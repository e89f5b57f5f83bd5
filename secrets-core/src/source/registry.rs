//! Sources by name, for `FROM_SECRETS_SOURCES`, and their order in a chain.

use from_secrets_syntax::check_region;

use super::{Env, Role, Source};
use crate::per_process::PerProcess;

/// The environment variable that sets the sources and their order.
pub(crate) const VARIABLE: &str = "FROM_SECRETS_SOURCES";

/// The default chain: the first of these sources that is compiled in, then the environment. `aws` takes precedence over
/// the agent, because another process on the agent's port would receive the token.
const DEFAULT_CHAIN: &str = if cfg!(feature = "aws") {
    "aws,env"
} else if cfg!(feature = "agent") {
    "agent,env"
} else if cfg!(feature = "files") {
    "files,env"
} else {
    "env"
};

/// A source with its name.
struct Known {
    name: &'static str,
    feature: &'static str,
    /// Creates the source. `None` if the feature is disabled.
    create: Option<fn() -> Source>,
    /// Creates the source for a region, if the service has regions.
    create_in: Option<fn(&str) -> Source>,
}

macro_rules! known {
    ($name:literal in $feature:tt, $source:expr) => {
        Known {
            name: $name,
            feature: $feature,
            #[cfg(feature = $feature)]
            create: Some(|| $source.into()),
            #[cfg(not(feature = $feature))]
            create: None,
            create_in: None,
        }
    };
    ($name:literal in $feature:tt, $source:ty, with regions) => {
        Known {
            #[cfg(feature = $feature)]
            create_in: Some(|region| <$source>::in_region(region).into()),
            ..known!($name in $feature, <$source>::new())
        }
    };
}

const KNOWN: [Known; 8] = [
    known!("aws" in "aws", super::SecretsManager, with regions),
    known!("ssm" in "ssm", super::ParameterStore, with regions),
    known!("agent" in "agent", super::Agent::new()),
    known!("agent-ssm" in "agent", super::Agent::new().parameter_store()),
    known!("files" in "files", super::Files::new()),
    known!("env-files" in "files", super::EnvFiles::new()),
    known!("dotenv" in "dotenv", super::Dotenv::new()),
    Known {
        name: "env",
        feature: "",
        create: Some(|| Env::new().into()),
        create_in: None,
    },
];

/// Sources that an application registered, with their names. Later ones take precedence.
pub(crate) type Registered = [(String, Source)];

/// Returns the sources of the default chain.
pub(crate) fn default_chain(registered: &Registered) -> Result<Vec<Source>, String> {
    static OF_AWS: PerProcess<Option<Vec<Source>>> = PerProcess::new();
    // These have no state of their own, so that all loads can share them.
    if cfg!(feature = "aws") && registered.is_empty() {
        if let Some(chain) = OF_AWS.with(|chain| chain.clone()) {
            return Ok(chain);
        }
        let chain = from_words(DEFAULT_CHAIN, registered)?;
        OF_AWS.with(|known| *known = Some(chain.clone()));
        return Ok(chain);
    }
    from_words(DEFAULT_CHAIN, registered)
}

/// Parses names of sources, such as `env,aws` or `aws,aws@us-west-2`.
pub(crate) fn from_words(text: &str, registered: &Registered) -> Result<Vec<Source>, String> {
    check_names(registered)?;
    let words = text.split(',');
    words
        .map(|name| from_word(name.trim(), registered))
        .collect()
}

/// Rejects names that cannot be a word.
fn check_names(registered: &Registered) -> Result<(), String> {
    let is_word = |name: &str| {
        let is_part = |c: char| c.is_ascii_alphanumeric() || matches!(c, '-' | '_' | '.');
        !name.is_empty() && name.chars().all(is_part)
    };
    match registered.iter().find(|(name, _)| !is_word(name)) {
        Some((name, _)) => Err(format!(
            "a source is registered as `{name}`; use a name of ASCII letters, digits, `-`, `_` and `.`"
        )),
        None => Ok(()),
    }
}

fn from_word(word: &str, registered: &Registered) -> Result<Source, String> {
    let (name, region) = match word.split_once('@') {
        Some((name, region)) => (name, Some(region)),
        None => (word, None),
    };
    let own = registered.iter().rfind(|(known, _)| known == name);
    if let Some((_, source)) = own {
        return match region {
            Some(region) => Err(no_regions(name, region)),
            None => Ok(source.clone()),
        };
    }
    let known = KNOWN.iter().find(|known| known.name == name);
    let known = known.ok_or_else(|| unknown(name, registered))?;
    let create = known.create.ok_or_else(|| {
        format!(
            "source `{name}` is not compiled in; enable the feature `{}` of `from-secrets`",
            known.feature
        )
    })?;
    let Some(region) = region else {
        return Ok(create());
    };
    check_region(region).map_err(|problem| format!("source `{word}`: {problem}"))?;
    let create = known.create_in.ok_or_else(|| no_regions(name, region))?;
    Ok(create(region))
}

fn no_regions(name: &str, region: &str) -> String {
    format!("source `{name}` has no regions; remove `@{region}`")
}

fn unknown(name: &str, registered: &Registered) -> String {
    let compiled_in = KNOWN.iter().filter(|known| known.create.is_some());
    let mut names: Vec<String> = compiled_in
        .map(|known| known.name)
        .chain(registered.iter().map(|(name, _)| name.as_str()))
        .map(|name| format!("`{name}`"))
        .collect();
    let mut seen = std::collections::BTreeSet::new();
    names.retain(|name| seen.insert(name.clone()));
    format!(
        "unknown source `{name}`; use one or more of {}, separated by commas",
        names.join(", ")
    )
}

/// Moves the environment before the first source that it overrides.
pub(crate) fn arrange(mut sources: Vec<Source>) -> Vec<Source> {
    let is_env = |source: &Source| source.role() == Role::Env;
    let first = sources
        .iter()
        .position(|source| source.role() == Role::EnvFallback);
    let Some(first) = first.filter(|first| !sources[..*first].iter().any(is_env)) else {
        return sources;
    };
    sources.retain(|source| !is_env(source));
    sources.insert(first, Env::new().into());
    sources
}

#[cfg(test)]
mod tests {
    use super::*;
    #[cfg(feature = "dotenv")]
    use crate::source::Dotenv;
    use crate::source::Memory;

    #[test]
    fn default_chain_has_registered_names() {
        assert!(default_chain(&[]).is_ok());
    }

    fn registered(names: &[&str]) -> Vec<(String, Source)> {
        let source = |name: &&str| ((*name).to_owned(), Memory::new().into());
        names.iter().map(source).collect()
    }

    #[test]
    fn registered_names_are_words() {
        let registered = registered(&["vault", "env", "vault"]);
        let sources = from_words("vault,env", &registered).unwrap();
        assert!(sources.iter().all(|source| source.role() == Role::Secrets));

        let error = from_words("vualt", &registered).unwrap_err();
        assert!(
            error.ends_with("`env`, `vault`, separated by commas"),
            "{error}"
        );
        let error = from_words("vault@us-west-2", &registered).unwrap_err();
        assert!(error.contains("`vault` has no regions"), "{error}");
    }

    #[test]
    fn unusable_registered_name_is_an_error() {
        for name in ["", "a,b", "a@b", " vault"] {
            let error = from_words("env", &registered(&[name])).unwrap_err();
            assert!(
                error.contains(&format!("registered as `{name}`")),
                "{error}"
            );
        }
    }

    #[cfg(not(feature = "agent"))]
    #[test]
    fn disabled_source_names_its_feature() {
        let error = from_words("agent-ssm,env", &[]).unwrap_err();
        assert!(error.contains("the feature `agent`"), "{error}");
    }

    #[cfg(feature = "aws")]
    #[test]
    fn words_can_contain_regions() {
        let sources = from_words("aws, aws@us-west-2 ,env", &[]).unwrap();
        assert!(format!("{:?}", sources[1]).contains("us-west-2"));
        for (words, problem) in [
            ("aws@", "empty"),
            ("aws@us west", "space"),
            ("env@us-west-2", "has no regions"),
            ("asw@us-west-2", "unknown source `asw`"),
        ] {
            let error = from_words(words, &[]).unwrap_err();
            assert!(error.contains(problem), "{words}: {error}");
        }
    }

    #[cfg(feature = "dotenv")]
    fn order(sources: Vec<Source>) -> Vec<&'static str> {
        let name = |source: &Source| match source.role() {
            Role::Env => "env",
            Role::EnvFallback => "dotenv",
            Role::Secrets => "other",
        };
        arrange(sources).iter().map(name).collect()
    }

    #[cfg(feature = "dotenv")]
    #[test]
    fn env_precedes_first_file_once() {
        let env = || Source::from(Env::new());
        let file = || Source::from(Dotenv::new());
        let other = || Source::from(Memory::new());
        assert_eq!(order(vec![file()]), ["env", "dotenv"]);
        assert_eq!(
            order(vec![env(), other(), file()]),
            ["env", "other", "dotenv"]
        );
        assert_eq!(
            order(vec![other(), file(), env()]),
            ["other", "env", "dotenv"]
        );
        assert_eq!(
            order(vec![file(), env(), file(), other(), env()]),
            ["env", "dotenv", "dotenv", "other"]
        );
        assert_eq!(order(vec![other(), env()]), ["other", "env"]);
    }
}
