//! The command line of the struct that the environment names.

use std::process::ExitCode;

use from_secrets::cli;
use from_secrets_tests::app::{App, ByArn, Pinned};

fn main() -> ExitCode {
    match std::env::var("STRUCT").as_deref() {
        Ok("pinned") => cli::run::<Pinned>(),
        Ok("by_arn") => cli::run::<ByArn>(),
        _ => cli::run::<App>(),
    }
}
