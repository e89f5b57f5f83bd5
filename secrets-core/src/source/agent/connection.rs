//! HTTP/1 over one connection that is kept. It goes to loopback: no proxy is asked, no redirect followed.

use std::io;
use std::net::Ipv4Addr;

use http_body_util::{BodyExt, Empty};
use hyper::body::{Body, Bytes, Incoming};
use hyper::client::conn::http1::{SendRequest, handshake};
use hyper::header::{HOST, HeaderValue};
use hyper::{Request, Response, Uri};
use hyper_util::rt::TokioIo;
use tokio::net::TcpStream;
use tokio::task::JoinSet;
use zeroize::Zeroizing;

use super::token;
use crate::source::file_io::buffer::append;

/// A line to the agent; connected when it is first used.
pub(super) struct AgentConnection {
    port: u16,
    kept: Option<OpenConnection>,
}

/// An open connection.
struct OpenConnection {
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
pub(super) enum ConnectionError {
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

impl AgentConnection {
    pub(super) fn to(port: u16) -> Self {
        Self { port, kept: None }
    }

    /// Sends a request and reads the whole answer. A kept connection that the other side has closed meanwhile is
    /// opened again once; to ask twice does no harm.
    pub(super) async fn get(
        &mut self,
        target: &str,
        token: &HeaderValue,
    ) -> Result<Reply, ConnectionError> {
        let target: Uri = target.parse().map_err(|_| ConnectionError::TooLong)?;
        if let Some(kept) = self.kept.take() {
            match self.exchange(kept, &target, token).await {
                Err(ConnectionError::Closed) => {}
                result => return result,
            }
        }
        let fresh = OpenConnection::connect(self.port).await?;
        self.exchange(fresh, &target, token).await
    }

    /// Keeps the connection only if the answer came to its end.
    async fn exchange(
        &mut self,
        mut open: OpenConnection,
        target: &Uri,
        token: &HeaderValue,
    ) -> Result<Reply, ConnectionError> {
        let request = self.request(target.clone(), token.clone());
        let response = open.send(request).await?;
        let status = response.status().as_u16();
        let body = read_body(response.into_body()).await?;
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

impl OpenConnection {
    async fn connect(port: u16) -> Result<Self, ConnectionError> {
        let stream = TcpStream::connect((Ipv4Addr::LOCALHOST, port))
            .await
            .map_err(|error| match error.kind() {
                io::ErrorKind::ConnectionRefused => ConnectionError::Refused,
                other => ConnectionError::NoConnection(other),
            })?;
        // Requests are small and wait for their answers; that the kernel would gather them helps nobody.
        let _ = stream.set_nodelay(true);
        let (sender, connection) = handshake(TokioIo::new(stream))
            .await
            .map_err(|_| ConnectionError::Closed)?;
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
    ) -> Result<Response<Incoming>, ConnectionError> {
        self.sender
            .ready()
            .await
            .map_err(|_| ConnectionError::Closed)?;
        let sent = self.sender.send_request(request).await;
        sent.map_err(|_| ConnectionError::Closed)
    }
}

/// A value has at most 65,536 bytes, each of them at most 6 in JSON.
const LARGEST: usize = 1024 * 1024;

/// Reads a body to its end. hyper's own buffers are not wiped.
async fn read_body(
    mut body: impl Body<Data = Bytes> + Unpin,
) -> Result<Zeroizing<Vec<u8>>, ConnectionError> {
    let announced = body.size_hint().exact().unwrap_or_default();
    let announced = usize::try_from(announced).unwrap_or(usize::MAX);
    if announced > LARGEST {
        return Err(ConnectionError::TooLarge);
    }
    let mut read = Zeroizing::new(Vec::with_capacity(announced));
    while let Some(frame) = body.frame().await {
        let frame = frame.map_err(|_| ConnectionError::BrokenOff)?;
        if let Some(chunk) = frame.data_ref() {
            if read.len() + chunk.len() > LARGEST {
                return Err(ConnectionError::TooLarge);
            }
            append(&mut read, chunk);
        }
    }
    Ok(read)
}

#[cfg(test)]
mod tests {
    use std::convert::Infallible;
    use std::pin::Pin;
    use std::task::{Context, Poll};

    use hyper::body::{Frame, SizeHint};

    use super::*;

    /// A body of a number of equal chunks, announced or not.
    struct Chunks {
        left: usize,
        chunk: Bytes,
        is_announced: bool,
    }

    impl Body for Chunks {
        type Data = Bytes;
        type Error = Infallible;

        fn poll_frame(
            mut self: Pin<&mut Self>,
            _: &mut Context<'_>,
        ) -> Poll<Option<Result<Frame<Bytes>, Infallible>>> {
            if self.left == 0 {
                return Poll::Ready(None);
            }
            self.left -= 1;
            Poll::Ready(Some(Ok(Frame::data(self.chunk.clone()))))
        }

        fn size_hint(&self) -> SizeHint {
            if self.is_announced {
                SizeHint::with_exact((self.left * self.chunk.len()) as u64)
            } else {
                SizeHint::default()
            }
        }
    }

    async fn read_of(
        left: usize,
        length: usize,
        is_announced: bool,
    ) -> Result<usize, ConnectionError> {
        let chunk = vec![b'x'; length].into();
        let body = Chunks {
            left,
            chunk,
            is_announced,
        };
        let read = read_body(body).await?;
        assert!(read.iter().all(|byte| *byte == b'x'));
        Ok(read.len())
    }

    #[tokio::test]
    async fn multipart_body_is_read_completely() {
        for is_announced in [true, false] {
            assert_eq!(read_of(1000, 7, is_announced).await, Ok(7000));
            assert_eq!(read_of(1, LARGEST, is_announced).await, Ok(LARGEST));
            assert_eq!(read_of(0, 0, is_announced).await, Ok(0));
        }
    }

    #[tokio::test]
    async fn oversized_body_is_rejected() {
        for is_announced in [true, false] {
            let read = read_of(LARGEST / 1000 + 1, 1000, is_announced).await;
            assert_eq!(read, Err(ConnectionError::TooLarge));
        }
    }
}
