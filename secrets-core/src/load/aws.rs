//! Shorthands for the settings of Secrets Manager and Parameter Store.

use aws_config::SdkConfig;
use aws_sdk_secretsmanager::Client;

use super::Loader;
use crate::source::aws::Settings;

/// Settings of the AWS sources that have no settings of their own, such as those of the default chain.
impl Loader {
    /// Sets the region, regardless of the environment and the profile. An ARN specifies its own region.
    pub fn region(self, region: impl Into<String>) -> Self {
        self.with_settings(|settings| settings.region(region))
    }

    /// Sets the region for the case that nothing else specifies one: neither the environment, nor the profile, nor a
    /// [`client`](Self::client) or [`sdk_config`](Self::sdk_config).
    pub fn default_region(self, region: impl Into<String>) -> Self {
        self.with_settings(|settings| settings.default_region(region))
    }

    /// Sets the client of Secrets Manager, with its region, credentials, TLS, retries and timeouts.
    pub fn client(self, client: Client) -> Self {
        self.with_settings(|settings| settings.client(client))
    }

    /// Sets the configuration of the clients: region, credentials, TLS, retries and timeouts.
    pub fn sdk_config(self, config: &SdkConfig) -> Self {
        self.with_settings(|settings| settings.sdk_config(config))
    }

    fn with_settings(mut self, change: impl FnOnce(Settings) -> Settings) -> Self {
        let settings = self.defaults.get::<Settings>().unwrap_or_default();
        self.defaults.set(change((*settings).clone()));
        self
    }

    /// Returns Secrets Manager with the settings of this loader.
    #[cfg(feature = "cli")]
    pub(crate) fn secrets_manager(&self) -> crate::source::aws::SecretsManagerSource {
        let settings = self.defaults.get::<Settings>().unwrap_or_default();
        crate::source::aws::SecretsManagerSource::new(settings)
    }
}
