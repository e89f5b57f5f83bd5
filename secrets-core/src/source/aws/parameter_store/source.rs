//! Parameter Store as one load queries it.

use std::sync::{Arc, Mutex, PoisonError};

use aws_sdk_ssm::Client;

use super::fetch::fetch;
use crate::source::aws::call::{Calls, are_credentials_rejected, connected};
use crate::source::aws::endpoint::Endpoint;
use crate::source::aws::errors::PARAMETER_STORE;
use crate::source::aws::panics;
use crate::source::aws::region::Regions;
use crate::source::aws::regional::RegionalClients;
use crate::source::aws::settings::Settings;
use crate::source::aws_api::hints;
use crate::source::{FetchContext, FetchFuture, FetchResult, SecretRequest, SecretSource};

/// A client of the caller's, and the clients that are made from it on first use. Loaders with different default regions
/// can share the source.
#[derive(Clone)]
pub(super) struct OwnClient {
    client: Client,
    adopted: Arc<Mutex<Vec<Adopted>>>,
}

type Adopted = (Regions, Arc<RegionalClients<Client>>);

impl OwnClient {
    pub(super) fn new(client: Client) -> Self {
        Self {
            client,
            adopted: Arc::default(),
        }
    }

    /// Returns the same client, for other regions.
    pub(super) fn unshared(&self) -> Self {
        Self::new(self.client.clone())
    }

    fn clients(&self, regions: &Regions) -> Arc<RegionalClients<Client>> {
        let mut adopted = self.adopted.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some((_, clients)) = adopted.iter().find(|(known, _)| known == regions) {
            return Arc::clone(clients);
        }
        let clients = RegionalClients::adopt(&self.client, regions);
        adopted.push((regions.clone(), Arc::clone(&clients)));
        clients
    }
}

/// Parameter Store for one load. Connects on first use.
pub(super) struct ParameterStoreSource {
    settings: Arc<Settings>,
    client: Option<OwnClient>,
    endpoint: Endpoint,
}

impl ParameterStoreSource {
    pub(super) fn new(settings: Arc<Settings>, client: Option<OwnClient>) -> Self {
        Self {
            settings,
            client,
            endpoint: Endpoint::default(),
        }
    }

    async fn results(&self, requests: &[SecretRequest], context: FetchContext) -> Vec<FetchResult> {
        let clients = match self.clients(context).await {
            Ok(clients) => clients,
            Err(result) => return requests.iter().map(|_| result.clone()).collect(),
        };
        let calls = Calls::new(&clients, &PARAMETER_STORE, &self.endpoint, context);
        let results = panics::caught_async(fetch(&calls, requests)).await;
        let results = results.unwrap_or_else(|panic| {
            let failed = |_| FetchResult::Failed(panic.clone());
            requests.iter().map(failed).collect()
        });
        if self.client.is_none() && are_credentials_rejected(&results) {
            self.settings.forget_credentials(|configured| {
                Arc::ptr_eq(&configured.parameter_store, &clients)
            });
        }
        results
    }

    /// Returns the clients, or the result of every request without them.
    async fn clients(
        &self,
        context: FetchContext,
    ) -> Result<Arc<RegionalClients<Client>>, FetchResult> {
        match &self.client {
            // The SDK can panic while it builds a client.
            Some(client) => {
                connected(
                    async { Ok(client.clients(self.settings.regions())) },
                    context,
                )
                .await
            }
            None => connected(self.settings.parameter_store(context.deadline()), context).await,
        }
    }
}

impl SecretSource for ParameterStoreSource {
    fn name(&self) -> &'static str {
        "ssm"
    }

    fn fetch<'a>(
        &'a self,
        requests: &'a [SecretRequest],
        context: FetchContext,
    ) -> FetchFuture<'a> {
        Box::pin(self.results(requests, context))
    }

    fn endpoint(&self) -> Option<String> {
        self.endpoint.only()
    }

    fn hint(&self, request: &SecretRequest, result: &FetchResult<()>) -> Option<String> {
        hints::of_sdk(self.name(), request, result)
    }
}
