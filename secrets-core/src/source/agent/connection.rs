//! HTTP/1 over one connection that is kept. It goes to loopback: no proxy is asked, no redirect followed.

use std::io;
use std::net::Ipv4Addr;

use http_body_util::Empty;
use hyper::body::{Bytes, Incoming};
use hyper::client::conn::http1::{SendRequest, handshake};
use hyper::header::{HOST, HeaderValue};
use hyper::{Request, Response, Uri};
use hyper_util::rt::TokioIo;
use tokio::net::TcpStream;
use tokio::task::JoinSet;
use zeroize::Zeroizing;

use super::body;
use super::token;

/// A line to the agent; connected when it is first used.
pub(super) struct Line {
    port: u16,
    kept: Option<Open>,
}

/// An open connection.
struct Open {
    sender: SendRequest<Empty<Bytes>>,
    /// Moves the bytes. A set of one, because a set ends its tasks when it is dropped.
    _driver: JoinSet<()>,
}

/// What the agent answered.
pub(super) struct Reply {
    pub(super) status: u16,
    pub(super) body: Zeroizing<Vec<u8>>,
}

/// Why there is no answer.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Trouble {
    /// Nobody listens.
    Refused,
    /// No connection, for another reason.
    NoConnection(io::ErrorKind),
    /// The connection ended before an answer, or what came is not HTTP.
    Closed,
    /// The answer broke off.
    BrokenOff,
    /// The answer is larger than any of the agent's.
    TooLarge,
    /// The request cannot be written as a URL.
    TooLong,
}

impl Line {
    pub(super) fn to(port: u16) -> Self {
        Self { port, kept: None }
    }

    /// Sends a request and reads the whole answer. A kept connection that the other side has closed meanwhile is
    /// opened again once; to ask twice does no harm.
    pub(super) async fn get(
        &mut self,
        target: &str,
        token: &HeaderValue,
    ) -> Result<Reply, Trouble> {
        let target: Uri = target.parse().map_err(|_| Trouble::TooLong)?;
        if let Some(kept) = self.kept.take() {
            match self.exchange(kept, &target, token).await {
                Err(Trouble::Closed) => {}
                answered => return answered,
            }
        }
        let fresh = Open::connect(self.port).await?;
        self.exchange(fresh, &target, token).await
    }

    /// Keeps the connection only if the answer came to its end.
    async fn exchange(
        &mut self,
        mut open: Open,
        target: &Uri,
        token: &HeaderValue,
    ) -> Result<Reply, Trouble> {
        let request = self.request(target.clone(), token.clone());
        let response = open.send(request).await?;
        let status = response.status().as_u16();
        let body = body::read(response.into_body()).await?;
        self.kept = Some(open);
        Ok(Reply { status, body })
    }

    fn request(&self, target: Uri, token: HeaderValue) -> Request<Empty<Bytes>> {
        let mut request = Request::new(Empty::new());
        *request.uri_mut() = target;
        let headers = request.headers_mut();
        if let Ok(host) = HeaderValue::try_from(format!("localhost:{}", self.port)) {
            headers.insert(HOST, host);
        }
        headers.insert(token::HEADER, token);
        request
    }
}

impl Open {
    async fn connect(port: u16) -> Result<Self, Trouble> {
        let stream = TcpStream::connect((Ipv4Addr::LOCALHOST, port))
            .await
            .map_err(|error| match error.kind() {
                io::ErrorKind::ConnectionRefused => Trouble::Refused,
                other => Trouble::NoConnection(other),
            })?;
        // Requests are small and wait for their answers; that the kernel would gather them helps nobody.
        let _ = stream.set_nodelay(true);
        let (sender, connection) = handshake(TokioIo::new(stream))
            .await
            .map_err(|_| Trouble::Closed)?;
        let mut driver = JoinSet::new();
        driver.spawn(async move {
            // Its end, good or bad, is seen by the sender.
            let _ = connection.await;
        });
        Ok(Self {
            sender,
            _driver: driver,
        })
    }

    async fn send(
        &mut self,
        request: Request<Empty<Bytes>>,
    ) -> Result<Response<Incoming>, Trouble> {
        self.sender.ready().await.map_err(|_| Trouble::Closed)?;
        let sent = self.sender.send_request(request).await;
        sent.map_err(|_| Trouble::Closed)
    }
}
