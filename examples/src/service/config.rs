//! What the service needs to run, and how closely it follows rotation.

use std::error::Error;
use std::net::SocketAddr;
use std::time::Duration;

use from_secrets::{FromSecrets, Live, SecretString};

/// What the service needs to run.
#[derive(FromSecrets)]
#[secrets(debug)]
pub struct Config {
    /// The database.
    #[secret(flatten)]
    pub database: Database,
    /// Where the service listens.
    #[secret(env_only, parse, default = SocketAddr::from(([127, 0, 0, 1], 8080)))]
    pub address: SocketAddr,
    /// After how many seconds a connection to the database is replaced.
    #[secret(env_only, parse = seconds, default = Duration::from_mins(30))]
    pub connection_lifetime: Duration,
}

/// A database, as RDS describes it in one JSON secret.
///
/// A secret that RDS manages by itself has only the first two: the others then come from the environment.
#[derive(FromSecrets)]
#[secrets(name = "{DATABASE_SECRET}", env_prefix = "DATABASE_", debug)]
pub struct Database {
    /// The role that the service connects as.
    pub username: String,
    /// Its password.
    pub password: SecretString,
    /// The host name.
    pub host: String,
    /// The port.
    #[secret(default = 5432)]
    pub port: u16,
    /// The database's name.
    #[secret(default = "postgres")]
    pub dbname: String,
}

/// How closely rotation is followed. It is needed before any secret is asked for.
#[derive(FromSecrets)]
#[secrets(env_prefix = "SECRETS_", debug)]
pub struct Freshness {
    /// After how many seconds the secrets are read again though nothing was refused.
    #[secret(env_only, parse = seconds, default = Duration::from_mins(5))]
    pub ttl: Duration,
    /// For how many seconds the service goes on when they cannot be read.
    #[secret(env_only, parse = seconds, default = Duration::from_hours(24))]
    pub max_stale: Duration,
    /// How many seconds lie between two questions about a refused password.
    #[secret(env_only, parse = seconds, default = Duration::from_secs(1))]
    pub min_interval: Duration,
    /// For how many seconds a new password is waited for: rotation stores it only after the database has it.
    #[secret(env_only, parse = seconds, default = Duration::from_secs(10))]
    pub rotation_window: Duration,
}

impl Freshness {
    /// Loads the configuration, and follows it from then on.
    ///
    /// # Errors
    ///
    /// When it cannot be loaded now.
    pub async fn load_config(&self) -> Result<Live<Config>, from_secrets::Error> {
        Live::builder()
            .ttl(self.ttl)
            .max_stale(self.max_stale)
            .min_interval(self.min_interval)
            .rotation_window(self.rotation_window)
            .load()
            .await
    }
}

fn seconds(text: &str) -> Result<Duration, Box<dyn Error>> {
    Ok(Duration::try_from_secs_f64(text.parse()?)?)
}
