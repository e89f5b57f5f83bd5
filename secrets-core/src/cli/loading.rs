//! The arguments of what asks the sources.

use std::time::Duration;

use clap::Args;

use crate::load::Loader;
use crate::source::{Source, from_words};

/// How the sources are asked.
#[derive(Args, Debug)]
pub(super) struct Loading {
    /// A value for `{NAME}` in names; repeatable
    #[arg(long, value_name = "NAME=VALUE", value_parser = pair)]
    pub(super) placeholder: Vec<(String, String)>,
    /// The AWS region to ask, in place of the environment's and the profile's
    #[cfg(feature = "aws")]
    #[arg(long)]
    region: Option<String>,
    /// How long a load may take, as `5s` or in seconds
    #[arg(long, value_name = "DURATION", value_parser = duration)]
    timeout: Option<Duration>,
}

impl Loading {
    /// The loader, with what the arguments say.
    pub(super) fn apply(&self, loader: Loader) -> Loader {
        let placeholders = self.placeholder.iter();
        let loader = placeholders.fold(loader, |loader, (name, value)| {
            loader.placeholder(name, value)
        });
        #[cfg(feature = "aws")]
        let loader = match &self.region {
            Some(region) => loader.region(region),
            None => loader,
        };
        match self.timeout {
            Some(timeout) => loader.timeout(timeout),
            None => loader,
        }
    }
}

/// A chain of sources, and how it was written.
#[derive(Clone, Debug)]
pub(super) struct Words {
    pub(super) text: String,
    sources: Vec<Source>,
}

impl Words {
    /// In the words of `FROM_SECRETS_SOURCES`.
    pub(super) fn parse(text: &str) -> Result<Self, String> {
        let sources = from_words(text)?;
        Ok(Self {
            text: text.to_owned(),
            sources,
        })
    }

    pub(super) fn apply(&self, loader: Loader) -> Loader {
        loader.sources(self.sources.clone())
    }
}

/// Reads `name=value`.
pub(super) fn pair(text: &str) -> Result<(String, String), String> {
    match text.split_once('=') {
        Some((name, value)) if !name.is_empty() => Ok((name.to_owned(), value.to_owned())),
        _ => Err("write it as `name=value`".to_owned()),
    }
}

fn duration(text: &str) -> Result<Duration, String> {
    let read = match text.parse() {
        Ok(seconds) => Duration::try_from_secs_f64(seconds).ok(),
        Err(_) => humantime::parse_duration(text).ok(),
    };
    read.filter(|duration| !duration.is_zero())
        .ok_or_else(|| "write it as `5s`, `500ms`, or in seconds".to_owned())
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
