//! Prompts on a terminal.

use std::io::{self, IsTerminal as _, Write as _, stderr, stdin};

use zeroize::Zeroizing;

use super::missing::is_stored;
use super::state::{PushSecret, StoredSecretValue};
use crate::cli::exit::CliError;

/// Returns whether standard input and standard error are terminals.
pub(super) fn is_interactive() -> bool {
    stdin().is_terminal() && stderr().is_terminal()
}

/// Prompts for each missing value without showing it. Empty input skips the value. Returns the errors.
pub(super) fn for_values(secrets: &mut [PushSecret<'_>]) -> Result<Vec<String>, CliError> {
    let mut errors = Vec::new();
    let readable =
        |secret: &&mut PushSecret<'_>| !matches!(secret.stored, StoredSecretValue::Unknown(_));
    for secret in secrets.iter_mut().filter(readable) {
        for i in 0..secret.target.slots.len() {
            let slot = &secret.target.slots[i];
            if slot.value.is_some() {
                continue;
            }
            let prompt = prompt(secret, i);
            let text = rpassword::prompt_password(prompt).map(Zeroizing::new);
            let text = text.map_err(terminal_error)?;
            if !text.is_empty() {
                let slot = &mut secret.target.slots[i];
                let leaf = slot.leaves[0];
                errors.extend(slot.set(leaf, text).err());
            }
        }
    }
    Ok(errors)
}

fn prompt(secret: &PushSecret<'_>, slot: usize) -> String {
    let slot = &secret.target.slots[slot];
    let key = slot.json_key.map(|key| format!(", JSON key `{key}`"));
    let encoding = if slot.leaves[0].field.is_binary() {
        ", in base64"
    } else {
        ""
    };
    let empty = match (is_stored(secret, slot), slot.is_required()) {
        (true, _) => " [press Enter to keep the current value]",
        (false, true) => "",
        (false, false) => " [optional, press Enter to skip]",
    };
    format!(
        "{} (secret `{}`{}{encoding}){empty}: ",
        slot.fields(),
        secret.target.id(),
        key.unwrap_or_default()
    )
}

/// Prompts for confirmation.
pub(super) fn confirm(count: usize) -> Result<bool, CliError> {
    let secrets = if count == 1 { "secret" } else { "secrets" };
    let mut err = stderr().lock();
    let prompted = write!(err, "Write {count} {secrets}? [y/N] ").and_then(|()| err.flush());
    prompted.map_err(terminal_error)?;
    let mut line = String::new();
    stdin().read_line(&mut line).map_err(terminal_error)?;
    Ok(matches!(
        line.trim().to_ascii_lowercase().as_str(),
        "y" | "yes"
    ))
}

#[expect(clippy::needless_pass_by_value, reason = "required by `map_err`")]
fn terminal_error(error: io::Error) -> CliError {
    CliError::Failed(format!(
        "cannot prompt on the terminal, so no secrets were written: {error}"
    ))
}
