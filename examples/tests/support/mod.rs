//! Servers on the loopback interface that stand in for the scenario, each for one test.

use axum::Router;
use tokio::net::TcpListener;

pub(crate) mod secrets_manager;

/// Serves on a free port until the test's runtime ends; answers `host:port`.
pub(crate) async fn serve(router: Router) -> String {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap().to_string();
    tokio::spawn(async { axum::serve(listener, router).await.unwrap() });
    address
}
