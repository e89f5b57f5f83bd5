//! The results of writes.

use super::bound::WriteResult;
use super::change::{Action, Change};
use super::state::TargetSecret;
use crate::cli::console::{error, note, print_to_reader};
use crate::cli::exit::CliError;
use crate::source::{SourceError, SourceErrorKind};

/// Prints the result of a write. If standard output is closed, a success is printed as a note.
pub(super) fn print_result(id: &str, result: &WriteResult) -> Result<(), CliError> {
    let success = |verb: &str| {
        let text = format!("{verb} `{id}`");
        print_to_reader(&format!("{text}\n")).inspect_err(|_| note(&text))
    };
    match result {
        WriteResult::Created => return success("created"),
        WriteResult::Updated => return success("updated"),
        WriteResult::Unchanged => return success("unchanged"),
        WriteResult::Failed(failure) => {
            error(&format!("cannot write `{id}`: {}", with_hint(failure)));
        }
        WriteResult::Refused(reason) => error(&format!("`{id}` was not written: {reason}")),
        WriteResult::Skipped => error(&format!("skipped `{id}` after an earlier error")),
    }
    Ok(())
}

/// Returns whether the error of a write would be that of all others, too.
pub(super) fn applies_to_all(result: &WriteResult) -> bool {
    use SourceErrorKind::{Credentials, Unreachable};
    matches!(result, WriteResult::Failed(failure) if [Credentials, Unreachable].contains(&failure.kind()))
}

/// Prints an error for each secret that cannot be read. Returns whether there are none.
pub(super) fn print_unreadable(secrets: &[TargetSecret<'_>], changes: &[Change]) -> bool {
    let mut all = true;
    for (secret, change) in secrets.iter().zip(changes) {
        if let Action::Fail(failure) = &change.action {
            all = false;
            error(&format!(
                "cannot read `{}`, so it is not changed: {}",
                secret.target.id(),
                with_hint(failure)
            ));
        }
    }
    all
}

/// Formats an error with its hint.
pub(in crate::cli) fn with_hint(failure: &SourceError) -> String {
    match failure.hint() {
        Some(hint) => format!("{failure}\n  help: {hint}"),
        None => failure.to_string(),
    }
}

/// Returns an error with all messages, if there are any.
pub(in crate::cli) fn reject(errors: &[String]) -> Result<(), CliError> {
    if errors.is_empty() {
        return Ok(());
    }
    Err(rejection(errors))
}

pub(super) fn rejection(errors: &[String]) -> CliError {
    CliError::Failed(format!("no secrets were written: {}", errors.join("\n  ")))
}
