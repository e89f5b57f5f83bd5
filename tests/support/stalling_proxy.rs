//! Connections that stall without being closed, as after a NAT gateway drops their state.

use std::net::SocketAddr;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use tokio::io::{AsyncRead, AsyncReadExt, AsyncWrite, AsyncWriteExt};
use tokio::net::TcpStream;

use crate::background::Background;

/// A TCP proxy whose open connections can go silent while new ones work; it stops when dropped.
#[derive(Debug)]
pub struct StallingProxy {
    background: Background,
    /// Connections that were opened before are silent.
    silences: Arc<AtomicUsize>,
    connections: Arc<AtomicUsize>,
}

impl StallingProxy {
    /// Starts one before the server at an endpoint.
    pub fn before(endpoint: &str) -> Self {
        let address = endpoint.trim_start_matches("http://");
        let upstream: SocketAddr = address.parse().expect("an address on loopback");
        let (silences, connections) = (Arc::<AtomicUsize>::default(), Arc::default());
        let shared = (
            Arc::clone(&silences),
            Arc::<AtomicUsize>::clone(&connections),
        );
        let background = Background::listen(move |client| {
            let (silences, connections) = shared.clone();
            connections.fetch_add(1, Ordering::SeqCst);
            let opened = silences.load(Ordering::SeqCst);
            tokio::spawn(async move {
                let is_silent = move || silences.load(Ordering::SeqCst) > opened;
                let server = TcpStream::connect(upstream).await.expect("a server");
                let (from_client, to_client) = client.into_split();
                let (from_server, to_server) = server.into_split();
                tokio::join!(
                    pass(from_client, to_server, &is_silent),
                    pass(from_server, to_client, &is_silent)
                );
            });
        });
        Self {
            background,
            silences,
            connections,
        }
    }

    /// Where it listens.
    pub fn endpoint(&self) -> String {
        format!("http://{}", self.background.address())
    }

    /// Silences all connections that are open.
    pub fn go_silent(&self) {
        self.silences.fetch_add(1, Ordering::SeqCst);
    }

    /// How many connections were opened to it.
    pub fn connections(&self) -> usize {
        self.connections.load(Ordering::SeqCst)
    }
}

async fn pass(
    mut from: impl AsyncRead + Unpin,
    mut to: impl AsyncWrite + Unpin,
    is_silent: &(impl Fn() -> bool + Sync),
) {
    let mut buffer = [0; 4096];
    while let Ok(length @ 1..) = from.read(&mut buffer).await {
        if !is_silent() && to.write_all(&buffer[..length]).await.is_err() {
            return;
        }
    }
    if !is_silent() {
        let _ = to.shutdown().await;
    }
}
