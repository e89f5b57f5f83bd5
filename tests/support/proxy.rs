//! Counts the requests that reach an emulator, and keeps some from reaching it.

use http_body_util::{BodyExt, Full};
use hyper::header::HOST;
use hyper::{Request, Response};
use hyper_util::rt::TokioIo;
use tokio::net::TcpStream;

use crate::call::{Call, Calls};
use crate::fake_aws::FakeResponse;
use crate::serve::{Ending, Partial, Reply, Server, Service, Whole, end_to_end};

/// The response to a request instead of the emulator's.
type Rule = Box<dyn Fn(&Call) -> Option<FakeResponse> + Send + Sync>;

/// Passes requests on, and remembers them; it stops when dropped.
#[derive(Debug)]
pub struct Proxy {
    server: Server,
    calls: Calls,
}

impl Proxy {
    /// Starts a proxy before the server at this endpoint.
    pub fn before(endpoint: &str) -> Self {
        Self::refusing(endpoint, |_| None)
    }

    /// Starts a proxy that responds itself to the requests that the rule selects.
    pub fn refusing(
        endpoint: &str,
        rule: impl Fn(&Call) -> Option<FakeResponse> + Send + Sync + 'static,
    ) -> Self {
        let calls = Calls::default();
        let upstream = endpoint.trim_start_matches("http://").to_owned();
        let server = Server::start(
            Passing {
                upstream,
                calls: calls.clone(),
                rule: Box::new(rule),
            },
            None,
        );
        Self { server, calls }
    }

    /// Where it listens.
    pub fn endpoint(&self) -> String {
        format!("http://{}", self.server.address())
    }

    /// Returns the requests.
    pub fn calls(&self) -> &Calls {
        &self.calls
    }

    /// How many requests of which kind: `1 batch, 0 gets`.
    pub fn tally(&self) -> String {
        self.calls.tally()
    }

    /// Returns a loader that uses the proxy.
    pub fn loader(&self) -> from_secrets::Loader {
        crate::sdk::loader(&self.endpoint())
    }
}

struct Passing {
    upstream: String,
    calls: Calls,
    rule: Rule,
}

impl Service for Passing {
    async fn response(&self, request: Whole) -> Reply {
        let call = self
            .calls
            .record(request.uri().path(), request.headers(), request.body());
        if let Some(response) = (self.rule)(&call) {
            return response.perform(&self.calls).await;
        }
        pass_on(&self.upstream, request).await
    }
}

async fn pass_on(upstream: &str, request: Whole) -> Reply {
    let stream = TcpStream::connect(upstream).await.ok()?;
    let (mut sender, connection) = hyper::client::conn::http1::handshake(TokioIo::new(stream))
        .await
        .ok()?;
    tokio::spawn(connection);
    let (parts, body) = request.into_parts();
    let mut onward = Request::new(Full::new(body));
    *onward.method_mut() = parts.method;
    *onward.uri_mut() = parts.uri;
    // The host stays the proxy's: it is signed.
    *onward.headers_mut() = end_to_end(&parts.headers);
    debug_assert!(onward.headers().contains_key(HOST), "HTTP/1.1 names a host");
    let (parts, body) = sender.send_request(onward).await.ok()?.into_parts();
    let body = body.collect().await.ok()?.to_bytes();
    let mut response = Response::new(Partial::new(body, Ending::Whole));
    *response.status_mut() = parts.status;
    *response.headers_mut() = end_to_end(&parts.headers);
    Some(response)
}
