//! `push`

mod change;
mod input;
mod lines;
mod missing;
mod prompt;
mod show;
mod state;
mod targets;
mod validate;
mod write;

use std::path::PathBuf;

use super::console::{error, note, print};
use super::exit::{CliError, ExitStatus};
use super::loading::{Loading, pair};
use crate::error::{Error, Flaw};
use crate::load::{FromSecrets, Loader, blocking};
use crate::source::aws::{Creation, SecretsManagerSource};
use crate::source::{Env, SourceError};
use change::{Action, Change};
use clap::Args;
use state::{NotConfigured, PushSecret};
use targets::{Obstacle, PushTarget, Unwritable};

pub(super) const EXAMPLES: &[&str] = &[
    "push --dry-run",
    "push --from .env --placeholder stage=test",
    "push --yes --region eu-central-1 --tag team=reading",
];

/// Create or update the secrets of the struct
///
/// Values are read from the environment variables of the fields or, with `--from`, from a `.env` file only. On a
/// terminal, the command prompts for missing values without showing them. It shows the changes and prompts for
/// confirmation before it writes. A secret that already has the value is not written.
///
/// JSON secrets are merged key by key; other keys are not changed. A new value is stored as a JSON string, like in the
/// console. A value that replaces a number, a boolean, an object or an array keeps that JSON type if possible. The
/// values of `binary` fields are base64 and stored as bytes.
#[derive(Args, Debug)]
pub(super) struct Push {
    /// Read the values from this `.env` file; `${NAME}` is replaced except in single quotes
    #[arg(long, value_name = "FILE")]
    from: Option<PathBuf>,
    /// Show the changes without writing them
    #[arg(long)]
    dry_run: bool,
    /// Write without confirmation
    #[arg(short, long)]
    yes: bool,
    /// The KMS key of new secrets
    #[arg(long, value_name = "ID")]
    kms_key_id: Option<String>,
    /// A tag of new secrets (repeatable)
    #[arg(long, value_name = "KEY=VALUE", value_parser = pair)]
    tag: Vec<(String, String)>,
    #[command(flatten)]
    loading: Loading,
}

impl Push {
    pub(super) fn run<T: FromSecrets + Send>(
        &self,
        loader: Loader,
    ) -> Result<ExitStatus, CliError> {
        let loader = self.loading.apply(loader);
        let subject = T::SPEC.name();
        let plan = loader.plan::<T>()?;
        let variables = match &self.from {
            Some(path) => {
                let mut lines = input::read_file(path, loader.variables())?;
                for text in lines::notes(&plan, &lines) {
                    note(&format!("{}, {text}", path.display()));
                }
                lines.take_variables()
            }
            None => loader.variables().clone(),
        };
        let (targets, unwritable) = targets::targets(&plan.leaves);
        reject_unwritable(subject, &unwritable, &variables)?;
        let aws = loader.secrets_manager();
        let mut secrets = read(subject, &aws, targets, &loader)?;
        let targets = secrets.iter_mut().map(|secret| &mut secret.target);
        reject(&input::fill(targets, &variables))?;
        if !self.dry_run && !self.yes && prompt::is_interactive() {
            reject(&prompt::for_values(&mut secrets)?)?;
        }
        let changes = changes(&secrets)?;
        reject(&validate::errors::<T>(&loader, &secrets, &changes)?)?;
        print(&show::table(&secrets, &changes))?;
        let is_complete = report_incomplete(&secrets, &changes);
        let count = changes.iter().filter(|change| is_written(change)).count();
        if count == 0 || self.dry_run {
            return Ok(ExitStatus::of(is_complete));
        }
        self.confirm(count)?;
        let creation = Creation {
            kms_key_id: self.kms_key_id.clone(),
            tags: self.tag.clone(),
        };
        let writing = async { Ok(write::all(&aws, &loader, &secrets, &changes, &creation).await) };
        let done = blocking::run(subject, writing)?;
        let is_written = write::report(&done)?;
        if !is_written {
            note("run the command again to write the remaining secrets");
        }
        Ok(ExitStatus::of(is_complete && is_written))
    }

    fn confirm(&self, count: usize) -> Result<(), CliError> {
        if self.yes {
            return Ok(());
        }
        if !prompt::is_interactive() {
            return Err(CliError::Usage(
                "cannot prompt for confirmation without a terminal; add `--yes` to write"
                    .to_owned(),
            ));
        }
        if prompt::confirm(count)? {
            return Ok(());
        }
        Err(CliError::Failed(
            "canceled; no secrets were written".to_owned(),
        ))
    }
}

/// Rejects values for secrets that cannot be written. Skips these secrets if there is no value.
fn reject_unwritable(
    subject: &'static str,
    unwritable: &[Unwritable<'_>],
    variables: &Env,
) -> Result<(), Error> {
    let mut flaws = Vec::new();
    for Unwritable { leaf, obstacle } in unwritable {
        let Obstacle { what, reason } = obstacle;
        if matches!(input::value(leaf, variables), Ok(None)) {
            note(&format!("skipping `{}`: the field {what}", leaf.path));
            continue;
        }
        flaws.push(Flaw {
            path: leaf.path.clone(),
            message: format!("the field {what}, and {reason}; unset its variable to skip it"),
        });
    }
    if flaws.is_empty() {
        return Ok(());
    }
    Err(Error::declaration(subject, flaws))
}

fn reject(errors: &[String]) -> Result<(), CliError> {
    if errors.is_empty() {
        return Ok(());
    }
    Err(CliError::Failed(format!(
        "no secrets were written: {}",
        errors.join("\n  ")
    )))
}

fn read<'a>(
    subject: &'static str,
    aws: &SecretsManagerSource,
    targets: Vec<PushTarget<'a>>,
    loader: &Loader,
) -> Result<Vec<PushSecret<'a>>, CliError> {
    let reading = async { Ok(state::read(aws, targets, loader.context()).await) };
    blocking::run(subject, reading)?.map_err(|NotConfigured(reason)| {
        CliError::Failed(format!("Secrets Manager is not configured: {reason}"))
    })
}

fn changes(secrets: &[PushSecret<'_>]) -> Result<Vec<Change>, CliError> {
    let mut changes = Vec::new();
    let mut errors = Vec::new();
    for secret in secrets {
        match Change::of(secret) {
            Ok(change) => changes.push(change),
            Err(error) => errors.push(error),
        }
    }
    reject(&errors)?;
    Ok(changes)
}

fn is_written(change: &Change) -> bool {
    matches!(change.action, Action::Create | Action::Update)
}

/// Prints an error for each secret that cannot be read, and for each field without a value. Returns whether there are
/// none.
fn report_incomplete(secrets: &[PushSecret<'_>], changes: &[Change]) -> bool {
    let unreadable =
        secrets
            .iter()
            .zip(changes)
            .filter_map(|(secret, change)| match &change.action {
                Action::Fail(failure) => Some((secret.target.id(), failure)),
                _ => None,
            });
    let unreadable: Vec<(&str, &SourceError)> = unreadable.collect();
    for (id, failure) in &unreadable {
        error(&format!(
            "cannot read `{id}`, so it is not changed: {}",
            write::with_hint(failure)
        ));
    }
    let missing = missing::report(secrets);
    for text in &missing {
        error(text);
    }
    unreadable.is_empty() && missing.is_empty()
}
