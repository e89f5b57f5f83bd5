//! Servers that never respond, or refuse connections.

use std::net::{Ipv4Addr, SocketAddr, TcpListener, TcpStream};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::thread::JoinHandle;

use tokio::net::TcpSocket;

/// Accepts every connection and never sends a byte.
#[derive(Debug)]
pub struct BlackHole {
    address: SocketAddr,
    taken: Arc<Mutex<Vec<TcpStream>>>,
    closing: Arc<AtomicBool>,
    thread: Option<JoinHandle<()>>,
}

impl BlackHole {
    /// Starts one on a free port.
    pub fn open() -> Self {
        let listener = TcpListener::bind(("127.0.0.1", 0)).expect("a free port on loopback");
        let address = listener
            .local_addr()
            .expect("a bound socket has an address");
        let (taken, closing) = (
            Arc::<Mutex<Vec<_>>>::default(),
            Arc::<AtomicBool>::default(),
        );
        let thread = std::thread::spawn({
            let (taken, closing) = (Arc::clone(&taken), Arc::clone(&closing));
            move || {
                for stream in listener.incoming().flatten() {
                    if closing.load(Ordering::SeqCst) {
                        return;
                    }
                    taken
                        .lock()
                        .unwrap_or_else(PoisonError::into_inner)
                        .push(stream);
                }
            }
        });
        Self {
            address,
            taken,
            closing,
            thread: Some(thread),
        }
    }

    /// Where it listens.
    pub fn endpoint(&self) -> String {
        format!("http://{}", self.address)
    }

    /// How many connections it took.
    pub fn connections(&self) -> usize {
        self.taken
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .len()
    }
}

impl Drop for BlackHole {
    fn drop(&mut self) {
        self.closing.store(true, Ordering::SeqCst);
        // Wakes the thread, which waits for a connection.
        let _ = TcpStream::connect(self.address);
        if let Some(thread) = self.thread.take() {
            let _ = thread.join();
        }
    }
}

/// A port that refuses connections. It is bound, so that no other process can use it, but not listening.
#[derive(Debug)]
pub struct Refusal {
    endpoint: String,
    _socket: TcpSocket,
}

impl Refusal {
    /// Takes a free port.
    pub fn open() -> Self {
        let socket = TcpSocket::new_v4().expect("a socket");
        socket
            .bind((Ipv4Addr::LOCALHOST, 0).into())
            .expect("a free port on loopback");
        let address = socket.local_addr().expect("a bound socket has an address");
        Self {
            endpoint: format!("http://{address}"),
            _socket: socket,
        }
    }

    /// The address that refuses connections.
    pub fn endpoint(&self) -> &str {
        &self.endpoint
    }
}
