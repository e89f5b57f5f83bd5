//! A source for each service: its settings, and the service as one load queries it.

use std::borrow::Cow;
use std::fmt;
use std::sync::{Arc, Mutex};

use aws_config::SdkConfig;

use super::batch::{Service, left_out};
use super::call::{Calls, are_credentials_rejected, connected};
use super::endpoint::Endpoint;
use super::panics;
use super::region::Regions;
use super::regional::RegionalClients;
use super::settings::Settings;
use crate::source::aws_api::hints;
use crate::source::file_io::lock;
use crate::source::{
    Defaults, FetchContext, FetchFuture, FetchResult, MissingReason, Role, SecretRequest,
    SecretSource, Source,
};

/// An AWS service as a source: [`SecretsManager`](crate::source::SecretsManager) or `ParameterStore`.
///
/// Without settings of its own, the source uses those of the [`Loader`](crate::Loader). Without these, it reads the
/// environment variables and profiles that every AWS tool reads. Clones share their clients.
///
/// ```
/// use from_secrets::Loader;
/// use from_secrets::source::{Env, SecretsManager};
///
/// let loader = Loader::new()
///     .source(SecretsManager::new().region("eu-west-1"))
///     .source(SecretsManager::new().region("us-east-1"))
///     .source(Env::new());
/// ```
#[derive(Clone)]
pub struct AwsSource<C> {
    settings: Option<Arc<Settings>>,
    client: Option<CustomClient<C>>,
}

impl<C> AwsSource<C> {
    /// Creates a source without settings of its own.
    pub fn new() -> Self {
        Self {
            settings: None,
            client: None,
        }
    }

    /// Sets the region, regardless of the environment and the profile. An ARN specifies its own region.
    #[must_use]
    pub fn region(self, region: impl Into<String>) -> Self {
        self.change(|settings| settings.region(region))
    }

    /// Sets the region for the case that nothing else specifies one: neither the environment, nor the profile, nor a
    /// [`client`](Self::client) or [`sdk_config`](Self::sdk_config).
    ///
    /// ```
    /// use from_secrets::source::SecretsManager;
    ///
    /// // `AWS_REGION` and the profile take precedence.
    /// let source = SecretsManager::new().default_region("us-west-2");
    /// ```
    #[must_use]
    pub fn default_region(self, region: impl Into<String>) -> Self {
        self.change(|settings| settings.default_region(region))
    }

    /// Sets the client, with its credentials, TLS, retries, timeouts and region.
    ///
    /// It takes precedence over [`sdk_config`](Self::sdk_config), regardless of the order of the calls.
    /// [`region`](Self::region) takes precedence over the region of the client. So does
    /// [`Loader::region`](crate::Loader::region), unless this source has other settings of its own.
    ///
    /// ```
    /// use aws_sdk_secretsmanager::{Client, Config};
    /// use from_secrets::source::SecretsManager;
    ///
    /// fn source(config: Config) -> SecretsManager {
    ///     SecretsManager::new().client(Client::from_conf(config))
    /// }
    /// ```
    #[must_use]
    pub fn client(self, client: C) -> Self {
        Self {
            client: Some(CustomClient::new(client)),
            ..self
        }
    }

    /// Sets the configuration of the client: region, credentials, TLS, retries and timeouts.
    ///
    /// ```
    /// use aws_config::BehaviorVersion;
    /// use from_secrets::source::SecretsManager;
    ///
    /// async fn source() -> SecretsManager {
    ///     let config = aws_config::defaults(BehaviorVersion::latest()).profile_name("payments");
    ///     SecretsManager::new().sdk_config(&config.load().await)
    /// }
    /// ```
    #[must_use]
    pub fn sdk_config(self, config: &SdkConfig) -> Self {
        self.change(|settings| settings.sdk_config(config))
    }

    fn change(self, change: impl FnOnce(Settings) -> Settings) -> Self {
        let settings = self.settings.as_deref().cloned().unwrap_or_default();
        Self {
            settings: Some(Arc::new(change(settings))),
            ..self
        }
    }
}

impl<C> Default for AwsSource<C> {
    fn default() -> Self {
        Self::new()
    }
}

impl<C: Service> fmt::Debug for AwsSource<C> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("AwsSource")
            .field("service", &C::AWS.name)
            .field("settings", &self.settings)
            .field("has_client", &self.client.is_some())
            .finish()
    }
}

impl<C: Service> From<AwsSource<C>> for Source {
    fn from(source: AwsSource<C>) -> Self {
        let label = format!("{source:?}");
        Self::new(label, Role::Secrets, move |context| {
            OpenAwsSource::new(&source, context.defaults)
        })
    }
}

/// An application's client, and the clients that are created from it on first use. Loaders with different default
/// regions can share it.
#[derive(Clone)]
pub(crate) struct CustomClient<C> {
    client: C,
    adopted: Arc<Mutex<Vec<AdoptedClients<C>>>>,
}

type AdoptedClients<C> = (Regions, Arc<RegionalClients<C>>);

impl<C> CustomClient<C> {
    pub(crate) fn new(client: C) -> Self {
        Self {
            client,
            adopted: Arc::default(),
        }
    }
}

impl<C: Service> CustomClient<C> {
    fn clients(&self, regions: &Regions) -> Arc<RegionalClients<C>> {
        let mut adopted = lock(&self.adopted);
        if let Some((_, clients)) = adopted.iter().find(|(known, _)| known == regions) {
            return Arc::clone(clients);
        }
        let clients = RegionalClients::new(self.client.adopt(regions));
        adopted.push((regions.clone(), Arc::clone(&clients)));
        clients
    }
}

/// A service for one load. Connects on first use.
pub(crate) struct OpenAwsSource<C> {
    settings: Arc<Settings>,
    client: Option<CustomClient<C>>,
    endpoint: Endpoint,
}

impl<C: Service> OpenAwsSource<C> {
    /// Prepares a source for one load of a loader with these defaults.
    pub(crate) fn new(source: &AwsSource<C>, defaults: &Defaults) -> Self {
        let has_settings = source.settings.is_some() || source.client.is_some();
        let default_client = || {
            let client = defaults.get::<CustomClient<C>>();
            client.filter(|_| !has_settings).as_deref().cloned()
        };
        let settings = source.settings.clone().or_else(|| defaults.get());
        Self {
            settings: settings.unwrap_or_default(),
            client: source.client.clone().or_else(default_client),
            endpoint: Endpoint::default(),
        }
    }

    /// Returns a result for each request. Does not connect if this service cannot store any of the secrets.
    async fn results(&self, requests: &[SecretRequest], context: FetchContext) -> Vec<FetchResult> {
        type Ids<'r, I> = Vec<Result<Cow<'r, I>, MissingReason>>;
        let ids: Ids<'_, C::Id> = requests.iter().map(C::id).collect();
        let known: Vec<&C::Id> = ids.iter().flatten().map(AsRef::as_ref).collect();
        let mut results = if known.is_empty() {
            Vec::new()
        } else {
            self.fetch_known(&known, context).await
        }
        .into_iter();
        let result = |id: &Result<_, MissingReason>| match id {
            Ok(_) => results.next().unwrap_or_else(|| left_out(C::AWS)),
            Err(reason) => FetchResult::Missing(reason.clone()),
        };
        ids.iter().map(result).collect()
    }

    async fn fetch_known(&self, ids: &[&C::Id], context: FetchContext) -> Vec<FetchResult> {
        let all = |result: FetchResult| vec![result; ids.len()];
        let clients = match self.clients(context).await {
            Ok(clients) => clients,
            Err(result) => return all(result),
        };
        let calls = self.calls(&clients, context);
        let results = panics::caught_async(C::fetch(&calls, ids)).await;
        let results = results.unwrap_or_else(|panic| all(FetchResult::Failed(panic)));
        if self.client.is_none() && are_credentials_rejected(&results) {
            self.settings
                .forget_credentials(|known| Arc::ptr_eq(&C::configured(known), &clients));
        }
        results
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
        let connecting = async {
            match &self.client {
                Some(client) => Ok(client.clients(self.settings.regions())),
                None => self.settings.clients(context.deadline()).await,
            }
        };
        connected(connecting, context).await
    }
}

impl<C: Service> SecretSource for OpenAwsSource<C> {
    fn name(&self) -> &'static str {
        C::SOURCE
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
