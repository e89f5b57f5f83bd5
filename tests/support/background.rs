//! Listening on loopback from a thread of its own, so that a test may block its own.

use std::convert::Infallible;
use std::net::SocketAddr;
use std::thread::JoinHandle;

use tokio::net::{TcpListener, TcpStream};
use tokio::runtime::Builder;
use tokio::sync::oneshot;

/// A listener with a runtime of its own; both end when it is dropped.
#[derive(Debug)]
pub(crate) struct Background {
    address: SocketAddr,
    stop: Option<oneshot::Sender<Infallible>>,
    thread: Option<JoinHandle<()>>,
}

impl Background {
    /// Calls it with each connection, in the runtime; it may spawn.
    pub(crate) fn listen(each: impl Fn(TcpStream) + Send + 'static) -> Self {
        let listener =
            std::net::TcpListener::bind(("127.0.0.1", 0)).expect("a free port on loopback");
        let address = listener
            .local_addr()
            .expect("a bound socket has an address");
        let (stop, stopped) = oneshot::channel();
        let thread = std::thread::spawn(move || {
            let runtime = Builder::new_current_thread()
                .enable_all()
                .build()
                .expect("a runtime");
            // Dropping the runtime ends every connection, those that hang included.
            runtime.block_on(async {
                tokio::select! {
                    () = accept(listener, each) => {}
                    _ = stopped => {}
                }
            });
        });
        Self {
            address,
            stop: Some(stop),
            thread: Some(thread),
        }
    }

    pub(crate) fn address(&self) -> SocketAddr {
        self.address
    }
}

impl Drop for Background {
    fn drop(&mut self) {
        drop(self.stop.take());
        if let Some(thread) = self.thread.take() {
            let _ = thread.join();
        }
    }
}

async fn accept(listener: std::net::TcpListener, each: impl Fn(TcpStream)) {
    listener
        .set_nonblocking(true)
        .expect("a listener that does not block");
    let listener = TcpListener::from_std(listener).expect("a listener on this runtime");
    loop {
        if let Ok((stream, _)) = listener.accept().await {
            let _ = stream.set_nodelay(true);
            each(stream);
        }
    }
}
