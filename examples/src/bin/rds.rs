//! Serves the number of users of a database whose password RDS manages.
//!
//! ```sh
//! DB_SECRET_ARN='arn:aws:secretsmanager:…:secret:rds!cluster-…' DB_HOST=….rds.amazonaws.com \
//!     cargo run -p from-secrets-examples --features rds --bin rds
//! ```

use std::error::Error;

use from_secrets::Live;
use from_secrets_examples::rds::{Config, router};
use tokio::net::TcpListener;

#[tokio::main]
async fn main() -> Result<(), Box<dyn Error>> {
    let live = Live::<Config>::load().await?;
    let listener = TcpListener::bind("127.0.0.1:8080").await?;
    axum::serve(listener, router(&live)).await?;
    Ok(())
}
