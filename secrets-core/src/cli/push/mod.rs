//! `push`

mod ask;
mod change;
mod given;
mod json;
mod lines;
mod missing;
mod show;
mod staged;
mod state;
mod targets;
mod write;

use std::path::PathBuf;

use super::console::{error, note, print};
use super::loading::{Loading, pair};
use super::stop::{Answer, Stop};
use crate::clock::after;
use crate::plan::Flaw;
use crate::source::aws::{Aws, Creation};
use crate::source::{Environment, Failure};
use crate::{Error, FromSecrets, Loader, blocking};
use change::{Action, Change};
use clap::Args;
use state::{NotConfigured, Secret};
use targets::{Obstacle, Target, Unwritable};
use tokio::time::Instant;

pub(super) const EXAMPLES: &[&str] = &[
    "push --dry-run",
    "push --from .env --parameter stage=test",
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
    pub(super) fn run<T: FromSecrets + Send>(&self, loader: Loader) -> Result<Answer, Stop> {
        let loader = self.loading.apply(loader);
        let subject = T::SPEC.name();
        let plan = loader.plan::<T>()?;
        let variables = match &self.from {
            Some(path) => {
                let mut lines = given::file(path, loader.variables())?;
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
            refusals.extend(given::fill(
                std::slice::from_mut(&mut secret.target),
                &variables,
            ));
        }
        refuse(&refusals)?;
        if !self.dry_run && !self.yes && ask::is_somebody_there() {
            refuse(&ask::for_values(&mut secrets)?)?;
        }
        let changes = changes(&secrets)?;
        refuse(&staged::refusals::<T>(&loader, &secrets, &changes)?)?;
        print(&show::table(&secrets, &changes))?;
        let is_whole = tell_of_the_rest(&secrets, &changes);
        let count = changes.iter().filter(|change| is_written(change)).count();
        if count == 0 || self.dry_run {
            return Ok(Answer::of(is_whole));
        }
        self.confirm(count)?;
        let creation = Creation {
            kms_key_id: self.kms_key_id.clone(),
            tags: self.tag.clone(),
        };
        let writing = async { Ok(write::all(&aws, &secrets, &changes, &creation).await) };
        let done = blocking::run(subject, writing)?;
        let is_written = write::tell(&done)?;
        if !is_written {
            note("run this again for what was not written; what was written is not written again");
        }
        Ok(Answer::of(is_whole && is_written))
    }

    fn confirm(&self, count: usize) -> Result<(), Stop> {
        if self.yes {
            return Ok(());
        }
        if !ask::is_somebody_there() {
            return Err(Stop::Usage(
                "there is no terminal to ask on, so nothing was written; add `--yes` to write"
                    .to_owned(),
            ));
        }
        if ask::whether_to_write(count)? {
            return Ok(());
        }
        Err(Stop::Refused("nothing was written".to_owned()))
    }
}

/// Refuses values for what cannot be written. Without a value for it, there is nothing to refuse.
fn refuse_unwritable(
    subject: &'static str,
    unwritable: &[Unwritable<'_>],
    variables: &Environment,
) -> Result<(), Error> {
    let mut flaws = Vec::new();
    for Unwritable { leaf, obstacle } in unwritable {
        let Obstacle { what, why } = obstacle;
        if matches!(given::value(leaf, variables), Ok(None)) {
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

fn refuse(refusals: &[String]) -> Result<(), Stop> {
    if refusals.is_empty() {
        return Ok(());
    }
    Err(Stop::Refused(format!(
        "nothing was written: {}",
        refusals.join("\n  ")
    )))
}

fn read<'a>(
    subject: &'static str,
    aws: &Aws,
    targets: Vec<Target<'a>>,
    loader: &Loader,
) -> Result<Vec<Secret<'a>>, Stop> {
    let reading =
        async { Ok(state::read(aws, targets, after(Instant::now(), loader.longest())).await) };
    blocking::run(subject, reading)?.map_err(|NotConfigured(why)| {
        Stop::Refused(format!("Secrets Manager is not set up here: {why}"))
    })
}

fn changes(secrets: &[Secret<'_>]) -> Result<Vec<Change>, Stop> {
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
fn tell_of_the_rest(secrets: &[Secret<'_>], changes: &[Change]) -> bool {
    let unread = secrets
        .iter()
        .zip(changes)
        .filter_map(|(secret, change)| match &change.action {
            Action::Fail(failure) => Some((secret.target.id(), failure)),
            _ => None,
        });
    let unread: Vec<(&str, &Failure)> = unread.collect();
    for (id, failure) in &unread {
        error(&format!(
            "`{id}` cannot be read, so it is left as it is: {}",
            write::told(failure)
        ));
    }
    let missing = missing::tell(secrets);
    for sentence in &missing {
        error(sentence);
    }
    unread.is_empty() && missing.is_empty()
}
