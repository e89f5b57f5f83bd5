//! Settings of AWS tools, and errors that name the variable or profile key that contains a setting.

use std::path::PathBuf;

use aws_config::Region;
use from_secrets_syntax::check_region;

use crate::source::{SourceError, SourceErrorKind};

/// The text of a setting and its origin, as errors name it: `` `region` of the profile `dev` ``.
pub(super) struct Setting {
    pub(super) text: String,
    pub(super) origin: String,
    is_in_code: bool,
}

impl Setting {
    /// Creates a setting without the white space and control characters around it, which files and consoles add.
    /// Returns `None` if it is empty, which counts as unset.
    pub(super) fn new(text: &str, origin: String) -> Option<Self> {
        let text = trimmed(text).to_owned();
        let is_in_code = false;
        (!text.is_empty()).then_some(Self {
            text,
            origin,
            is_in_code,
        })
    }

    /// Creates a setting in the code of the application.
    pub(super) fn in_code(method: &str, text: &str) -> Self {
        Self {
            text: text.to_owned(),
            origin: format!("`{method}` in code"),
            is_in_code: true,
        }
    }

    /// Returns the imperative for a hint.
    pub(super) fn unset(&self) -> &'static str {
        if self.is_in_code {
            "remove it"
        } else {
            "unset it"
        }
    }

    /// Returns the error of a value that cannot be used. Neither text may contain the value: a setting can contain a
    /// secret by mistake.
    pub(super) fn invalid(&self, problem: &str, hint: &str) -> SourceError {
        invalid(&self.origin, problem, hint)
    }

    /// Parses the text with a function that returns `None` if the text is invalid.
    pub(super) fn parse<T>(
        &self,
        parse: impl FnOnce(&str) -> Option<T>,
        problem: &str,
        hint: &str,
    ) -> Result<T, SourceError> {
        parse(&self.text).ok_or_else(|| self.invalid(problem, hint))
    }

    /// Parses `true` or `false`, in any case.
    pub(super) fn region(&self) -> Result<Region, SourceError> {
        match check_region(&self.text) {
            Ok(()) => Ok(Region::new(self.text.clone())),
            Err(problem) => Err(self.invalid(
                &format!("is not a region: {problem}"),
                "set it to the region of the secrets",
            )),
        }
    }

    pub(super) fn boolean(&self) -> Result<bool, SourceError> {
        self.parse(
            |text| text.to_ascii_lowercase().parse().ok(),
            "is neither `true` nor `false`",
            "set it to `true` or `false`, or unset it",
        )
    }
}

/// Reads an environment variable.
pub(super) fn variable(name: &str) -> Result<Option<Setting>, SourceError> {
    let Some(raw) = std::env::var_os(name) else {
        return Ok(None);
    };
    match raw.to_str() {
        Some(text) => Ok(Setting::new(text, format!("`{name}`"))),
        None => Err(invalid_variable(
            name,
            "is not Unicode",
            "set it to UTF-8 text, or unset it",
        )),
    }
}

/// Reads the first of these environment variables that is set.
pub(super) fn first_variable<const N: usize>(
    names: [&str; N],
) -> Result<Option<Setting>, SourceError> {
    let mut found = names.into_iter().map(variable);
    found.find_map(Result::transpose).transpose()
}

/// Reads an environment variable that contains a path, which may not be Unicode.
pub(super) fn path_variable(name: &str) -> Option<PathBuf> {
    let raw = std::env::var_os(name)?;
    let path = raw.to_str().map(|text| trimmed(text).into());
    Some(path.unwrap_or_else(|| PathBuf::from(raw))).filter(|path| !path.as_os_str().is_empty())
}

/// Returns whether a variable is set to anything but white space. It may not be Unicode.
pub(super) fn is_set(name: &str) -> bool {
    path_variable(name).is_some()
}

/// Rejects a variable that is empty or has white space around its value. The SDK reads the value as it is.
pub(super) fn check_exact(name: &str, noun: &str) -> Result<(), SourceError> {
    let is_exact = |text: &str| !text.is_empty() && trimmed(text) == text;
    let raw = std::env::var_os(name);
    if raw.is_none_or(|raw| raw.to_str().is_none_or(is_exact)) {
        return Ok(());
    }
    let problem = format!("is empty, or has white space or control characters around the {noun}");
    let hint = format!("unset `{name}`, or set it to the {noun} alone");
    Err(invalid_variable(name, &problem, &hint))
}

/// Returns the error of a variable that cannot be used.
pub(super) fn invalid_variable(name: &str, problem: &str, hint: &str) -> SourceError {
    invalid(&format!("`{name}`"), problem, hint)
}

fn invalid(origin: &str, problem: &str, hint: &str) -> SourceError {
    let message = format!("the setting {origin} {problem}");
    SourceError::new(SourceErrorKind::Configuration, message).with_hint(hint)
}

/// Returns a hint about credentials with the alternative that needs no AWS.
pub(super) fn or_env_only(hint: &str) -> String {
    format!("{hint}; or set FROM_SECRETS_SOURCES=env to read environment variables only")
}

pub(super) fn trimmed(text: &str) -> &str {
    text.trim_matches(|c: char| c.is_whitespace() || c.is_control())
}
