//! The writing itself, and what came of it.

use super::change::{Action, Change};
use super::state::Secret;
use crate::cli::console::{error, print};
use crate::cli::stop::Stop;
use crate::source::aws::{Aws, Creation};
use crate::source::{Cause, Failure};

/// What came of one secret.
pub(super) enum Written {
    Created,
    Updated,
    No(Failure),
    /// An earlier one failed for a reason that holds for all.
    NotTried,
}

/// Writes one after the other. One that fails does not keep the others from being written, unless nobody can be reached
/// or the credentials do not work.
pub(super) async fn all(
    aws: &Aws,
    secrets: &[Secret<'_>],
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
            one(aws, secret, change, creation).await
        };
        is_over |= matches!(&written, Written::No(failure) if holds_for_all(failure));
        done.push((secret.target.id().to_owned(), written));
    }
    done
}

async fn one(aws: &Aws, secret: &Secret<'_>, change: &Change, creation: &Creation) -> Written {
    let Some(value) = &change.value else {
        return Written::NotTried;
    };
    let (written, done) = match change.action {
        Action::Create => (
            aws.create(secret.target.id(), value, creation).await,
            Written::Created,
        ),
        _ => (aws.put(secret.writing_id(), value).await, Written::Updated),
    };
    match written {
        Ok(()) => done,
        Err(failure) => Written::No(failure),
    }
}

fn holds_for_all(failure: &Failure) -> bool {
    matches!(failure.cause(), Cause::Credentials | Cause::Unreachable)
}

/// Tells of each, and says whether all were written.
pub(super) fn tell(done: &[(String, Written)]) -> Result<bool, Stop> {
    let mut all = true;
    for (id, written) in done {
        match written {
            Written::Created => print(&format!("created `{id}`\n"))?,
            Written::Updated => print(&format!("updated `{id}`\n"))?,
            Written::No(failure) => {
                all = false;
                error(&format!("`{id}` was not written: {}", told(failure)));
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
pub(super) fn told(failure: &Failure) -> String {
    match failure.hint() {
        Some(hint) => format!("{failure}\n  help: {hint}"),
        None => failure.to_string(),
    }
}
