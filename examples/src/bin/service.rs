//! Serves notes from PostgreSQL over HTTP while the password of the database is rotated.
//!
//! ```sh
//! DATABASE_SECRET=prod/notes cargo run -p from-secrets-examples --features service --bin service
//! ```

#![allow(
    clippy::print_stdout,
    clippy::print_stderr,
    reason = "the program prints its result"
)]

use std::env;
use std::error::Error;
use std::io::stderr;
use std::process::ExitCode;

use from_secrets::FromSecrets;
use from_secrets_examples::service::{Freshness, router};
use tokio::net::TcpListener;
use tracing_subscriber::filter::{LevelFilter, Targets};
use tracing_subscriber::fmt::layer;
use tracing_subscriber::prelude::*;

#[tokio::main]
async fn main() -> ExitCode {
    match run().await {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("{error:#}");
            ExitCode::FAILURE
        }
    }
}

async fn run() -> Result<(), Box<dyn Error>> {
    tracing_subscriber::registry()
        .with(layer().with_writer(stderr).with_filter(filter()?))
        .init();
    let live = Freshness::load().await?.load_config().await?;
    let listener = TcpListener::bind(live.last_good().address).await?;
    // With port 0, the system selects the port.
    println!("listening on http://{}", listener.local_addr()?);
    axum::serve(listener, router(live))
        .with_graceful_shutdown(stop_signal())
        .await?;
    Ok(())
}

/// Returns the filter in `RUST_LOG`, such as `info,from_secrets=debug`.
fn filter() -> Result<Targets, Box<dyn Error>> {
    match env::var("RUST_LOG") {
        Ok(directives) => Ok(directives.parse()?),
        Err(_) => Ok(Targets::new().with_default(LevelFilter::INFO)),
    }
}

/// Waits for SIGTERM or Ctrl-C.
#[cfg(unix)]
async fn stop_signal() {
    use tokio::signal::unix::{SignalKind, signal};

    match signal(SignalKind::terminate()) {
        Ok(mut terminate) => tokio::select! {
            _ = terminate.recv() => {}
            _ = tokio::signal::ctrl_c() => {}
        },
        Err(error) => tracing::warn!(%error, "cannot receive signals"),
    }
}

/// Waits for Ctrl-C.
#[cfg(not(unix))]
async fn stop_signal() {
    let _ = tokio::signal::ctrl_c().await;
}
