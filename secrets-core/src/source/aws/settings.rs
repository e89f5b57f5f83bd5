//! Settings of the AWS sources.

use std::fmt;
use std::sync::{Arc, OnceLock};

use aws_config::SdkConfig;
use aws_sdk_secretsmanager::Client;
use tokio::time::Instant;

use super::client::{Cell, Configured, configure, connect_with, default_cell};
use super::region::Regions;
use super::regional::RegionalClients;
use crate::source::FetchResult;

/// The configuration of clients. Clones share the clients.
#[derive(Clone, Default)]
pub(crate) struct Settings {
    origin: ClientOrigin,
    regions: Regions,
    configured: Cell,
    /// The caller's client for Secrets Manager, in these regions.
    adopted: Arc<OnceLock<Arc<RegionalClients<Client>>>>,
}

#[derive(Clone, Default)]
enum ClientOrigin {
    /// Variables and profiles, like every AWS tool.
    #[default]
    Environment,
    Config(Box<SdkConfig>),
    Client(Client),
}

/// The SDK's own `Debug` of a client or a configuration is long, and would be linked into every program.
impl fmt::Debug for Settings {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let origin = match &self.origin {
            ClientOrigin::Environment => "environment",
            ClientOrigin::Config(_) => "sdk_config",
            ClientOrigin::Client(_) => "client",
        };
        f.debug_struct("Settings")
            .field("origin", &origin)
            .field("region", &self.regions.fixed)
            .field("default_region", &self.regions.default)
            .finish_non_exhaustive()
    }
}

impl Settings {
    pub(crate) fn region(self, region: impl Into<String>) -> Self {
        self.change(|settings| settings.regions.fixed = Some(region.into()))
    }

    pub(crate) fn default_region(self, region: impl Into<String>) -> Self {
        self.change(|settings| settings.regions.default = Some(region.into()))
    }

    pub(crate) fn client(self, client: Client) -> Self {
        self.change(|settings| settings.origin = ClientOrigin::Client(client))
    }

    pub(crate) fn sdk_config(self, config: &SdkConfig) -> Self {
        self.change(|settings| settings.origin = ClientOrigin::Config(Box::new(config.clone())))
    }

    /// Changes these settings without an effect on the clients of the settings that they were cloned from.
    fn change(mut self, change: impl FnOnce(&mut Self)) -> Self {
        (self.configured, self.adopted) = (Arc::default(), Arc::default());
        change(&mut self);
        self
    }

    #[cfg(feature = "ssm")]
    pub(super) fn regions(&self) -> &Regions {
        &self.regions
    }

    /// Returns the clients of Secrets Manager. Creates them on first use; after an error, the next load tries again.
    pub(super) async fn secrets_manager(
        &self,
        deadline: Instant,
    ) -> Result<Arc<RegionalClients<Client>>, FetchResult> {
        if let ClientOrigin::Client(client) = &self.origin {
            let adopt = || RegionalClients::adopt(client, &self.regions);
            return Ok(Arc::clone(self.adopted.get_or_init(adopt)));
        }
        let configured = self.configured(deadline).await?;
        Ok(Arc::clone(&configured.secrets_manager))
    }

    /// Returns the clients of Parameter Store. A client of Secrets Manager does not configure another service.
    #[cfg(feature = "ssm")]
    pub(super) async fn parameter_store(
        &self,
        deadline: Instant,
    ) -> Result<Arc<RegionalClients<aws_sdk_ssm::Client>>, FetchResult> {
        Ok(Arc::clone(
            &self.configured(deadline).await?.parameter_store,
        ))
    }

    async fn configured(&self, deadline: Instant) -> Result<Arc<Configured>, FetchResult> {
        let regions = self.regions.clone();
        let deadline = before(deadline);
        if let ClientOrigin::Config(config) = &self.origin {
            let config = config.clone();
            let connect = || async move { Ok(connect_with(&config, &regions)) };
            return self.configured.get_or_open(connect).await;
        }
        let configure = || async move { configure(&regions, deadline).await };
        default_cell(&self.regions).get_or_open(configure).await
    }

    /// Makes the next load look up credentials again after AWS rejected those of a client. A caller's client or
    /// configuration keeps its own credentials.
    pub(super) fn forget_credentials(&self, is_used: impl Fn(&Configured) -> bool) {
        if matches!(self.origin, ClientOrigin::Environment) {
            default_cell(&self.regions).forget_if(is_used);
        }
    }
}

/// Returns a slightly earlier deadline, so that an error that names the cause is reported before the load ends.
fn before(deadline: Instant) -> Instant {
    let left = deadline.saturating_duration_since(Instant::now());
    deadline.checked_sub(left / 20).unwrap_or(deadline)
}
