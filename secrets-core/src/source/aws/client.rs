//! One client for each service and configuration, created once and reused by every load of a runtime.

use std::sync::{Arc, OnceLock};

use aws_config::provider_config::ProviderConfig;
use aws_config::{BehaviorVersion, SdkConfig};
use aws_sdk_secretsmanager::Client;
use aws_sdk_secretsmanager::config::{SharedIdentityCache, StalledStreamProtectionConfig};
use tokio::runtime::{self, Handle};
use tokio::time::Instant;

use super::cache::Cache;
use super::client_settings::ClientSettings;
use super::credential_sources::instance_region;
use super::credentials::{resolve, resolve_from};
use super::endpoint::EndpointWatch;
use super::errors::no_region;
use super::identity_cache::SharedLookup;
use super::intent::no_credentials;
use super::profiles::Profiles;
use super::regional::RegionalClients;
use super::role::AssumedRole;
use super::sdk_client::{SdkClient, framework};
use super::sdk_settings::{self, SERVICES, STS, SdkSettings};
use super::slot::SharedSlot;
use super::tls;
use crate::per_process::PerProcess;
use crate::source::aws_api::service::SECRETS_MANAGER;
use crate::source::{FetchResult, SourceError, SourceErrorKind};

/// A configuration, and its clients, each created on first use.
pub(crate) struct Configured {
    config: SdkConfig,
    /// The SDK looks up the endpoint of a service that is missing here.
    endpoints: Endpoints,
    watch: EndpointWatch,
    pub(super) secrets_manager: ClientSlot<Client>,
    #[cfg(feature = "ssm")]
    pub(super) parameter_store: ClientSlot<aws_sdk_ssm::Client>,
}

pub(super) type ClientSlot<C> = OnceLock<Arc<RegionalClients<C>>>;

/// The endpoints of services by their variables. `None` is AWS's own endpoint.
type Endpoints = Vec<(&'static str, Option<String>)>;

/// A configuration's clients, once they are created.
pub(super) type Cell = Arc<SharedSlot<Configured>>;

/// A client's connections are driven by the runtime that opened them, so each runtime has clients of its own. A runtime
/// that has ended, or whose thread is blocked, would delay the others.
type ClientKey = (ClientSettings, Option<runtime::Id>);

/// The clients of several runtimes and settings.
pub(super) type ConfiguredClients = Cache<ClientKey, SharedSlot<Configured>>;

/// A program has one or two runtimes. A service of many tenants can have a role for each.
pub(super) const MOST_CLIENTS: usize = 128;

/// Returns the current runtime's clients that are configured from the environment.
pub(super) fn default_cell(settings: &ClientSettings) -> Cell {
    static DEFAULTS: PerProcess<ConfiguredClients> = PerProcess::new();
    let key = (settings.clone(), Some(Handle::current().id()));
    DEFAULTS.with(|clients| clients.entry(key, MOST_CLIENTS))
}

/// Configures clients like every AWS tool. An invalid setting is an error only if AWS is meant.
pub(super) async fn configure(
    client: &ClientSettings,
    deadline: Instant,
) -> Result<Configured, FetchResult> {
    let profiles = Profiles::read(client.profile.as_deref(), deadline).await;
    let profiles = profiles.map_err(FetchResult::Failed)?;
    let Some(absent) = no_credentials(&profiles) else {
        let message = "no AWS credentials in the environment variables or in a profile";
        return Err(FetchResult::NotConfigured(message.to_owned()));
    };
    let configured = configure_with(client, &profiles, absent, deadline).await;
    configured.map_err(FetchResult::Failed)
}

async fn configure_with(
    client: &ClientSettings,
    profiles: &Profiles,
    absent: SourceError,
    deadline: Instant,
) -> Result<Configured, SourceError> {
    let settings = SdkSettings::read(profiles)?;
    let configured_region = match client.region {
        Some(_) => None,
        None => sdk_settings::region(profiles)?,
    };
    let endpoint = |service| match &client.endpoint_url {
        Some(url) => Ok((service, Some(url.clone()))),
        None => Ok((service, sdk_settings::endpoint(profiles, service)?)),
    };
    let endpoints: Endpoints = SERVICES
        .iter()
        .copied()
        .map(endpoint)
        .collect::<Result<_, _>>()?;
    let sts = match client.role.arn {
        Some(_) => sdk_settings::endpoint(profiles, STS)?,
        None => None,
    };
    let endpoint = endpoint_of(&endpoints, SECRETS_MANAGER.endpoint_variable);
    let custom = endpoint.and_then(Option::as_ref).or(sts.as_ref());
    settings.check_endpoint(custom.is_some(), client.endpoint_url.is_some())?;
    let http = tls::http_client(profiles)?;
    let providers = ProviderConfig::without_region()
        .with_http_client(http.clone())
        .with_use_fips(settings.fips)
        .with_use_dual_stack(settings.dual_stack)
        .with_retry_config(settings.retry.clone());
    let region = match (&client.region, configured_region) {
        (None, None) => instance_region(profiles, &providers).await?,
        (_, configured) => configured,
    };
    let region = client.choose_region(region.as_ref());
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
    let config = assume_role(config.build(), &client.role, Some(&sts), deadline).await?;
    Ok(Configured::new(&config, endpoints))
}

/// Replaces the credentials of a configuration with those of the role, if there is one. Without an endpoint, that of
/// the configuration is used.
async fn assume_role(
    config: SdkConfig,
    role: &AssumedRole,
    endpoint: Option<&Option<String>>,
    deadline: Instant,
) -> Result<SdkConfig, SourceError> {
    let Some(source) = role.source(&config, endpoint) else {
        return Ok(config);
    };
    if config.region().is_none() {
        return Err(no_region());
    }
    let message = "no AWS credentials found";
    let absent = SourceError::new(SourceErrorKind::Credentials, message);
    let credentials = resolve_from(vec![source], absent, deadline).await?;
    Ok(config
        .into_builder()
        .credentials_provider(credentials)
        .build())
}

/// Uses the caller's configuration. Its identity cache and its HTTP client stay in use, so that loads share them with
/// the caller's other clients.
pub(super) async fn connect_with(
    config: &SdkConfig,
    client: &ClientSettings,
    deadline: Instant,
) -> Result<Configured, FetchResult> {
    let mut builder = config.clone().into_builder();
    builder.set_region(client.choose_region(config.region()));
    if config.behavior_version().is_none() {
        // Without a version the SDK panics.
        builder.set_behavior_version(Some(BehaviorVersion::latest()));
    }
    let endpoint = config.endpoint_url().filter(|url| !url.trim().is_empty());
    let endpoint = endpoint.map(str::to_owned);
    builder.set_endpoint_url(endpoint.clone());
    // The SDK reads variables again, and panics over a blank one.
    let set =
        |service: &&str| client.endpoint_url.is_some() || sdk_settings::is_endpoint_blank(service);
    let services = SERVICES.iter().copied().filter(set);
    let url = client.endpoint_url.clone().or_else(|| endpoint.clone());
    let endpoints = services.map(|service| (service, url.clone())).collect();
    let sts = sdk_settings::is_endpoint_blank(STS).then_some(&endpoint);
    let config = assume_role(builder.build(), &client.role, sts, deadline).await;
    let config = config.map_err(FetchResult::Failed)?;
    Ok(Configured::new(&config, endpoints))
}

/// Returns the endpoint of a service, if it is known.
fn endpoint_of<'e>(endpoints: &'e Endpoints, variable: &str) -> Option<&'e Option<String>> {
    let mut endpoints = endpoints.iter();
    endpoints.find_map(|(known, endpoint)| (*known == variable).then_some(endpoint))
}

impl Configured {
    fn new(config: &SdkConfig, endpoints: Endpoints) -> Self {
        let watch = EndpointWatch::of_constant_limits();
        let cache = SharedLookup::before(config.identity_cache(), watch.clone());
        let metadata = config.framework_metadata().iter().cloned();
        // Each attempt has a time limit, which includes the response.
        let stalls = config.stalled_stream_protection();
        let stalls = stalls.unwrap_or_else(StalledStreamProtectionConfig::disabled);
        let mut config = config
            .clone()
            .into_builder()
            .identity_cache(SharedIdentityCache::new(cache))
            .stalled_stream_protection(stalls);
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

    /// Returns the clients of a service. Creates its client on first use.
    pub(super) fn clients<C: SdkClient>(
        &self,
        slot: &ClientSlot<C>,
        endpoint_variable: &str,
    ) -> Arc<RegionalClients<C>> {
        let create = || {
            let endpoint = endpoint_of(&self.endpoints, endpoint_variable);
            RegionalClients::new(C::build(&self.config, endpoint, &self.watch))
        };
        Arc::clone(slot.get_or_init(create))
    }
}
