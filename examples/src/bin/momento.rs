//! A cache client built once from one secret, and used for one write and one read.

#![allow(
    clippy::print_stdout,
    clippy::print_stderr,
    reason = "a program's answer and its failure belong there"
)]

use std::error::Error;
use std::iter::successors;
use std::process::ExitCode;
use std::time::Duration;

use from_secrets::{ExposeSecret, FromSecrets, Loader, SecretString};
use momento::cache::{GetResponse, configurations};
use momento::{CacheClient, CredentialProvider, MomentoError, MomentoResult};
use tokio::{sync::OnceCell, time::timeout};

/// How long a call may take, connecting included.
const PATIENCE: Duration = Duration::from_secs(3);

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

/// Made by whoever asks first and shared by all: each secret fetched and each connection made costs time and money.
static CACHE: OnceCell<Cache> = OnceCell::const_new();

async fn cache() -> Result<&'static Cache, Box<dyn Error>> {
    CACHE.get_or_try_init(Cache::open).await
}

impl Cache {
    async fn open() -> Result<Self, Box<dyn Error>> {
        let loader = Loader::new().default_region("us-west-2");
        let config: MomentoConfig = loader.load().await?;
        let client = connect(&config).map_err(|error| failure("make a client", &error))?;
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

/// Makes the client; the network is touched by its first call.
fn connect(config: &MomentoConfig) -> MomentoResult<CacheClient> {
    // A key that was pasted with its newline is no HTTP header.
    let key = config.api_token.expose_secret().trim();
    CacheClient::builder()
        .default_ttl(Duration::from_mins(1))
        .configuration(configurations::Lambda::latest())
        .credential_provider(CredentialProvider::from_api_key_v2(key, &config.endpoint)?)
        .build()
}

async fn in_time<T>(deed: &str, call: impl Future<Output = MomentoResult<T>>) -> Result<T, String> {
    match timeout(PATIENCE, call).await {
        Ok(response) => response.map_err(|error| failure(deed, &error)),
        Err(_) => Err(format!(
            "momento: cannot {deed}: no answer within {PATIENCE:?}"
        )),
    }
}

/// What Momento could not do, and what was at the root of it.
fn failure(deed: &str, error: &MomentoError) -> String {
    let root = successors(error.source(), |&cause| cause.source()).last();
    let root = root.map_or_else(String::new, |cause| format!(" ({cause})"));
    format!("momento: cannot {deed}: {error}{root}")
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
        Some(greeting) => println!("read back: {greeting}"),
        None => println!("written, but gone again"),
    }
    Ok(())
}
