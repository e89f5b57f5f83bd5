//! Prompts for values and for confirmation.

use std::io;

use zeroize::Zeroizing;

use super::change::Change;
use super::report::rejection;
use super::state::TargetSecret;
use super::terminal::{read_hidden, read_line};
use super::value;
use crate::cli::console::{error, note};
use crate::cli::exit::CliError;
use crate::format::separator_text;
use crate::load::plan::Leaf;

/// A slot of a secret, by their indices.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(in crate::cli) struct SlotIndex {
    pub(in crate::cli) secret: usize,
    pub(in crate::cli) slot: usize,
}

/// The meaning of an empty input.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(in crate::cli) enum EmptyInput {
    Skips,
    IsRejected,
}

/// Prompts for the value of a slot until `check` returns no errors. The values of other slots are kept.
pub(in crate::cli) fn prompt_for_value(
    secrets: &mut [TargetSecret<'_>],
    at: SlotIndex,
    leaf: &Leaf,
    empty: EmptyInput,
    check: impl Fn(&[TargetSecret<'_>]) -> Result<Vec<String>, CliError>,
) -> Result<(), CliError> {
    let secret = &secrets[at.secret];
    // No input can pass the check of a secret that cannot be written.
    let checked = Change::check_slot(secret, &secret.target.slots[at.slot]);
    checked.map_err(|message| rejection(&[message]))?;
    let prompt = prompt(secret, at.slot, leaf, empty);
    loop {
        let entered = read_hidden(&prompt).map_err(terminal_error)?;
        let Some(bytes) = entered else {
            return Err(canceled());
        };
        if bytes.is_empty() && empty == EmptyInput::Skips {
            return Ok(());
        }
        let errors = match set(secrets, at, leaf, bytes) {
            Ok(()) => check(secrets)?,
            Err(message) => vec![message],
        };
        if errors.is_empty() {
            return Ok(());
        }
        secrets[at.secret].target.slots[at.slot].value = None;
        for message in errors {
            error(&message);
        }
    }
}

fn set(
    secrets: &mut [TargetSecret<'_>],
    at: SlotIndex,
    leaf: &Leaf,
    bytes: Zeroizing<Vec<u8>>,
) -> Result<(), String> {
    let text = value::text(&value::without_line_break(bytes))?;
    let lines = text.lines().count();
    if lines > 1 {
        note(&format!("the value has {lines} lines"));
    }
    let slot = &mut secrets[at.secret].target.slots[at.slot];
    slot.set(leaf, text)
}

fn prompt(secret: &TargetSecret<'_>, slot: usize, leaf: &Leaf, empty: EmptyInput) -> String {
    let slot = &secret.target.slots[slot];
    let key = slot.json_key.map(|key| format!(", JSON key `{key}`"));
    let encoding = match leaf.field.separator() {
        Some(separator) => format!(", items separated by {}", separator_text(separator)),
        None if leaf.field.is_binary() => ", in base64".to_owned(),
        None => String::new(),
    };
    let skip = match empty {
        EmptyInput::Skips => " [press Enter to skip]",
        EmptyInput::IsRejected => "",
    };
    format!(
        "{} (secret `{}`{}{encoding}){skip}: ",
        slot.fields(),
        secret.target.id(),
        key.unwrap_or_default()
    )
}

/// Prompts for confirmation before anything is written.
pub(in crate::cli) fn confirm(question: &str) -> Result<bool, CliError> {
    is_confirmed(question).map_err(terminal_error)
}

/// Prompts for another attempt, after some secrets may have been written. Returns `false` if the terminal fails.
pub(super) fn confirm_retry() -> bool {
    is_confirmed("Try again?").unwrap_or_else(|cause| {
        error(&format!("cannot prompt on the terminal: {cause}"));
        false
    })
}

fn is_confirmed(question: &str) -> io::Result<bool> {
    let line = read_line(&format!("{question} [y/N] "))?;
    let line = line.unwrap_or_default().trim().to_ascii_lowercase();
    Ok(matches!(line.as_str(), "y" | "yes"))
}

pub(in crate::cli) fn canceled() -> CliError {
    CliError::Failed("canceled; no secrets were written".to_owned())
}

#[expect(clippy::needless_pass_by_value, reason = "required by `map_err`")]
fn terminal_error(error: io::Error) -> CliError {
    CliError::Failed(format!(
        "cannot prompt on the terminal, so no secrets were written: {error}"
    ))
}
