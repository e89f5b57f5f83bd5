//! Carries the messages of one connection and applies the planned faults.

use std::io;
use std::sync::Arc;

use tokio::io::{AsyncRead, AsyncWrite, AsyncWriteExt, split};
use tokio::time::sleep;

use super::fault_plan::{Fault, FaultPlan, Way};
use super::message::{Message, Messages};

/// Carries messages both ways until one side ends.
pub(super) async fn carry(
    client: impl AsyncRead + AsyncWrite,
    server: impl AsyncRead + AsyncWrite,
    plan: Arc<FaultPlan>,
) {
    let ((mut from_client, mut to_client), (mut from_server, mut to_server)) =
        (split(client), split(server));
    let requests = one_way(Way::Request, &mut from_client, &mut to_server, &plan);
    let responses = one_way(Way::FakeResponse, &mut from_server, &mut to_client, &plan);
    tokio::select! {
        _ = requests => {}
        _ = responses => {}
    }
}

async fn one_way(
    way: Way,
    from: &mut (impl AsyncRead + Unpin),
    to: &mut (impl AsyncWrite + Unpin),
    plan: &FaultPlan,
) -> io::Result<()> {
    let mut messages = Messages::default();
    while let Some(message) = messages.next(from).await {
        match plan.fault(way, &message) {
            None => to.write_all(&message.bytes).await?,
            Some(Fault::Stalled) => {
                to.write_all(&message.bytes[..plan.below(message.bytes.len())])
                    .await?;
                to.flush().await?;
                // Nothing comes through any more, but the end of the sender is seen.
                let mut nowhere = tokio::io::sink();
                tokio::select! {
                    _ = tokio::io::copy(from, &mut nowhere) => {}
                    () = plan.cleared() => {}
                }
                return Ok(());
            }
            Some(fault) => apply_fault(fault, message, to, plan).await?,
        }
        to.flush().await?;
    }
    Ok(())
}

async fn apply_fault(
    fault: Fault,
    message: Message,
    to: &mut (impl AsyncWrite + Unpin),
    plan: &FaultPlan,
) -> io::Result<()> {
    let Message { bytes, body } = &message;
    match fault {
        Fault::Stalled => unreachable!("it is seen to by the way as a whole"),
        Fault::Delayed => {
            sleep(plan.pause()).await;
            to.write_all(bytes).await
        }
        Fault::Dribbling => dribble(bytes, to, plan).await,
        Fault::Cut => Err(io::ErrorKind::ConnectionAborted.into()),
        Fault::Truncated => {
            to.write_all(&bytes[..plan.below(bytes.len())]).await?;
            to.flush().await?;
            Err(io::ErrorKind::ConnectionAborted.into())
        }
        Fault::Doubled => {
            to.write_all(bytes).await?;
            to.write_all(bytes).await
        }
        Fault::Swapped => {
            let other = plan.exchange(message).await;
            to.write_all(&other.bytes).await
        }
        Fault::Stale => to.write_all(&plan.earlier().bytes).await,
        Fault::CorruptHead => to.write_all(&corrupted(bytes, 0, *body, plan)).await,
        Fault::CorruptBody => {
            to.write_all(&corrupted(bytes, *body, bytes.len(), plan))
                .await
        }
        Fault::Emptied => {
            to.write_all(b"HTTP/1.1 200 OK\r\ncontent-length: 0\r\n\r\n")
                .await
        }
    }
}

async fn dribble(
    bytes: &[u8],
    to: &mut (impl AsyncWrite + Unpin),
    plan: &FaultPlan,
) -> io::Result<()> {
    const PIECES: usize = 5;
    for piece in bytes.chunks(bytes.len().div_ceil(PIECES)) {
        to.write_all(piece).await?;
        to.flush().await?;
        sleep(plan.pause() / 5).await;
    }
    Ok(())
}

/// The same with another byte in that part. In a body it is one that text has not.
fn corrupted(bytes: &[u8], begin: usize, end: usize, plan: &FaultPlan) -> Vec<u8> {
    let mut bytes = bytes.to_vec();
    if begin < end {
        let place = begin + plan.below(end - begin);
        bytes[place] ^= if begin == 0 { 1 << plan.below(8) } else { 0x80 };
    }
    bytes
}
