//! Options of the command line, which take precedence over the settings of every AWS source.

use super::settings::Settings;

/// Options of the command line.
#[derive(Clone, Debug, Default)]
pub(crate) struct AwsOptions {
    pub(crate) region: Option<String>,
    pub(crate) profile: Option<String>,
}

impl AwsOptions {
    /// Returns whether a client of the application, which has its own credentials, is not used.
    pub(super) fn replaces_client(&self) -> bool {
        self.profile.is_some()
    }

    /// Applies the options to the settings of a source.
    pub(super) fn apply(&self, settings: Settings) -> Settings {
        let settings = match &self.region {
            Some(region) => settings.region(region),
            None => settings,
        };
        match &self.profile {
            Some(profile) => settings.without_sdk_config().profile(profile),
            None => settings,
        }
    }
}
