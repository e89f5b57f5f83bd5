//! Shows which source each field comes from: one secret is in Secrets Manager, the other in your shell.
//!
//! ```sh
//! POCKET_TOKEN=from-my-shell cargo run -p from-secrets-examples --bin quickstart
//! ```
//!
//! Secrets Manager is an emulator in this process, behind the real SDK client. With `-- --aws`, the program uses your
//! account.

#![allow(
    clippy::print_stdout,
    clippy::print_stderr,
    reason = "the program prints its result"
)]

use std::env;
use std::error::Error;
use std::process::ExitCode;

use aws_sdk_secretsmanager::config::{BehaviorVersion, Region};
use aws_sdk_secretsmanager::{Client, Config};
use from_secrets::{FromSecrets, Loader, SecretString};
use winterbaume_core::MockAws;
use winterbaume_secretsmanager::SecretsManagerService;

#[derive(FromSecrets)]
#[secrets(prefix = "POCKET_", debug)]
#[expect(dead_code, reason = "an application would use its secrets")]
struct PocketConfig {
    /// Consumer key of the Pocket application.
    key: SecretString,
    /// Access token of the user whose list is read.
    token: SecretString,
}

#[tokio::main(flavor = "current_thread")]
async fn main() -> ExitCode {
    match run().await {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            // `{error}` is one line; `{error:#}` adds details.
            eprintln!("{error:#}");
            ExitCode::FAILURE
        }
    }
}

async fn run() -> Result<(), Box<dyn Error>> {
    let loader = match env::args().nth(1).as_deref() {
        None => Loader::new().client(emulator().await?),
        Some("--aws") => Loader::new(),
        Some(other) => return Err(format!("unknown argument `{other}`; expected `--aws`").into()),
    };
    let (config, report) = loader.load_with_report::<PocketConfig>().await?;
    println!("{report}\n");
    println!("{config:#?}");
    Ok(())
}

/// Returns a client of an emulator that contains one secret.
async fn emulator() -> Result<Client, aws_sdk_secretsmanager::Error> {
    let service = SecretsManagerService::new();
    let aws = MockAws::builder().with_service(service).build();
    let config = Config::builder()
        .behavior_version(BehaviorVersion::latest())
        .region(Region::new("eu-west-1"))
        .credentials_provider(aws.credentials_provider())
        .http_client(aws.http_client())
        .build();
    let client = Client::from_conf(config);
    let secret = client.create_secret().name("POCKET_KEY");
    secret.secret_string("from-the-emulator").send().await?;
    Ok(client)
}
