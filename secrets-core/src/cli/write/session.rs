//! Reads secrets, shows the changes, and writes them after confirmation.

use std::sync::Arc;

use super::args::WriteArgs;
use super::bound::{BoundWriter, WriteResult};
use super::change::{Action, Change};
use super::prompt;
use super::report::{applies_to_all, print_result, print_unreadable, reject, rejection};
use super::show;
use super::state::{self, NotConfigured, TargetSecret};
use super::targets::WriteTarget;
use super::terminal::is_interactive;
use super::validate;
use crate::cli::console::{note, print_to_reader};
use crate::cli::exit::{CliError, ExitStatus, is_unavailable};
use crate::cli::secrets_manager::secrets_manager;
use crate::load::plan::{Leaf, Plan};
use crate::load::{FromSecrets, Loader, blocking};
use crate::source::aws::{Creation, SecretsManagerSource};

/// The writes of one run of the program.
pub(in crate::cli) struct WriteSession<'a> {
    args: &'a WriteArgs,
    subject: &'static str,
    pub(in crate::cli) loader: Loader,
    pub(in crate::cli) plan: Arc<Plan>,
    aws: SecretsManagerSource,
}

/// The results of writes that did not succeed.
#[derive(Default)]
struct WriteResults<'p, 't> {
    /// The secrets that can be written again.
    failed: Vec<&'p mut TargetSecret<'t>>,
    is_refused: bool,
}

impl<'a> WriteSession<'a> {
    /// Returns an error if the name of a needed field contains a placeholder without a value.
    pub(in crate::cli) fn new<T: FromSecrets>(
        args: &'a WriteArgs,
        loader: Loader,
        is_needed: impl Fn(&Leaf) -> bool,
    ) -> Result<Self, CliError> {
        let loader = args.loading.apply(loader);
        let subject = T::SPEC.name();
        let aws = secrets_manager(&loader, subject)?;
        let plan = loader.filled_plan::<T>(is_needed)?;
        Ok(Self {
            args,
            subject,
            loader: loader.placeholders_of(&plan),
            plan,
            aws,
        })
    }

    /// Returns whether the command prompts.
    pub(in crate::cli) fn prompts(&self) -> bool {
        !self.args.yes && !self.args.dry_run && is_interactive()
    }

    /// Returns an error if the changes would need a confirmation for which there is no terminal.
    pub(in crate::cli) fn require_confirmation(&self) -> Result<(), CliError> {
        if self.args.yes || self.args.dry_run || is_interactive() {
            return Ok(());
        }
        Err(CliError::Usage(
            "cannot prompt for confirmation without a terminal; add `--yes` to write".to_owned(),
        ))
    }

    /// Reads the secrets, in the same way as a load.
    pub(in crate::cli) fn read<'t>(
        &self,
        targets: Vec<WriteTarget<'t>>,
    ) -> Result<Vec<TargetSecret<'t>>, CliError> {
        let reading = async { Ok(state::read(&self.aws, targets, self.loader.context()).await) };
        blocking::run(self.subject, reading)?.map_err(|NotConfigured(reason)| {
            CliError::Unavailable(format!("Secrets Manager is not configured: {reason}"))
        })
    }

    /// Returns the errors of the new values: those that fields reject, and those that cannot be merged.
    pub(in crate::cli) fn check<T: FromSecrets + Send>(
        &self,
        secrets: &[TargetSecret<'_>],
    ) -> Result<Vec<String>, CliError> {
        match changes(secrets) {
            Ok(changes) => Ok(validate::errors::<T>(&self.loader, secrets, &changes)?),
            Err(errors) => Ok(errors),
        }
    }

    /// Shows the changes, and writes them after confirmation. `report` prints further errors, and returns whether there
    /// are none.
    pub(in crate::cli) fn write<T: FromSecrets + Send>(
        &self,
        mut secrets: Vec<TargetSecret<'_>>,
        report: impl FnOnce(&[TargetSecret<'_>]) -> bool,
    ) -> Result<ExitStatus, CliError> {
        reject(&self.check::<T>(&secrets)?)?;
        let changes = changes(&secrets).map_err(|errors| rejection(&errors))?;
        print_to_reader(&show::table(&secrets, &changes))?;
        let is_readable = print_unreadable(&secrets, &changes);
        let is_complete = report(&secrets) && is_readable;
        let count = changes.iter().filter(|change| is_written(change)).count();
        if count == 0 || self.args.dry_run {
            return Ok(if changes.iter().any(is_unavailable_secret) {
                ExitStatus::NoResult
            } else {
                ExitStatus::of(is_complete)
            });
        }
        self.confirm(count)?;
        let pending = secrets.iter_mut().zip(&changes);
        let pending = pending.filter(|(_, change)| is_written(change));
        let mut pending: Vec<&mut TargetSecret<'_>> = pending.map(|(secret, _)| secret).collect();
        let mut is_refused = false;
        loop {
            let results = self.write_all(pending)?;
            is_refused |= results.is_refused;
            pending = results.failed;
            if pending.is_empty() {
                return Ok(ExitStatus::of(is_complete && !is_refused));
            }
            if !self.prompts() || !prompt::confirm_retry() {
                note("run the command again to write the remaining secrets");
                return Ok(ExitStatus::Failure);
            }
        }
    }

    /// Writes secrets sequentially. Continues after an error, unless it is about the connection or the credentials.
    /// Returns an error of the output after the last write.
    fn write_all<'p, 't>(
        &self,
        secrets: Vec<&'p mut TargetSecret<'t>>,
    ) -> Result<WriteResults<'p, 't>, CliError> {
        let creation = Creation {
            description: None,
            kms_key_id: self.args.kms_key_id.clone(),
            tags: self.args.tag.clone(),
        };
        let writer = BoundWriter {
            aws: &self.aws,
            loader: &self.loader,
            creation: &creation,
        };
        let mut results = WriteResults::default();
        let mut printed = Ok(());
        let mut is_aborted = false;
        for secret in secrets {
            let result = if is_aborted {
                WriteResult::Skipped
            } else {
                blocking::run(self.subject, async { Ok(writer.write(secret).await) })?
            };
            printed = printed.and(print_result(secret.target.id(), &result));
            is_aborted |= applies_to_all(&result);
            match result {
                WriteResult::Created | WriteResult::Updated | WriteResult::Unchanged => {}
                WriteResult::Refused(_) => results.is_refused = true,
                WriteResult::Failed(_) | WriteResult::Skipped => results.failed.push(secret),
            }
        }
        printed?;
        Ok(results)
    }

    fn confirm(&self, count: usize) -> Result<(), CliError> {
        self.require_confirmation()?;
        let secrets = if count == 1 { "secret" } else { "secrets" };
        if self.args.yes || prompt::confirm(&format!("Write {count} {secrets}?"))? {
            return Ok(());
        }
        Err(prompt::canceled())
    }
}

fn changes(secrets: &[TargetSecret<'_>]) -> Result<Vec<Change>, Vec<String>> {
    let mut changes = Vec::new();
    let mut errors = Vec::new();
    for secret in secrets {
        match Change::of(secret) {
            Ok(change) => changes.push(change),
            Err(error) => errors.push(error),
        }
    }
    if errors.is_empty() {
        return Ok(changes);
    }
    Err(errors)
}

/// Returns whether the secret could not be queried.
fn is_unavailable_secret(change: &Change) -> bool {
    matches!(&change.action, Action::Fail(failure) if is_unavailable(failure.kind()))
}

fn is_written(change: &Change) -> bool {
    use Action::{Create, Overwrite, Update};
    matches!(change.action, Create | Overwrite | Update)
}
