//! The example `rds`, and the pool of the README, while the password of a role in PostgreSQL is rotated.

#![cfg(unix)]

use std::time::Duration;

use from_secrets::source::{Env, Memory};
use from_secrets::{ExposeSecret, FromSecrets, Live, Loader, SecretString};
use from_secrets_examples::rds::{Config, KeptPool, ReplacedPool};
use from_secrets_tests::{Postgres, canary};
use serde_json::json;
use sqlx::PgPool;
use sqlx::error::DatabaseError;
use tokio::task::JoinSet;
use tokio::time::{sleep, timeout};

/// Each rotation needs one connection more than the one before, up to the default size of a pool.
const ROTATIONS: u32 = 10;
/// The timeout of a condition, which usually takes milliseconds.
const TIMEOUT: Duration = Duration::from_secs(30);
/// Keeps its connection for a moment, so that concurrent queries need connections of their own.
const QUERY: &str = "SELECT 7::bigint FROM pg_sleep(0.05)";
const ARN: &str = "arn:aws:secretsmanager:eu-central-1:123456789012:secret:rds!cluster-01234567-89ab-cdef-0123-456789abcdef-AbCdEf";

/// A role and its secret.
struct Rotated {
    role: &'static str,
    secrets: Memory,
    text: fn(role: &str, password: &str) -> String,
}

impl Rotated {
    fn new(role: &'static str, text: fn(&str, &str) -> String) -> Self {
        let password = canary::value("0");
        Postgres::shared().create(role, &password);
        let secrets = Memory::new().with_secret(ARN, &text(role, &password));
        Self {
            role,
            secrets,
            text,
        }
    }

    /// Loads a struct, with the default settings.
    async fn load<T: FromSecrets + Send + Sync + 'static>(&self) -> Live<T> {
        let port = Postgres::shared().port().to_string();
        let variables = [
            ("DB_SECRET_ARN", ARN),
            ("DB_HOST", Postgres::shared().host()),
            ("DB_PORT", &port),
            ("DB_DBNAME", self.role),
        ];
        let environment = Env::from_vars(variables);
        let loader = Loader::new().env(environment).source(self.secrets.clone());
        Live::<T>::builder().loader(loader).load().await.unwrap()
    }

    fn refusals(&self) -> usize {
        let refused = format!("password authentication failed for user \"{}\"", self.role);
        Postgres::shared().log().matches(&refused).count()
    }

    /// Rotates the password while queries run, and returns how many succeeded and how many failed.
    async fn rotate<Q, F>(&self, query: Q) -> (usize, usize)
    where
        Q: Fn() -> F,
        F: Future<Output = sqlx::Result<i64>> + Send + 'static,
    {
        let (mut succeeded, mut failed) = (0, 0);
        for number in 1..=ROTATIONS {
            let (password, refusals) = (canary::value(&number.to_string()), self.refusals());
            Postgres::shared().set_password(self.role, &password);
            let mut queries = JoinSet::new();
            for _ in 0..number {
                queries.spawn(query());
            }
            let refused = async {
                while self.refusals() == refusals {
                    sleep(Duration::from_millis(2)).await;
                }
            };
            timeout(TIMEOUT, refused).await.expect("a rejected login");
            self.secrets
                .set_secret(ARN, &(self.text)(self.role, &password));
            for result in queries.join_all().await {
                match result {
                    Ok(7) => succeeded += 1,
                    _ => failed += 1,
                }
            }
        }
        (succeeded, failed)
    }
}

/// Returns a secret as RDS manages it.
fn managed(role: &str, password: &str) -> String {
    json!({ "username": role, "password": password }).to_string()
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn replaced_pool_survives_rotations() {
    let rotated = Rotated::new("rds_replaced", managed);
    let pool = ReplacedPool::new(&rotated.load::<Config>().await);
    let query = || {
        let pool = pool.clone();
        async move { pool.count(QUERY).await }
    };
    assert_eq!(rotated.rotate(query).await, (55, 0));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn kept_pool_survives_rotations() {
    let rotated = Rotated::new("rds_kept", managed);
    let pool = KeptPool::new(&rotated.load::<Config>().await);
    let query = || {
        let pool = pool.clone();
        async move { pool.count(QUERY).await }
    };
    assert_eq!(rotated.rotate(query).await, (55, 0));
}

/// The struct of the README.
#[derive(FromSecrets)]
struct Url {
    #[secret("{DB_SECRET_ARN}", env = false)]
    database_url: SecretString,
}

fn url(role: &str, password: &str) -> String {
    let server = Postgres::shared();
    let (host, port) = (server.host(), server.port());
    // Canaries contain characters that a URL escapes.
    let escape = |escaped: String, byte| escaped + &format!("%{byte:02X}");
    let password = password.bytes().fold(String::new(), escape);
    format!("postgres://{role}:{password}@{host}:{port}/{role}")
}

fn is_rejected(error: &sqlx::Error) -> bool {
    let code = error.as_database_error().and_then(DatabaseError::code);
    code.is_some_and(|code| code == "28P01")
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn readme_pool_survives_rotations() {
    let rotated = Rotated::new("rds_readme", url);
    let live = rotated.load::<Url>().await;
    let pool = live
        .try_map(|config| PgPool::connect_lazy(config.database_url.expose_secret()))
        .unwrap();
    let query = || {
        let pool = pool.clone();
        async move {
            let attempt = async || {
                let stale = |stale: from_secrets::live::StaleError| {
                    sqlx::Error::Configuration(stale.into())
                };
                let pool = pool.get().map_err(stale)?;
                sqlx::query_scalar(QUERY).fetch_one(&*pool).await
            };
            pool.retry_on(is_rejected, attempt).await
        }
    };
    assert_eq!(rotated.rotate(query).await, (55, 0));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn pool_without_retry_fails() {
    let rotated = Rotated::new("rds_failing", url);
    let live = rotated.load::<Url>().await;
    let pool = live
        .try_map(|config| PgPool::connect_lazy(config.database_url.expose_secret()))
        .unwrap();
    let query = || {
        let pool = pool.clone();
        async move {
            let pool = pool.last_good();
            sqlx::query_scalar(QUERY).fetch_one(&*pool).await
        }
    };
    let (_, failed) = rotated.rotate(query).await;
    assert!(failed > 0, "the database accepted an old password");
}
