//! The file of root certificates that replaces the system's.

#[cfg(any(feature = "rustls-ring", feature = "rustls-aws-lc"))]
mod read;

use std::path::PathBuf;

/// The variable that boto3 and the AWS CLI read.
const VARIABLE: &str = "AWS_CA_BUNDLE";

/// A file of root certificates, and the setting that names it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(in crate::source::aws) struct CaBundle {
    setting: String,
    path: PathBuf,
}

impl CaBundle {
    /// Creates a bundle that a setting names, as errors write the setting: `` `ca_bundle` of the profile `dev` ``.
    pub(in crate::source::aws) fn new(
        setting: impl Into<String>,
        path: impl Into<PathBuf>,
    ) -> Self {
        Self {
            setting: setting.into(),
            path: path.into(),
        }
    }

    /// Returns the bundle that `AWS_CA_BUNDLE` names, if it names one.
    pub(in crate::source::aws) fn from_variable() -> Option<Self> {
        let path = std::env::var_os(VARIABLE).filter(|path| !path.is_empty())?;
        Some(Self::new(format!("`{VARIABLE}`"), path))
    }
}
