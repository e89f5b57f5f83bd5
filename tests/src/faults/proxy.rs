//! The weather between real sockets.

use std::net::SocketAddr;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use tokio::net::TcpStream;

use super::Weather;
use super::carry::carry;
use crate::background::Background;

/// Stands before a server on loopback; it stops when dropped.
#[derive(Debug)]
pub struct FaultyProxy {
    background: Background,
    weather: Arc<Weather>,
    open: Arc<AtomicUsize>,
}

impl FaultyProxy {
    /// Stands before the server at that endpoint.
    pub fn before(endpoint: &str, weather: Weather) -> Self {
        let upstream: SocketAddr = endpoint
            .trim_start_matches("http://")
            .parse()
            .expect("an address on loopback");
        let (weather, open) = (Arc::new(weather), Arc::<AtomicUsize>::default());
        let passing = (Arc::clone(&weather), Arc::clone(&open));
        let background = Background::listen(move |client| {
            let (weather, open) = passing.clone();
            tokio::spawn(async move {
                open.fetch_add(1, Ordering::SeqCst);
                if let Ok(server) = TcpStream::connect(upstream).await {
                    let _ = server.set_nodelay(true);
                    carry(client, server, weather).await;
                }
                open.fetch_sub(1, Ordering::SeqCst);
            });
        });
        Self {
            background,
            weather,
            open,
        }
    }

    /// Where it listens.
    pub fn endpoint(&self) -> String {
        format!("http://{}", self.background.address())
    }

    /// The port that it listens on.
    pub fn port(&self) -> u16 {
        self.background.address().port()
    }

    /// What lies between.
    pub fn weather(&self) -> &Weather {
        &self.weather
    }

    /// How many connections are open to it.
    pub fn connections(&self) -> usize {
        self.open.load(Ordering::SeqCst)
    }
}
