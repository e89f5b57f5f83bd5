//! A fake AWS endpoint: it serves a `FakeSecretsManager`, a `FakeParameterStore` or a closure of the test.

mod changing;
mod limits;
mod parameter_store;
mod response;
mod secrets_manager;
mod tls;
mod version;
mod writes;

use std::path::PathBuf;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

pub use changing::Changing;
pub use parameter_store::{FakeParameterStore, Parameter};
pub use response::FakeResponse;
pub use secrets_manager::{Entry, FakeSecretsManager};
pub use tls::Certificate;
pub use version::Version;

use crate::call::{Call, Calls};
use crate::serve::{Reply, Server, Service, Whole};

/// Computes the response to a request.
pub trait Script: Send + Sync + 'static {
    /// The response.
    fn response(&self, call: &Call) -> FakeResponse;
}

impl<F: Fn(&Call) -> FakeResponse + Send + Sync + 'static> Script for F {
    fn response(&self, call: &Call) -> FakeResponse {
        self(call)
    }
}

/// A running scripted server; it stops when dropped.
#[derive(Debug)]
pub struct FakeAws {
    server: Server,
    calls: Calls,
    crowd: Crowd,
    certificate: Option<Certificate>,
}

impl FakeAws {
    /// Starts a server over plain HTTP.
    pub fn start(script: impl Script) -> Self {
        Self::serve(script, None)
    }

    /// Starts a server over TLS; clients must trust [`FakeAws::authority`].
    pub fn start_tls(script: impl Script) -> Self {
        Self::serve(script, Some(Certificate::create()))
    }

    fn serve(script: impl Script, certificate: Option<Certificate>) -> Self {
        let service = Recorded::new(script);
        let (calls, crowd) = (service.calls(), service.crowd.clone());
        let server = Server::start(service, certificate.as_ref().map(Certificate::acceptor));
        Self {
            server,
            calls,
            crowd,
            certificate,
        }
    }

    /// Where it listens.
    pub fn endpoint(&self) -> String {
        let scheme = if self.certificate.is_some() {
            "https"
        } else {
            "http"
        };
        format!("{scheme}://{}", self.server.address())
    }

    /// The file with the certificate of its authority, for `SSL_CERT_FILE`; none over plain HTTP.
    pub fn authority(&self) -> Option<PathBuf> {
        self.certificate.as_ref().map(Certificate::authority)
    }

    /// The received calls.
    pub fn calls(&self) -> &Calls {
        &self.calls
    }

    /// How many requests of which kind it was sent: `1 batch, 0 gets`.
    pub fn tally(&self) -> String {
        self.calls.tally()
    }

    /// How many connections were opened to it.
    pub fn connections(&self) -> usize {
        self.server.connections()
    }

    /// How many requests were under way at once, at most.
    pub fn most_at_once(&self) -> usize {
        self.crowd.0[1].load(Ordering::SeqCst)
    }

    /// Returns a loader that queries this server and ignores the process's environment.
    pub fn loader(&self) -> from_secrets::Loader {
        crate::sdk::loader(&self.endpoint())
    }
}

/// A script whose requests are remembered.
pub(crate) struct Recorded<S> {
    script: S,
    calls: Calls,
    crowd: Crowd,
}

impl<S> Recorded<S> {
    pub(crate) fn new(script: S) -> Self {
        Self {
            script,
            calls: Calls::default(),
            crowd: Crowd::default(),
        }
    }

    /// Returns the received calls.
    pub(crate) fn calls(&self) -> Calls {
        self.calls.clone()
    }
}

/// How many requests are under way, and were at most.
#[derive(Clone, Debug, Default)]
struct Crowd(Arc<[AtomicUsize; 2]>);

impl Crowd {
    async fn with<T>(&self, work: impl Future<Output = T>) -> T {
        let [now, most] = &*self.0;
        most.fetch_max(now.fetch_add(1, Ordering::SeqCst) + 1, Ordering::SeqCst);
        let done = work.await;
        now.fetch_sub(1, Ordering::SeqCst);
        done
    }
}

impl<S: Script> Service for Recorded<S> {
    async fn response(&self, request: Whole) -> Reply {
        let call = self
            .calls
            .record(request.uri().path(), request.headers(), request.body());
        self.crowd
            .with(self.script.response(&call).perform(&self.calls))
            .await
    }
}
