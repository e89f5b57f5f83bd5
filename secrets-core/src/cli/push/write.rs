//! The writing itself, and what came of it.

use super::change::{Action, Change};
use super::state::PushSecret;
use crate::cli::console::{error, print};
use crate::cli::exit::CliError;
use crate::load::Loader;
use crate::source::aws::{Creation, SecretsManagerSource};
use crate::source::{SourceError, SourceErrorKind};

/// What came of one secret.
pub(super) enum Written {
    Created,
    Updated,
    No(SourceError),
    /// An earlier one failed for a reason that holds for all.
    NotTried,
}

/// Writes one after the other. One that fails does not keep the others from being written, unless nobody can be reached
/// or the credentials do not work.
pub(super) async fn all(
    aws: &SecretsManagerSource,
    loader: &Loader,
    secrets: &[PushSecret<'_>],
    changes: &[Change],
    creation: &Creation,
) -> Vec<(String, Written)> {
    let mut done: Vec<(String, Written)> = Vec::new();
    let mut is_over = false;
    for (secret, change) in secrets.iter().zip(changes) {
        if !matches!(change.action, Action::Create | Action::Update) {
            continue;
        }
        let written = if is_over {
            Written::NotTried
        } else {
            one(aws, loader, secret, change, creation).await
        };
        is_over |= matches!(&written, Written::No(failure) if holds_for_all(failure));
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
) -> Written {
    let Some(value) = &change.value else {
        return Written::NotTried;
    };
    let (written, done) = match change.action {
        Action::Create => (
            aws.create(loader.context(), secret.target.id(), value, creation)
                .await,
            Written::Created,
        ),
        _ => (
            aws.put(loader.context(), secret.writing_id(), value).await,
            Written::Updated,
        ),
    };
    match written {
        Ok(()) => done,
        Err(failure) => Written::No(failure),
    }
}

fn holds_for_all(failure: &SourceError) -> bool {
    matches!(
        failure.kind(),
        SourceErrorKind::Credentials | SourceErrorKind::Unreachable
    )
}

/// Tells of each, and says whether all were written.
pub(super) fn report(done: &[(String, Written)]) -> Result<bool, CliError> {
    let mut all = true;
    for (id, written) in done {
        match written {
            Written::Created => print(&format!("created `{id}`\n"))?,
            Written::Updated => print(&format!("updated `{id}`\n"))?,
            Written::No(failure) => {
                all = false;
                error(&format!("`{id}` was not written: {}", with_hint(failure)));
            }
            Written::NotTried => {
                all = false;
                error(&format!("`{id}` was not written"));
            }
        }
    }
    Ok(all)
}

/// A failure and its likely fix.
pub(super) fn with_hint(failure: &SourceError) -> String {
    match failure.hint() {
        Some(hint) => format!("{failure}\n  help: {hint}"),
        None => failure.to_string(),
    }
}
