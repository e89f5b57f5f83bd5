//! `set`

use std::path::{Path, PathBuf};

use clap::Args;
use zeroize::Zeroizing;

use super::exit::{CliError, ExitStatus};
use super::fields;
use super::write::{
    EmptyInput, SlotIndex, StoredSecretValue, TargetSecret, WriteArgs, WriteObstacle, WriteSession,
    has_terminal_input, is_interactive, prompt_for_value, read_file_value, read_stdin_value,
    read_variables, reject, targets, text, variable_value, with_hint, without_line_break,
};
use crate::load::plan::{Leaf, Plan};
use crate::load::{FromSecrets, Loader};
use crate::source::SourceErrorKind;

pub(super) const EXAMPLES: &[&str] = &[
    "set db.password",
    "set tls.key --file key.pem",
    "set api.token --yes < token.txt",
    "set db.user db.password --from .env",
];

/// Set the values of fields
///
/// The command prompts for each value without showing it; pasted text can have several lines. Without a terminal, it
/// reads the value of one field from standard input. A line break at the end of a single line is removed. The type of
/// the field has to accept the value. A `binary` field accepts the bytes of a file or of standard input, and base64 in
/// prompts and `.env` files.
///
/// A JSON secret keeps its other keys. If another writer changes the secret in the meantime, both changes are kept;
/// if both change the same value, this command fails.
#[derive(Args, Debug)]
pub(super) struct SetCommand {
    /// The fields, such as `token` or `db.password`
    #[arg(value_name = "FIELD", required = true)]
    fields: Vec<String>,
    /// Read the value of one field from this file
    #[arg(long, value_name = "FILE", conflicts_with = "from")]
    file: Option<PathBuf>,
    /// Read the values from this `.env` file; `${NAME}` is replaced except in single quotes
    #[arg(long, value_name = "FILE")]
    from: Option<PathBuf>,
    /// Replace a secret that may not be read, if one field reads it as a whole
    #[arg(long)]
    overwrite: bool,
    #[command(flatten)]
    writing: WriteArgs,
}

/// The origin of the values.
enum ValueSource {
    Prompt,
    /// The content of a file or of standard input.
    Content(Zeroizing<Vec<u8>>),
    Dotenv(PathBuf),
}

impl SetCommand {
    pub(super) fn run<T: FromSecrets + Send>(
        &self,
        loader: Loader,
    ) -> Result<ExitStatus, CliError> {
        let is_set = |leaf: &Leaf| self.fields.iter().any(|path| **path == *leaf.path);
        let session = WriteSession::new::<T>(&self.writing, loader, is_set)?;
        let plan = &*session.plan;
        let leaves = self.leaves(plan)?;
        session.require_confirmation()?;
        let source = self.source(leaves.len())?;
        let (mut targets, _) = targets(&plan.leaves);
        targets.retain(|target| leaves.iter().any(|leaf| target.slot_of(leaf).is_some()));
        let mut secrets = session.read(targets)?;
        let slots: Vec<SlotIndex> = leaves
            .iter()
            .filter_map(|leaf| index(&secrets, leaf))
            .collect();
        self.require_readable(&mut secrets, &slots)?;
        match source {
            ValueSource::Dotenv(path) => set_from(&path, &session, plan, &leaves, &mut secrets)?,
            ValueSource::Content(content) => {
                let set = set_content(&mut secrets, &leaves, content);
                reject(&set.err().into_iter().collect::<Vec<_>>())?;
            }
            ValueSource::Prompt => {
                let check = |secrets: &[TargetSecret<'_>]| session.check::<T>(secrets);
                for (i, (leaf, at)) in leaves.iter().zip(&slots).enumerate() {
                    // Another field of the same value.
                    if slots[..i].contains(at) {
                        continue;
                    }
                    prompt_for_value(&mut secrets, *at, leaf, EmptyInput::IsRejected, check)?;
                }
            }
        }
        session.write::<T>(secrets, |_| true)
    }

    fn leaves<'p>(&self, plan: &'p Plan) -> Result<Vec<&'p Leaf>, CliError> {
        let mut leaves: Vec<&Leaf> = Vec::new();
        for path in &self.fields {
            let leaf = fields::find(plan, path)?;
            require_writable(leaf)?;
            if !leaves.iter().any(|known| known.path == leaf.path) {
                leaves.push(leaf);
            }
        }
        Ok(leaves)
    }

    fn source(&self, fields: usize) -> Result<ValueSource, CliError> {
        if let Some(path) = &self.from {
            return Ok(ValueSource::Dotenv(path.clone()));
        }
        if self.file.is_none() && has_terminal_input() {
            return if is_interactive() {
                Ok(ValueSource::Prompt)
            } else {
                Err(CliError::Usage(
                    "cannot prompt for the value, because standard error is not a terminal"
                        .to_owned(),
                ))
            };
        }
        if fields > 1 {
            return Err(CliError::Usage(
                "a file and standard input contain the value of one field; use `--from` for several"
                    .to_owned(),
            ));
        }
        let content = match &self.file {
            Some(path) => read_file_value(path)?,
            None => read_stdin_value()?,
        };
        if content.is_empty() {
            return Err(CliError::Failed(match &self.file {
                Some(path) => format!("`{}` is empty", path.display()),
                None => "standard input is empty; run this command on a terminal to enter the value, or pipe it"
                    .to_owned(),
            }));
        }
        Ok(ValueSource::Content(content))
    }

    /// Returns an error if a secret cannot be read, unless it is replaced as a whole.
    fn require_readable(
        &self,
        secrets: &mut [TargetSecret<'_>],
        slots: &[SlotIndex],
    ) -> Result<(), CliError> {
        for (i, secret) in secrets.iter_mut().enumerate() {
            let Some(failure) = secret.unreadable() else {
                continue;
            };
            let mut message = format!(
                "cannot read `{}`, so it is not changed: {}",
                secret.target.id(),
                with_hint(failure)
            );
            let mut slots = slots.iter().filter(|at| at.secret == i);
            let is_whole = slots.all(|at| secret.target.slots[at.slot].json_key.is_none());
            if failure.kind() == SourceErrorKind::Denied && is_whole {
                if self.overwrite {
                    secret.stored = StoredSecretValue::Overwritten;
                    continue;
                }
                message += "\n  help: add `--overwrite` to replace the value without reading it";
            }
            return Err(CliError::unread(failure.kind(), message));
        }
        Ok(())
    }
}

fn require_writable(leaf: &Leaf) -> Result<(), CliError> {
    let path = &leaf.path;
    let Some(address) = &leaf.address else {
        return Err(CliError::Usage(format!(
            "cannot set `{path}`: the field is read only from the environment"
        )));
    };
    match WriteObstacle::of(&address.request) {
        None => Ok(()),
        Some(WriteObstacle {
            description,
            reason,
        }) => Err(CliError::Usage(format!(
            "cannot set `{path}`: the field {description}, and {reason}"
        ))),
    }
}

fn index(secrets: &[TargetSecret<'_>], leaf: &Leaf) -> Option<SlotIndex> {
    let mut secrets = secrets.iter().enumerate();
    secrets.find_map(|(secret, stored)| {
        let slot = stored.target.slot_of(leaf)?;
        Some(SlotIndex { secret, slot })
    })
}

fn set_from(
    path: &Path,
    session: &WriteSession<'_>,
    plan: &Plan,
    leaves: &[&Leaf],
    secrets: &mut [TargetSecret<'_>],
) -> Result<(), CliError> {
    let variables = read_variables(path, session, plan)?;
    let mut errors = Vec::new();
    for leaf in leaves {
        let slot = index(secrets, leaf).map(|at| &mut secrets[at.secret].target.slots[at.slot]);
        let set = match (variable_value(leaf, &variables), slot) {
            (Ok(Some(text)), Some(slot)) => slot.set(leaf, text),
            (Ok(_), _) => Err(missing_variable(path, leaf)),
            (Err(message), _) => Err(message),
        };
        errors.extend(set.err());
    }
    reject(&errors)
}

fn missing_variable(path: &Path, leaf: &Leaf) -> String {
    let path = path.display();
    match &leaf.variable {
        Some(variable) => format!(
            "`{path}` does not set `{variable}`, the variable of `{}`",
            leaf.path
        ),
        None => format!(
            "`{}` has no environment variable, so `{path}` cannot set it",
            leaf.path
        ),
    }
}

fn set_content(
    secrets: &mut [TargetSecret<'_>],
    leaves: &[&Leaf],
    content: Zeroizing<Vec<u8>>,
) -> Result<(), String> {
    let [leaf] = leaves else {
        return Ok(());
    };
    let Some(at) = index(secrets, leaf) else {
        return Ok(());
    };
    let slot = &mut secrets[at.secret].target.slots[at.slot];
    if leaf.field.is_binary() {
        slot.set_bytes(content);
        return Ok(());
    }
    slot.set(leaf, text(&without_line_break(content))?)
}
