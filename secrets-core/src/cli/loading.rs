//! Arguments of the subcommands that query sources.

use std::time::Duration;

use clap::Args;

use super::exit::CliError;
use crate::load::Loader;

/// Values of placeholders.
#[derive(Args, Debug)]
pub(super) struct Placeholders {
    /// A value for the placeholder `{NAME}` (repeatable)
    #[arg(long, value_name = "NAME=VALUE", value_parser = pair)]
    pub(super) placeholder: Vec<(String, String)>,
}

/// Settings of the loader.
#[derive(Args, Debug)]
pub(super) struct Loading {
    #[command(flatten)]
    placeholders: Placeholders,
    /// The region of all AWS sources; overrides the environment, the profile and the application's settings
    #[cfg(feature = "aws")]
    #[arg(long)]
    pub(super) region: Option<String>,
    /// The profile of all AWS sources, in the shared AWS config files; it selects the account
    #[cfg(feature = "aws")]
    #[arg(long)]
    pub(super) profile: Option<String>,
    /// The timeout of a load, such as `5s`, `500ms` or a number of seconds
    #[arg(long, value_name = "DURATION", value_parser = duration)]
    timeout: Option<Duration>,
}

impl Loading {
    /// Applies the arguments to a loader.
    pub(super) fn apply(&self, loader: Loader) -> Loader {
        let placeholders = self.placeholders.placeholder.iter();
        let loader = placeholders.fold(loader, |loader, (name, value)| {
            loader.placeholder(name, value)
        });
        #[cfg(feature = "aws")]
        let loader = match &self.region {
            Some(region) => loader.override_region(region.clone()),
            None => loader,
        };
        #[cfg(feature = "aws")]
        let loader = match &self.profile {
            Some(profile) => loader.override_profile(profile.clone()),
            None => loader,
        };
        match self.timeout {
            Some(timeout) => loader.timeout(timeout),
            None => loader,
        }
    }
}

/// Settings of the loader, with its sources.
#[derive(Args, Debug)]
pub(super) struct ChainArgs {
    /// A chain of sources to use instead of the application's, such as `env` or `aws,env`
    #[arg(long, value_name = "CHAIN")]
    source: Option<String>,
    #[command(flatten)]
    loading: Loading,
}

impl ChainArgs {
    /// Applies the arguments to a loader.
    pub(super) fn apply(&self, loader: Loader) -> Result<Loader, CliError> {
        let loader = self.loading.apply(loader);
        match &self.source {
            Some(chain) => with_chain(loader, chain),
            None => Ok(loader),
        }
    }
}

/// Sets the chain of a loader. Its words include those that the application registered.
pub(super) fn with_chain(loader: Loader, chain: &str) -> Result<Loader, CliError> {
    let loader = loader.source_words(chain);
    loader.map_err(|error| CliError::Usage(format!("invalid chain `{chain}`: {error}")))
}

/// Parses `NAME=VALUE`.
pub(super) fn pair(text: &str) -> Result<(String, String), String> {
    match text.split_once('=') {
        Some((name, value)) if !name.is_empty() => Ok((name.to_owned(), value.to_owned())),
        _ => Err("expected `NAME=VALUE`".to_owned()),
    }
}

fn duration(text: &str) -> Result<Duration, String> {
    let read = match text.parse() {
        Ok(seconds) => Duration::try_from_secs_f64(seconds).ok(),
        Err(_) => humantime::parse_duration(text).ok(),
    };
    read.filter(|duration| !duration.is_zero()).ok_or_else(|| {
        "expected a duration such as `5s`, `500ms` or a number of seconds".to_owned()
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn duration_without_unit_is_in_seconds() {
        assert_eq!(duration("5s"), Ok(Duration::from_secs(5)));
        assert_eq!(duration("1.5"), Ok(Duration::from_millis(1500)));
        assert_eq!(duration("500ms"), Ok(Duration::from_millis(500)));
        for wrong in ["", "0", "-1", "soon", "1e99", "NaN"] {
            assert!(duration(wrong).is_err(), "{wrong}");
        }
    }

    #[test]
    fn placeholder_requires_name() {
        assert_eq!(pair("a=b=c"), Ok(("a".to_owned(), "b=c".to_owned())));
        assert!(pair("a").is_err() && pair("=b").is_err());
    }
}
