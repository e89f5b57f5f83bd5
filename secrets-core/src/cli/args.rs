//! Arguments and help.

use std::collections::BTreeSet;
use std::env::consts::EXE_SUFFIX;
use std::ffi::OsString;
use std::path::Path;

use clap::builder::PossibleValuesParser;
use clap::error::ErrorKind;
use clap::{ArgMatches, Command, CommandFactory, FromArgMatches, Parser};
use from_secrets_syntax::misspelled;

use super::run::{EXAMPLES as RUN_EXAMPLES, RunCommand};
use super::{check, completions, diff, docs, env, policy, snippet};
#[cfg(feature = "aws")]
use super::{history, push, rollback, set};
use crate::format::listed;
use crate::load::FromSecrets;
use crate::load::plan::Plan;

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
    #[cfg(feature = "aws")]
    Set(set::SetCommand),
    #[cfg(feature = "aws")]
    History(history::HistoryCommand),
    #[cfg(feature = "aws")]
    Rollback(rollback::RollbackCommand),
    Run(RunCommand),
    Diff(diff::Diff),
    Completions(completions::Completions),
}

const EXIT_CODES: &str = "\
Exit codes:
  0  success
  1  a secret is missing, does not fit its field, differs or was not written
  2  no result: wrong usage, an invalid declaration, or a source that could not be queried
  `run` exits with the code of its command";

/// The examples in the help of each subcommand, without the program's name before them. Within them, it replaces
/// `{program}`.
const EXAMPLES: &[(&str, &[&str])] = &[
    ("check", check::EXAMPLES),
    ("policy", policy::EXAMPLES),
    ("env", env::EXAMPLES),
    ("docs", docs::EXAMPLES),
    ("snippet", snippet::EXAMPLES),
    #[cfg(feature = "aws")]
    ("push", push::EXAMPLES),
    #[cfg(feature = "aws")]
    ("set", set::EXAMPLES),
    #[cfg(feature = "aws")]
    ("history", history::EXAMPLES),
    #[cfg(feature = "aws")]
    ("rollback", rollback::EXAMPLES),
    ("run", RUN_EXAMPLES),
    ("diff", diff::EXAMPLES),
    ("completions", completions::EXAMPLES),
];

impl Cli {
    /// Parses the arguments, of which the first is the program's name. Placeholders have these names.
    pub(super) fn parse_args(
        subject: &str,
        args: &[OsString],
        placeholders: &BTreeSet<String>,
    ) -> Result<Self, clap::Error> {
        let program = program(args.first(), subject);
        let mut command = command(subject, &program);
        let matches = command.try_get_matches_from_mut(args)?;
        if let Some(message) = unknown_placeholder(&matches, subject, placeholders) {
            return Err(command.error(ErrorKind::InvalidValue, message));
        }
        let cli = Self::from_arg_matches(&matches)?;
        Ok(Self { program, ..cli })
    }
}

/// Returns the command line of a struct.
pub(super) fn command(subject: &str, program: &str) -> Command {
    let named = Cli::command()
        .name(program.to_owned())
        .bin_name(program)
        .about(format!("Manage the secrets of `{subject}`"))
        .after_help(EXIT_CODES);
    EXAMPLES.iter().fold(named, |command, (name, examples)| {
        command.mut_subcommand(name, |subcommand| {
            subcommand.after_help(after_help(program, examples))
        })
    })
}

/// Returns the names of the fields, from the outermost struct.
pub(super) fn field_names<T: FromSecrets>() -> Vec<String> {
    let plan = Plan::new(T::SPEC, &|_| None);
    let leaves = plan.into_iter().flat_map(|plan| plan.leaves);
    leaves.map(|leaf| leaf.path.to_string()).collect()
}

/// Adds the names of the fields to the arguments `FIELD`, for completions.
pub(super) fn with_field_names(command: Command, names: &[String]) -> Command {
    command.mut_subcommands(|subcommand| {
        subcommand.mut_args(|arg| {
            let takes_field = arg
                .get_value_names()
                .is_some_and(|names| names.iter().any(|name| name == "FIELD"));
            if takes_field {
                arg.value_parser(PossibleValuesParser::new(names))
            } else {
                arg
            }
        })
    })
}

/// Returns an error message if an argument sets a placeholder that the struct does not have. It would be ignored.
fn unknown_placeholder(
    matches: &ArgMatches,
    subject: &str,
    known: &BTreeSet<String>,
) -> Option<String> {
    let (_, matches) = matches.subcommand()?;
    let names = ["placeholder", "against"].into_iter().flat_map(|id| {
        let values = matches.try_get_many::<(String, String)>(id);
        values.ok().flatten().into_iter().flatten()
    });
    let mut names = names.map(|(name, _)| name);
    let name = names.find(|name| !known.contains(*name))?;
    let known: Vec<&str> = known.iter().map(String::as_str).collect();
    let help = match misspelled(name, &known) {
        Some(suggestion) => format!("; did you mean `{suggestion}`?"),
        None if known.is_empty() => ", because it has none".to_owned(),
        None => format!("; it has {}", listed(&known)),
    };
    Some(format!(
        "`{subject}` does not have the placeholder `{name}`{help}"
    ))
}

fn after_help(program: &str, examples: &[&str]) -> String {
    let lines = examples
        .iter()
        .map(|line| format!("  {program} {}", line.replace("{program}", program)));
    format!("Examples:\n{}", lines.collect::<Vec<_>>().join("\n"))
}

/// Returns the name of the executable, or of the struct if it is unknown.
fn program(path: Option<&OsString>, subject: &str) -> String {
    let Some(name) = path.and_then(|path| Path::new(path).file_name()) else {
        return subject.to_owned();
    };
    let name = name.to_string_lossy();
    name.strip_suffix(EXE_SUFFIX).unwrap_or(&name).to_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn command_passes_clap_debug_assertions() {
        command("AppConfig", "app-secrets").debug_assert();
    }

    #[test]
    fn program_name_keeps_its_dots() {
        for name in ["app", "app-1.2", "pocket.secrets"] {
            let path = OsString::from(format!("/usr/bin/{name}{EXE_SUFFIX}"));
            assert_eq!(program(Some(&path), "AppConfig"), name);
        }
        assert_eq!(program(None, "AppConfig"), "AppConfig");
    }

    #[test]
    fn completion_examples_name_the_program() {
        let mut all = command("AppConfig", "pocket-secrets");
        let completions = all.find_subcommand_mut("completions").unwrap();
        let help = completions.render_help().to_string();
        for file in ["/pocket-secrets\n", "/pocket-secrets.fish"] {
            assert!(help.contains(file), "{help}");
        }
    }

    #[test]
    fn field_arguments_complete_field_names() {
        let arg = clap::Arg::new("path").value_name("FIELD");
        let command = Command::new("app").subcommand(Command::new("set").arg(arg));
        let command = with_field_names(command, &["db.password".to_owned()]);
        let set = command.find_subcommand("set").unwrap();
        let values = set.get_arguments().next().unwrap().get_possible_values();
        let names: Vec<&str> = values
            .iter()
            .map(clap::builder::PossibleValue::get_name)
            .collect();
        assert_eq!(names, ["db.password"]);
    }

    #[test]
    fn every_subcommand_example_parses() {
        let all = command("AppConfig", "app-secrets");
        for subcommand in all.get_subcommands() {
            let name = subcommand.get_name();
            let (_, examples) = EXAMPLES.iter().find(|(known, _)| *known == name).unwrap();
            for example in *examples {
                // The shell handles redirections.
                let line = example.split(['<', '>', '|', '#']).next().unwrap();
                let args = std::iter::once("app-secrets").chain(line.split_whitespace());
                let args: Vec<OsString> = args.map(OsString::from).collect();
                let placeholders = ["app", "stage"].map(str::to_owned).into();
                let read = Cli::parse_args("AppConfig", &args, &placeholders);
                assert!(read.is_ok(), "{example}: {}", read.unwrap_err());
                assert!(line.starts_with(name), "{example}");
            }
        }
    }
}
