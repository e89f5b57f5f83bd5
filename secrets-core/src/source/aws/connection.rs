//! One client per process and configuration, built once and reused by every load.

use std::collections::HashMap;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, LazyLock, Mutex, PoisonError};

use aws_config::default_provider::use_dual_stack::use_dual_stack_provider;
use aws_config::default_provider::use_fips::use_fips_provider;
use aws_config::provider_config::ProviderConfig;
use aws_config::{BehaviorVersion, Region, SdkConfig};
use aws_sdk_secretsmanager::Client;
use aws_sdk_secretsmanager::config::Builder;
use from_secrets_syntax::Arn;
use tokio::sync::OnceCell;

use super::settings::Regions;
use super::{credentials, endpoint, tls};
use crate::source::{Cause, Failure};

/// A client, and what was learned with it.
#[derive(Debug)]
pub(super) struct Connection {
    client: Client,
    /// The same client for the regions that ARNs have named.
    elsewhere: Mutex<HashMap<String, Client>>,
    /// The account that the credentials belong to, where they tell.
    account: Option<String>,
    batch_refused: AtomicBool,
}

/// What came of an attempt to connect.
#[derive(Debug)]
pub(super) enum Connected {
    Yes(Arc<Connection>),
    NotConfigured(String),
    Failed(Failure),
}

type Cell = Arc<OnceCell<Arc<Connection>>>;

/// The clients that are configured from the environment, by what the loader adds to that.
static DEFAULTS: LazyLock<Mutex<HashMap<Regions, Cell>>> = LazyLock::new(Mutex::default);

/// The process's client, configured as every AWS tool is.
pub(super) async fn connect_default(regions: &Regions) -> Connected {
    let cell = {
        let mut defaults = DEFAULTS.lock().unwrap_or_else(PoisonError::into_inner);
        Arc::clone(defaults.entry(regions.clone()).or_default())
    };
    let connect = || async { configure(regions).await.map(Arc::new) };
    match cell.get_or_try_init(connect).await {
        Ok(connection) => Connected::Yes(Arc::clone(connection)),
        Err(failed) => failed,
    }
}

async fn configure(regions: &Regions) -> Result<Connection, Connected> {
    let Some(http) = tls::http_client() else {
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
    let resolved = credentials::resolve(credentials::chain(&providers)).await?;
    let config = aws_config::defaults(BehaviorVersion::latest())
        .http_client(http)
        // Without any, the SDK would go and ask the instance metadata service for one.
        .region(
            region
                .clone()
                .unwrap_or_else(|| Region::from_static("none")),
        )
        .credentials_provider(resolved.provider)
        .load()
        .await;
    let builder = endpoint::without_empty(Builder::from(&config)).region(region);
    Ok(Connection::new(
        Client::from_conf(builder.build()),
        resolved.account,
    ))
}

/// A client of the caller's configuration, whose credentials are found out first.
pub(super) async fn connect_with(
    config: &SdkConfig,
    regions: &Regions,
) -> Result<Connection, Connected> {
    let mut builder = regions.fix(Builder::from(config));
    let mut account = None;
    if let Some(provider) = config.credentials_provider() {
        let resolved = credentials::resolve(provider).await?;
        account = resolved.account;
        builder.set_credentials_provider(Some(resolved.provider));
    }
    Ok(Connection::new(Client::from_conf(builder.build()), account))
}

/// The caller's own client.
pub(super) fn adopt(client: &Client, regions: &Regions) -> Connection {
    let config = regions.fix(client.config().to_builder()).build();
    Connection::new(Client::from_conf(config), None)
}

fn no_tls() -> Connected {
    Connected::Failed(
        Failure::new(Cause::Credentials, "no TLS provider is compiled in")
            .with_hint("enable the feature `rustls-ring` of from-secrets, or give `Loader::client` a client of your own"),
    )
}

impl Connection {
    fn new(client: Client, account: Option<String>) -> Self {
        Self {
            client,
            elsewhere: Mutex::default(),
            account,
            batch_refused: AtomicBool::new(false),
        }
    }

    /// The client for a region, built when it is first asked for.
    pub(super) fn client_in(&self, region: &str) -> Client {
        if self.region() == Some(region) {
            return self.client.clone();
        }
        let mut elsewhere = self
            .elsewhere
            .lock()
            .unwrap_or_else(PoisonError::into_inner);
        let client = elsewhere.entry(region.to_owned()).or_insert_with(|| {
            let region = Region::new(region.to_owned());
            Client::from_conf(self.client.config().to_builder().region(region).build())
        });
        client.clone()
    }

    /// Whether an ARN names the secret that this client finds under a name. An account that is not known is not
    /// guessed: a secret of another account may go by the same name.
    pub(super) fn is_arn_of(&self, arn: &str, name: &str) -> bool {
        let Ok(arn) = Arn::parse(arn) else {
            return false;
        };
        arn.name() == Some(name)
            && self.account.as_deref() == Some(arn.account)
            && self.region() == Some(arn.region)
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
