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
use crate::error::Error;
use crate::error::Flaw;
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

/// Create or update the secrets that the struct names
///
/// Values come from the environment variables that the fields name; with `--from`, from that `.env` file alone. On a
/// terminal, each that is not there is asked for without showing it. First it shows what would change, and asks. A secret
/// that holds the value already is not written again.
///
/// JSON secrets are merged key by key, and what the struct does not know stays as it is. A value becomes a JSON string, as
/// the console stores it, which a load turns into whatever the field's type is; where a number, a boolean, an object or an
/// array stands already and the value is one, it stays one. A `binary` field's value is base64, and stored as bytes.
#[derive(Args, Debug)]
pub(super) struct Push {
    /// Take the values from this `.env` file, in which `${NAME}` is replaced outside single quotes
    #[arg(long, value_name = "FILE")]
    from: Option<PathBuf>,
    /// Show what would change, and write nothing
    #[arg(long)]
    dry_run: bool,
    /// Write without asking
    #[arg(short, long)]
    yes: bool,
    /// The KMS key of secrets that are created
    #[arg(long, value_name = "ID")]
    kms_key_id: Option<String>,
    /// A tag of secrets that are created; repeatable
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
                let mut lines = input::file(path, loader.variables())?;
                for sentence in lines::notes(&plan, &lines) {
                    note(&format!("{}, {sentence}", path.display()));
                }
                lines.take_variables()
            }
            None => loader.variables().clone(),
        };
        let (targets, unwritable) = targets::targets(&plan.leaves);
        refuse_unwritable(subject, &unwritable, &variables)?;
        let aws = loader.secrets_manager();
        let mut secrets = read(subject, &aws, targets, &loader)?;
        let mut refusals = Vec::new();
        for secret in &mut secrets {
            refusals.extend(input::fill(
                std::slice::from_mut(&mut secret.target),
                &variables,
            ));
        }
        refuse(&refusals)?;
        if !self.dry_run && !self.yes && prompt::is_interactive() {
            refuse(&prompt::for_values(&mut secrets)?)?;
        }
        let changes = changes(&secrets)?;
        refuse(&validate::refusals::<T>(&loader, &secrets, &changes)?)?;
        print(&show::table(&secrets, &changes))?;
        let is_whole = report_rest(&secrets, &changes);
        let count = changes.iter().filter(|change| is_written(change)).count();
        if count == 0 || self.dry_run {
            return Ok(ExitStatus::of(is_whole));
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
            note("run this again for what was not written; what was written is not written again");
        }
        Ok(ExitStatus::of(is_whole && is_written))
    }

    fn confirm(&self, count: usize) -> Result<(), CliError> {
        if self.yes {
            return Ok(());
        }
        if !prompt::is_interactive() {
            return Err(CliError::Usage(
                "there is no terminal to ask on, so nothing was written; add `--yes` to write"
                    .to_owned(),
            ));
        }
        if prompt::whether_to_write(count)? {
            return Ok(());
        }
        Err(CliError::Refused("nothing was written".to_owned()))
    }
}

/// Refuses values for what cannot be written. Without a value for it, there is nothing to refuse.
fn refuse_unwritable(
    subject: &'static str,
    unwritable: &[Unwritable<'_>],
    variables: &Env,
) -> Result<(), Error> {
    let mut flaws = Vec::new();
    for Unwritable { leaf, obstacle } in unwritable {
        let Obstacle { what, why } = obstacle;
        if matches!(input::value(leaf, variables), Ok(None)) {
            note(&format!("`{}` {what}, so it is left out", leaf.path));
            continue;
        }
        flaws.push(Flaw {
            path: leaf.path.clone(),
            message: format!("it {what}, and {why}; unset its variable to leave it out"),
        });
    }
    if flaws.is_empty() {
        return Ok(());
    }
    Err(Error::declaration(subject, flaws))
}

fn refuse(refusals: &[String]) -> Result<(), CliError> {
    if refusals.is_empty() {
        return Ok(());
    }
    Err(CliError::Refused(format!(
        "nothing was written: {}",
        refusals.join("\n  ")
    )))
}

fn read<'a>(
    subject: &'static str,
    aws: &SecretsManagerSource,
    targets: Vec<PushTarget<'a>>,
    loader: &Loader,
) -> Result<Vec<PushSecret<'a>>, CliError> {
    let reading = async { Ok(state::read(aws, targets, loader.context()).await) };
    blocking::run(subject, reading)?.map_err(|NotConfigured(why)| {
        CliError::Refused(format!("Secrets Manager is not set up here: {why}"))
    })
}

fn changes(secrets: &[PushSecret<'_>]) -> Result<Vec<Change>, CliError> {
    let mut changes = Vec::new();
    let mut refusals = Vec::new();
    for secret in secrets {
        match Change::of(secret) {
            Ok(change) => changes.push(change),
            Err(refusal) => refusals.push(refusal),
        }
    }
    refuse(&refusals)?;
    Ok(changes)
}

fn is_written(change: &Change) -> bool {
    matches!(change.action, Action::Create | Action::Update)
}

/// Tells what cannot be read, and what has no value anywhere. Says whether there is nothing of the kind.
fn report_rest(secrets: &[PushSecret<'_>], changes: &[Change]) -> bool {
    let unread = secrets
        .iter()
        .zip(changes)
        .filter_map(|(secret, change)| match &change.action {
            Action::Fail(failure) => Some((secret.target.id(), failure)),
            _ => None,
        });
    let unread: Vec<(&str, &SourceError)> = unread.collect();
    for (id, failure) in &unread {
        error(&format!(
            "`{id}` cannot be read, so it is left as it is: {}",
            write::with_hint(failure)
        ));
    }
    let missing = missing::report(secrets);
    for sentence in &missing {
        error(sentence);
    }
    unread.is_empty() && missing.is_empty()
}
