//! Writes to Secrets Manager, and their results.

use super::change::{Action, Change};
use super::state::PushSecret;
use crate::cli::console::{error, print};
use crate::cli::exit::CliError;
use crate::load::Loader;
use crate::source::aws::{Creation, SecretsManagerSource};
use crate::source::{SourceError, SourceErrorKind};

/// The result of writing one secret.
pub(super) enum WriteResult {
    Created,
    Updated,
    Failed(SourceError),
    /// An earlier error applies to all secrets.
    Skipped,
}

/// Writes all secrets sequentially. Continues after an error, unless it is about the connection or the credentials.
pub(super) async fn all(
    aws: &SecretsManagerSource,
    loader: &Loader,
    secrets: &[PushSecret<'_>],
    changes: &[Change],
    creation: &Creation,
) -> Vec<(String, WriteResult)> {
    let mut done: Vec<(String, WriteResult)> = Vec::new();
    let mut is_aborted = false;
    for (secret, change) in secrets.iter().zip(changes) {
        if !matches!(change.action, Action::Create | Action::Update) {
            continue;
        }
        let written = if is_aborted {
            WriteResult::Skipped
        } else {
            one(aws, loader, secret, change, creation).await
        };
        is_aborted |= matches!(&written, WriteResult::Failed(failure) if applies_to_all(failure));
        done.push((secret.target.id().to_owned(), written));
    }
    done
}

async fn one(
    aws: &SecretsManagerSource,
    loader: &Loader,
    secret: &PushSecret<'_>,
    change: &Change,
    creation: &Creation,
) -> WriteResult {
    let Some(value) = &change.value else {
        return WriteResult::Skipped;
    };
    let (written, done) = match change.action {
        Action::Create => (
            aws.create(loader.context(), secret.target.id(), value, creation)
                .await,
            WriteResult::Created,
        ),
        _ => (
            aws.put(loader.context(), secret.writing_id(), value).await,
            WriteResult::Updated,
        ),
    };
    match written {
        Ok(()) => done,
        Err(failure) => WriteResult::Failed(failure),
    }
}

fn applies_to_all(failure: &SourceError) -> bool {
    matches!(
        failure.kind(),
        SourceErrorKind::Credentials | SourceErrorKind::Unreachable
    )
}

/// Prints the results, and returns whether all secrets were written.
pub(super) fn report(done: &[(String, WriteResult)]) -> Result<bool, CliError> {
    let mut all = true;
    for (id, written) in done {
        match written {
            WriteResult::Created => print(&format!("created `{id}`\n"))?,
            WriteResult::Updated => print(&format!("updated `{id}`\n"))?,
            WriteResult::Failed(failure) => {
                all = false;
                error(&format!("cannot write `{id}`: {}", with_hint(failure)));
            }
            WriteResult::Skipped => {
                all = false;
                error(&format!("skipped `{id}` after an earlier error"));
            }
        }
    }
    Ok(all)
}

/// Formats an error with its hint.
pub(super) fn with_hint(failure: &SourceError) -> String {
    match failure.hint() {
        Some(hint) => format!("{failure}\n  help: {hint}"),
        None => failure.to_string(),
    }
}
