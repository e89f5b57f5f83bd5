//! Settings of the AWS sources.

use std::fmt;
use std::sync::Arc;

use aws_config::SdkConfig;
use tokio::time::Instant;

use super::batch::Service;
use super::client::{Cell, Configured, configure, connect_with, default_cell};
use super::region::Regions;
use super::regional::RegionalClients;
use crate::source::FetchResult;

/// The configuration of clients. Clones share the clients.
#[derive(Clone, Default)]
pub(crate) struct Settings {
    /// Without a configuration, clients are configured like every AWS tool.
    config: Option<Box<SdkConfig>>,
    regions: Regions,
    configured: Cell,
}

/// The SDK's own `Debug` of a configuration is long, and would be linked into every program.
impl fmt::Debug for Settings {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Settings")
            .field("has_config", &self.config.is_some())
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

    pub(crate) fn sdk_config(self, config: &SdkConfig) -> Self {
        self.change(|settings| settings.config = Some(Box::new(config.clone())))
    }

    /// Changes these settings without an effect on the clients of the settings that they were cloned from.
    fn change(mut self, change: impl FnOnce(&mut Self)) -> Self {
        self.configured = Arc::default();
        change(&mut self);
        self
    }

    pub(super) fn regions(&self) -> &Regions {
        &self.regions
    }

    /// Returns the clients of a service. Creates them on first use; after an error, the next load tries again.
    pub(super) async fn clients<C: Service>(
        &self,
        deadline: Instant,
    ) -> Result<Arc<RegionalClients<C>>, FetchResult> {
        Ok(C::configured(&*self.configured(deadline).await?))
    }

    async fn configured(&self, deadline: Instant) -> Result<Arc<Configured>, FetchResult> {
        let regions = self.regions.clone();
        let deadline = before(deadline);
        if let Some(config) = &self.config {
            let config = config.clone();
            let connect = || async move { Ok(connect_with(&config, &regions)) };
            return self.configured.get_or_open(connect).await;
        }
        let configure = || async move { configure(&regions, deadline).await };
        default_cell(&self.regions).get_or_open(configure).await
    }

    /// Makes the next load look up credentials again after AWS rejected those of a client. A caller's configuration
    /// keeps its own credentials.
    pub(super) fn forget_credentials(&self, is_used: impl Fn(&Configured) -> bool) {
        if self.config.is_none() {
            default_cell(&self.regions).forget_if(is_used);
        }
    }
}

/// Returns a slightly earlier deadline, so that an error that names the cause is reported before the load ends.
fn before(deadline: Instant) -> Instant {
    let left = deadline.saturating_duration_since(Instant::now());
    deadline.checked_sub(left / 20).unwrap_or(deadline)
}
