//! Environment variables.

use std::env::VarError;
use std::ffi::OsString;
use std::fmt;
use std::sync::Arc;

use zeroize::Zeroizing;

use super::error::{SourceError, SourceErrorKind};
use super::response::{FetchResult, MissingReason, SecretValue};

/// Environment variables.
///
/// An empty variable counts as unset. `Debug` output contains names only.
///
/// ```
/// use from_secrets::source::{Env, Memory};
/// use from_secrets::{FromSecrets, Loader};
///
/// #[derive(FromSecrets)]
/// struct Config {
///     api_token: String,
/// }
///
/// # fn main() -> Result<(), from_secrets::Error> {
/// // The environment takes precedence over the secret.
/// let loader = Loader::new()
///     .source(Env::from_vars([("API_TOKEN", "from the environment")]))
///     .source(Memory::new().with_secret("API_TOKEN", "from a secret"));
/// let config: Config = loader.load_blocking()?;
/// assert_eq!(config.api_token, "from the environment");
/// # Ok(())
/// # }
/// ```
#[derive(Clone)]
pub struct Env {
    /// `None` for the process's variables.
    vars: Option<Arc<[EnvVar]>>,
}

/// A name and a value.
type EnvVar = (String, Zeroizing<String>);

impl Env {
    /// Creates a source of the process's variables at the time of each load.
    ///
    /// In a chain, [`Loader::env`](crate::Loader::env) replaces these variables:
    ///
    /// ```
    /// use from_secrets::source::Env;
    /// use from_secrets::{FromSecrets, Loader};
    ///
    /// #[derive(FromSecrets)]
    /// struct Config {
    ///     api_token: String,
    /// }
    ///
    /// # fn main() -> Result<(), from_secrets::Error> {
    /// let env = Env::from_vars([("API_TOKEN", "for a test")]);
    /// let config: Config = Loader::new().source(Env::new()).env(env).load_blocking()?;
    /// assert_eq!(config.api_token, "for a test");
    /// # Ok(())
    /// # }
    /// ```
    pub fn new() -> Self {
        Self { vars: None }
    }

    /// Creates a source of the given variables. The last one with a name takes precedence.
    ///
    /// ```
    /// use from_secrets::source::Env;
    ///
    /// let env = Env::from_vars([("API_TOKEN", "a token"), ("PORT", "8080")]);
    /// assert_eq!(format!("{env:?}"), r#"Env(["API_TOKEN", "PORT"])"#);
    /// ```
    pub fn from_vars<K: Into<String>, V: Into<String>>(
        vars: impl IntoIterator<Item = (K, V)>,
    ) -> Self {
        let vars = vars.into_iter();
        let vars = vars.map(|(name, value)| (name.into(), Zeroizing::new(value.into())));
        Self {
            vars: Some(vars.collect()),
        }
    }

    /// Returns whether these are the process's variables.
    pub(super) fn is_process(&self) -> bool {
        self.vars.is_none()
    }

    /// Returns the text of a setting. Empty counts as unset.
    ///
    /// # Errors
    ///
    /// Returns an error if the variable is not Unicode, so that the setting is not ignored.
    pub(crate) fn text(&self, name: &str) -> Result<Option<Zeroizing<String>>, SourceError> {
        match self.read(name) {
            Ok(text) => Ok(Some(text).filter(|text| !text.is_empty())),
            Err(VarError::NotPresent) => Ok(None),
            Err(VarError::NotUnicode(raw)) => {
                wipe(raw);
                let message = format!("environment variable `{name}` is not Unicode");
                let hint = format!("set `{name}` to UTF-8 text, or unset it");
                Err(SourceError::new(SourceErrorKind::Malformed, message).with_hint(hint))
            }
        }
    }

    /// Returns the path in a variable, Unicode or not. Empty counts as unset.
    #[cfg(feature = "files")]
    pub(crate) fn path(&self, name: &str) -> Option<std::path::PathBuf> {
        let path = match self.read(name) {
            Ok(text) => OsString::from(text.as_str()),
            Err(VarError::NotUnicode(raw)) => raw,
            Err(VarError::NotPresent) => return None,
        };
        (!path.is_empty()).then(|| path.into())
    }

    /// Returns whether a variable is set and not empty.
    #[cfg(feature = "agent")]
    pub(crate) fn is_set(&self, name: &str) -> bool {
        !matches!(self.text(name), Ok(None))
    }

    /// Returns the names of all variables that are Unicode.
    pub(super) fn names(&self) -> Vec<String> {
        let Some(vars) = &self.vars else {
            let vars = std::env::vars_os().map(|(name, value)| {
                wipe(value);
                name.into_string().ok()
            });
            return vars.flatten().collect();
        };
        vars.iter().map(|(name, _)| name.clone()).collect()
    }

    fn read(&self, name: &str) -> Result<Zeroizing<String>, VarError> {
        let Some(vars) = &self.vars else {
            return std::env::var(name).map(Zeroizing::new);
        };
        let var = vars.iter().rfind(|(known, _)| known == name);
        var.map(|(_, value)| value.clone())
            .ok_or(VarError::NotPresent)
    }

    /// Returns the result of a request for a variable.
    pub(crate) fn fetch(&self, name: &str) -> FetchResult {
        match self.read(name) {
            Ok(text) if text.is_empty() => FetchResult::Missing(MissingReason::EmptyEnvVar),
            Ok(text) => FetchResult::Found(SecretValue::text(text.as_str())),
            Err(VarError::NotPresent) => FetchResult::Missing(MissingReason::EnvVar),
            Err(VarError::NotUnicode(raw)) => {
                wipe(raw);
                let message = "environment variable is not Unicode";
                let error = SourceError::new(SourceErrorKind::Malformed, message);
                let hint = "set it to UTF-8 text; bytes go into a `binary` field as base64";
                FetchResult::Failed(error.with_hint(hint))
            }
        }
    }
}

fn wipe(raw: OsString) {
    drop(Zeroizing::new(raw.into_encoded_bytes()));
}

impl Default for Env {
    fn default() -> Self {
        Self::new()
    }
}

impl fmt::Debug for Env {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Some(vars) = &self.vars else {
            return f.write_str("Env(process)");
        };
        let names: Vec<&String> = vars.iter().map(|(name, _)| name).collect();
        f.debug_tuple("Env").field(&names).finish()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn empty_variable_counts_as_unset() {
        let env = Env::from_vars([("EMPTY", ""), ("SET", "x")]);
        assert!(matches!(env.text("EMPTY"), Ok(None)));
        assert!(matches!(
            env.fetch("EMPTY"),
            FetchResult::Missing(MissingReason::EmptyEnvVar)
        ));
        assert!(matches!(
            env.fetch("UNSET"),
            FetchResult::Missing(MissingReason::EnvVar)
        ));
        assert!(matches!(env.fetch("SET"), FetchResult::Found(_)));
    }

    #[test]
    fn debug_shows_names_only() {
        let env = Env::from_vars([("NAME", "canary-value")]);
        assert_eq!(format!("{env:?}"), "Env([\"NAME\"])");
    }
}
