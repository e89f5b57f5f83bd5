//! What a loader says about AWS.

use std::fmt;
use std::sync::{Arc, OnceLock};

use aws_config::{Region, SdkConfig};
use aws_sdk_secretsmanager::Client;
use tokio::time::Instant;

use super::connection::{
    Cell, Configured, Connection, adopt, configure, connect_with, default_cell,
};
#[cfg(feature = "ssm")]
use super::parameters::Store;
use crate::Loader;
use crate::source::Answer;

/// Where the clients come from. A clone shares them.
#[derive(Clone, Default)]
pub(crate) struct Settings {
    origin: Origin,
    region: Regions,
    configured: Cell,
    /// The caller's own client, in these regions.
    adopted: Arc<OnceLock<Arc<Connection>>>,
    #[cfg(feature = "ssm")]
    parameters: Parameters,
}

/// A client of Parameter Store that the caller gave.
#[cfg(feature = "ssm")]
#[derive(Clone, Default)]
struct Parameters {
    client: Option<aws_sdk_ssm::Client>,
    adopted: Arc<OnceLock<Arc<Store>>>,
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
    /// The region of a configuration that may have one.
    pub(super) fn choose(&self, own: Option<&Region>) -> Option<Region> {
        let region = |name: &Option<String>| name.clone().map(Region::new);
        region(&self.fixed)
            .or_else(|| own.cloned())
            .or_else(|| region(&self.default))
    }
}

impl Settings {
    /// Secrets Manager, connected when it is first asked for. What failed is tried again by the next load.
    pub(super) async fn secrets_manager(
        &self,
        deadline: Instant,
    ) -> Result<Arc<Connection>, Answer> {
        match &self.origin {
            Origin::Client(client) => {
                let adopted = || Arc::new(adopt(client, &self.region));
                Ok(Arc::clone(self.adopted.get_or_init(adopted)))
            }
            _ => Ok(Arc::clone(
                &self.configured(deadline).await?.secrets_manager,
            )),
        }
    }

    /// Parameter Store, likewise.
    #[cfg(feature = "ssm")]
    pub(super) async fn parameter_store(&self, deadline: Instant) -> Result<Arc<Store>, Answer> {
        match &self.parameters.client {
            Some(client) => {
                let adopted = || Arc::new(Store::adopt(client, &self.region));
                Ok(Arc::clone(self.parameters.adopted.get_or_init(adopted)))
            }
            None => Ok(self.configured(deadline).await?.parameter_store()),
        }
    }

    /// A client of one service says nothing about another.
    async fn configured(&self, deadline: Instant) -> Result<Arc<Configured>, Answer> {
        let regions = self.region.clone();
        let deadline = before(deadline);
        match &self.origin {
            Origin::Config(config) => {
                let config = config.clone();
                let connect = || async move { Ok(connect_with(&config, &regions)) };
                self.configured.get_or_open(connect).await
            }
            Origin::Default | Origin::Client(_) => {
                let configure = || async move { configure(&regions, deadline).await };
                default_cell(&self.region).get_or_open(configure).await
            }
        }
    }

    /// Makes the next load look up credentials again, after AWS rejected those of this connection. A client or a
    /// configuration of the caller's keeps its own.
    pub(super) fn forget_credentials(&self, is_used: impl Fn(&Configured) -> bool) {
        if matches!(self.origin, Origin::Default) {
            default_cell(&self.region).forget_if(is_used);
        }
    }
}

/// A little earlier, so that an error that names what blocks comes before the load gives up.
fn before(deadline: Instant) -> Instant {
    let left = deadline.saturating_duration_since(Instant::now());
    deadline.checked_sub(left / 20).unwrap_or(deadline)
}

/// What concerns AWS.
impl Loader {
    /// Changes the settings of this loader alone, and leaves the clients to those that it was cloned from.
    fn with_aws(mut self, change: impl FnOnce(&mut Settings)) -> Self {
        let settings = Arc::make_mut(&mut self.aws);
        settings.configured = Arc::default();
        settings.adopted = Arc::default();
        #[cfg(feature = "ssm")]
        {
            settings.parameters.adopted = Arc::default();
        }
        change(settings);
        self
    }

    /// The region to ask, whatever the environment and the profile say. An ARN names its own.
    pub fn region(self, region: impl Into<String>) -> Self {
        self.with_aws(|aws| aws.region.fixed = Some(region.into()))
    }

    /// The region to ask where nothing else names one: not the environment, nor the profile, nor a client or an
    /// [`sdk_config`](Self::sdk_config) that was given.
    pub fn default_region(self, region: impl Into<String>) -> Self {
        self.with_aws(|aws| aws.region.default = Some(region.into()))
    }

    /// Asks Secrets Manager with this client: its region, credentials, TLS, retries and timeouts.
    pub fn client(self, client: Client) -> Self {
        self.with_aws(|aws| aws.origin = Origin::Client(client))
    }

    /// Asks Parameter Store with this client: its region, credentials, TLS, retries and timeouts.
    #[cfg(feature = "ssm")]
    pub fn parameter_store_client(self, client: aws_sdk_ssm::Client) -> Self {
        self.with_aws(|aws| aws.parameters.client = Some(client))
    }

    /// Asks with clients of this configuration: its region, credentials, TLS, retries and timeouts.
    pub fn sdk_config(self, config: &SdkConfig) -> Self {
        self.with_aws(|aws| aws.origin = Origin::Config(Box::new(config.clone())))
    }
}
