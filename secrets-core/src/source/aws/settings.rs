//! What a loader says about Secrets Manager.

use std::fmt;
use std::sync::Arc;

use aws_config::{Region, SdkConfig};
use aws_sdk_secretsmanager::Client;
use aws_sdk_secretsmanager::config::Builder;

use super::connection::{
    Cell, Connected, Connection, adopt, configure, connect_with, default_cell,
};
use crate::Loader;

/// Where the client comes from. A clone shares the connection.
#[derive(Clone, Default)]
pub(crate) struct Settings {
    origin: Origin,
    region: Regions,
    connection: Cell,
}

#[derive(Clone, Default)]
enum Origin {
    /// Configured as every AWS tool is.
    #[default]
    Default,
    Config(Box<SdkConfig>),
    Client(Client),
}

/// The region as the loader has it.
#[derive(Clone, Default, PartialEq)]
pub(super) struct Regions {
    /// Used whatever the environment and the profile say.
    pub(super) fixed: Option<String>,
    /// Used where they say nothing.
    pub(super) default: Option<String>,
}

/// The SDK's own `Debug` of a client or a configuration is long, and is linked into every program that could print it.
impl fmt::Debug for Settings {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let origin = match &self.origin {
            Origin::Default => "the environment",
            Origin::Config(_) => "a configuration",
            Origin::Client(_) => "a client",
        };
        f.debug_struct("Settings")
            .field("origin", &origin)
            .field("region", &self.region.fixed)
            .finish_non_exhaustive()
    }
}

impl Regions {
    /// Sets the region on a configuration that may have one.
    pub(super) fn apply(&self, config: Builder, own: Option<&Region>) -> Builder {
        let default = if own.is_none() { &self.default } else { &None };
        match self.fixed.as_ref().or(default.as_ref()) {
            Some(region) => config.region(Region::new(region.clone())),
            None => config,
        }
    }
}

impl Settings {
    /// The connection, opened when it is first asked for. What failed is tried again by the next load.
    pub(super) async fn connect(&self) -> Connected {
        let cell = match &self.origin {
            Origin::Default => default_cell(&self.region),
            Origin::Config(_) | Origin::Client(_) => Arc::clone(&self.connection),
        };
        let open = || async { self.open().await.map(Arc::new) };
        match cell.get_or_try_init(open).await {
            Ok(connection) => Connected::Yes(Arc::clone(connection)),
            Err(failed) => failed,
        }
    }

    async fn open(&self) -> Result<Connection, Connected> {
        match &self.origin {
            Origin::Default => configure(&self.region).await,
            Origin::Config(config) => connect_with(config, &self.region).await,
            Origin::Client(client) => Ok(adopt(client, &self.region)),
        }
    }
}

/// What concerns Secrets Manager.
impl Loader {
    /// Changes the settings of this loader alone, and leaves the connection to those that it was cloned from.
    fn with_aws(mut self, change: impl FnOnce(&mut Settings)) -> Self {
        let settings = Arc::make_mut(&mut self.aws);
        settings.connection = Arc::default();
        change(settings);
        self
    }

    /// The region to ask, whatever the environment and the profile say. An ARN names its own.
    pub fn region(self, region: impl Into<String>) -> Self {
        self.with_aws(|aws| aws.region.fixed = Some(region.into()))
    }

    /// The region to ask where nothing else names one: not the environment, nor the profile, nor a
    /// [`client`](Self::client) or an [`sdk_config`](Self::sdk_config).
    pub fn default_region(self, region: impl Into<String>) -> Self {
        self.with_aws(|aws| aws.region.default = Some(region.into()))
    }

    /// Asks with this client: its region, credentials, TLS, retries and timeouts.
    pub fn client(self, client: Client) -> Self {
        self.with_aws(|aws| aws.origin = Origin::Client(client))
    }

    /// Asks with a client of this configuration: its region, credentials, TLS, retries and timeouts.
    pub fn sdk_config(self, config: &SdkConfig) -> Self {
        self.with_aws(|aws| aws.origin = Origin::Config(Box::new(config.clone())))
    }
}
