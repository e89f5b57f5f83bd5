//! A command line for an application's own struct.
//!
//! A program of one line, beside the application's own:
//!
//! ```no_run
//! use from_secrets::{FromSecrets, SecretString};
//!
//! #[derive(FromSecrets)]
//! struct AppConfig {
//!     api_token: SecretString,
//! }
//!
//! fn main() -> std::process::ExitCode {
//!     from_secrets::cli::run::<AppConfig>()
//! }
//! ```
//!
//! | subcommand | what it does |
//! |---|---|
//! | `check` | loads as the application would, and tells who answers which field |
//! | `policy` | writes the least-privilege IAM policy |
//! | `env` | writes a `.env` file to fill in |
//! | `docs` | writes a Markdown table of the fields |
//! | `snippet` | writes what a deployment needs: ECS, SAM, CloudFormation, Terraform |
//! | `push` | creates or updates the secrets (feature `aws`) |
//! | `diff` | tells which fields two chains answer differently |
//! | `completions` | writes completions for a shell |
//!
//! None of them ever shows a value. The exit code is 0 where all is well; 1 where the answer is no: something is
//! missing, differs, or was not written; 2 for wrong usage, and for a declaration that cannot be looked up.

mod args;
mod check;
mod completions;
mod console;
mod deploy_args;
mod diff;
mod docs;
mod env;
mod exit;
mod loading;
mod policy;
#[cfg(feature = "aws")]
mod push;
mod snippet;
mod table;

use std::ffi::OsString;
use std::process::ExitCode;

use crate::load::{FromSecrets, Loader};
use args::{Cli, Subcommand};
use console::Detail;
use exit::{CliError, ExitStatus};

/// Runs the command line over the process's own arguments, with the default loader.
pub fn run<T: FromSecrets + Send>() -> ExitCode {
    run_with::<T>(Loader::new(), std::env::args_os())
}

/// The same with a loader and arguments of one's own; the first argument is the program's name.
///
/// What the loader says holds, unless an argument says otherwise: its sources, placeholders, region, client.
///
/// ```
/// use from_secrets::source::Memory;
/// use from_secrets::{FromSecrets, Loader, SecretString};
///
/// #[derive(FromSecrets)]
/// struct AppConfig {
///     #[secret("{stage}/token")]
///     token: SecretString,
/// }
///
/// let loader = Loader::new().placeholder("stage", "test").source(Memory::new().with_secret("test/token", "x"));
/// let code = from_secrets::cli::run_with::<AppConfig>(loader, ["app-secrets", "check"]);
/// assert_eq!(code, std::process::ExitCode::SUCCESS);
/// ```
pub fn run_with<T: FromSecrets + Send>(
    loader: Loader,
    args: impl IntoIterator<Item = impl Into<OsString>>,
) -> ExitCode {
    let args: Vec<OsString> = args.into_iter().map(Into::into).collect();
    let cli = match Cli::read(T::SPEC.name(), &args) {
        Ok(cli) => cli,
        Err(error) => {
            // A reader that has gone away needs no help.
            let _ = error.print();
            return ExitCode::from(u8::try_from(error.exit_code()).unwrap_or(exit::USAGE));
        }
    };
    let detail = Detail::new(cli.verbose);
    match run_command::<T>(loader, cli, detail) {
        Ok(ExitStatus::Success) => ExitCode::SUCCESS,
        Ok(ExitStatus::Failure) => ExitCode::from(exit::FAILURE),
        Err(error) => error.report(detail),
    }
}

fn run_command<T: FromSecrets + Send>(
    loader: Loader,
    cli: Cli,
    detail: Detail,
) -> Result<ExitStatus, CliError> {
    match cli.subcommand {
        Subcommand::Check(check) => check.run::<T>(loader, detail),
        Subcommand::Policy(policy) => policy.run::<T>(&loader),
        Subcommand::Env(env) => env.run::<T>(&loader),
        Subcommand::Docs(docs) => docs.run::<T>(&loader),
        Subcommand::Snippet(snippet) => snippet.run::<T>(&loader),
        #[cfg(feature = "aws")]
        Subcommand::Push(push) => push.run::<T>(loader),
        Subcommand::Diff(diff) => diff.run::<T>(loader, detail),
        Subcommand::Completions(completions) => {
            completions.run(args::command(T::SPEC.name(), &cli.program), &cli.program)
        }
    }
}
