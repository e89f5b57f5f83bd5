//! Fake servers on loopback.

use axum::Router;
use tokio::net::TcpListener;

pub(crate) mod secrets_manager;

/// Starts a server on a free port, which runs until the runtime of the test ends. Returns `host:port`.
pub(crate) async fn serve(router: Router) -> String {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap().to_string();
    tokio::spawn(async { axum::serve(listener, router).await.unwrap() });
    address
}
