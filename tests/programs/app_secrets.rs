//! The command line of the struct that the environment names.

use std::process::ExitCode;

use aws_sdk_secretsmanager::config::{Credentials, Region, SharedCredentialsProvider};
use from_secrets::source::{SecretsManager, SourceErrorKind};
use from_secrets::{Loader, cli};
use from_secrets_tests::app::{App, ByArn, NoVariable, Pinned, RenamedToken, SharedKey};
use from_secrets_tests::logs;

fn main() -> ExitCode {
    if std::env::var("RUST_LOG").is_ok_and(|level| level == "trace") {
        logs::write_everything();
    }
    match std::env::var("STRUCT").as_deref() {
        Ok("pinned") => cli::run::<Pinned>(),
        Ok("by_arn") => cli::run::<ByArn>(),
        Ok("replicated") => {
            let secrets = SecretsManager::new()
                .replica("us-west-2")
                .replica("eu-west-1");
            cli::run_with::<App>(Loader::new().source(secrets), std::env::args_os())
        }
        Ok("in_region") => {
            let loader = Loader::new().source(SecretsManager::new().region("eu-west-1"));
            cli::run_with::<App>(loader, std::env::args_os())
        }
        Ok("two_regions") => {
            let secrets = ["eu-west-1", "us-east-1"].map(|name| SecretsManager::new().region(name));
            cli::run_with::<App>(Loader::new().sources(secrets), std::env::args_os())
        }
        Ok("in_profile") => {
            let loader = Loader::new().source(SecretsManager::new().profile("payments"));
            cli::run_with::<App>(loader, std::env::args_os())
        }
        Ok("with_client") => {
            let credentials = Credentials::new("application", "secret", None, None, "test");
            let config = aws_config::SdkConfig::builder()
                .behavior_version(aws_config::BehaviorVersion::latest())
                .region(Region::new("us-east-1"))
                .credentials_provider(SharedCredentialsProvider::new(credentials))
                .build();
            let client = aws_sdk_secretsmanager::Client::new(&config);
            let loader = Loader::new().source(SecretsManager::new().client(client));
            cli::run_with::<App>(loader, std::env::args_os())
        }
        Ok("falls_back") => {
            let loader = Loader::new().fall_back_on([SourceErrorKind::Denied]);
            cli::run_with::<App>(loader, std::env::args_os())
        }
        Ok("renamed") => cli::run::<RenamedToken>(),
        Ok("no_variable") => cli::run::<NoVariable>(),
        Ok("shared_key") => cli::run::<SharedKey>(),
        _ => cli::run::<App>(),
    }
}
