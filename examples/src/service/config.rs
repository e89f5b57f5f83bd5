//! The configuration of the service, and its refresh settings.

use std::error::Error;
use std::net::SocketAddr;
use std::time::Duration;

use from_secrets::{FromSecrets, Live, Loader, SecretString};

/// The configuration of the service.
#[derive(FromSecrets)]
#[secrets(debug)]
pub struct Config {
    /// The database.
    #[secret(flatten)]
    pub database: Database,
    /// Address of the service.
    #[secret(env_only, parse, default = SocketAddr::from(([127, 0, 0, 1], 8080)))]
    pub address: SocketAddr,
    /// Lifetime of a connection to the database, in seconds.
    #[secret(env_only, parse = seconds, default = Duration::from_mins(30))]
    pub connection_lifetime: Duration,
}

/// The JSON secret that RDS writes for a database.
///
/// A secret that RDS manages contains only the first two fields. The others then come from environment variables.
#[derive(FromSecrets)]
#[secrets(name = "{DATABASE_SECRET}", env_prefix = "DATABASE_", debug)]
pub struct Database {
    /// Role of the service in the database.
    pub username: String,
    /// Password of the role.
    pub password: SecretString,
    /// Host name of the server.
    pub host: String,
    /// Port of the server.
    #[secret(default = 5432)]
    pub port: u16,
    /// Name of the database.
    #[secret(default = "postgres")]
    pub dbname: String,
}

/// The refresh settings, which are loaded before the secrets. Settings that are not set have the defaults of the
/// library.
#[derive(FromSecrets)]
#[secrets(env_prefix = "SECRETS_", debug)]
pub struct Freshness {
    /// Age at which the secrets are refreshed, in seconds.
    #[secret(env_only, parse = seconds)]
    pub ttl: Option<Duration>,
    /// Maximum age of the secrets while refreshes fail, in seconds.
    #[secret(env_only, parse = seconds)]
    pub max_stale: Option<Duration>,
    /// Timeout of a load, in seconds.
    #[secret(env_only, parse = seconds)]
    pub timeout: Option<Duration>,
    /// Minimum time between refreshes for rejected passwords, in seconds.
    #[secret(env_only, parse = seconds)]
    pub min_refresh_interval: Option<Duration>,
    /// Maximum time that a request waits for a new password, in seconds.
    #[secret(env_only, parse = seconds)]
    pub rotation_window: Option<Duration>,
}

impl Freshness {
    /// Loads the configuration as a struct that follows rotation.
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
