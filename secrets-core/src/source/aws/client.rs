//! One client per service and configuration, created once and reused by every load of a runtime.

use std::sync::Arc;
#[cfg(feature = "ssm")]
use std::sync::OnceLock;

use aws_config::provider_config::ProviderConfig;
use aws_config::{BehaviorVersion, SdkConfig};
use aws_sdk_secretsmanager::Client;
use aws_sdk_secretsmanager::config::{Builder, SharedIdentityCache};
use tokio::runtime::{self, Handle};
use tokio::time::Instant;

use super::credential_sources::instance_region;
use super::credentials::{CredentialChain, resolve};
use super::endpoint::EndpointWatch;
use super::identity_cache::SharedLookup;
use super::intent::{Sign, sign};
use super::profiles::Profiles;
use super::region::Regions;
use super::regional::{RegionalClients, framework};
use super::sdk_settings::{self, SdkSettings};
use super::slot::SharedSlot;
use super::tls::{self, CaBundle};
use crate::per_process::PerProcess;
use crate::source::{FetchResult, SourceError, SourceErrorKind};

/// The clients of one configuration.
pub(super) struct Configured {
    pub(super) secrets_manager: Arc<RegionalClients<Client>>,
    #[cfg(feature = "ssm")]
    config: SdkConfig,
    #[cfg(feature = "ssm")]
    watch: EndpointWatch,
    #[cfg(feature = "ssm")]
    endpoints: Option<Endpoints>,
    #[cfg(feature = "ssm")]
    parameter_store: OnceLock<Arc<RegionalClients<aws_sdk_ssm::Client>>>,
}

/// The place of what is configured once.
pub(super) type Cell = Arc<SharedSlot<Configured>>;

/// A client's connections are driven by the runtime that opened them, so each runtime has a client of its own: one that
/// has ended, or whose thread is blocked, would leave the others waiting.
type ClientKey = (Regions, runtime::Id);

/// How many runtimes' clients are kept. A program has one or two; only tests come with one after the other.
const KEPT: usize = 8;

/// The clients that are configured from the environment, the latest last.
static DEFAULTS: PerProcess<Vec<(ClientKey, Cell)>> = PerProcess::new();

/// The place of the runtime's client that is configured from the environment.
pub(super) fn default_cell(regions: &Regions) -> Cell {
    let key: ClientKey = (regions.clone(), Handle::current().id());
    DEFAULTS.with(|defaults| {
        if let Some((_, cell)) = defaults.iter().find(|(known, _)| *known == key) {
            return Arc::clone(cell);
        }
        if defaults.len() >= KEPT {
            defaults.remove(0);
        }
        let cell = Cell::default();
        defaults.push((key, Arc::clone(&cell)));
        cell
    })
}

/// Configures clients as every AWS tool is configured. A problem of a setting is an error only if AWS is meant.
pub(super) async fn configure(
    regions: &Regions,
    deadline: Instant,
) -> Result<Configured, FetchResult> {
    let profiles = Profiles::read(deadline)
        .await
        .map_err(FetchResult::Failed)?;
    let Some(sign) = sign(&profiles) else {
        return Err(FetchResult::NotConfigured(NO_CREDENTIALS.to_owned()));
    };
    let configured = configure_with(regions, &profiles, &sign, deadline).await;
    configured.map_err(FetchResult::Failed)
}

const NO_CREDENTIALS: &str = "no AWS credentials in the environment variables or in a profile";

async fn configure_with(
    regions: &Regions,
    profiles: &Profiles,
    sign: &Sign,
    deadline: Instant,
) -> Result<Configured, SourceError> {
    let settings = SdkSettings::read(profiles)?;
    let fixed_region = sdk_settings::region(regions, profiles)?;
    let default_region = sdk_settings::default_region(regions)?;
    let endpoints = Endpoints::read(profiles)?;
    settings.check_endpoint(endpoints.secrets_manager.as_deref())?;
    let http = tls::http_client(ca_bundle(profiles)).ok_or_else(no_tls)?;
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
    // STS is asked in this region, too.
    let providers = providers.with_region(region.clone());
    let chain = CredentialChain::new(profiles, sign, &providers)?;
    let credentials = resolve(chain, deadline).await?;
    let cache = SharedLookup::before(None);
    let watch = cache.watch();
    let mut config = SdkConfig::builder()
        .behavior_version(BehaviorVersion::latest())
        .http_client(http)
        .credentials_provider(credentials)
        .identity_cache(SharedIdentityCache::new(cache))
        .region(region)
        .retry_config(settings.retry)
        .disable_clock_skew_correction(!settings.corrects_clock_skew);
    config.set_framework_metadata(framework());
    config.set_use_fips(settings.fips);
    config.set_use_dual_stack(settings.dual_stack);
    config.set_app_name(settings.app_name);
    Ok(Configured::new(&config.build(), Some(&endpoints), &watch))
}

/// The certificates that the variable names, else those of the profile.
fn ca_bundle(profiles: &Profiles) -> Option<CaBundle> {
    let of_profile = || {
        let setting = profiles.key("ca_bundle")?;
        Some(CaBundle::new(setting.origin.to_string(), setting.text))
    };
    CaBundle::from_variable().or_else(of_profile)
}

/// The endpoint of each service, if it is not AWS's own.
#[cfg_attr(feature = "ssm", derive(Clone))]
struct Endpoints {
    secrets_manager: Option<String>,
    #[cfg(feature = "ssm")]
    parameter_store: Option<String>,
}

impl Endpoints {
    fn read(profiles: &Profiles) -> Result<Self, SourceError> {
        Ok(Self {
            secrets_manager: sdk_settings::endpoint(profiles, &sdk_settings::SECRETS_MANAGER)?,
            #[cfg(feature = "ssm")]
            parameter_store: sdk_settings::endpoint(profiles, &sdk_settings::PARAMETER_STORE)?,
        })
    }
}

/// Uses the caller's configuration. Its identity cache and its HTTP client stay in use, so that loads share what the
/// caller's other clients have.
pub(super) fn connect_with(config: &SdkConfig, regions: &Regions) -> Configured {
    let mut builder = config.clone().into_builder();
    builder.set_region(regions.choose(config.region()));
    if config.behavior_version().is_none() {
        // Without one the SDK panics.
        builder.set_behavior_version(Some(BehaviorVersion::latest()));
    }
    builder.set_framework_metadata(
        config
            .framework_metadata()
            .iter()
            .cloned()
            .chain(framework()),
    );
    let endpoint = config.endpoint_url().filter(|url| !url.trim().is_empty());
    builder.set_endpoint_url(endpoint.map(str::to_owned));
    let cache = SharedLookup::before(config.identity_cache());
    let watch = cache.watch();
    builder.set_identity_cache(Some(SharedIdentityCache::new(cache)));
    // The SDK looks variables up again, and panics over a blank one.
    let endpoints = sdk_settings::has_blank_endpoint().then(|| Endpoints {
        secrets_manager: endpoint.map(str::to_owned),
        #[cfg(feature = "ssm")]
        parameter_store: endpoint.map(str::to_owned),
    });
    Configured::new(&builder.build(), endpoints.as_ref(), &watch)
}

fn no_tls() -> SourceError {
    SourceError::new(SourceErrorKind::Configuration, "no TLS provider is compiled in")
        .with_hint("enable the feature `rustls-ring` of from-secrets, or give `Loader::client` a client of your own")
}

impl Configured {
    /// Without endpoints, those of the configuration are used.
    fn new(config: &SdkConfig, endpoints: Option<&Endpoints>, watch: &EndpointWatch) -> Self {
        let mut builder = Builder::from(config).interceptor(watch.clone());
        if let Some(endpoints) = endpoints {
            builder.set_endpoint_url(endpoints.secrets_manager.clone());
        }
        Self {
            secrets_manager: Arc::new(RegionalClients::new(Client::from_conf(builder.build()))),
            #[cfg(feature = "ssm")]
            config: config.clone(),
            #[cfg(feature = "ssm")]
            watch: watch.clone(),
            #[cfg(feature = "ssm")]
            endpoints: endpoints.cloned(),
            #[cfg(feature = "ssm")]
            parameter_store: OnceLock::new(),
        }
    }

    /// Returns whether these are its clients of Parameter Store.
    #[cfg(feature = "ssm")]
    pub(super) fn holds(&self, clients: &Arc<RegionalClients<aws_sdk_ssm::Client>>) -> bool {
        let own = self.parameter_store.get();
        own.is_some_and(|own| Arc::ptr_eq(own, clients))
    }

    /// Parameter Store, its client built when it is first asked for.
    #[cfg(feature = "ssm")]
    pub(super) fn parameter_store(&self) -> Arc<RegionalClients<aws_sdk_ssm::Client>> {
        let client = || {
            let mut config =
                aws_sdk_ssm::config::Builder::from(&self.config).interceptor(self.watch.clone());
            if let Some(endpoints) = &self.endpoints {
                config.set_endpoint_url(endpoints.parameter_store.clone());
            }
            aws_sdk_ssm::Client::from_conf(config.build())
        };
        let clients = || Arc::new(RegionalClients::new(client()));
        Arc::clone(self.parameter_store.get_or_init(clients))
    }
}
