//! Loads two secrets once per cold start of a weekly Lambda function, which tags a reading list by reading time.
//!
//! On a laptop, the same program runs once:
//!
//! ```sh
//! POCKET_BASE_URL=https://… cargo run -p from-secrets-examples --features pocket --bin pocket
//! ```

#![allow(
    clippy::print_stdout,
    clippy::print_stderr,
    reason = "the program prints its result"
)]

use std::env;
use std::error::Error;
use std::io::stderr;
use std::process::ExitCode;
use std::time::SystemTime;

use from_secrets::FromSecrets;
use from_secrets_examples::pocket::{Api, PocketConfig, tag_reading_list};
use lambda_runtime::{Diagnostic, LambdaEvent, service_fn, tracing};
use serde::de::IgnoredAny;

#[tokio::main(flavor = "current_thread")]
async fn main() -> ExitCode {
    tracing::init_default_subscriber_with_writer(stderr);
    match run().await {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("{}", details(&*error));
            ExitCode::FAILURE
        }
    }
}

async fn run() -> Result<(), lambda_runtime::Error> {
    // All invocations share the secrets and the connection.
    let api = Api::new(PocketConfig::load().await?)?;
    if env::var_os("AWS_LAMBDA_RUNTIME_API").is_some() {
        lambda_runtime::run(service_fn(|_: LambdaEvent<IgnoredAny>| response(&api))).await
    } else {
        println!("{}", tag_reading_list(&api, SystemTime::now()).await?);
        Ok(())
    }
}

async fn response(api: &Api) -> Result<String, Diagnostic> {
    match tag_reading_list(api, SystemTime::now()).await {
        Ok(outcome) => Ok(outcome.to_string()),
        Err(error) => Err(Diagnostic {
            error_type: "ReadingList".to_owned(),
            error_message: details(&error),
        }),
    }
}

/// Returns the message of an error and of its causes.
fn details(error: &dyn Error) -> String {
    let causes = std::iter::successors(error.source(), |&cause| cause.source());
    causes.fold(error.to_string(), |details, cause| {
        format!("{details}: {cause}")
    })
}
