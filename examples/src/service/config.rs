//! What the service needs to run, and how closely it follows rotation.

use std::error::Error;
use std::net::SocketAddr;
use std::time::Duration;

use from_secrets::{FromSecrets, Live, Loader, SecretString};

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

/// How closely the service follows rotation. It is loaded before any secret is requested. What is not set has the
/// library's default.
#[derive(FromSecrets)]
#[secrets(env_prefix = "SECRETS_", debug)]
pub struct Freshness {
    /// How old the secrets may be before they are refreshed, in seconds.
    #[secret(env_only, parse = seconds)]
    pub ttl: Option<Duration>,
    /// How old the secrets may be while refreshes fail, in seconds.
    #[secret(env_only, parse = seconds)]
    pub max_stale: Option<Duration>,
    /// The timeout of a load, in seconds.
    #[secret(env_only, parse = seconds)]
    pub timeout: Option<Duration>,
    /// The shortest time between refreshes for rejected passwords, in seconds.
    #[secret(env_only, parse = seconds)]
    pub min_refresh_interval: Option<Duration>,
    /// How long a request waits for a new password, in seconds.
    #[secret(env_only, parse = seconds)]
    pub rotation_window: Option<Duration>,
}

impl Freshness {
    /// Loads the configuration, and follows rotation from then on.
    ///
    /// # Errors
    ///
    /// Returns an error if the load fails, or if the settings contradict each other.
    pub async fn load_config(&self) -> Result<Live<Config>, from_secrets::Error> {
        let mut loader = Loader::new();
        if let Some(timeout) = self.timeout {
            loader = loader.timeout(timeout);
        }
        let mut builder = Live::builder().loader(loader);
        if let Some(ttl) = self.ttl {
            builder = builder.ttl(ttl);
        }
        if let Some(max_stale) = self.max_stale {
            builder = builder.max_stale(max_stale);
        }
        if let Some(interval) = self.min_refresh_interval {
            builder = builder.min_refresh_interval(interval);
        }
        if let Some(window) = self.rotation_window {
            builder = builder.rotation_window(window);
        }
        builder.load().await
    }
}

fn seconds(text: &str) -> Result<Duration, Box<dyn Error>> {
    Ok(Duration::try_from_secs_f64(text.parse()?)?)
}
