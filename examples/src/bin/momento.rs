//! Creates a cache client from one secret on first use, and shares it.
//!
//! ```sh
//! MOMENTO_ENDPOINT=cell-… cargo run -p from-secrets-examples --features momento --bin momento
//! ```

#![allow(
    clippy::print_stdout,
    clippy::print_stderr,
    reason = "the program prints its result"
)]

use std::error::Error;
use std::iter::successors;
use std::process::ExitCode;
use std::time::Duration;

use from_secrets::{ExposeSecret, FromSecrets, Loader, SecretString};
use momento::cache::{GetResponse, configurations};
use momento::{CacheClient, CredentialProvider, MomentoError, MomentoResult};
use tokio::{sync::OnceCell, time::timeout};

/// The timeout of a call, which includes the connection.
const TIMEOUT: Duration = Duration::from_secs(3);

#[derive(FromSecrets)]
#[secrets(debug)]
struct MomentoConfig {
    /// API key of the Momento account.
    #[secret(name = "Momento_API_Token", version_stage = "AWSCURRENT")]
    api_token: SecretString,
    /// The key's endpoint, such as `cell-4-us-west-2-1.prod.a.momentohq.com`.
    #[secret(env_only, env = "MOMENTO_ENDPOINT")]
    endpoint: String,
    /// The cache to write to.
    #[secret(env_only, env = "MOMENTO_CACHE", default = "cache")]
    cache: String,
}

/// A cache and the connection to it.
struct Cache {
    client: CacheClient,
    name: String,
}

/// Created by the first caller. Fetching the secret and connecting cost time and money.
static CACHE: OnceCell<Cache> = OnceCell::const_new();

async fn cache() -> Result<&'static Cache, Box<dyn Error>> {
    CACHE.get_or_try_init(Cache::open).await
}

impl Cache {
    async fn open() -> Result<Self, Box<dyn Error>> {
        let loader = Loader::new().default_region("us-west-2");
        let config: MomentoConfig = loader.load().await?;
        let client = connect(&config).map_err(|error| failure("create a client", &error))?;
        Ok(Self {
            client,
            name: config.cache,
        })
    }

    async fn write(&self, key: &str, value: &str) -> Result<(), String> {
        let set = self.client.set(&self.name, key, value);
        in_time("write", set).await.map(drop)
    }

    async fn read(&self, key: &str) -> Result<Option<String>, String> {
        let get = self.client.get(&self.name, key);
        match in_time("read", get).await? {
            GetResponse::Hit { value } => {
                let text = value.try_into();
                text.map(Some).map_err(|error| failure("read", &error))
            }
            GetResponse::Miss => Ok(None),
        }
    }
}

/// Returns a client, which connects on its first call.
fn connect(config: &MomentoConfig) -> MomentoResult<CacheClient> {
    // A pasted key can end in a newline, which is invalid in an HTTP header.
    let key = config.api_token.expose_secret().trim();
    CacheClient::builder()
        .default_ttl(Duration::from_mins(1))
        .configuration(configurations::Lambda::latest())
        .credential_provider(CredentialProvider::from_api_key_v2(key, &config.endpoint)?)
        .build()
}

async fn in_time<T>(
    action: &str,
    call: impl Future<Output = MomentoResult<T>>,
) -> Result<T, String> {
    match timeout(TIMEOUT, call).await {
        Ok(response) => response.map_err(|error| failure(action, &error)),
        Err(_) => Err(format!(
            "momento: cannot {action}: timed out after {TIMEOUT:?}"
        )),
    }
}

/// Returns a message with the failed action, the error and its root cause.
fn failure(action: &str, error: &MomentoError) -> String {
    let root = successors(error.source(), |&cause| cause.source()).last();
    let root = root.map_or_else(String::new, |cause| format!(" ({cause})"));
    format!("momento: cannot {action}: {error}{root}")
}

#[tokio::main(flavor = "current_thread")]
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
    cache().await?.write("greeting", "hello").await?;
    match cache().await?.read("greeting").await? {
        Some(greeting) => println!("read: {greeting}"),
        None => println!("written, but already expired"),
    }
    Ok(())
}
