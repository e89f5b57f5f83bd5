//! The environment of the service: a database with a role, and a secret with its password.

use from_secrets_tests::{Emulator, Kind, Postgres, Proxy};
use serde_json::json;
use tokio::process::Command;

const SCHEMA: &str = include_str!("../../src/service/schema.sql");

/// A role, a database and a secret with the same name.
pub(crate) struct Scenario {
    name: &'static str,
    /// The proxy between the service and Secrets Manager.
    pub(crate) secrets_manager: Proxy,
}

impl Scenario {
    /// Creates a scenario. All tests share one server and one emulator, so the name must be unique.
    pub(crate) async fn new(name: &'static str, password: &str) -> Self {
        let database = Postgres::shared();
        database.create(name, password);
        database.run(name, &format!("SET ROLE {name}; {SCHEMA}"));
        let emulator = Emulator::shared(Kind::Ministack);
        let secret = emulator.client().create_secret().name(name);
        let secret = secret.secret_string(described(name, password));
        secret.send().await.unwrap();
        Self {
            name,
            secrets_manager: Proxy::before(emulator.endpoint()),
        }
    }

    /// Changes the password in the database.
    pub(crate) fn set_password(&self, password: &str) {
        Postgres::shared().set_password(self.name, password);
    }

    /// Returns how often the database has rejected a password.
    pub(crate) fn refusals(&self) -> usize {
        let refused = format!("password authentication failed for user \"{}\"", self.name);
        Postgres::shared().log().matches(&refused).count()
    }

    /// Stores this password in a new version of the secret, and returns the version ID.
    pub(crate) async fn store(&self, password: &str) -> String {
        let client = Emulator::shared(Kind::Ministack).client();
        let put = client.put_secret_value().secret_id(self.name);
        let put = put.secret_string(described(self.name, password));
        put.send().await.unwrap().version_id.unwrap()
    }

    /// Returns the number of requests to Secrets Manager.
    pub(crate) fn requested(&self) -> usize {
        self.secrets_manager.calls().all().len()
    }

    /// Returns the service on a free port, with the most detailed log of this library and of the database client.
    pub(crate) fn service(&self) -> Command {
        let mut service = Command::new(env!("CARGO_BIN_EXE_service"));
        service
            .env_clear()
            .env("ADDRESS", "127.0.0.1:0")
            .env("DATABASE_SECRET", self.name)
            .env("RUST_LOG", "debug,from_secrets=trace,sqlx=trace")
            .env("AWS_ENDPOINT_URL", self.secrets_manager.endpoint())
            .env("AWS_REGION", "us-east-1")
            .env("AWS_ACCESS_KEY_ID", "test")
            .env("AWS_SECRET_ACCESS_KEY", "test");
        service
    }
}

/// Returns a secret as RDS writes it.
pub(crate) fn described(name: &str, password: &str) -> String {
    let database = Postgres::shared();
    let secret = json!({
        "engine": "postgres",
        "host": database.host(),
        "port": database.port(),
        "username": name,
        "password": password,
        "dbname": name,
    });
    secret.to_string()
}
