//! Environment variables.

use std::env::VarError;
use std::ffi::OsString;
use std::fmt;
use std::sync::Arc;

use zeroize::Zeroizing;

use super::{Answer, Answers, Cause, Failure, Found, KeyedBy, Missing, Query, SecretSource};

/// Environment variables: the process's own, or a set that a test makes up.
///
/// An empty variable counts as unset. `Debug` never shows a value.
#[derive(Clone)]
pub struct Environment(Variables);

#[derive(Clone)]
enum Variables {
    Process,
    Given(Arc<[(String, Zeroizing<String>)]>),
}

impl Environment {
    /// The variables of this process, as they are when they are asked for.
    pub fn process() -> Self {
        Self(Variables::Process)
    }

    /// These variables, and no others.
    pub fn from_vars<K: Into<String>, V: Into<String>>(
        vars: impl IntoIterator<Item = (K, V)>,
    ) -> Self {
        let vars = vars
            .into_iter()
            .map(|(name, value)| (name.into(), Zeroizing::new(value.into())));
        Self(Variables::Given(vars.collect()))
    }

    /// Returns the text of a setting. Empty counts as unset.
    ///
    /// # Errors
    ///
    /// Returns an error that names the variable if it is not Unicode: a setting that is set is never ignored.
    pub(crate) fn text(&self, name: &str) -> Result<Option<Zeroizing<String>>, Failure> {
        match self.read(name) {
            Ok(text) => Ok(Some(text).filter(|text| !text.is_empty())),
            Err(VarError::NotPresent) => Ok(None),
            Err(VarError::NotUnicode(raw)) => {
                wipe(raw);
                let message = format!("the variable `{name}` is not Unicode");
                let hint = format!("set `{name}` to UTF-8 text, or unset it");
                Err(Failure::new(Cause::Malformed, message).with_hint(hint))
            }
        }
    }

    /// Returns the path in a variable, which may be any path of the operating system. Empty counts as unset.
    #[cfg(feature = "files")]
    pub(crate) fn path(&self, name: &str) -> Option<std::path::PathBuf> {
        let path = match self.read(name) {
            Ok(text) => OsString::from(text.as_str()),
            Err(VarError::NotUnicode(raw)) => raw,
            Err(VarError::NotPresent) => return None,
        };
        (!path.is_empty()).then(|| path.into())
    }

    /// Returns whether a variable is set, and not to the empty text.
    #[cfg(feature = "agent")]
    pub(crate) fn is_set(&self, name: &str) -> bool {
        !matches!(self.text(name), Ok(None))
    }

    fn read(&self, name: &str) -> Result<Zeroizing<String>, VarError> {
        match &self.0 {
            Variables::Process => std::env::var(name).map(Zeroizing::new),
            Variables::Given(vars) => {
                let var = vars.iter().rfind(|(known, _)| known == name);
                var.map(|(_, value)| value.clone())
                    .ok_or(VarError::NotPresent)
            }
        }
    }

    pub(crate) fn answer(&self, name: &str) -> Answer {
        match self.read(name) {
            Ok(text) if text.is_empty() => Answer::Missing(Missing::EmptyVariable),
            Ok(text) => Answer::Found(Found::text(text.as_str())),
            Err(VarError::NotPresent) => Answer::Missing(Missing::Variable),
            Err(VarError::NotUnicode(raw)) => {
                wipe(raw);
                Answer::Failed(
                    Failure::new(Cause::Malformed, "the variable is not Unicode").with_hint(
                        "set it to UTF-8 text; bytes go into a `binary` field as base64",
                    ),
                )
            }
        }
    }
}

fn wipe(raw: OsString) {
    drop(Zeroizing::new(raw.into_encoded_bytes()));
}

impl SecretSource for Environment {
    fn name(&self) -> &'static str {
        "env"
    }

    fn keyed_by(&self) -> KeyedBy {
        KeyedBy::Variable
    }

    fn fetch<'a>(&'a self, query: Query<'a>) -> Answers<'a> {
        Box::pin(async move {
            let requests = query.requests().iter();
            requests.map(|request| self.answer(request.id())).collect()
        })
    }
}

impl fmt::Debug for Environment {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &self.0 {
            Variables::Process => f.write_str("Environment(process)"),
            Variables::Given(vars) => {
                let names: Vec<&String> = vars.iter().map(|(name, _)| name).collect();
                f.debug_tuple("Environment").field(&names).finish()
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_empty_variable_counts_as_unset() {
        let environment = Environment::from_vars([("EMPTY", ""), ("SET", "x")]);
        assert!(matches!(environment.text("EMPTY"), Ok(None)));
        assert!(matches!(
            environment.answer("EMPTY"),
            Answer::Missing(Missing::EmptyVariable)
        ));
        assert!(matches!(
            environment.answer("UNSET"),
            Answer::Missing(Missing::Variable)
        ));
        assert!(matches!(environment.answer("SET"), Answer::Found(_)));
    }

    #[test]
    fn debug_shows_names_only() {
        let environment = Environment::from_vars([("NAME", "canary-value")]);
        assert_eq!(format!("{environment:?}"), "Environment([\"NAME\"])");
    }
}
