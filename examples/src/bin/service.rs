//! A web service over PostgreSQL that goes on while its password is rotated.

#![allow(
    clippy::print_stdout,
    clippy::print_stderr,
    reason = "a program's answer and its failure belong there"
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
    // With port 0, whoever started it learns the port here.
    println!("listening on http://{}", listener.local_addr()?);
    axum::serve(listener, router(live))
        .with_graceful_shutdown(stop_signal())
        .await?;
    Ok(())
}

/// What `RUST_LOG` says, such as `info,from_secrets=debug`.
fn filter() -> Result<Targets, Box<dyn Error>> {
    match env::var("RUST_LOG") {
        Ok(directives) => Ok(directives.parse()?),
        Err(_) => Ok(Targets::new().with_default(LevelFilter::INFO)),
    }
}

/// By the orchestrator, or on a terminal.
#[cfg(unix)]
async fn stop_signal() {
    use tokio::signal::unix::{SignalKind, signal};

    match signal(SignalKind::terminate()) {
        Ok(mut terminate) => tokio::select! {
            _ = terminate.recv() => {}
            _ = tokio::signal::ctrl_c() => {}
        },
        Err(error) => tracing::warn!(%error, "nobody can tell the service to stop"),
    }
}

/// On a terminal.
#[cfg(not(unix))]
async fn stop_signal() {
    let _ = tokio::signal::ctrl_c().await;
}
