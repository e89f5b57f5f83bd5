//! A command line interface for the secrets of a struct.
//!
//! A second program of the application calls [`run`]. [`guide::command_line`](crate::guide::command_line) adds it to a
//! package.
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
//! | subcommand | description |
//! |---|---|
//! | `check` | loads the struct and shows the source of each field |
//! | `policy` | generates the least-privilege IAM policy |
//! | `env` | generates a `.env` template |
//! | `docs` | generates a table of the fields as Markdown or JSON |
//! | `snippet` | generates a deployment snippet for ECS, SAM, CloudFormation, Terraform, CDK or Kubernetes |
//! | `push` | creates or updates the secrets (feature `aws`) |
//! | `set` | sets the values of single fields (feature `aws`) |
//! | `history` | lists the versions of a secret (feature `aws`) |
//! | `rollback` | makes an earlier version the current one (feature `aws`) |
//! | `run` | runs a command with the values in its environment |
//! | `diff` | compares the values of two source chains, stages, regions or accounts |
//! | `completions` | generates shell completions |
//!
//! Secret values are never shown. Only the command of `run` receives them.
//!
//! | exit code | meaning |
//! |---|---|
//! | 0 | success |
//! | 1 | a secret is missing, does not fit its field, differs or was not written |
//! | 2 | no result: wrong usage, an invalid declaration, or a source that could not be queried (denied, unreachable, …) |
//!
//! `run` exits with the code of its command, with 126 or 127 if the command cannot be executed or does not exist,
//! with 1 if the struct cannot be loaded, and with 2 for wrong usage, an invalid setting or an invalid declaration.

mod args;
mod check;
mod completions;
mod console;
mod deploy_args;
mod diff;
mod docs;
mod env;
mod exit;
#[cfg(feature = "aws")]
mod fields;
mod format;
#[cfg(feature = "aws")]
mod history;
mod loading;
mod policy;
#[cfg(feature = "aws")]
mod push;
#[cfg(feature = "aws")]
mod rollback;
mod run;
#[cfg(feature = "aws")]
mod secrets_manager;
#[cfg(feature = "aws")]
mod set;
mod snippet;
mod table;
#[cfg(feature = "aws")]
mod versions;
#[cfg(feature = "aws")]
mod write;

use std::ffi::OsString;
use std::process::ExitCode;

use crate::load::{FromSecrets, Loader};
use args::{Cli, Subcommand};
use console::Detail;
use exit::{CliError, ExitStatus};

/// Runs the command line with the arguments of the process and the default loader.
///
/// ```no_run
/// # use from_secrets::{FromSecrets, SecretString};
/// # #[derive(FromSecrets)]
/// # struct AppConfig {
/// #     token: SecretString,
/// # }
/// fn main() -> std::process::ExitCode {
///     from_secrets::cli::run::<AppConfig>()
/// }
/// ```
pub fn run<T: FromSecrets + Send>() -> ExitCode {
    run_with::<T>(Loader::new(), std::env::args_os())
}

/// Runs the command line with the given arguments and loader. The first argument is the program's name.
///
/// Arguments such as `--region` and `--placeholder` override the settings of the loader.
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
/// let secrets = Memory::new().with_secret("test/token", "x");
/// let loader = Loader::new().placeholder("stage", "test").source(secrets);
/// let code = from_secrets::cli::run_with::<AppConfig>(loader, ["app-secrets", "check"]);
/// assert_eq!(code, std::process::ExitCode::SUCCESS);
/// ```
pub fn run_with<T: FromSecrets + Send>(
    loader: Loader,
    args: impl IntoIterator<Item = impl Into<OsString>>,
) -> ExitCode {
    let args: Vec<OsString> = args.into_iter().map(Into::into).collect();
    let cli = match Cli::parse_args(T::SPEC.name(), &args, &Loader::placeholder_names::<T>()) {
        Ok(cli) => cli,
        Err(error) => {
            // A failure to print the help cannot be reported.
            let _ = error.print();
            return ExitCode::from(u8::try_from(error.exit_code()).unwrap_or(exit::NO_RESULT));
        }
    };
    let detail = Detail::new(cli.verbose);
    match run_command::<T>(loader, cli, detail) {
        Ok(status) => status.into(),
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
        #[cfg(feature = "aws")]
        Subcommand::Set(set) => set.run::<T>(loader),
        #[cfg(feature = "aws")]
        Subcommand::History(history) => history.run::<T>(loader),
        #[cfg(feature = "aws")]
        Subcommand::Rollback(rollback) => rollback.run::<T>(loader),
        Subcommand::Run(run) => run.run::<T>(loader, detail),
        Subcommand::Diff(diff) => diff.run::<T>(loader, detail),
        Subcommand::Completions(completions) => {
            let command = args::command(T::SPEC.name(), &cli.program);
            let command = args::with_field_names(command, &args::field_names::<T>());
            completions.run(command, &cli.program)
        }
    }
}
