//! HTTP between the SDK and a scripted server: real bytes and no sockets, so that time can be paused.

use std::convert::Infallible;
use std::future::{Ready, ready};
use std::io;
use std::pin::Pin;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::task::{Context, Poll};
use std::time::Duration;

use aws_config::{BehaviorVersion, Region, SdkConfig};
use aws_credential_types::provider::{ProvideCredentials, SharedCredentialsProvider};
use aws_sdk_secretsmanager::Client as SecretsManager;
use aws_sdk_secretsmanager::config::retry::{RetryConfig, RetryPartition, TokenBucket};
use aws_smithy_runtime_api::client::http::{
    HttpConnector, HttpConnectorFuture, SharedHttpConnector, http_client_fn,
};
use aws_smithy_runtime_api::client::orchestrator::{HttpRequest, HttpResponse};
use aws_smithy_runtime_api::client::result::ConnectorError;
use aws_smithy_types::body::SdkBody;
use aws_smithy_types::retry::ErrorKind;
use from_secrets::Loader;
use from_secrets::source::Env;
use hyper::Uri;
use hyper_util::client::legacy::connect::{Connected, Connection};
use hyper_util::client::legacy::{Client, Error};
use hyper_util::rt::{TokioExecutor, TokioIo, TokioTimer};
use tokio::io::{AsyncRead, AsyncWrite, DuplexStream, ReadBuf, duplex};
use tower_service::Service;

use super::FaultPlan;
use super::carry::carry;
use crate::call::Calls;
use crate::fake_aws::{Recorded, Script};
use crate::sdk::{REGION, root};
use crate::serve::converse;

/// The unread bytes of a connection.
const BUFFER: usize = 1 << 16;

/// A scripted server and its proxy. Both run on the runtime of the client.
#[derive(Clone)]
pub struct Network {
    calls: Calls,
    plan: Arc<FaultPlan>,
    open: Arc<AtomicUsize>,
    dial: Arc<dyn Fn() -> DuplexStream + Send + Sync>,
}

impl Network {
    /// Creates a server whose connections follow that fault plan.
    pub fn new(script: impl Script, plan: FaultPlan) -> Self {
        let service = Arc::new(Recorded::new(script));
        let (calls, plan, open) = (
            service.calls(),
            Arc::new(plan),
            Arc::<AtomicUsize>::default(),
        );
        let dial = Arc::new({
            let (plan, open) = (Arc::clone(&plan), Arc::clone(&open));
            move || {
                let (ours, clients) = duplex(BUFFER);
                let (far, servers) = duplex(BUFFER);
                let guest = Guest::enter(&open);
                let serving = converse(servers, Arc::clone(&service));
                tokio::spawn(async move {
                    serving.await;
                    drop(guest);
                });
                tokio::spawn(carry(ours, far, Arc::clone(&plan)));
                clients
            }
        });
        Self {
            calls,
            plan,
            open,
            dial,
        }
    }

    /// Returns the requests that the server received.
    pub fn calls(&self) -> &Calls {
        &self.calls
    }

    /// What lies between.
    pub fn plan(&self) -> &FaultPlan {
        &self.plan
    }

    /// How many connections the server has open.
    pub fn connections(&self) -> usize {
        self.open.load(Ordering::SeqCst)
    }

    /// A client of the server, with as many attempts as by default and little time between them.
    pub fn client(&self) -> SecretsManager {
        // By default all clients of a process share how often they may try again. Here nothing but the library
        // bounds it.
        let unbounded = RetryPartition::custom("tests").token_bucket(TokenBucket::unlimited());
        let config = aws_sdk_secretsmanager::config::Builder::from(&self.config(root()));
        SecretsManager::from_conf(config.retry_partition(unbounded.build()).build())
    }

    /// A configuration of clients of the server, with these credentials.
    pub fn config(&self, credentials: impl ProvideCredentials + 'static) -> SdkConfig {
        let http = Client::builder(TokioExecutor::new())
            .pool_timer(TokioTimer::new())
            .build(Dialer(Arc::clone(&self.dial)));
        let connector = SharedHttpConnector::new(Pooled(http));
        SdkConfig::builder()
            .behavior_version(BehaviorVersion::latest())
            .region(Region::new(REGION))
            .endpoint_url("http://secrets.test")
            .credentials_provider(SharedCredentialsProvider::new(credentials))
            .retry_config(RetryConfig::standard().with_initial_backoff(Duration::from_millis(1)))
            .http_client(http_client_fn(move |_, _| connector.clone()))
            .build()
    }

    /// Returns a loader that queries the server, without an environment.
    pub fn loader(&self) -> Loader {
        Loader::new()
            .env(Env::from_vars::<&str, &str>([]))
            .client(self.client())
    }
}

impl std::fmt::Debug for Network {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Network")
            .field("plan", &self.plan)
            .finish_non_exhaustive()
    }
}

/// A connection that is open.
struct Guest(Arc<AtomicUsize>);

impl Guest {
    fn enter(open: &Arc<AtomicUsize>) -> Self {
        open.fetch_add(1, Ordering::SeqCst);
        Self(Arc::clone(open))
    }
}

impl Drop for Guest {
    fn drop(&mut self) {
        self.0.fetch_sub(1, Ordering::SeqCst);
    }
}

/// The pool of connections that the SDK's own client has, too.
#[derive(Clone, Debug)]
struct Pooled(Client<Dialer, SdkBody>);

impl HttpConnector for Pooled {
    fn call(&self, request: HttpRequest) -> HttpConnectorFuture {
        let client = self.0.clone();
        HttpConnectorFuture::new(async move {
            let request = request
                .try_into_http1x()
                .map_err(|error| ConnectorError::user(error.into()))?;
            let response = client.request(request).await.map_err(connector_error)?;
            HttpResponse::try_from(response.map(SdkBody::from_body_1_x))
                .map_err(|error| ConnectorError::other(error.into(), None))
        })
    }
}

/// Classifies errors like the SDK's own client, which retries transient ones.
fn connector_error(error: Error) -> ConnectorError {
    let mut deepest: &(dyn std::error::Error + 'static) = &error;
    let (mut passes, mut incomplete) = (error.is_connect(), false);
    while let Some(source) = deepest.source() {
        deepest = source;
        passes |= deepest.is::<io::Error>();
        if let Some(error) = deepest.downcast_ref::<hyper::Error>() {
            passes |= error.is_closed() || error.is_canceled();
            incomplete |= error.is_incomplete_message();
        }
    }
    if passes {
        ConnectorError::io(error.into())
    } else {
        ConnectorError::other(
            error.into(),
            incomplete.then_some(ErrorKind::TransientError),
        )
    }
}

/// Opens connections to the server.
#[derive(Clone)]
struct Dialer(Arc<dyn Fn() -> DuplexStream + Send + Sync>);

impl std::fmt::Debug for Dialer {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Dialer")
    }
}

impl Service<Uri> for Dialer {
    type Response = TokioIo<Socket>;
    type Error = Infallible;
    type Future = Ready<Result<TokioIo<Socket>, Infallible>>;

    fn poll_ready(&mut self, _: &mut Context<'_>) -> Poll<Result<(), Infallible>> {
        Poll::Ready(Ok(()))
    }

    fn call(&mut self, _: Uri) -> Self::Future {
        ready(Ok(TokioIo::new(Socket((self.0)()))))
    }
}

/// A connection with the interface that the pool requires.
struct Socket(DuplexStream);

impl Connection for Socket {
    fn connected(&self) -> Connected {
        Connected::new()
    }
}

impl AsyncRead for Socket {
    fn poll_read(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
        buffer: &mut ReadBuf<'_>,
    ) -> Poll<io::Result<()>> {
        Pin::new(&mut self.0).poll_read(context, buffer)
    }
}

impl AsyncWrite for Socket {
    fn poll_write(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
        bytes: &[u8],
    ) -> Poll<io::Result<usize>> {
        Pin::new(&mut self.0).poll_write(context, bytes)
    }

    fn poll_flush(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.0).poll_flush(context)
    }

    fn poll_shutdown(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.0).poll_shutdown(context)
    }
}
