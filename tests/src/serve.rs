//! An HTTP/1 server on a thread of its own, so that a test may block its own.

use std::convert::Infallible;
use std::net::SocketAddr;
use std::pin::Pin;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::task::{Context, Poll};
use std::thread::JoinHandle;

use http_body_util::BodyExt;
use hyper::body::{Body, Bytes, Frame, Incoming};
use hyper::server::conn::http1;
use hyper::service::service_fn;
use hyper::{HeaderMap, Request, Response};
use hyper_util::rt::TokioIo;
use tokio::io::{AsyncRead, AsyncWrite};
use tokio::net::TcpListener;
use tokio::sync::oneshot;
use tokio_rustls::TlsAcceptor;

/// A request whose body has arrived whole.
pub(crate) type Whole = Request<Bytes>;

/// What a server answers; without an answer the connection is closed.
pub(crate) type Reply = Option<Response<Partial>>;

/// What answers the requests of a server.
pub(crate) trait Service: Send + Sync + 'static {
    fn answer(&self, request: Whole) -> impl Future<Output = Reply> + Send;
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
    address: SocketAddr,
    connections: Arc<AtomicUsize>,
    stop: Option<oneshot::Sender<Infallible>>,
    thread: Option<JoinHandle<()>>,
}

impl Server {
    pub(crate) fn start(service: impl Service, tls: Option<TlsAcceptor>) -> Self {
        let listener =
            std::net::TcpListener::bind(("127.0.0.1", 0)).expect("a free port on loopback");
        let address = listener
            .local_addr()
            .expect("a bound socket has an address");
        let (stop, stopped) = oneshot::channel();
        let service = Arc::new(service);
        let connections = Arc::<AtomicUsize>::default();
        let counted = Arc::clone(&connections);
        let thread = std::thread::spawn(move || {
            let runtime = tokio::runtime::Builder::new_current_thread()
                .enable_all()
                .build()
                .expect("a runtime");
            // Dropping the runtime ends every connection, those that hang included.
            runtime.block_on(async {
                tokio::select! {
                    () = accept(listener, &counted, service, tls) => {}
                    _ = stopped => {}
                }
            });
        });
        Self {
            address,
            connections,
            stop: Some(stop),
            thread: Some(thread),
        }
    }

    pub(crate) fn address(&self) -> SocketAddr {
        self.address
    }

    /// How many connections were opened to it.
    pub(crate) fn connections(&self) -> usize {
        self.connections.load(Ordering::SeqCst)
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        drop(self.stop.take());
        if let Some(thread) = self.thread.take() {
            let _ = thread.join();
        }
    }
}

async fn accept(
    listener: std::net::TcpListener,
    connections: &AtomicUsize,
    service: Arc<impl Service>,
    tls: Option<TlsAcceptor>,
) {
    listener
        .set_nonblocking(true)
        .expect("a listener that does not block");
    let listener = TcpListener::from_std(listener).expect("a listener on this runtime");
    loop {
        let Ok((stream, _)) = listener.accept().await else {
            continue;
        };
        connections.fetch_add(1, Ordering::SeqCst);
        let _ = stream.set_nodelay(true);
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
    }
}

pub(crate) async fn converse(
    stream: impl AsyncRead + AsyncWrite + Unpin + Send + 'static,
    service: Arc<impl Service>,
) {
    let answer = service_fn(|request: Request<Incoming>| {
        let service = Arc::clone(&service);
        async move {
            let (parts, body) = request.into_parts();
            let body = body.collect().await.map_err(|_| Closed)?.to_bytes();
            service
                .answer(Request::from_parts(parts, body))
                .await
                .ok_or(Closed)
        }
    });
    // A connection that the client or the script broke off is no error here.
    let _ = http1::Builder::new()
        .serve_connection(TokioIo::new(stream), answer)
        .await;
}

/// The connection ends without an answer.
#[derive(Debug)]
struct Closed;

impl std::fmt::Display for Closed {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("closed")
    }
}

impl std::error::Error for Closed {}

/// The headers that a proxy passes on: all but those that speak of this one connection.
pub(crate) fn end_to_end(headers: &HeaderMap) -> HeaderMap {
    let mut headers = headers.clone();
    for name in ["connection", "keep-alive", "transfer-encoding"] {
        headers.remove(name);
    }
    headers
}
