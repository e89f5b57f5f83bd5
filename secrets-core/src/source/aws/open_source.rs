//! A service as one load queries it.

use std::borrow::Cow;
use std::sync::Arc;

use super::batch::{Service, left_out};
use super::call::{Calls, connected};
use super::client::Configured;
use super::client_settings::ClientSettings;
use super::endpoint::Endpoint;
use super::entries::{Entries, entry};
use super::panics;
use super::regional::RegionalClients;
use super::replicas::Replicas;
use super::settings::Settings;
use crate::source::aws_api::hints;
use crate::source::aws_api::service::AwsService;
use crate::source::{
    FetchContext, FetchFuture, FetchResult, MissingReason, ReadyFuture, SecretRequest,
    SecretSource, SourceError,
};

/// An application's client, and the clients that are created from it on first use. Loaders with different default
/// regions can share it.
#[derive(Clone)]
pub(crate) struct CustomClient<C> {
    client: C,
    adopted: Arc<Entries<ClientSettings, Arc<RegionalClients<C>>>>,
}

impl<C> CustomClient<C> {
    pub(crate) fn new(client: C) -> Self {
        Self {
            client,
            adopted: Arc::default(),
        }
    }
}

impl<C: Service> CustomClient<C> {
    fn clients(&self, settings: &ClientSettings) -> Arc<RegionalClients<C>> {
        let adopt = || RegionalClients::new(self.client.adopt(settings));
        entry(&self.adopted, settings.clone(), adopt)
    }
}

/// A service for one load. Connects on first use.
pub(crate) struct OpenAwsSource<C> {
    settings: Arc<Settings>,
    client: Option<CustomClient<C>>,
    replicas: Result<Replicas, SourceError>,
    endpoint: Endpoint,
}

impl<C: Service> OpenAwsSource<C> {
    pub(super) fn new(
        settings: Arc<Settings>,
        client: Option<CustomClient<C>>,
        replicas: Result<Replicas, SourceError>,
    ) -> Self {
        Self {
            settings,
            client,
            replicas,
            endpoint: Endpoint::default(),
        }
    }

    /// Returns a result for each request. Does not connect if this service cannot store any of the secrets.
    async fn results(&self, requests: &[SecretRequest], context: FetchContext) -> Vec<FetchResult> {
        type Ids<'r, I> = Vec<Result<Cow<'r, I>, MissingReason>>;
        let ids: Ids<'_, C::Id> = requests.iter().map(C::id).collect();
        let known: Vec<&C::Id> = ids.iter().flatten().map(AsRef::as_ref).collect();
        let results = if known.is_empty() {
            Vec::new()
        } else {
            self.fetch_known(&known, context).await
        };
        if known.len() == ids.len() && results.len() == ids.len() {
            return results;
        }
        let mut results = results.into_iter();
        let result = |id: &Result<_, MissingReason>| match id {
            Ok(_) => results.next().unwrap_or_else(|| left_out(C::AWS)),
            Err(reason) => FetchResult::Missing(reason.clone()),
        };
        ids.iter().map(result).collect()
    }

    async fn fetch_known(&self, ids: &[&C::Id], context: FetchContext) -> Vec<FetchResult> {
        let all = |result: FetchResult| vec![result; ids.len()];
        let (clients, replicas) = match self.connect(context).await {
            Ok(connected) => connected,
            Err(result) => return all(result),
        };
        let calls = self.calls(&clients, context).with_replicas(replicas);
        let results = panics::caught_async(C::fetch(&calls, ids)).await;
        let results = results.unwrap_or_else(|panic| all(FetchResult::Failed(panic)));
        if self.client.is_none() && calls.are_credentials_rejected(&results) {
            let is_used = |known: &Configured| {
                let used = C::slot(known).get();
                used.is_some_and(|used| Arc::ptr_eq(used, &clients))
            };
            self.settings.forget_credentials(is_used);
        }
        results
    }

    /// Returns the clients and the replicas, or the result of every request without them.
    async fn connect(
        &self,
        context: FetchContext,
    ) -> Result<(Arc<RegionalClients<C>>, &Replicas), FetchResult> {
        let replicas = self.replicas.as_ref();
        let replicas = replicas.map_err(|error| FetchResult::Failed(error.clone()))?;
        Ok((self.clients(context).await?, replicas))
    }

    pub(super) fn calls<'a>(
        &'a self,
        clients: &'a RegionalClients<C>,
        context: FetchContext,
    ) -> Calls<'a, C> {
        Calls::new(clients, C::AWS, context, &self.endpoint)
    }

    /// Returns the clients, or the result of every request without them. The SDK can panic while it creates a client.
    pub(super) async fn clients(
        &self,
        context: FetchContext,
    ) -> Result<Arc<RegionalClients<C>>, FetchResult> {
        self.settings
            .check(self.client.is_some())
            .map_err(FetchResult::Failed)?;
        let connecting = async {
            match &self.client {
                Some(client) => Ok(client.clients(self.settings.client())),
                None => self.settings.clients(context.deadline()).await,
            }
        };
        connected(connecting, context).await
    }
}

impl<C: Service> SecretSource for OpenAwsSource<C> {
    fn name(&self) -> &'static str {
        let AwsService { source, .. } = C::AWS;
        source
    }

    fn fetch<'a>(
        &'a self,
        requests: &'a [SecretRequest],
        context: FetchContext,
    ) -> FetchFuture<'a> {
        Box::pin(self.results(requests, context))
    }

    fn ready(&self, context: FetchContext) -> ReadyFuture<'_> {
        Box::pin(async move { self.connect(context).await.map(drop) })
    }

    fn endpoint(&self) -> Option<String> {
        self.endpoint.only().map(|origin| origin.to_string())
    }

    fn hint(&self, request: &SecretRequest, result: &FetchResult<()>) -> Option<String> {
        match result {
            FetchResult::NotConfigured(_) => Some(
                "provide AWS credentials to this process (a role, or a profile in AWS_PROFILE)"
                    .to_owned(),
            ),
            result => hints::missing(self.name(), request, result),
        }
    }
}
