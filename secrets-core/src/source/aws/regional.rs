//! Clients of one service in several regions.

use std::sync::Arc;

use super::entries::{Entries, entry};
use super::outages::Outages;
use crate::sync::{Mutex, lock};

/// A client of one region.
pub(crate) trait RegionalClient: Clone + Send + Sync + 'static {
    /// Returns the configured region.
    fn region(&self) -> Option<&str>;

    /// Returns a client with the same configuration for another region.
    fn in_region(&self, region: &str) -> Self;
}

/// A client, clients with the same configuration for other regions, and facts learned with them.
pub(crate) struct RegionalClients<C> {
    client: C,
    /// Clients for regions that ARNs specify.
    elsewhere: Entries<String, C>,
    /// The regions that deny batches. A policy or an endpoint of one region does not apply to another.
    without_batches: Mutex<Vec<String>>,
    pub(super) outages: Mutex<Outages>,
}

impl<C: RegionalClient> RegionalClients<C> {
    pub(super) fn new(client: C) -> Arc<Self> {
        Arc::new(Self {
            client,
            elsewhere: Entries::default(),
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
        let create = || self.client.in_region(region);
        entry(&self.elsewhere, region.to_owned(), create)
    }

    /// Returns whether batches are known to be denied in a region.
    pub(super) fn denies_batches(&self, region: &str) -> bool {
        lock(&self.without_batches)
            .iter()
            .any(|known| known == region)
    }

    /// Remembers that batches are denied in a region. Returns whether this is new.
    pub(super) fn remember_denial(&self, region: &str) -> bool {
        let mut without_batches = lock(&self.without_batches);
        let is_new = !without_batches.iter().any(|known| known == region);
        if is_new {
            without_batches.push(region.to_owned());
        }
        is_new
    }
}
