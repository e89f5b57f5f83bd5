//! HTTP/1 over one persistent connection to loopback, without proxies and redirects.

use std::error::Error;
use std::io;
use std::net::Ipv4Addr;

use http_body_util::{BodyExt, Empty, LengthLimitError, Limited};
use hyper::Request;
use hyper::body::{Body, Bytes};
use hyper::client::conn::http1::{SendRequest, handshake};
use hyper::header::{HOST, HeaderValue};
use hyper_util::rt::TokioIo;
use tokio::net::TcpStream;
use tokio::task::JoinSet;
use zeroize::Zeroizing;

use super::token;
use crate::source::file_io::append;

/// A connection to the agent, which is opened by the first request.
pub(super) struct AgentConnection {
    port: u16,
    open: Option<OpenConnection>,
}

struct OpenConnection {
    sender: SendRequest<Empty<Bytes>>,
    /// Drives the connection. A set of one task, because dropping a set aborts its tasks.
    _driver: JoinSet<()>,
}

/// The agent's response.
pub(super) struct Reply {
    pub(super) status: u16,
    pub(super) body: Zeroizing<Vec<u8>>,
}

/// The reason why there is no response.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum ConnectionError {
    /// The connection was refused, so no agent is running on the port.
    Refused,
    /// No connection, for another reason.
    NoConnection(io::ErrorKind),
    /// The connection was closed before a response, or the response is not HTTP.
    Closed,
    /// The response is incomplete.
    BrokenOff,
    /// The response is larger than any of the agent's.
    TooLarge,
    /// The request cannot be written as a URL.
    TooLong,
    /// No response within the timeout of the request.
    TimedOut,
}

impl AgentConnection {
    pub(super) fn to(port: u16) -> Self {
        Self { port, open: None }
    }

    /// Opens the connection without a request.
    pub(super) async fn open(&mut self) -> Result<(), ConnectionError> {
        self.open = Some(OpenConnection::connect(self.port).await?);
        Ok(())
    }

    /// Sends a request and reads the whole response. If the agent has closed an idle connection, the request is sent
    /// once more over a new one; requests are idempotent.
    pub(super) async fn get(
        &mut self,
        target: &str,
        token: &HeaderValue,
    ) -> Result<Reply, ConnectionError> {
        let request = Request::get(target)
            .header(HOST, format!("localhost:{}", self.port))
            .header(token::HEADER, token)
            .body(Empty::new())
            .map_err(|_| ConnectionError::TooLong)?;
        if let Some(open) = self.open.take() {
            match self.exchange(open, request.clone()).await {
                Err(ConnectionError::Closed) => {}
                result => return result,
            }
        }
        let open = OpenConnection::connect(self.port).await?;
        self.exchange(open, request).await
    }

    /// Keeps the connection only if the response is complete.
    async fn exchange(
        &mut self,
        mut open: OpenConnection,
        request: Request<Empty<Bytes>>,
    ) -> Result<Reply, ConnectionError> {
        let response = async {
            open.sender.ready().await?;
            open.sender.send_request(request).await
        };
        let response = response.await.map_err(|_| ConnectionError::Closed)?;
        let status = response.status().as_u16();
        let body = read_body(response.into_body()).await?;
        self.open = Some(open);
        Ok(Reply { status, body })
    }
}

impl OpenConnection {
    async fn connect(port: u16) -> Result<Self, ConnectionError> {
        let stream = TcpStream::connect((Ipv4Addr::LOCALHOST, port)).await;
        let stream = stream.map_err(|error| match error.kind() {
            io::ErrorKind::ConnectionRefused => ConnectionError::Refused,
            other => ConnectionError::NoConnection(other),
        })?;
        // Each small request waits for its response, so delaying packets to combine them only costs time.
        let _ = stream.set_nodelay(true);
        let opened = handshake(TokioIo::new(stream)).await;
        let (sender, connection) = opened.map_err(|_| ConnectionError::Closed)?;
        let mut driver = JoinSet::new();
        // The sender reports how the connection ends.
        driver.spawn(async move { drop(connection.await) });
        Ok(Self {
            sender,
            _driver: driver,
        })
    }
}

/// A value has at most 65,536 bytes, each of them at most 6 in JSON.
const LARGEST: usize = 1024 * 1024;

/// Reads a whole body. hyper's own buffers are not wiped.
async fn read_body(
    body: impl Body<Data = Bytes, Error: Into<Box<dyn Error + Send + Sync>>> + Unpin,
) -> Result<Zeroizing<Vec<u8>>, ConnectionError> {
    let announced = usize::try_from(body.size_hint().lower()).unwrap_or(usize::MAX);
    if announced > LARGEST {
        return Err(ConnectionError::TooLarge);
    }
    let mut body = Limited::new(body, LARGEST);
    let mut read = Zeroizing::new(Vec::with_capacity(announced));
    while let Some(frame) = body.frame().await {
        let frame = frame.map_err(|error| {
            if error.is::<LengthLimitError>() {
                ConnectionError::TooLarge
            } else {
                ConnectionError::BrokenOff
            }
        })?;
        if let Some(chunk) = frame.data_ref() {
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
