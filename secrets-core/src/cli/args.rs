//! Arguments and help.

use std::ffi::OsString;
use std::path::Path;

use clap::{Command, CommandFactory, FromArgMatches, Parser};

#[cfg(feature = "aws")]
use super::push;
use super::{check, completions, diff, docs, env, policy, snippet};

/// The parsed command line.
#[derive(Debug, Parser)]
#[command(disable_help_subcommand = true)]
pub(super) struct Cli {
    #[command(subcommand)]
    pub(super) subcommand: Subcommand,
    /// Print full error details
    #[arg(short, long, global = true)]
    pub(super) verbose: bool,
    /// The name of the program.
    #[arg(skip)]
    pub(super) program: String,
}

#[derive(Debug, clap::Subcommand)]
pub(super) enum Subcommand {
    Check(check::Check),
    Policy(policy::PolicyCommand),
    Env(env::EnvCommand),
    Docs(docs::Docs),
    Snippet(snippet::Snippet),
    #[cfg(feature = "aws")]
    Push(push::Push),
    Diff(diff::Diff),
    Completions(completions::Completions),
}

/// The examples in the help of each subcommand, without the program's name.
const EXAMPLES: &[(&str, &[&str])] = &[
    ("check", check::EXAMPLES),
    ("policy", policy::EXAMPLES),
    ("env", env::EXAMPLES),
    ("docs", docs::EXAMPLES),
    ("snippet", snippet::EXAMPLES),
    #[cfg(feature = "aws")]
    ("push", push::EXAMPLES),
    ("diff", diff::EXAMPLES),
    ("completions", completions::EXAMPLES),
];

impl Cli {
    /// Parses the arguments, of which the first is the program's name.
    pub(super) fn parse_args(subject: &str, args: &[OsString]) -> Result<Self, clap::Error> {
        let program = program(args.first(), subject);
        let matches = command(subject, &program).try_get_matches_from(args)?;
        let cli = Self::from_arg_matches(&matches)?;
        Ok(Self { program, ..cli })
    }
}

/// Returns the command line of a struct.
pub(super) fn command(subject: &str, program: &str) -> Command {
    let named = Cli::command()
        .name(program.to_owned())
        .bin_name(program)
        .about(format!("Manage the secrets of `{subject}`"));
    EXAMPLES.iter().fold(named, |command, (name, examples)| {
        command.mut_subcommand(name, |subcommand| {
            subcommand.after_help(after_help(program, examples))
        })
    })
}

fn after_help(program: &str, examples: &[&str]) -> String {
    let lines = examples.iter().map(|line| format!("  {program} {line}"));
    format!("Examples:\n{}", lines.collect::<Vec<_>>().join("\n"))
}

/// Returns the name of the executable, or of the struct if it is unknown.
fn program(path: Option<&OsString>, subject: &str) -> String {
    let stem = path.and_then(|path| Path::new(path).file_stem());
    stem.map_or_else(
        || subject.to_owned(),
        |stem| stem.to_string_lossy().into_owned(),
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn command_passes_clap_debug_assertions() {
        command("AppConfig", "app-secrets").debug_assert();
    }

    #[test]
    fn every_subcommand_example_parses() {
        let all = command("AppConfig", "app-secrets");
        for subcommand in all.get_subcommands() {
            let name = subcommand.get_name();
            let (_, examples) = EXAMPLES.iter().find(|(known, _)| *known == name).unwrap();
            for example in *examples {
                // The shell handles redirections.
                let line = example.split(['>', '|', '#']).next().unwrap();
                let args = std::iter::once("app-secrets").chain(line.split_whitespace());
                let args: Vec<OsString> = args.map(OsString::from).collect();
                let read = Cli::parse_args("AppConfig", &args);
                assert!(read.is_ok(), "{example}: {}", read.unwrap_err());
                assert!(line.starts_with(name), "{example}");
            }
        }
    }
}
