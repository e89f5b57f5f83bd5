//! Settings of the AWS sources.

use std::fmt;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use aws_config::SdkConfig;
use tokio::time::Instant;

use super::batch::Service;
use super::client::{Cell, Configured, configure, connect_with, default_cell};
use super::client_settings::ClientSettings;
use super::regional::RegionalClients;
use super::sdk_settings::check_url;
use super::setting::{Setting, in_code};
use crate::source::file_io::lock;
use crate::source::{FetchResult, SourceError};

/// The settings of a source, and its clients. Clones share the clients.
#[derive(Clone, Default)]
pub(crate) struct Settings {
    /// Without a configuration, clients are configured like every AWS tool.
    config: Option<Box<SdkConfig>>,
    client: ClientSettings,
    /// The regions to which secrets are replicated.
    pub(super) replicas: Vec<String>,
    pub(super) timeout: Option<Duration>,
    /// The clients of `config`.
    configured: Arc<Mutex<Vec<(ClientSettings, Cell)>>>,
}

/// The SDK's own `Debug` of a configuration is long, and would be linked into every program. An endpoint can contain a
/// password.
impl fmt::Debug for Settings {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Settings")
            .field("has_config", &self.config.is_some())
            .field("region", &self.client.regions.fixed)
            .field("default_region", &self.client.regions.default)
            .field("replicas", &self.replicas)
            .field("profile", &self.client.profile)
            .field("role", &self.client.role.arn)
            .field("has_endpoint_url", &self.client.endpoint_url.is_some())
            .field("timeout", &self.timeout)
            .finish_non_exhaustive()
    }
}

impl Settings {
    pub(crate) fn region(mut self, region: impl Into<String>) -> Self {
        self.client.regions.fixed = Some(region.into());
        self
    }

    pub(crate) fn default_region(mut self, region: impl Into<String>) -> Self {
        self.client.regions.default = Some(region.into());
        self
    }

    pub(crate) fn sdk_config(mut self, config: &SdkConfig) -> Self {
        self.config = Some(Box::new(config.clone()));
        // The settings that this one was cloned from keep their clients.
        self.configured = Arc::default();
        self
    }

    pub(super) fn replica(mut self, region: impl Into<String>) -> Self {
        self.replicas.push(region.into());
        self
    }

    pub(super) fn timeout(mut self, timeout: Duration) -> Self {
        self.timeout = Some(timeout);
        self
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
        self.client.role.check()?;
        if let Some(url) = &self.client.endpoint_url {
            let setting = Setting {
                text: url.clone(),
                ..in_code("endpoint_url")
            };
            check_url(&setting, "http://localhost:4566")?;
        }
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
            Some((name, _)) => Err(in_code(name).invalid(
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
        Ok(C::configured(&*self.configured(deadline).await?))
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

    fn cell(&self) -> Cell {
        let mut cells = lock(&self.configured);
        if let Some((_, cell)) = cells.iter().find(|(known, _)| *known == self.client) {
            return Arc::clone(cell);
        }
        let cell = Cell::default();
        cells.push((self.client.clone(), Arc::clone(&cell)));
        cell
    }

    /// Makes the next load look up credentials again after AWS rejected those of a client. A caller's configuration
    /// keeps its own credentials.
    pub(super) fn forget_credentials(&self, is_used: impl Fn(&Configured) -> bool) {
        if self.config.is_none() {
            default_cell(&self.client).forget_if(is_used);
        }
    }
}

/// Returns a slightly earlier deadline, so that an error that names the cause is reported before the load ends.
fn before(deadline: Instant) -> Instant {
    let left = deadline.saturating_duration_since(Instant::now());
    deadline.checked_sub(left / 20).unwrap_or(deadline)
}
