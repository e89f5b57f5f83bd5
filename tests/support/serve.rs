//! An HTTP/1 server on a thread of its own.

use std::net::SocketAddr;
use std::pin::Pin;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::task::{Context, Poll};

use http_body_util::BodyExt;
use hyper::body::{Body, Bytes, Frame, Incoming};
use hyper::server::conn::http1;
use hyper::service::service_fn;
use hyper::{HeaderMap, Request, Response};
use hyper_util::rt::TokioIo;
use tokio::io::{AsyncRead, AsyncWrite};
use tokio_rustls::TlsAcceptor;

use crate::background::Background;

/// A request whose body has arrived whole.
pub(crate) type Whole = Request<Bytes>;

/// The response of a server, or `None` to close the connection.
pub(crate) type Reply = Option<Response<Partial>>;

/// The function that responds to the requests of a server.
pub(crate) trait Service: Send + Sync + 'static {
    fn response(&self, request: Whole) -> impl Future<Output = Reply> + Send;
}

/// A body that arrives whole, or in part.
#[derive(Debug)]
pub(crate) struct Partial {
    chunk: Option<Bytes>,
    ending: Ending,
}

/// How a body ends.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Ending {
    Whole,
    Stalls,
    Breaks,
}

impl Partial {
    pub(crate) fn new(chunk: impl Into<Bytes>, ending: Ending) -> Self {
        Self {
            chunk: Some(chunk.into()),
            ending,
        }
    }
}

impl Body for Partial {
    type Data = Bytes;
    type Error = std::io::Error;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        _: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, std::io::Error>>> {
        match (self.chunk.take(), self.ending) {
            (Some(chunk), _) => Poll::Ready(Some(Ok(Frame::data(chunk)))),
            (None, Ending::Whole) => Poll::Ready(None),
            (None, Ending::Stalls) => Poll::Pending,
            (None, Ending::Breaks) => {
                Poll::Ready(Some(Err(std::io::ErrorKind::ConnectionReset.into())))
            }
        }
    }
}

/// A server that runs until it is dropped.
#[derive(Debug)]
pub(crate) struct Server {
    background: Background,
    connections: Arc<AtomicUsize>,
}

impl Server {
    pub(crate) fn start(service: impl Service, tls: Option<TlsAcceptor>) -> Self {
        let service = Arc::new(service);
        let connections = Arc::<AtomicUsize>::default();
        let counted = Arc::clone(&connections);
        let background = Background::listen(move |stream| {
            counted.fetch_add(1, Ordering::SeqCst);
            let (service, tls) = (Arc::clone(&service), tls.clone());
            tokio::spawn(async move {
                match tls {
                    None => converse(stream, service).await,
                    Some(tls) => {
                        if let Ok(stream) = tls.accept(stream).await {
                            converse(stream, service).await;
                        }
                    }
                }
            });
        });
        Self {
            background,
            connections,
        }
    }

    pub(crate) fn address(&self) -> SocketAddr {
        self.background.address()
    }

    /// How many connections were opened to it.
    pub(crate) fn connections(&self) -> usize {
        self.connections.load(Ordering::SeqCst)
    }
}

pub(crate) async fn converse(
    stream: impl AsyncRead + AsyncWrite + Unpin + Send + 'static,
    service: Arc<impl Service>,
) {
    let response = service_fn(|request: Request<Incoming>| {
        let service = Arc::clone(&service);
        async move {
            let (parts, body) = request.into_parts();
            let body = body.collect().await.map_err(|_| Closed)?.to_bytes();
            service
                .response(Request::from_parts(parts, body))
                .await
                .ok_or(Closed)
        }
    });
    // A connection that the client or the script closed is not an error here.
    let _ = http1::Builder::new()
        .serve_connection(TokioIo::new(stream), response)
        .await;
}

/// Closes the connection without a response.
#[derive(Debug)]
struct Closed;

impl std::fmt::Display for Closed {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("closed")
    }
}

impl std::error::Error for Closed {}

/// Returns the headers that a proxy forwards: all except those of a single connection.
pub(crate) fn end_to_end(headers: &HeaderMap) -> HeaderMap {
    let mut headers = headers.clone();
    for name in ["connection", "keep-alive", "transfer-encoding"] {
        headers.remove(name);
    }
    headers
}
