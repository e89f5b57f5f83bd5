//! `rollback`

use clap::Args;
use from_secrets_syntax::Arn;

use super::console::{note, print_to_reader};
use super::exit::{CliError, ExitStatus};
use super::fields;
use super::loading::Loading;
use super::secrets_manager::secrets_manager;
use super::versions::{self, CURRENT};
use super::write::{ROTATING, WriteObstacle, canceled, confirm, is_interactive, with_hint};
use crate::format::listed;
use crate::load::plan::Plan;
use crate::load::{FromSecrets, Loader, blocking};
use crate::source::aws::{BoundWrite, SecretVersion, SecretsManagerSource, is_rotating};
use crate::source::{FetchContext, SourceError};

pub(super) const EXAMPLES: &[&str] = &[
    "rollback db.password",
    "rollback db.password --to 5ec2e7ed-8a1f-4f3b-9c55-0d8f4b6a1c2e --yes",
];

const PREVIOUS: &str = "AWSPREVIOUS";

/// Make an earlier version of the secret of a field the current one
///
/// The whole secret returns to that version, with all its JSON keys. The command is rejected during a rotation, and if
/// another writer changes the current version in the meantime.
#[derive(Args, Debug)]
pub(super) struct RollbackCommand {
    /// The field, such as `token` or `db.password`
    #[arg(value_name = "FIELD")]
    field: String,
    /// The version; defaults to that of the stage `AWSPREVIOUS`
    #[arg(long, value_name = "VERSION")]
    to: Option<String>,
    /// Roll back without confirmation
    #[arg(short, long)]
    yes: bool,
    #[command(flatten)]
    loading: Loading,
}

impl RollbackCommand {
    pub(super) fn run<T: FromSecrets>(&self, loader: Loader) -> Result<ExitStatus, CliError> {
        let loader = self.loading.apply(loader);
        let plan = loader.filled_plan::<T>(|leaf| *leaf.path == *self.field)?;
        let leaf = fields::find(&plan, &self.field)?;
        let request = &versions::address(leaf)?.request;
        let id = request.id();
        if let Some(WriteObstacle {
            description,
            reason,
        }) = WriteObstacle::of(request)
        {
            let message = format!(
                "cannot roll back `{}`: the field {description}, and {reason}",
                leaf.path
            );
            return Err(CliError::Usage(message));
        }
        let subject = T::SPEC.name();
        let aws = secrets_manager(&loader, subject)?;
        let known = versions::list(subject, &aws, &loader, id)?;
        let (from, to) = self.versions(&known, id)?;
        print_to_reader(&versions::show(&known))?;
        let affected = async { Ok(affected(&aws, loader.context(), &plan, id).await) };
        let affected = listed(blocking::run(subject, affected)?);
        note(&format!("the secret contains the fields {affected}"));
        note_unnamed(&plan);
        if !self.yes {
            let region = async { Ok(aws.region_of(loader.context(), id).await) };
            confirm_rollback(id, &to.id, blocking::run(subject, region)?)?;
            // A rotation can have begun while the prompt was open.
            if is_rotating(&versions::list(subject, &aws, &loader, id)?) {
                return Err(failed(id, ROTATING));
            }
        }
        let moving = aws.move_current(loader.context(), id, &to.id, Some(&from.id));
        let moved = blocking::run(subject, async { Ok(moving.await) })?;
        let rejected = |error: &SourceError| failed(id, &with_hint(error));
        if let BoundWrite::Unconfirmed(error) = moved.map_err(|error| rejected(&error))? {
            let Ok(now) = versions::list(subject, &aws, &loader, id) else {
                return Err(rejected(&error));
            };
            let current = now.iter().find(|version| version.has_stage(CURRENT));
            match current {
                // If the response to a successful call gets lost, its repetition is rejected or gets lost, too.
                Some(current) if current.id == to.id => {}
                Some(current) if current.id == from.id => return Err(rejected(&error)),
                _ => return Err(failed(id, "the secret was changed since it was read")),
            }
        }
        print_to_reader(&format!("rolled back `{id}` to {}\n", to.id))?;
        Ok(ExitStatus::Success)
    }

    /// Returns the current version, and the version that becomes the current one.
    fn versions<'v>(
        &self,
        known: &'v [SecretVersion],
        id: &str,
    ) -> Result<(&'v SecretVersion, &'v SecretVersion), CliError> {
        let failed = |reason: &str| failed(id, reason);
        let of_stage = |stage: &str| known.iter().find(|version| version.has_stage(stage));
        let current = of_stage(CURRENT).ok_or_else(|| failed("it has no current version"))?;
        if is_rotating(known) {
            return Err(failed(ROTATING));
        }
        let target = match &self.to {
            Some(to) => known
                .iter()
                .find(|version| version.id == *to)
                .ok_or_else(|| failed("it has no such version; `history` lists them"))?,
            None => of_stage(PREVIOUS)
                .ok_or_else(|| failed("it has no previous version; specify one with `--to`"))?,
        };
        if target.id == current.id {
            return Err(failed("this version is the current one"));
        }
        Ok((current, target))
    }
}

fn confirm_rollback(id: &str, to: &str, region: Option<String>) -> Result<(), CliError> {
    if !is_interactive() {
        return Err(CliError::Usage(
            "cannot prompt for confirmation without a terminal; add `--yes` to roll back"
                .to_owned(),
        ));
    }
    let region = region.map_or_else(String::new, |region| format!(" in {region}"));
    if confirm(&format!("Roll back `{id}`{region} to {to}?"))? {
        return Ok(());
    }
    Err(canceled())
}

fn failed(id: &str, reason: &str) -> CliError {
    CliError::Failed(format!("cannot roll back `{id}`: {reason}"))
}

/// Returns the fields that read a secret, by its name or its ARN.
async fn affected<'p>(
    aws: &SecretsManagerSource,
    context: FetchContext,
    plan: &'p Plan,
    id: &str,
) -> Vec<&'p str> {
    let region = aws.region_of(context, id).await;
    let mut paths = Vec::new();
    for (path, other) in ids(plan) {
        if can_be_same(id, other) && aws.region_of(context, other).await == region {
            paths.push(path);
        }
    }
    paths
}

/// Prints a note about the fields whose secrets have no complete name, so that any of them can be the secret.
fn note_unnamed(plan: &Plan) {
    let unnamed = ids(plan).filter(|(_, id)| id.contains('{'));
    let paths: Vec<&str> = unnamed.map(|(path, _)| path).collect();
    if !paths.is_empty() {
        note(&format!(
            "the secret can also contain the fields {}, because placeholders in the names of their secrets have no value",
            listed(paths)
        ));
    }
}

/// Returns the path and the ID of each field that reads a secret.
fn ids(plan: &Plan) -> impl Iterator<Item = (&str, &str)> {
    let addresses = plan.leaves.iter().filter_map(|leaf| {
        let request = &leaf.address.as_ref()?.request;
        Some((&*leaf.path, request))
    });
    let secrets = addresses.filter(|(_, request)| !request.names_parameter());
    secrets.map(|(path, request)| (path, request.id()))
}

/// Returns whether two IDs in the same region can mean the same secret. An ARN can lack its suffix.
fn can_be_same(one: &str, other: &str) -> bool {
    let names = |arn: Arn<'_>, name: &str| arn.names().any(|known| known == name);
    match (Arn::parse(one), Arn::parse(other)) {
        (Ok(one), Ok(other)) => {
            one.account == other.account
                && (names(one, other.resource) || names(other, one.resource))
        }
        (Ok(arn), Err(_)) => names(arn, other),
        (Err(_), Ok(arn)) => names(arn, one),
        (Err(_), Err(_)) => one == other,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn arn_without_suffix_is_recognized() {
        let arn = |account: &str, resource: &str| {
            format!("arn:aws:secretsmanager:us-east-1:{account}:secret:{resource}")
        };
        let complete = arn("123456789012", "db-AbCdEf");
        assert!(can_be_same("db", &complete) && can_be_same(&complete, "db"));
        assert!(can_be_same(&complete, &complete));
        assert!(can_be_same(&complete, &arn("123456789012", "db")));
        assert!(can_be_same(&arn("123456789012", "db"), &complete));
        for other in [
            arn("210987654321", "db"),
            arn("123456789012", "db-UvWxYz"),
            "db-Ab".to_owned(),
        ] {
            assert!(!can_be_same(&complete, &other), "{other}");
        }
    }
}
