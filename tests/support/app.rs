//! The structs that the command line is tried on. Every name begins with the parameter `app`, so that tests share an
//! emulator.

use from_secrets::{FromSecrets, SecretString};
use serde::Deserialize;

/// A field of every kind.
#[derive(FromSecrets)]
#[secrets(prefix = "{app}/", debug)]
pub struct App {
    /// Token of the API.
    pub token: SecretString,
    /// Password of the database.
    #[secret("{app}/db", json_key = "password")]
    pub password: SecretString,
    /// Port of the database.
    #[secret("{app}/db", json_key = "port")]
    pub port: u16,
    /// How many connections are held.
    #[secret("{app}/db", json_key = "pool")]
    pub pool: Option<Pool>,
    /// A second host.
    #[secret("{app}/db", json_key = "/replicas/0/host", env = "DB_REPLICA")]
    pub replica: Option<String>,
    /// The key's certificate.
    #[secret(binary)]
    pub certificate: Vec<u8>,
    /// A key within JSON.
    #[secret("{app}/db", json_key = "key", binary)]
    pub key: Option<Vec<u8>>,
    /// Not needed.
    pub remark: Option<String>,
    /// How much is logged.
    #[secret(default = "info", validate = audible)]
    pub level: String,
    /// Where it listens.
    #[secret(env_only, default = 8080)]
    pub listen: u16,
    /// Who sends mail.
    #[secret(flatten, prefix = "{app}/mail/")]
    pub mail: Mail,
}

fn audible(level: &str) -> Result<(), &'static str> {
    if level == "silent" {
        return Err("nothing would be logged");
    }
    Ok(())
}

/// JSON within a JSON secret.
#[derive(Clone, Copy, Debug, Deserialize, PartialEq, Eq)]
pub struct Pool {
    /// At least.
    pub min: u8,
    /// At most.
    pub max: u8,
}

/// A nested struct.
#[derive(FromSecrets)]
#[secrets(debug)]
pub struct Mail {
    /// Who logs in.
    pub user: String,
    /// With what.
    pub password: SecretString,
}

/// A field that is pinned, beside one that is not.
#[derive(FromSecrets)]
#[secrets(debug)]
pub struct Pinned {
    /// As it is now.
    #[secret("{app}/token", version_stage = "AWSCURRENT", env = "TOKEN")]
    pub token: SecretString,
    /// As it was.
    #[secret("{app}/token", version_stage = "AWSPREVIOUS", env = "OLD_TOKEN")]
    pub old: Option<SecretString>,
}

/// Two ways to one secret.
#[derive(FromSecrets)]
#[secrets(debug)]
pub struct ByArn {
    /// By a name, or by an ARN.
    #[secret("{LOGIN_ARN}", json_key = "user", env = "LOGIN_USER")]
    pub user: SecretString,
    /// By its name.
    #[secret("{app}/login", json_key = "password", env = "LOGIN_PASSWORD")]
    pub password: Option<SecretString>,
}

/// A field with a former secret and a former variable.
#[derive(FromSecrets)]
#[secrets(debug)]
pub struct RenamedToken {
    /// The token of the API.
    #[secret(
        "{app}/TOKEN",
        alias = "{app}/OLD_TOKEN",
        env = "TOKEN",
        env_alias = "OLD_TOKEN"
    )]
    pub token: Option<SecretString>,
}

/// A field without an environment variable.
#[derive(FromSecrets)]
#[secrets(debug)]
pub struct NoVariable {
    /// Not in the environment.
    #[secret("{app}/signing", env = false)]
    pub signing: SecretString,
    /// In the environment.
    #[secret("{app}/shown", env = "SHOWN")]
    pub shown: Option<SecretString>,
}

/// Two fields of one JSON key.
#[derive(FromSecrets)]
#[secrets(debug)]
pub struct SharedKey {
    /// As the application uses it.
    #[secret("{app}/db", json_key = "password", env = "DB_PASSWORD")]
    pub password: SecretString,
    /// As a library uses it.
    #[secret("{app}/db", json_key = "password", env = "PGPASSWORD")]
    pub library: SecretString,
}
