//! Loads a struct from HashiCorp Vault, a custom source, with environment variables as a fallback.
//!
//! ```sh
//! VAULT_ADDR=http://127.0.0.1:8200 VAULT_TOKEN=… cargo run -p from-secrets-examples --features vault --bin vault
//! ```

#![allow(
    clippy::print_stdout,
    clippy::print_stderr,
    reason = "the program prints its result"
)]

use std::error::Error;
use std::process::ExitCode;

use from_secrets::source::Env;
use from_secrets::{FromSecrets, Loader, SecretString};
use from_secrets_examples::vault::Vault;
use reqwest::Url;

/// The address of a Vault, and the token for it.
#[derive(FromSecrets)]
#[secrets(prefix = "VAULT_")]
struct Access {
    #[secret(env_only, default = "https://127.0.0.1:8200".to_owned())]
    addr: String,
    token: Option<SecretString>,
}

#[derive(FromSecrets)]
#[secrets(prefix = "POCKET_", debug)]
#[expect(dead_code, reason = "an application would use its secrets")]
struct PocketConfig {
    key: SecretString,
    token: SecretString,
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
    let access: Access = Loader::new().source(Env::new()).load().await?;
    let vault = Vault::new(&Url::parse(&access.addr)?, access.token);
    let loader = Loader::new().source(vault).source(Env::new());
    let (config, report) = loader.load_with_report::<PocketConfig>().await?;
    println!("{report}\n\n{config:?}");
    Ok(())
}
