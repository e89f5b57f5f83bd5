//! Secrets Manager.

mod batch;
mod get;
mod matching;
mod source;
#[cfg(feature = "cli")]
mod write;

use std::sync::Arc;

use aws_config::SdkConfig;
use aws_sdk_secretsmanager::Client;

use super::settings::Settings;
use crate::source::{Role, Source};
pub(crate) use source::SecretsManagerSource;
#[cfg(feature = "cli")]
pub(crate) use write::Creation;

/// AWS Secrets Manager, through the AWS SDK.
///
/// Without settings of its own, it uses those of the [`Loader`](crate::Loader), or else the environment, like every AWS
/// tool. Clones share their clients.
///
/// ```
/// use from_secrets::Loader;
/// use from_secrets::source::{Env, SecretsManager};
///
/// let ireland = SecretsManager::new().region("eu-west-1");
/// let loader = Loader::new().source(ireland).source(Env::new());
/// ```
#[derive(Clone, Debug, Default)]
pub struct SecretsManager(Option<Arc<Settings>>);

impl SecretsManager {
    /// Creates the source.
    pub fn new() -> Self {
        Self::default()
    }

    /// Sets the region, regardless of the environment and the profile. An ARN specifies its own region.
    #[must_use]
    pub fn region(self, region: impl Into<String>) -> Self {
        self.change(|settings| settings.region(region))
    }

    /// Sets the region for the case that nothing else specifies one: neither the environment, nor the profile, nor a
    /// [`client`](Self::client) or [`sdk_config`](Self::sdk_config).
    #[must_use]
    pub fn default_region(self, region: impl Into<String>) -> Self {
        self.change(|settings| settings.default_region(region))
    }

    /// Sets the client, with its region, credentials, TLS, retries and timeouts.
    #[must_use]
    pub fn client(self, client: Client) -> Self {
        self.change(|settings| settings.client(client))
    }

    /// Sets the configuration of the client: region, credentials, TLS, retries and timeouts.
    #[must_use]
    pub fn sdk_config(self, config: &SdkConfig) -> Self {
        self.change(|settings| settings.sdk_config(config))
    }

    fn change(self, change: impl FnOnce(Settings) -> Settings) -> Self {
        let settings = self.0.as_deref().cloned().unwrap_or_default();
        Self(Some(Arc::new(change(settings))))
    }
}

impl From<SecretsManager> for Source {
    fn from(source: SecretsManager) -> Self {
        let label = match &source.0 {
            Some(settings) => format!("SecretsManager({settings:?})"),
            None => "SecretsManager".to_owned(),
        };
        Self::new(label, Role::Secrets, move |context| {
            let settings = source.0.clone().or_else(|| context.defaults.get());
            SecretsManagerSource::new(settings.unwrap_or_default())
        })
    }
}
