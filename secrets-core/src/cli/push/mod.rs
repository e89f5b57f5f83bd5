//! `push`

mod missing;

use std::path::PathBuf;

use clap::Args;

use super::console::{error, note};
use super::exit::{CliError, ExitStatus};
use super::write::{
    EmptyInput, TargetSecret, Unwritable, WriteArgs, WriteObstacle, WriteSession, fill_from_env,
    prompt_for_value, read_variables, reject, targets, variable_value,
};
use crate::error::{Error, Flaw};
use crate::load::{FromSecrets, Loader};
use crate::source::Env;

pub(super) const EXAMPLES: &[&str] = &[
    "push --dry-run",
    "push --from .env --placeholder stage=test",
    "push --yes --region eu-central-1 --tag team=reading",
];

/// Create or update the secrets of the struct
///
/// Values are read from the environment variables of the fields or, with `--from`, from a `.env` file only. On a
/// terminal, the command prompts for the values of required fields that are missing locally and in Secrets Manager,
/// without showing them. It shows the changes and prompts for confirmation before it writes. A secret that already has
/// the value is not written. To change single fields, use `set`.
///
/// JSON secrets are merged key by key; other keys are not changed. A new value is stored as a JSON string, like in the
/// console. A value that replaces a number, a boolean, an object or an array keeps that JSON type if possible. The
/// values of `binary` fields are base64 and stored as bytes.
#[derive(Args, Debug)]
pub(super) struct Push {
    /// Read the values from this `.env` file; `${NAME}` is replaced except in single quotes
    #[arg(long, value_name = "FILE")]
    from: Option<PathBuf>,
    #[command(flatten)]
    writing: WriteArgs,
}

impl Push {
    pub(super) fn run<T: FromSecrets + Send>(
        &self,
        loader: Loader,
    ) -> Result<ExitStatus, CliError> {
        let session = WriteSession::new::<T>(&self.writing, loader, |_| true)?;
        let plan = &*session.plan;
        let variables = match &self.from {
            Some(path) => read_variables(path, &session, plan)?,
            None => session.loader.variables().clone(),
        };
        let (targets, unwritable) = targets(&plan.leaves);
        reject_unwritable(T::SPEC.name(), &unwritable, &variables)?;
        let mut secrets = session.read(targets)?;
        let targets = secrets.iter_mut().map(|secret| &mut secret.target);
        reject(&fill_from_env(targets, &variables))?;
        if session.prompts() {
            // The values that are not entered are checked before the first prompt.
            reject(&session.check::<T>(&secrets)?)?;
            prompt_for_missing::<T>(&session, &mut secrets)?;
        }
        session.write::<T>(secrets, print_missing)
    }
}

fn prompt_for_missing<T: FromSecrets + Send>(
    session: &WriteSession<'_>,
    secrets: &mut [TargetSecret<'_>],
) -> Result<(), CliError> {
    let check = |secrets: &[TargetSecret<'_>]| session.check::<T>(secrets);
    for at in missing::slots(secrets) {
        let leaf = secrets[at.secret].target.slots[at.slot].leaves[0];
        prompt_for_value(secrets, at, leaf, EmptyInput::Skips, check)?;
    }
    Ok(())
}

/// Prints an error for each field without a value. Returns whether there are none.
fn print_missing(secrets: &[TargetSecret<'_>]) -> bool {
    let missing = missing::slots(secrets);
    for at in &missing {
        error(&missing::message(&secrets[at.secret].target.slots[at.slot]));
    }
    missing.is_empty()
}

/// Rejects values for secrets that cannot be written. Skips these secrets if there is no value.
fn reject_unwritable(
    subject: &'static str,
    unwritable: &[Unwritable<'_>],
    variables: &Env,
) -> Result<(), Error> {
    let mut flaws = Vec::new();
    for Unwritable { leaf, obstacle } in unwritable {
        let WriteObstacle {
            description,
            reason,
        } = obstacle;
        if matches!(variable_value(leaf, variables), Ok(None)) {
            note(&format!(
                "skipping `{}`: the field {description}",
                leaf.path
            ));
            continue;
        }
        flaws.push(Flaw {
            path: leaf.path.to_string(),
            message: format!(
                "the field {description}, and {reason}; unset its variable to skip it"
            ),
        });
    }
    if flaws.is_empty() {
        return Ok(());
    }
    Err(Error::declaration(subject, flaws))
}
