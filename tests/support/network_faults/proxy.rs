//! A proxy that applies a fault plan between real sockets.

use std::net::SocketAddr;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use tokio::net::TcpStream;

use super::FaultPlan;
use super::carry::carry;
use crate::background::Background;

/// A proxy before a server on loopback. It stops when dropped.
#[derive(Debug)]
pub struct FaultyProxy {
    background: Background,
    plan: Arc<FaultPlan>,
    open: Arc<AtomicUsize>,
}

impl FaultyProxy {
    /// Starts a proxy before the server at this endpoint.
    pub fn before(endpoint: &str, plan: FaultPlan) -> Self {
        let upstream: SocketAddr = endpoint
            .trim_start_matches("http://")
            .parse()
            .expect("an address on loopback");
        let (plan, open) = (Arc::new(plan), Arc::<AtomicUsize>::default());
        let passing = (Arc::clone(&plan), Arc::clone(&open));
        let background = Background::listen(move |client| {
            let (plan, open) = passing.clone();
            tokio::spawn(async move {
                open.fetch_add(1, Ordering::SeqCst);
                if let Ok(server) = TcpStream::connect(upstream).await {
                    let _ = server.set_nodelay(true);
                    carry(client, server, plan).await;
                }
                open.fetch_sub(1, Ordering::SeqCst);
            });
        });
        Self {
            background,
            plan,
            open,
        }
    }

    /// Where it listens.
    pub fn endpoint(&self) -> String {
        format!("http://{}", self.background.address())
    }

    /// Returns its port.
    pub fn port(&self) -> u16 {
        self.background.address().port()
    }

    /// What lies between.
    pub fn plan(&self) -> &FaultPlan {
        &self.plan
    }

    /// How many connections are open to it.
    pub fn connections(&self) -> usize {
        self.open.load(Ordering::SeqCst)
    }
}
