//! Settings of the AWS sources.

use std::fmt;
use std::sync::Arc;

use aws_config::SdkConfig;
use tokio::runtime::Handle;
use tokio::time::Instant;

use super::batch::Service;
use super::client::{
    Cell, Configured, ConfiguredClients, MOST_CLIENTS, configure, connect_with, default_cell,
};
use super::client_settings::ClientSettings;
use super::regional::RegionalClients;
use super::setting::Setting;
use crate::source::{FetchResult, SourceError};
use crate::sync::{Mutex, lock};

/// The settings of a source, and its clients. Clones share the clients.
#[derive(Clone, Default)]
pub(crate) struct Settings {
    /// Without a configuration, clients are configured like every AWS tool.
    config: Option<Box<SdkConfig>>,
    client: ClientSettings,
    /// The clients of `config`.
    configured: Arc<Mutex<ConfiguredClients>>,
}

/// The SDK's own `Debug` of a configuration is long, and would be linked into every program. An endpoint can contain a
/// password.
impl fmt::Debug for Settings {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Settings")
            .field("has_config", &self.config.is_some())
            .field("region", &self.client.region)
            .field("default_region", &self.client.default_region)
            .field("profile", &self.client.profile)
            .field("role", &self.client.role.arn)
            .field("has_endpoint_url", &self.client.endpoint_url.is_some())
            .finish_non_exhaustive()
    }
}

impl Settings {
    pub(crate) fn region(self, region: impl Into<String>) -> Self {
        self.with_client(|client| client.region = Some(region.into()))
    }

    pub(crate) fn default_region(self, region: impl Into<String>) -> Self {
        self.with_client(|client| client.default_region = Some(region.into()))
    }

    pub(crate) fn sdk_config(mut self, config: &SdkConfig) -> Self {
        self.config = Some(Box::new(config.clone()));
        // The settings that this one was cloned from keep their clients.
        self.configured = Arc::default();
        self
    }

    /// Removes the configuration, which has its own credentials.
    #[cfg(feature = "cli")]
    pub(super) fn without_sdk_config(self) -> Self {
        Self {
            config: None,
            ..self
        }
    }

    #[cfg(feature = "cli")]
    pub(crate) fn profile(self, name: impl Into<String>) -> Self {
        self.with_client(|client| client.profile = Some(name.into()))
    }

    pub(super) fn with_client(mut self, change: impl FnOnce(&mut ClientSettings)) -> Self {
        change(&mut self.client);
        self
    }

    pub(super) fn client(&self) -> &ClientSettings {
        &self.client
    }

    /// Rejects settings that cannot be combined, because one of them would be ignored.
    pub(super) fn check(&self, has_client: bool) -> Result<(), SourceError> {
        self.client.check()?;
        let custom = match (has_client, &self.config) {
            (true, _) => "client",
            (false, Some(_)) => "sdk_config",
            (false, None) => return Ok(()),
        };
        let role = self.client.role.arn.as_ref().filter(|_| has_client);
        let ignored = [
            ("profile", self.client.profile.is_some()),
            ("assume_role", role.is_some()),
        ];
        match ignored.iter().find(|(_, is_set)| *is_set) {
            Some((name, _)) => Err(Setting::in_code(name, "").invalid(
                &format!("cannot be combined with `{custom}`, which has its own credentials"),
                &format!("remove `{name}` or `{custom}`"),
            )),
            None => Ok(()),
        }
    }

    /// Returns the clients of a service. Creates them on first use; after an error, the next load tries again.
    pub(super) async fn clients<C: Service>(
        &self,
        deadline: Instant,
    ) -> Result<Arc<RegionalClients<C>>, FetchResult> {
        let configured = self.configured(deadline).await?;
        Ok(configured.clients(C::slot(&configured), C::AWS.endpoint_variable))
    }

    async fn configured(&self, deadline: Instant) -> Result<Arc<Configured>, FetchResult> {
        let client = self.client.clone();
        let deadline = before(deadline);
        if let Some(config) = &self.config {
            let config = config.clone();
            let connect = || async move { connect_with(&config, &client, deadline).await };
            return self.cell().get_or_open(connect).await;
        }
        let configure = || async move { configure(&client, deadline).await };
        default_cell(&self.client).get_or_open(configure).await
    }

    /// Returns the clients of `config`. Each runtime looks up the credentials of a role itself.
    fn cell(&self) -> Cell {
        let role = self.client.role.arn.as_ref();
        let runtime = role.map(|_| Handle::current().id());
        let key = (self.client.clone(), runtime);
        lock(&self.configured).entry(key, MOST_CLIENTS)
    }

    /// Makes the next load look up credentials again after AWS rejected those of a client. A caller's configuration
    /// keeps its own credentials, but not those of a role.
    pub(super) fn forget_credentials(&self, is_used: impl Fn(&Configured) -> bool) {
        if self.config.is_none() {
            default_cell(&self.client).forget_if(is_used);
        } else if self.client.role.arn.is_some() {
            self.cell().forget_if(is_used);
        }
    }
}

/// Returns a slightly earlier deadline, so that an error that names the cause is reported before the load ends.
fn before(deadline: Instant) -> Instant {
    let left = deadline.saturating_duration_since(Instant::now());
    deadline.checked_sub(left / 20).unwrap_or(deadline)
}
