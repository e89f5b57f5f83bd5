//! Clients of one service in several regions.

use std::sync::{Arc, Mutex};

use aws_config::SdkConfig;
use aws_sdk_secretsmanager::config::{FrameworkMetadata, Region};

use super::client_settings::ClientSettings;
use super::endpoint::EndpointWatch;
use super::identity_cache::SharedLookup;
use super::outages::Outages;
use crate::source::file_io::lock;

/// A client of the SDK, which has no trait for its clients.
pub(crate) trait SdkClient: Clone + Send + Sync + 'static {
    /// Creates a client. Without an endpoint, that of the configuration is used.
    fn build(config: &SdkConfig, endpoint: Option<&Option<String>>, watch: &EndpointWatch) -> Self;

    /// Returns the configured region.
    fn region(&self) -> Option<&str>;

    /// Returns a client with the same configuration for another region.
    fn in_region(&self, region: &str) -> Self;

    /// Returns a client with the same configuration that shares credential lookups and reports its endpoint.
    fn adopt(&self, settings: &ClientSettings) -> Self;
}

/// A client, clients with the same configuration for other regions, and facts learned with them.
pub(crate) struct RegionalClients<C> {
    client: C,
    /// Clients for regions that ARNs specify.
    elsewhere: Mutex<Vec<C>>,
    /// The regions that deny batches. A policy or an endpoint of one region does not apply to another.
    without_batches: Mutex<Vec<String>>,
    pub(super) outages: Mutex<Outages>,
}

impl<C: SdkClient> RegionalClients<C> {
    pub(super) fn new(client: C) -> Arc<Self> {
        Arc::new(Self {
            client,
            elsewhere: Mutex::default(),
            without_batches: Mutex::default(),
            outages: Mutex::default(),
        })
    }

    pub(super) fn region(&self) -> Option<&str> {
        self.client.region()
    }

    /// Returns the client for a region. Creates it on first use.
    pub(super) fn client_in(&self, region: &str) -> C {
        if self.region() == Some(region) {
            return self.client.clone();
        }
        let mut elsewhere = lock(&self.elsewhere);
        let known = elsewhere
            .iter()
            .find(|known| known.region() == Some(region));
        known.cloned().unwrap_or_else(|| {
            let client = self.client.in_region(region);
            elsewhere.push(client.clone());
            client
        })
    }

    /// Returns whether batches are known to be denied in a region.
    pub(super) fn denies_batches(&self, region: &str) -> bool {
        lock(&self.without_batches)
            .iter()
            .any(|known| known == region)
    }

    /// Remembers that batches are denied in a region. Returns whether this is new.
    pub(super) fn remember_denial(&self, region: &str) -> bool {
        let is_new = !self.denies_batches(region);
        if is_new {
            lock(&self.without_batches).push(region.to_owned());
        }
        is_new
    }
}

/// Returns the entry of this library in the user agent, `lib/from-secrets/VERSION`, which `CloudTrail` records.
pub(super) fn framework() -> Option<FrameworkMetadata> {
    FrameworkMetadata::new("from-secrets", Some(env!("CARGO_PKG_VERSION"))).ok()
}

macro_rules! sdk_client {
    ($sdk:ident) => {
        impl SdkClient for $sdk::Client {
            fn build(
                config: &SdkConfig,
                endpoint: Option<&Option<String>>,
                watch: &EndpointWatch,
            ) -> Self {
                let mut config = $sdk::config::Builder::from(config).interceptor(watch.clone());
                if let Some(endpoint) = endpoint {
                    config.set_endpoint_url(endpoint.clone());
                }
                Self::from_conf(config.build())
            }

            fn region(&self) -> Option<&str> {
                let region = self.config().region().map(Region::as_ref);
                region.filter(|region| !region.is_empty())
            }

            fn in_region(&self, region: &str) -> Self {
                let config = self.config().to_builder();
                let region = Region::new(region.to_owned());
                Self::from_conf(config.region(region).build())
            }

            fn adopt(&self, settings: &ClientSettings) -> Self {
                let config = self.config();
                let cache = SharedLookup::before(config.identity_cache());
                let mut config = config
                    .to_builder()
                    .interceptor(cache.watch.clone())
                    .region(settings.regions.choose(config.region()))
                    .identity_cache(cache);
                if let Some(url) = &settings.endpoint_url {
                    config.set_endpoint_url(Some(url.clone()));
                }
                if let Some(framework) = framework() {
                    config.push_framework_metadata(framework);
                }
                Self::from_conf(config.build())
            }
        }
    };
}

sdk_client!(aws_sdk_secretsmanager);
#[cfg(feature = "ssm")]
sdk_client!(aws_sdk_ssm);
