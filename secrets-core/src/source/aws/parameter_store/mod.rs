//! Parameter Store.

mod batch;
mod entry;
mod fetch;
mod object;
mod path;
mod source;
mod target;

use std::fmt;
use std::sync::Arc;

use aws_config::SdkConfig;
use aws_sdk_ssm::Client;

use super::settings::Settings;
use crate::source::{Role, Source};
use source::{OwnClient, ParameterStoreSource};

/// SSM Parameter Store, through the AWS SDK.
///
/// Without settings of its own, it uses those of the [`Loader`](crate::Loader), except for a client of Secrets Manager,
/// or else the environment, like every AWS tool. Clones share their clients.
///
/// ```
/// use from_secrets::Loader;
/// use from_secrets::source::{Env, ParameterStore};
///
/// let loader = Loader::new().source(ParameterStore::new()).source(Env::new());
/// ```
#[derive(Clone, Default)]
pub struct ParameterStore {
    settings: Option<Arc<Settings>>,
    client: Option<OwnClient>,
}

impl ParameterStore {
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

    /// Sets the client, with its region, credentials, TLS, retries and timeouts. It takes precedence over
    /// [`sdk_config`](Self::sdk_config).
    #[must_use]
    pub fn client(self, client: Client) -> Self {
        Self {
            client: Some(OwnClient::new(client)),
            ..self
        }
    }

    /// Sets the configuration of the client: region, credentials, TLS, retries and timeouts.
    #[must_use]
    pub fn sdk_config(self, config: &SdkConfig) -> Self {
        self.change(|settings| settings.sdk_config(config))
    }

    /// Changes these settings, and leaves the clients to those that they were cloned from.
    fn change(self, change: impl FnOnce(Settings) -> Settings) -> Self {
        let settings = self.settings.as_deref().cloned().unwrap_or_default();
        Self {
            settings: Some(Arc::new(change(settings))),
            client: self.client.as_ref().map(OwnClient::unshared),
        }
    }
}

impl fmt::Debug for ParameterStore {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("ParameterStore")
            .field("settings", &self.settings)
            .field("has_client", &self.client.is_some())
            .finish()
    }
}

impl From<ParameterStore> for Source {
    fn from(source: ParameterStore) -> Self {
        let label = format!("{source:?}");
        Self::new(label, Role::Secrets, move |context| {
            let settings = source.settings.clone().or_else(|| context.defaults.get());
            ParameterStoreSource::new(settings.unwrap_or_default(), source.client.clone())
        })
    }
}
