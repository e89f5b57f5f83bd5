//! The settings of Secrets Manager and Parameter Store in the default chain.

use aws_config::SdkConfig;
use aws_sdk_secretsmanager::Client;

use super::Loader;
use crate::source::aws::{CustomClient, Settings};

/// Settings of the AWS sources that have no settings of their own, such as those of the default chain.
impl Loader {
    /// Sets the region, which takes precedence over the environment and the profile. An ARN specifies its own region.
    ///
    /// ```
    /// use from_secrets::Loader;
    ///
    /// let loader = Loader::new().region("eu-central-1");
    /// ```
    pub fn region(self, region: impl Into<String>) -> Self {
        self.with_settings(|settings| settings.region(region))
    }

    /// Sets the region that is used if the environment, the profile, [`client`](Self::client) and
    /// [`sdk_config`](Self::sdk_config) do not specify one.
    ///
    /// ```
    /// use from_secrets::Loader;
    ///
    /// let loader = Loader::new().default_region("us-west-2");
    /// ```
    pub fn default_region(self, region: impl Into<String>) -> Self {
        self.with_settings(|settings| settings.default_region(region))
    }

    /// Sets the client of Secrets Manager, with its region, credentials, TLS, retries and timeouts. It takes precedence
    /// over [`sdk_config`](Self::sdk_config).
    pub fn client(mut self, client: Client) -> Self {
        self.defaults.set(CustomClient::new(client));
        self
    }

    /// Sets the configuration of the clients: region, credentials, TLS, retries and timeouts.
    ///
    /// ```no_run
    /// use from_secrets::Loader;
    ///
    /// # async fn run() {
    /// let config = aws_config::load_from_env().await;
    /// let loader = Loader::new().sdk_config(&config);
    /// # }
    /// ```
    pub fn sdk_config(self, config: &SdkConfig) -> Self {
        self.with_settings(|settings| settings.sdk_config(config))
    }

    fn with_settings(mut self, change: impl FnOnce(Settings) -> Settings) -> Self {
        let settings = self.defaults.get::<Settings>().unwrap_or_default();
        self.defaults.set(change((*settings).clone()));
        self
    }
}
