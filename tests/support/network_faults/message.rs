//! Takes a stream of bytes apart into the HTTP/1 messages that it carries.

use tokio::io::{AsyncRead, AsyncReadExt};

/// The bytes of a request or a response.
#[derive(Clone, Debug)]
pub(super) struct Message {
    pub(super) bytes: Vec<u8>,
    /// Where the body begins.
    pub(super) body: usize,
}

/// What of a stream is not a message yet.
#[derive(Default)]
pub(super) struct Messages(Vec<u8>);

impl Messages {
    /// The next message. Nothing where the stream has ended; what came of the last message is left out.
    pub(super) async fn next(&mut self, from: &mut (impl AsyncRead + Unpin)) -> Option<Message> {
        loop {
            if let Some(message) = self.take() {
                return Some(message);
            }
            if from.read_buf(&mut self.0).await.ok()? == 0 {
                return None;
            }
        }
    }

    fn take(&mut self) -> Option<Message> {
        const END: &[u8] = b"\r\n\r\n";
        let body = self.0.windows(END.len()).position(|at| at == END)? + END.len();
        let end = body + content_length(&self.0[..body]);
        if self.0.len() < end {
            return None;
        }
        let rest = self.0.split_off(end);
        let bytes = std::mem::replace(&mut self.0, rest);
        Some(Message { bytes, body })
    }
}

/// Returns the length of the body. Every message declares its length, or has no body.
fn content_length(head: &[u8]) -> usize {
    let head = String::from_utf8_lossy(head).to_ascii_lowercase();
    let length = head
        .lines()
        .find_map(|line| line.strip_prefix("content-length:"));
    length
        .and_then(|length| length.trim().parse().ok())
        .unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn consecutive_messages_are_split() {
        let mut stream: &[u8] =
            b"GET / HTTP/1.1\r\n\r\nHTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nhiHTTP/1.1 200";
        let mut messages = Messages::default();
        let first = messages.next(&mut stream).await.unwrap();
        assert_eq!((first.bytes.len(), first.body), (18, 18));
        let second = messages.next(&mut stream).await.unwrap();
        assert_eq!(&second.bytes[second.body..], b"hi");
        assert!(messages.next(&mut stream).await.is_none());
    }
}
