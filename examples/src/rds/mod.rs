//! A web service with axum and sqlx over a database whose password RDS manages.
//!
//! RDS changes the password with the single-user strategy: the database rejects the old password at once, and Secrets
//! Manager returns the new one a few seconds later. Two recipes bridge that time without an error: [`ReplacedPool`]
//! and [`KeptPool`].

mod kept;
mod replaced;

use axum::Router;
use axum::http::StatusCode;
use axum::routing::get;
use from_secrets::{ExposeSecret, FromSecrets, Live, SecretString};
use sqlx::postgres::PgConnectOptions;

pub use kept::KeptPool;
pub use replaced::ReplacedPool;

/// The configuration of the service.
#[derive(FromSecrets)]
#[secrets(debug)]
pub struct Config {
    /// The database.
    #[secret(flatten)]
    pub database: Database,
}

/// The secret `rds!cluster-…` with its two keys, and the settings of the deployment.
#[derive(FromSecrets)]
#[secrets(name = "{DB_SECRET_ARN}", env_prefix = "DB_", debug)]
pub struct Database {
    /// Master user.
    pub username: String,
    /// Password, which RDS rotates.
    pub password: SecretString,
    /// Host name of the cluster endpoint.
    #[secret(env_only)]
    pub host: String,
    /// Port of the cluster.
    #[secret(env_only, default = 5432)]
    pub port: u16,
    /// Name of the database.
    #[secret(env_only, default = "postgres")]
    pub dbname: String,
}

/// Returns the options of a connection. Their `Debug` output contains the password, so do not log them.
fn connect_options(database: &Database) -> PgConnectOptions {
    PgConnectOptions::new_without_pgpass()
        .host(&database.host)
        .port(database.port)
        .database(&database.dbname)
        .username(&database.username)
        .password(database.password.expose_secret())
}

/// Returns whether the database rejected the credentials, so that the operation did not run: SQLSTATE 28P01
/// (`invalid_password`) or 28000 (`invalid_authorization_specification`).
fn is_rejected(error: &sqlx::Error) -> bool {
    match error {
        sqlx::Error::Database(error) => matches!(error.code().as_deref(), Some("28P01" | "28000")),
        // A replaced pool was closed while the operation waited for a connection.
        sqlx::Error::PoolClosed => true,
        _ => false,
    }
}

/// Returns the routes: `GET /users` returns the number of users of the database. Responses contain no error text, which
/// may name the database and its user.
pub fn router(live: &Live<Config>) -> Router {
    let pool = ReplacedPool::new(live);
    let users = async move || match pool.count("SELECT count(*) FROM pg_user").await {
        Ok(count) => (StatusCode::OK, count.to_string()),
        Err(_) => (StatusCode::SERVICE_UNAVAILABLE, String::new()),
    };
    Router::new().route("/users", get(users))
}
