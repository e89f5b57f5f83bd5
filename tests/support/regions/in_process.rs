//! Servers of several regions within the process: the real SDK, and no sockets, so that time can be paused.

use std::collections::BTreeMap;
use std::fmt;
use std::io;
use std::sync::Arc;

use aws_sdk_secretsmanager::config::Builder;
use aws_sdk_secretsmanager::config::retry::{RetryPartition, TokenBucket};
use aws_sdk_secretsmanager::{Client, Config};
use aws_smithy_runtime_api::client::http::{
    HttpConnector, HttpConnectorFuture, SharedHttpConnector, http_client_fn,
};
use aws_smithy_runtime_api::client::orchestrator::{HttpRequest, HttpResponse};
use aws_smithy_runtime_api::client::result::ConnectorError;
use aws_smithy_types::body::SdkBody;
use from_secrets::Loader;
use from_secrets::source::Env;
use hyper::Request;
use hyper::body::Bytes;

use super::{HOME, IRELAND, TOKYO, WEST};
use crate::call::Calls;
use crate::fake_aws::{Changing, FakeResponse, FakeSecretsManager, Recorded};
use crate::serve::Service;

/// One server for each region. Clones share the servers.
#[derive(Clone, Debug)]
pub struct InProcessRegions {
    servers: Servers,
    config: Config,
}

#[derive(Clone, Debug)]
struct Servers(Arc<BTreeMap<&'static str, RegionalServer>>);

impl InProcessRegions {
    /// Creates the servers of all regions of [`regions`](super), with the same secrets.
    pub fn with(secrets: &FakeSecretsManager) -> Self {
        let regions = [HOME, WEST, IRELAND, TOKYO].into_iter();
        let server = |region| (region, RegionalServer::new(secrets.clone()));
        let servers = Servers(Arc::new(regions.map(server).collect()));
        let endpoints = servers.0.keys();
        let endpoints = endpoints.map(|region| (*region, format!("http://{region}.test")));
        let config = super::client(endpoints).config().to_builder();
        let connector = SharedHttpConnector::new(servers.clone());
        let config = config.http_client(http_client_fn(move |_, _| connector.clone()));
        Self {
            servers,
            config: config.build(),
        }
    }

    /// Returns the server of a region.
    pub fn at(&self, region: &str) -> &RegionalServer {
        self.servers.at(region)
    }

    /// Returns a client at home with as many attempts as by default and little time between them.
    pub fn client(&self) -> Client {
        // By default all clients of a process share how often they may try again.
        let unlimited = RetryPartition::custom("regions").token_bucket(TokenBucket::unlimited());
        let config = self.config().retry_partition(unlimited.build());
        Client::from_conf(config.build())
    }

    /// Returns the configuration of a client at home.
    pub fn config(&self) -> Builder {
        self.config.to_builder()
    }

    /// Returns a loader whose secrets are replicated to these regions, without an environment.
    pub fn loader(&self, replicas: &[&str]) -> Loader {
        Loader::new()
            .env(Env::from_vars::<&str, &str>([]))
            .source(super::replicated(self.client(), replicas))
    }

    /// Returns the tally of each region that received a request: `us-east-1: 1 batch, 0 gets`.
    pub fn tallies(&self) -> Vec<String> {
        let requested = self
            .servers
            .0
            .iter()
            .filter(|(_, server)| server.requests() > 0);
        let tally =
            |(region, server): (_, &RegionalServer)| format!("{region}: {}", server.tally());
        requested.map(tally).collect()
    }

    /// Removes the recorded requests of all regions.
    pub fn clear(&self) {
        self.servers
            .0
            .values()
            .for_each(|server| server.calls().clear());
    }
}

impl Servers {
    fn at(&self, region: &str) -> &RegionalServer {
        self.0.get(region).expect("a region with a server")
    }
}

/// The server of a region, whose secrets a test can change.
#[derive(Clone)]
pub struct RegionalServer {
    secrets: Changing,
    calls: Calls,
    service: Arc<Recorded<Changing>>,
}

impl RegionalServer {
    fn new(secrets: FakeSecretsManager) -> Self {
        let secrets = Changing::new(secrets);
        let service = Recorded::new(secrets.clone());
        Self {
            secrets,
            calls: service.calls(),
            service: Arc::new(service),
        }
    }

    /// Replaces the secrets, from the next request on.
    pub fn set(&self, secrets: FakeSecretsManager) {
        self.secrets.set(secrets);
    }

    /// Returns this response to all requests from now on.
    pub fn fail(&self, response: FakeResponse) {
        self.set(FakeSecretsManager::new().when(move |_| Some(response.clone())));
    }

    /// Returns the received requests.
    pub fn calls(&self) -> &Calls {
        &self.calls
    }

    /// Returns how many requests of which kind it received: `1 batch, 0 gets`.
    pub fn tally(&self) -> String {
        self.calls.tally()
    }

    /// Returns how many requests it received.
    pub fn requests(&self) -> usize {
        self.calls.count()
    }
}

impl fmt::Debug for RegionalServer {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("RegionalServer")
            .field("secrets", &self.secrets)
            .finish_non_exhaustive()
    }
}

impl HttpConnector for Servers {
    fn call(&self, request: HttpRequest) -> HttpConnectorFuture {
        let servers = self.clone();
        HttpConnectorFuture::new(async move {
            let request = request.try_into_http1x();
            let (parts, body) = request
                .map_err(|error| ConnectorError::user(error.into()))?
                .into_parts();
            let region = parts.uri.host().and_then(|host| host.strip_suffix(".test"));
            let server = servers.at(region.unwrap_or_default());
            let body = Bytes::copy_from_slice(body.bytes().unwrap_or_default());
            let response = server.service.response(Request::from_parts(parts, body));
            let closed =
                || ConnectorError::io(io::Error::from(io::ErrorKind::ConnectionRefused).into());
            let response = response.await.ok_or_else(closed)?;
            HttpResponse::try_from(response.map(SdkBody::from_body_1_x))
                .map_err(|error| ConnectorError::other(error.into(), None))
        })
    }
}
