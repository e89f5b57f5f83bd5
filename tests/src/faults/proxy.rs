//! The weather between real sockets.

use std::net::SocketAddr;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::thread::JoinHandle;

use tokio::net::{TcpListener, TcpStream};
use tokio::runtime::Builder;
use tokio::sync::oneshot;

use super::Weather;
use super::carry::carry;

/// Stands before a server on loopback; it stops when dropped.
#[derive(Debug)]
pub struct FaultyProxy {
    address: SocketAddr,
    weather: Arc<Weather>,
    open: Arc<AtomicUsize>,
    stop: Option<oneshot::Sender<()>>,
    thread: Option<JoinHandle<()>>,
}

impl FaultyProxy {
    /// Stands before the server at that endpoint.
    pub fn before(endpoint: &str, weather: Weather) -> Self {
        let upstream: SocketAddr = endpoint
            .trim_start_matches("http://")
            .parse()
            .expect("an address on loopback");
        let listener =
            std::net::TcpListener::bind(("127.0.0.1", 0)).expect("a free port on loopback");
        let address = listener
            .local_addr()
            .expect("a bound socket has an address");
        let (stop, stopped) = oneshot::channel();
        let (weather, open) = (Arc::new(weather), Arc::<AtomicUsize>::default());
        let passing = (Arc::clone(&weather), Arc::clone(&open));
        let thread = std::thread::spawn(move || {
            let runtime = Builder::new_current_thread()
                .enable_all()
                .build()
                .expect("a runtime");
            // Dropping the runtime ends every connection, those that hang included.
            runtime.block_on(async {
                tokio::select! {
                    () = accept(listener, upstream, passing) => {}
                    _ = stopped => {}
                }
            });
        });
        Self {
            address,
            weather,
            open,
            stop: Some(stop),
            thread: Some(thread),
        }
    }

    /// Where it listens.
    pub fn endpoint(&self) -> String {
        format!("http://{}", self.address)
    }

    /// The port that it listens on.
    pub fn port(&self) -> u16 {
        self.address.port()
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

impl Drop for FaultyProxy {
    fn drop(&mut self) {
        drop(self.stop.take());
        if let Some(thread) = self.thread.take() {
            let _ = thread.join();
        }
    }
}

async fn accept(
    listener: std::net::TcpListener,
    upstream: SocketAddr,
    (weather, open): (Arc<Weather>, Arc<AtomicUsize>),
) {
    listener
        .set_nonblocking(true)
        .expect("a listener that does not block");
    let listener = TcpListener::from_std(listener).expect("a listener on this runtime");
    loop {
        let Ok((client, _)) = listener.accept().await else {
            continue;
        };
        let _ = client.set_nodelay(true);
        let (weather, open) = (Arc::clone(&weather), Arc::clone(&open));
        tokio::spawn(async move {
            open.fetch_add(1, Ordering::SeqCst);
            if let Ok(server) = TcpStream::connect(upstream).await {
                let _ = server.set_nodelay(true);
                carry(client, server, weather).await;
            }
            open.fetch_sub(1, Ordering::SeqCst);
        });
    }
}
