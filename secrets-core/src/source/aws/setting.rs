//! Settings of AWS tools: where each was found, and errors that name it.

use std::fmt;

use crate::source::{SourceError, SourceErrorKind};

/// A setting's text, and the variable or profile key that holds it.
#[derive(Clone)]
pub(super) struct Setting {
    pub(super) text: String,
    pub(super) origin: SettingOrigin,
}

/// Where a setting was found.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum SettingOrigin {
    Variable(&'static str),
    ProfileKey {
        profile: String,
        key: String,
    },
    /// A setting of the loader or of a configuration that the caller built.
    Code(&'static str),
}

impl fmt::Display for SettingOrigin {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::ProfileKey { profile, key } => write!(f, "`{key}` of the profile `{profile}`"),
            Self::Variable(name) | Self::Code(name) => write!(f, "`{name}`"),
        }
    }
}

impl Setting {
    /// The failure of a value that cannot be used. Neither text may contain the value: a setting can contain a secret
    /// by mistake.
    pub(super) fn invalid(&self, problem: &str, fix: &str) -> SourceError {
        invalid(&self.origin, problem, fix)
    }

    /// Reads `true` or `false`, in any case.
    pub(super) fn boolean(&self) -> Result<bool, SourceError> {
        match self.text.to_ascii_lowercase().as_str() {
            "true" => Ok(true),
            "false" => Ok(false),
            _ => Err(self.invalid(
                "is neither `true` nor `false`",
                "set it to `true` or `false`, or unset it",
            )),
        }
    }
}

pub(super) fn invalid(origin: &SettingOrigin, problem: &str, fix: &str) -> SourceError {
    SourceError::new(
        SourceErrorKind::Configuration,
        format!("the setting {origin} {problem}"),
    )
    .with_hint(fix)
}

/// Reads a variable without the white space and control characters around it, which files and consoles add. Empty
/// counts as unset.
pub(super) fn variable(name: &'static str) -> Result<Option<Setting>, SourceError> {
    let Some(raw) = std::env::var_os(name) else {
        return Ok(None);
    };
    let origin = SettingOrigin::Variable(name);
    match raw.into_string() {
        Ok(text) => Ok(Some(trimmed(&text))
            .filter(|text| !text.is_empty())
            .map(|text| Setting {
                text: text.to_owned(),
                origin,
            })),
        Err(_) => Err(invalid(
            &origin,
            "is not Unicode",
            "set it to UTF-8 text, or unset it",
        )),
    }
}

/// Whether a variable is set to anything but white space. It may not be Unicode.
pub(super) fn is_set(name: &str) -> bool {
    let raw = std::env::var_os(name);
    raw.is_some_and(|raw| raw.to_str().is_none_or(|text| !trimmed(text).is_empty()))
}

pub(super) fn trimmed(text: &str) -> &str {
    text.trim_matches(|c: char| c.is_whitespace() || c.is_control())
}
