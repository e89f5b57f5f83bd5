//! One client for each service and configuration, created once and reused by every load of a runtime.

use std::collections::BTreeMap;
use std::sync::{Arc, OnceLock};

use aws_config::provider_config::ProviderConfig;
use aws_config::{BehaviorVersion, SdkConfig};
use aws_sdk_secretsmanager::Client;
use aws_sdk_secretsmanager::config::SharedIdentityCache;
use tokio::runtime::{self, Handle};
use tokio::time::Instant;

use super::credential_sources::instance_region;
use super::credentials::resolve;
use super::endpoint::EndpointWatch;
use super::identity_cache::SharedLookup;
use super::intent::no_credentials;
use super::profiles::Profiles;
use super::region::Regions;
use super::regional::{RegionalClients, SdkClient, framework};
use super::sdk_settings::{self, SECRETS_MANAGER, SERVICES, SdkSettings};
use super::slot::SharedSlot;
use super::tls;
use crate::per_process::PerProcess;
use crate::source::{FetchResult, SourceError};

/// A configuration, and its clients, each created on first use.
pub(crate) struct Configured {
    config: SdkConfig,
    /// The SDK looks up the endpoint of a service that is missing here.
    endpoints: Endpoints,
    watch: EndpointWatch,
    secrets_manager: ClientSlot<Client>,
    #[cfg(feature = "ssm")]
    parameter_store: ClientSlot<aws_sdk_ssm::Client>,
}

type ClientSlot<C> = OnceLock<Arc<RegionalClients<C>>>;

/// The endpoints of services by their ids. `None` is AWS's own endpoint.
type Endpoints = BTreeMap<&'static str, Option<String>>;

/// A configuration's clients, once they are created.
pub(super) type Cell = Arc<SharedSlot<Configured>>;

/// A client's connections are driven by the runtime that opened them, so each runtime has clients of its own. A runtime
/// that has ended, or whose thread is blocked, would delay the others.
type ClientKey = (Regions, runtime::Id);

/// Returns the current runtime's clients that are configured from the environment.
pub(super) fn default_cell(regions: &Regions) -> Cell {
    /// A program has one or two runtimes. Only tests have more.
    const MOST: usize = 8;
    static DEFAULTS: PerProcess<Vec<(ClientKey, Cell)>> = PerProcess::new();
    DEFAULTS.entry((regions.clone(), Handle::current().id()), MOST)
}

/// Configures clients like every AWS tool. An invalid setting is an error only if AWS is meant.
pub(super) async fn configure(
    regions: &Regions,
    deadline: Instant,
) -> Result<Configured, FetchResult> {
    let profiles = Profiles::read(deadline).await;
    let profiles = profiles.map_err(FetchResult::Failed)?;
    let Some(absent) = no_credentials(&profiles) else {
        let message = "no AWS credentials in the environment variables or in a profile";
        return Err(FetchResult::NotConfigured(message.to_owned()));
    };
    let configured = configure_with(regions, &profiles, absent, deadline).await;
    configured.map_err(FetchResult::Failed)
}

async fn configure_with(
    regions: &Regions,
    profiles: &Profiles,
    absent: SourceError,
    deadline: Instant,
) -> Result<Configured, SourceError> {
    let settings = SdkSettings::read(profiles)?;
    let fixed_region = sdk_settings::region(regions, profiles)?;
    let default_region = sdk_settings::default_region(regions)?;
    let endpoint = |service| Ok((service, sdk_settings::endpoint(profiles, service)?));
    let endpoints: Endpoints = SERVICES
        .iter()
        .copied()
        .map(endpoint)
        .collect::<Result<_, _>>()?;
    settings.check_endpoint(endpoints[SECRETS_MANAGER].as_deref())?;
    let http = tls::http_client(profiles)?;
    let providers = ProviderConfig::without_region()
        .with_http_client(http.clone())
        .with_use_fips(settings.fips)
        .with_use_dual_stack(settings.dual_stack)
        .with_retry_config(settings.retry.clone());
    let region = match fixed_region {
        Some(region) => Some(region),
        None => instance_region(profiles, &providers)
            .await?
            .or(default_region),
    };
    // STS is called in this region, too.
    let providers = providers.with_region(region.clone());
    let credentials = resolve(profiles, absent, &providers, deadline).await?;
    let mut config = SdkConfig::builder()
        .behavior_version(BehaviorVersion::latest())
        .http_client(http)
        .credentials_provider(credentials)
        .region(region)
        .retry_config(settings.retry)
        .disable_clock_skew_correction(!settings.corrects_clock_skew);
    config.set_use_fips(settings.fips);
    config.set_use_dual_stack(settings.dual_stack);
    config.set_app_name(settings.app_name);
    Ok(Configured::new(&config.build(), endpoints))
}

/// Uses the caller's configuration. Its identity cache and its HTTP client stay in use, so that loads share them with
/// the caller's other clients.
pub(super) fn connect_with(config: &SdkConfig, regions: &Regions) -> Configured {
    let mut builder = config.clone().into_builder();
    builder.set_region(regions.choose(config.region()));
    if config.behavior_version().is_none() {
        // Without a version the SDK panics.
        builder.set_behavior_version(Some(BehaviorVersion::latest()));
    }
    let endpoint = config.endpoint_url().filter(|url| !url.trim().is_empty());
    let endpoint = endpoint.map(str::to_owned);
    builder.set_endpoint_url(endpoint.clone());
    // The SDK reads variables again, and panics over a blank one.
    let services = SERVICES.iter().copied();
    let blank = services.filter(|service| sdk_settings::is_endpoint_blank(service));
    let endpoints = blank.map(|service| (service, endpoint.clone())).collect();
    Configured::new(&builder.build(), endpoints)
}

impl Configured {
    fn new(config: &SdkConfig, endpoints: Endpoints) -> Self {
        let cache = SharedLookup::before(config.identity_cache());
        let watch = cache.watch.clone();
        let metadata = config.framework_metadata().iter().cloned();
        let mut config = config
            .clone()
            .into_builder()
            .identity_cache(SharedIdentityCache::new(cache));
        config.set_framework_metadata(metadata.chain(framework()));
        Self {
            config: config.build(),
            endpoints,
            watch,
            secrets_manager: OnceLock::new(),
            #[cfg(feature = "ssm")]
            parameter_store: OnceLock::new(),
        }
    }

    pub(super) fn secrets_manager(&self) -> Arc<RegionalClients<Client>> {
        self.clients(&self.secrets_manager, SECRETS_MANAGER)
    }

    #[cfg(feature = "ssm")]
    pub(super) fn parameter_store(&self) -> Arc<RegionalClients<aws_sdk_ssm::Client>> {
        self.clients(&self.parameter_store, sdk_settings::PARAMETER_STORE)
    }

    fn clients<C: SdkClient>(
        &self,
        slot: &ClientSlot<C>,
        service: &str,
    ) -> Arc<RegionalClients<C>> {
        let create = || {
            let endpoint = self.endpoints.get(service);
            RegionalClients::new(C::build(&self.config, endpoint, &self.watch))
        };
        Arc::clone(slot.get_or_init(create))
    }
}
