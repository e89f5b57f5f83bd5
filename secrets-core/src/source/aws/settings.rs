//! What a loader says about Secrets Manager.

use std::sync::Arc;

use aws_config::{Region, SdkConfig};
use aws_sdk_secretsmanager::Client;
use aws_sdk_secretsmanager::config::Builder;
use tokio::sync::OnceCell;

use super::connection::{Connected, Connection, adopt, connect_default, connect_with};
use crate::Loader;

/// Where the client comes from. A clone shares the connection.
#[derive(Clone, Debug, Default)]
pub(crate) struct Settings {
    origin: Origin,
    region: Regions,
    connection: Arc<OnceCell<Arc<Connection>>>,
}

#[derive(Clone, Debug, Default)]
enum Origin {
    /// Configured as every AWS tool is.
    #[default]
    Default,
    Config(Box<SdkConfig>),
    Client(Client),
}

/// The region as the loader has it.
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash)]
pub(super) struct Regions {
    /// Used whatever the environment and the profile say.
    pub(super) fixed: Option<String>,
    /// Used where they say nothing.
    pub(super) default: Option<String>,
}

impl Regions {
    /// Sets the fixed region on a configuration that has one already.
    pub(super) fn fix(&self, config: Builder) -> Builder {
        match &self.fixed {
            Some(region) => config.region(Region::new(region.clone())),
            None => config,
        }
    }
}

impl Settings {
    pub(super) async fn connect(&self) -> Connected {
        let connection = match &self.origin {
            Origin::Default => return connect_default(&self.region).await,
            Origin::Client(client) => {
                let adopt = || async { Arc::new(adopt(client, &self.region)) };
                self.connection.get_or_init(adopt).await
            }
            Origin::Config(config) => {
                let connect = || async { connect_with(config, &self.region).await.map(Arc::new) };
                match self.connection.get_or_try_init(connect).await {
                    Ok(connection) => connection,
                    Err(failed) => return failed,
                }
            }
        };
        Connected::Yes(Arc::clone(connection))
    }

    fn renewed(self) -> Self {
        Self {
            connection: Arc::default(),
            ..self
        }
    }
}

/// What concerns Secrets Manager.
impl Loader {
    /// The region to ask, whatever the environment and the profile say. An ARN names its own.
    pub fn region(mut self, region: impl Into<String>) -> Self {
        self.aws.region.fixed = Some(region.into());
        self.aws = self.aws.renewed();
        self
    }

    /// The region to ask where neither the environment nor the profile names one. It has no effect on a
    /// [`client`](Self::client) or an [`sdk_config`](Self::sdk_config), which have been told already.
    pub fn default_region(mut self, region: impl Into<String>) -> Self {
        self.aws.region.default = Some(region.into());
        self.aws = self.aws.renewed();
        self
    }

    /// Asks with this client: its region, credentials, TLS, retries and timeouts.
    pub fn client(mut self, client: Client) -> Self {
        self.aws.origin = Origin::Client(client);
        self.aws = self.aws.renewed();
        self
    }

    /// Asks with a client of this configuration: its region, credentials, TLS, retries and timeouts.
    pub fn sdk_config(mut self, config: &SdkConfig) -> Self {
        self.aws.origin = Origin::Config(Box::new(config.clone()));
        self.aws = self.aws.renewed();
        self
    }
}
