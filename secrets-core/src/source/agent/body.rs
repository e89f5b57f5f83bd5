//! The body of an answer, in memory that is wiped.

use http_body_util::BodyExt;
use hyper::body::{Body, Bytes};
use zeroize::Zeroizing;

use super::connection::Trouble;
use crate::source::wiped::append;

/// A value has at most 65,536 bytes, each of them at most 6 in JSON.
const LARGEST: usize = 1024 * 1024;

/// Reads a body to its end. What hyper itself received it in is not ours to wipe.
pub(super) async fn read(
    mut body: impl Body<Data = Bytes> + Unpin,
) -> Result<Zeroizing<Vec<u8>>, Trouble> {
    let announced = body.size_hint().exact().unwrap_or_default();
    let announced = usize::try_from(announced).unwrap_or(usize::MAX);
    if announced > LARGEST {
        return Err(Trouble::TooLarge);
    }
    let mut read = Zeroizing::new(Vec::with_capacity(announced));
    while let Some(frame) = body.frame().await {
        let frame = frame.map_err(|_| Trouble::BrokenOff)?;
        if let Some(chunk) = frame.data_ref() {
            if read.len() + chunk.len() > LARGEST {
                return Err(Trouble::TooLarge);
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

    async fn read_of(left: usize, length: usize, is_announced: bool) -> Result<usize, Trouble> {
        let chunk = vec![b'x'; length].into();
        let body = Chunks {
            left,
            chunk,
            is_announced,
        };
        let read = read(body).await?;
        assert!(read.iter().all(|byte| *byte == b'x'));
        Ok(read.len())
    }

    #[tokio::test]
    async fn a_body_in_many_parts_is_read_whole() {
        for is_announced in [true, false] {
            assert_eq!(read_of(1000, 7, is_announced).await, Ok(7000));
            assert_eq!(read_of(1, LARGEST, is_announced).await, Ok(LARGEST));
            assert_eq!(read_of(0, 0, is_announced).await, Ok(0));
        }
    }

    #[tokio::test]
    async fn a_body_that_is_too_large_is_refused() {
        for is_announced in [true, false] {
            let read = read_of(LARGEST / 1000 + 1, 1000, is_announced).await;
            assert_eq!(read, Err(Trouble::TooLarge));
        }
    }
}
