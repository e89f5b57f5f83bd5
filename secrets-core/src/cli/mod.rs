//! A command line interface for the secrets of a struct.
//!
//! Add a second binary to the application:
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
//! | `docs` | generates a Markdown table of the fields |
//! | `snippet` | generates a deployment snippet for ECS, SAM, CloudFormation or Terraform |
//! | `push` | creates or updates the secrets (feature `aws`) |
//! | `diff` | compares the values of two source chains |
//! | `completions` | generates shell completions |
//!
//! Secret values are never shown.
//!
//! | exit code | meaning |
//! |---|---|
//! | 0 | success |
//! | 1 | a secret is missing, failed, differs or was not written |
//! | 2 | wrong usage, or an invalid declaration |

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
/// let loader = Loader::new().placeholder("stage", "test").source(Memory::new().with_secret("test/token", "x"));
/// let code = from_secrets::cli::run_with::<AppConfig>(loader, ["app-secrets", "check"]);
/// assert_eq!(code, std::process::ExitCode::SUCCESS);
/// ```
pub fn run_with<T: FromSecrets + Send>(
    loader: Loader,
    args: impl IntoIterator<Item = impl Into<OsString>>,
) -> ExitCode {
    let args: Vec<OsString> = args.into_iter().map(Into::into).collect();
    let cli = match Cli::parse_args(T::SPEC.name(), &args) {
        Ok(cli) => cli,
        Err(error) => {
            // A failure to print the help cannot be reported.
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
