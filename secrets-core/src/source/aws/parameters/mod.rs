//! Parameter Store.

mod ask;
mod entry;
mod object;
mod path;
mod target;
mod together;

use std::collections::HashMap;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, OnceLock, PoisonError};
use std::time::Duration;

use aws_sdk_ssm::Client;
use aws_sdk_ssm::config::Region;
use tokio::time::Instant;

use super::endpoint::Endpoint;
use super::errors::{LEFT_OUT, PARAMETER_STORE};
use super::identity::SharedLookup;
use super::settings::Regions;
use super::{Context, Settings, are_credentials_rejected, connected};
use crate::panics;
use crate::source::{Answer, Answers, Cause, Failure, Query, Request, SecretSource, Source};
use target::Target;

/// Parameter Store as a source of a chain. Connects when it is first asked.
#[derive(Debug)]
struct ParameterStore {
    settings: Arc<Settings>,
    timeout: Duration,
    endpoint: Endpoint,
}

/// A client, and what was learned with it.
pub(super) struct Store {
    client: Client,
    /// The same client for the regions that ARNs have named.
    elsewhere: Mutex<HashMap<String, Client>>,
    together_refused: AtomicBool,
}

impl Source {
    /// SSM Parameter Store, with the loader's region and credentials.
    pub fn parameter_store() -> Self {
        Self::new("ParameterStore", |site| {
            ParameterStore::new(Arc::clone(site.aws), site.timeout)
        })
    }
}

impl ParameterStore {
    fn new(settings: Arc<Settings>, timeout: Duration) -> Self {
        Self {
            settings,
            timeout,
            endpoint: Endpoint::default(),
        }
    }

    async fn answer(&self, requests: &[Request], deadline: Instant) -> Vec<Answer> {
        match self.store(deadline).await {
            Ok(store) => {
                let context = self.context(&store, deadline);
                let asking = panics::caught_async(context.ask_all(requests)).await;
                let answers = asking.unwrap_or_else(|panic| {
                    let failed = |_| Answer::Failed(panic.clone());
                    requests.iter().map(failed).collect()
                });
                if are_credentials_rejected(&answers) {
                    self.settings
                        .forget_credentials(|configured| configured.holds(&store));
                }
                answers
            }
            Err(answer) => requests.iter().map(|_| answer.clone()).collect(),
        }
    }

    /// The store, or what everything is answered without it.
    async fn store(&self, deadline: Instant) -> Result<Arc<Store>, Answer> {
        let connecting = self.settings.parameter_store(deadline);
        connected(connecting, self.timeout, deadline).await
    }

    fn context<'a>(&'a self, store: &'a Store, deadline: Instant) -> Context<'a, Store> {
        Context {
            connection: store,
            service: &PARAMETER_STORE,
            endpoint: &self.endpoint,
            timeout: self.timeout,
            deadline,
            rejected: Mutex::default(),
            unresolved: OnceLock::new(),
        }
    }
}

impl Store {
    pub(super) fn new(client: Client) -> Self {
        Self {
            client,
            elsewhere: Mutex::default(),
            together_refused: AtomicBool::new(false),
        }
    }

    /// The caller's own client.
    pub(super) fn adopt(client: &Client, regions: &Regions) -> Self {
        let config = client.config();
        let cache = SharedLookup::before(config.identity_cache());
        let config = config
            .to_builder()
            .interceptor(cache.watch())
            .region(regions.choose(config.region()))
            .identity_cache(cache);
        Self::new(Client::from_conf(config.build()))
    }

    /// The configured region.
    fn region(&self) -> Option<&str> {
        let region = self.client.config().region().map(Region::as_ref);
        region.filter(|region| !region.is_empty())
    }

    /// The region that an ARN names, else the configured one.
    fn region_of<'a>(&'a self, target: &'a Target) -> Option<&'a str> {
        target.region().or_else(|| self.region())
    }

    /// The client for a region, built when it is first needed.
    fn client_in(&self, region: &str) -> Client {
        if self.region() == Some(region) {
            return self.client.clone();
        }
        let mut elsewhere = self
            .elsewhere
            .lock()
            .unwrap_or_else(PoisonError::into_inner);
        let build = || {
            let config = self.client.config().to_builder();
            Client::from_conf(config.region(Region::new(region.to_owned())).build())
        };
        let client = elsewhere.entry(region.to_owned()).or_insert_with(build);
        client.clone()
    }

    /// Whether `GetParameters` is known to be refused.
    fn is_together_refused(&self) -> bool {
        self.together_refused.load(Ordering::Relaxed)
    }

    /// Remembers that `GetParameters` is refused; says whether this is news.
    fn refuse_together(&self) -> bool {
        !self.together_refused.swap(true, Ordering::Relaxed)
    }
}

/// The region that a client sends its requests to.
fn region(client: &Client) -> &str {
    let region = client.config().region().map(Region::as_ref);
    region.unwrap_or_default()
}

/// What is said of a parameter of which the answer says nothing.
fn left_out() -> Answer {
    let message = "Parameter Store left it out of its answer";
    Answer::Failed(Failure::new(Cause::Internal, message).with_hint(LEFT_OUT))
}

impl SecretSource for ParameterStore {
    fn name(&self) -> &'static str {
        "ssm"
    }

    fn fetch<'a>(&'a self, query: Query<'a>) -> Answers<'a> {
        Box::pin(self.answer(query.requests(), query.deadline()))
    }

    fn endpoint(&self) -> Option<String> {
        self.endpoint.only()
    }
}
