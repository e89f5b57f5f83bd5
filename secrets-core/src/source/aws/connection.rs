//! One client for a service and a configuration, built once and reused by every load of a runtime.

#[cfg(feature = "ssm")]
use std::sync::OnceLock;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, PoisonError};

use aws_config::default_provider::use_dual_stack::use_dual_stack_provider;
use aws_config::default_provider::use_fips::use_fips_provider;
#[cfg(feature = "ssm")]
use aws_config::identity::IdentityCache;
use aws_config::provider_config::ProviderConfig;
use aws_config::{BehaviorVersion, Region, SdkConfig};
use aws_sdk_secretsmanager::Client;
use from_secrets_syntax::Arn;
use tokio::runtime::{self, Handle};
use tokio::sync::OnceCell;

use super::endpoint::{self, Watch};
#[cfg(feature = "ssm")]
use super::parameters::Store;
use super::settings::Regions;
use super::tls::CaBundle;
use super::{credentials, tls};
use crate::source::{Answer, Cause, Failure};

/// A client, and what was learned with it.
pub(super) struct Connection {
    client: Client,
    /// The same client for the regions that ARNs have named.
    elsewhere: Mutex<Vec<Client>>,
    batch_refused: AtomicBool,
}

/// What is asked with one configuration.
pub(super) struct Configured {
    pub(super) secrets_manager: Arc<Connection>,
    #[cfg(feature = "ssm")]
    config: SdkConfig,
    #[cfg(feature = "ssm")]
    parameter_store: OnceLock<Arc<Store>>,
}

/// The place of what is configured once.
pub(super) type Cell = Arc<OnceCell<Arc<Configured>>>;

/// A client's connections are driven by the runtime that opened them, so each runtime has a client of its own: one that
/// has ended, or whose thread is blocked, would leave the others waiting.
type Key = (Regions, runtime::Id);

/// How many runtimes' clients are kept. A program has one or two; only tests come with one after the other.
const KEPT: usize = 8;

/// The clients that are configured from the environment, the latest last.
static DEFAULTS: Mutex<Vec<(Key, Cell)>> = Mutex::new(Vec::new());

/// The place of the runtime's client that is configured from the environment.
pub(super) fn default_cell(regions: &Regions) -> Cell {
    let key: Key = (regions.clone(), Handle::current().id());
    let mut defaults = DEFAULTS.lock().unwrap_or_else(PoisonError::into_inner);
    if let Some((_, cell)) = defaults.iter().find(|(known, _)| *known == key) {
        return Arc::clone(cell);
    }
    if defaults.len() >= KEPT {
        defaults.remove(0);
    }
    let cell = Cell::default();
    defaults.push((key, Arc::clone(&cell)));
    cell
}

/// Configured as every AWS tool is.
pub(super) async fn configure(regions: &Regions) -> Result<Configured, Answer> {
    if let Some(variable) = endpoint::empty_variable() {
        return Err(empty_endpoint(variable));
    }
    let Some(http) = tls::http_client(CaBundle::from_variable()) else {
        return Err(no_tls());
    };
    let providers = ProviderConfig::without_region().with_http_client(http.clone());
    // They hold for the calls that get the credentials too.
    let fips = use_fips_provider(&providers).await;
    let dual_stack = use_dual_stack_provider(&providers).await;
    let providers = providers
        .with_use_fips(fips)
        .with_use_dual_stack(dual_stack);
    let region = credentials::region(regions, &providers).await;
    let providers = providers.with_region(region.clone());
    let credentials = credentials::resolve(credentials::chain(&providers)).await?;
    let config = aws_config::defaults(BehaviorVersion::latest())
        .http_client(http)
        // Without any, the SDK would go and ask the instance metadata service for one.
        .region(
            region
                .clone()
                .unwrap_or_else(|| Region::from_static("none")),
        )
        .credentials_provider(credentials)
        .load()
        .await;
    Ok(Configured::new(
        &config.into_builder().region(region).build(),
    ))
}

/// The caller's configuration, whose credentials are found out first.
pub(super) async fn connect_with(
    config: &SdkConfig,
    regions: &Regions,
) -> Result<Configured, Answer> {
    if let Some(variable) = endpoint::empty_variable() {
        return Err(empty_endpoint(variable));
    }
    let mut builder = config.clone().into_builder();
    builder.set_region(regions.choose(config.region()));
    if let Some(provider) = config.credentials_provider() {
        builder.set_credentials_provider(Some(credentials::resolve(provider).await?));
    }
    // Without one, each service's client would find the credentials for itself.
    #[cfg(feature = "ssm")]
    if config.identity_cache().is_none() {
        builder.set_identity_cache(Some(IdentityCache::lazy().build()));
    }
    Ok(Configured::new(&builder.build()))
}

/// The caller's own client.
pub(super) fn adopt(client: &Client, regions: &Regions) -> Connection {
    let config = client.config();
    let config = config.to_builder().region(regions.choose(config.region()));
    Connection::new(Client::from_conf(config.interceptor(Watch).build()))
}

fn empty_endpoint(variable: &str) -> Answer {
    let failure = Failure::new(
        Cause::Unreachable,
        format!("`{variable}` is set to nothing"),
    );
    Answer::Failed(failure.with_hint(format!("unset `{variable}`, or set it to a URL")))
}

fn no_tls() -> Answer {
    Answer::Failed(
        Failure::new(Cause::Credentials, "no TLS provider is compiled in")
            .with_hint("enable the feature `rustls-ring` of from-secrets, or give `Loader::client` a client of your own"),
    )
}

fn secrets_manager(config: &SdkConfig) -> Client {
    let config = aws_sdk_secretsmanager::config::Builder::from(config).interceptor(Watch);
    Client::from_conf(config.build())
}

impl Configured {
    fn new(config: &SdkConfig) -> Self {
        Self {
            secrets_manager: Arc::new(Connection::new(secrets_manager(config))),
            #[cfg(feature = "ssm")]
            config: config.clone(),
            #[cfg(feature = "ssm")]
            parameter_store: OnceLock::new(),
        }
    }

    /// Parameter Store, its client built when it is first asked for.
    #[cfg(feature = "ssm")]
    pub(super) fn parameter_store(&self) -> Arc<Store> {
        let client = || {
            let config = aws_sdk_ssm::config::Builder::from(&self.config).interceptor(Watch);
            aws_sdk_ssm::Client::from_conf(config.build())
        };
        let store = || Arc::new(Store::new(client()));
        Arc::clone(self.parameter_store.get_or_init(store))
    }
}

impl Connection {
    fn new(client: Client) -> Self {
        Self {
            client,
            elsewhere: Mutex::default(),
            batch_refused: AtomicBool::new(false),
        }
    }

    /// The client for a region, built when it is first asked for.
    pub(super) fn client_in(&self, region: &str) -> Client {
        if self.region() == Some(region) {
            return self.client.clone();
        }
        let is_there =
            |client: &&Client| client.config().region().map(Region::as_ref) == Some(region);
        let mut elsewhere = self
            .elsewhere
            .lock()
            .unwrap_or_else(PoisonError::into_inner);
        if let Some(client) = elsewhere.iter().find(is_there) {
            return client.clone();
        }
        let config = self
            .client
            .config()
            .to_builder()
            .region(Region::new(region.to_owned()));
        let client = Client::from_conf(config.build());
        elsewhere.push(client.clone());
        client
    }

    pub(super) fn region(&self) -> Option<&str> {
        self.client.config().region().map(Region::as_ref)
    }

    /// The region that holds a secret: an ARN's own, else the client's.
    pub(super) fn region_of<'a>(&'a self, secret_id: &'a str) -> Option<&'a str> {
        Arn::parse(secret_id)
            .map(|arn| arn.region)
            .ok()
            .or_else(|| self.region())
    }

    /// Whether batches are known to be refused.
    pub(super) fn is_batch_refused(&self) -> bool {
        self.batch_refused.load(Ordering::Relaxed)
    }

    /// Remembers that batches are refused; says whether this is news.
    pub(super) fn refuse_batch(&self) -> bool {
        !self.batch_refused.swap(true, Ordering::Relaxed)
    }
}
