//! A weekly Lambda that tags a reading list by reading time; on a laptop, a program that does it once.

#![allow(
    clippy::print_stdout,
    clippy::print_stderr,
    reason = "a program's answer and its failure belong there"
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
    // Once per cold start: every invocation finds the secrets and the connection as they are.
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

/// An error and what caused it.
fn details(error: &dyn Error) -> String {
    let causes = std::iter::successors(error.source(), |&cause| cause.source());
    causes.fold(format!("{error:#}"), |details, cause| {
        format!("{details}: {cause}")
    })
}
