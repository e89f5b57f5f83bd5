//! Clients of one service in several regions.

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use aws_sdk_secretsmanager::config::{FrameworkMetadata, Region};

use super::identity_cache::SharedLookup;
use super::region::Regions;

/// A client of an AWS service.
pub(super) trait ServiceClient: Clone + Send + Sync {
    /// Returns the configured region.
    fn region(&self) -> Option<&str>;

    /// Returns a client with the same configuration for another region.
    fn in_region(&self, region: &str) -> Self;

    /// Returns a client with the same configuration that shares credential lookups and reports its endpoint.
    fn adopt(&self, regions: &Regions) -> Self;
}

/// A client, clients with the same configuration for other regions, and facts learned with them.
pub(super) struct RegionalClients<C> {
    client: C,
    /// Clients for regions that ARNs specify.
    elsewhere: Mutex<Vec<C>>,
    /// The regions that deny batches. A policy or an endpoint of one region does not apply to another.
    without_batches: Mutex<Vec<String>>,
}

impl<C: ServiceClient> RegionalClients<C> {
    pub(super) fn new(client: C) -> Self {
        Self {
            client,
            elsewhere: Mutex::default(),
            without_batches: Mutex::default(),
        }
    }

    /// Uses a client of the caller's.
    pub(super) fn adopt(client: &C, regions: &Regions) -> Arc<Self> {
        Arc::new(Self::new(client.adopt(regions)))
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
        let is_there = |client: &&C| client.region() == Some(region);
        if let Some(client) = elsewhere.iter().find(is_there) {
            return client.clone();
        }
        let client = self.client.in_region(region);
        elsewhere.push(client.clone());
        client
    }

    /// Returns whether batches are known to be denied in a region.
    pub(super) fn denies_batches(&self, region: &str) -> bool {
        lock(&self.without_batches)
            .iter()
            .any(|known| known == region)
    }

    /// Remembers that batches are denied in a region. Returns whether this is new.
    pub(super) fn remember_denial(&self, region: &str) -> bool {
        let mut regions = lock(&self.without_batches);
        let is_new = !regions.iter().any(|known| known == region);
        if is_new {
            regions.push(region.to_owned());
        }
        is_new
    }
}

fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

/// Returns the entry of this library in the user agent, which `CloudTrail` shows.
pub(super) fn framework() -> Option<FrameworkMetadata> {
    FrameworkMetadata::new("from-secrets", Some(env!("CARGO_PKG_VERSION"))).ok()
}

macro_rules! service_client {
    ($client:ty) => {
        impl ServiceClient for $client {
            fn region(&self) -> Option<&str> {
                let region = self.config().region().map(Region::as_ref);
                region.filter(|region| !region.is_empty())
            }

            fn in_region(&self, region: &str) -> Self {
                let config = self.config().to_builder();
                let region = Region::new(region.to_owned());
                Self::from_conf(config.region(region).build())
            }

            fn adopt(&self, regions: &Regions) -> Self {
                let config = self.config();
                let cache = SharedLookup::before(config.identity_cache());
                let mut config = config
                    .to_builder()
                    .interceptor(cache.watch.clone())
                    .region(regions.choose(config.region()))
                    .identity_cache(cache);
                if let Some(framework) = framework() {
                    config.push_framework_metadata(framework);
                }
                Self::from_conf(config.build())
            }
        }
    };
}

service_client!(aws_sdk_secretsmanager::Client);
#[cfg(feature = "ssm")]
service_client!(aws_sdk_ssm::Client);
