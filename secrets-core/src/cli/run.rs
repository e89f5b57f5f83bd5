//! `run`

use std::collections::{BTreeMap, BTreeSet};
use std::ffi::{OsStr, OsString};
use std::io;
use std::process::Command;

use base64::prelude::{BASE64_STANDARD, Engine as _};
use clap::Args;
use zeroize::Zeroizing;

use super::console::{Detail, error, note};
use super::exit::{CliError, ExitStatus};
use super::loading::ChainArgs;
use crate::error::Error;
use crate::format::listed;
use crate::load::plan::{Leaf, Plan};
use crate::load::state::{FoundValue, LeafState, LoadState, Status};
use crate::load::{FromSecrets, Loader, blocking};
use crate::report::FieldOutcome;

pub(super) const EXAMPLES: &[&str] = &[
    "run -- ./server --port 8080",
    "run --clean --source aws -- psql",
    "run --placeholder stage=test -- env FROM_SECRETS_SOURCES=env ./server",
];

/// Run a command with the values of the struct in its environment
///
/// Loads the struct, and sets the environment variable of each field for the command. With `FROM_SECRETS_SOURCES=env`,
/// the command loads an equal struct: bytes are base64, and objects and arrays are JSON. Variables of fields without a
/// value and of fields with their default value are removed. Placeholders of secret names are set, too. Fields without
/// a variable are skipped, with a note.
///
/// On Unix, the command replaces this process, so signals reach it. The exit code is that of the command, 126 if it
/// cannot be executed, 127 if it does not exist, 1 if the struct cannot be loaded, and 2 for wrong usage, an invalid
/// setting or an invalid declaration.
///
/// The environment of the command contains the values. Child processes and processes of the same user can read it, and
/// crash reports can include it.
#[derive(Args, Debug)]
pub(super) struct RunCommand {
    #[command(flatten)]
    chain: ChainArgs,
    /// Pass on only the variables for the path, the user, the terminal, the locale and temporary files
    #[arg(long)]
    clean: bool,
    /// The command and its arguments
    #[arg(last = true, required = true, value_name = "COMMAND")]
    command: Vec<OsString>,
}

impl RunCommand {
    pub(super) fn run<T: FromSecrets + Send>(
        &self,
        loader: Loader,
        detail: Detail,
    ) -> Result<ExitStatus, CliError> {
        let loader = self.chain.apply(loader)?;
        let subject = T::SPEC.name();
        let (plan, state) = blocking::run(subject, loader.fetch_values::<T>())?;
        let has_failed = |leaf: &LeafState| is_failure(leaf.outcome.as_ref());
        if state.leaves.iter().any(has_failed) || !state.rejected.is_empty() {
            detail.print_error(&Error::fields_of(subject, state.into_report(&plan)));
            return Ok(ExitStatus::Failure);
        }
        let mut variables = match CommandVariables::of(&plan, &state) {
            Ok(variables) => variables,
            Err(messages) => {
                for message in messages {
                    error(&message);
                }
                return Ok(ExitStatus::Failure);
            }
        };
        variables.add_placeholders(&plan);
        drop(state);
        if !variables.left_out.is_empty() {
            let fields = listed(&variables.left_out);
            note(&format!(
                "skipped fields without an environment variable: {fields}"
            ));
        }
        Ok(self.execute(&variables))
    }

    /// Runs the command. On Unix, this returns only if that fails.
    fn execute(&self, variables: &CommandVariables) -> ExitStatus {
        let Some((program, args)) = self.command.split_first() else {
            return ExitStatus::Failure;
        };
        let mut command = Command::new(program);
        command.args(args);
        if self.clean {
            command.env_clear();
            command.envs(std::env::vars_os().filter(|(name, _)| is_basic(name)));
        }
        for name in &variables.removed {
            command.env_remove(name);
        }
        for (name, value) in &variables.set {
            command.env(name, value.as_str());
        }
        match replace_process(command) {
            Ok(status) => status,
            Err(cause) => {
                error(&format!("cannot run `{}`: {cause}", program.display()));
                // Shells use these exit codes.
                let is_missing = cause.kind() == io::ErrorKind::NotFound;
                ExitStatus::Code(if is_missing { 127 } else { 126 })
            }
        }
    }
}

/// Replaces this process, so that no other process has the values.
#[cfg(unix)]
fn replace_process(mut command: Command) -> io::Result<ExitStatus> {
    use std::os::unix::process::CommandExt as _;
    Err(command.exec())
}

/// Runs the command to its end, and exits with its code.
#[cfg(not(unix))]
fn replace_process(mut command: Command) -> io::Result<ExitStatus> {
    let status = command.status()?;
    std::process::exit(status.code().unwrap_or(1))
}

/// Returns whether a variable stays in a clean environment.
fn is_basic(name: &OsStr) -> bool {
    const UNIX: [&str; 10] = [
        "PATH",
        "HOME",
        "USER",
        "LOGNAME",
        "SHELL",
        "TERM",
        "COLORTERM",
        "LANG",
        "TZ",
        "TMPDIR",
    ];
    const WINDOWS: [&str; 11] = [
        "PATH",
        "PATHEXT",
        "COMSPEC",
        "SYSTEMROOT",
        "SYSTEMDRIVE",
        "WINDIR",
        "TEMP",
        "TMP",
        "USERNAME",
        "USERPROFILE",
        "APPDATA",
    ];
    let Some(name) = name.to_str() else {
        return false;
    };
    if cfg!(windows) {
        return WINDOWS.contains(&name.to_uppercase().as_str());
    }
    UNIX.contains(&name) || name.starts_with("LC_")
}

fn is_failure(outcome: Option<&FieldOutcome>) -> bool {
    matches!(
        outcome,
        Some(FieldOutcome::Failed(_) | FieldOutcome::Missing) | None
    )
}

/// The variables of the command.
#[derive(Default)]
struct CommandVariables {
    set: BTreeMap<String, Zeroizing<String>>,
    /// Variables of fields without a value, and former variables.
    removed: BTreeSet<String>,
    /// Fields with a value, but without a variable.
    left_out: Vec<String>,
}

impl CommandVariables {
    /// Returns the variables with which the environment provides an equal struct, or why that is not possible.
    fn of(plan: &Plan, state: &LoadState) -> Result<Self, Vec<String>> {
        let mut variables = Self::default();
        let mut errors = Vec::new();
        for (leaf, state) in plan.leaves.iter().zip(&state.leaves) {
            let found = match (&state.status, &state.outcome) {
                (Status::Found(found), Some(FieldOutcome::Found(_))) => Some(found),
                _ => None,
            };
            // The command would log a warning about a former variable, or use it.
            variables.remove(leaf.variable_aliases.iter().copied());
            match (&leaf.variable, found) {
                (Some(variable), Some(found)) => {
                    if let Err(reason) = variables.add(variable, leaf, found) {
                        errors.push(format!(
                            "cannot set `{variable}` for `{}`: {reason}",
                            leaf.path
                        ));
                    }
                }
                (Some(_), None) => variables.remove(leaf.variables()),
                (None, Some(_)) => variables.left_out.push(leaf.path.to_string()),
                (None, None) => {}
            }
        }
        if errors.is_empty() {
            Ok(variables)
        } else {
            Err(errors)
        }
    }

    fn remove<'v>(&mut self, variables: impl Iterator<Item = &'v str>) {
        self.removed.extend(variables.map(str::to_owned));
    }

    fn add(&mut self, variable: &str, leaf: &Leaf, found: &FoundValue) -> Result<(), &'static str> {
        let text = text(leaf, found)?;
        if text.is_empty() {
            return Err("the value is empty, and an empty variable counts as not set");
        }
        if text.contains('\0') {
            return Err("the value contains a NUL byte, which a variable cannot contain");
        }
        if self.set.get(variable).is_some_and(|other| *other != text) {
            return Err("another field with this variable needs it in another form");
        }
        self.set.insert(variable.to_owned(), text);
        Ok(())
    }

    /// Adds the placeholders, without which the command could not find the names of secrets.
    fn add_placeholders(&mut self, plan: &Plan) {
        for (name, value) in plan.placeholders() {
            if let Some(value) = value {
                let variable = self.set.entry(name.to_owned());
                variable.or_insert_with(|| Zeroizing::new(value.to_owned()));
            }
        }
    }
}

/// Returns the text of a variable from which the field decodes an equal value.
fn text(leaf: &Leaf, found: &FoundValue) -> Result<Zeroizing<String>, &'static str> {
    const NOT_TEXT: &str = "the value is not UTF-8 text; add `#[secret(binary)]`";
    if leaf.field.is_binary() {
        let bytes = Zeroizing::new(found.bytes().map_err(|_| NOT_TEXT)?);
        return Ok(Zeroizing::new(BASE64_STANDARD.encode(&*bytes)));
    }
    found.value.variable_text().ok_or(NOT_TEXT)
}
