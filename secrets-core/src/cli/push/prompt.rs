//! What a person is asked at a terminal.

use std::io::{self, IsTerminal as _, Write as _, stderr, stdin};

use zeroize::Zeroizing;

use super::missing::is_there;
use super::state::{PushSecret, StoredSecretValue};
use crate::cli::exit::CliError;

/// Whether somebody is there to answer.
pub(super) fn is_interactive() -> bool {
    stdin().is_terminal() && stderr().is_terminal()
}

/// Asks for each value that nobody has given, without showing it. An empty answer leaves things as they are.
pub(super) fn for_values(secrets: &mut [PushSecret<'_>]) -> Result<Vec<String>, CliError> {
    let mut refusals = Vec::new();
    let readable =
        |secret: &&mut PushSecret<'_>| !matches!(secret.stored, StoredSecretValue::Unknown(_));
    for secret in secrets.iter_mut().filter(readable) {
        for i in 0..secret.target.slots.len() {
            let slot = &secret.target.slots[i];
            if slot.given.is_some() {
                continue;
            }
            let prompt = prompt(secret, i);
            let text = rpassword::prompt_password(prompt).map(Zeroizing::new);
            let text = text.map_err(unable)?;
            if !text.is_empty() {
                let slot = &mut secret.target.slots[i];
                let leaf = slot.leaves[0];
                refusals.extend(slot.give(leaf, text).err());
            }
        }
    }
    Ok(refusals)
}

fn prompt(secret: &PushSecret<'_>, slot: usize) -> String {
    let slot = &secret.target.slots[slot];
    let key = slot.json_key.map(|key| format!(", JSON key `{key}`"));
    let encoding = if slot.leaves[0].field.is_binary() {
        ", in base64"
    } else {
        ""
    };
    let empty = match (is_there(secret, slot), slot.is_required()) {
        (true, _) => " [Enter keeps what is there]",
        (false, true) => "",
        (false, false) => " [optional, Enter skips it]",
    };
    format!(
        "{} (secret `{}`{}{encoding}){empty}: ",
        slot.fields(),
        secret.target.id(),
        key.unwrap_or_default()
    )
}

/// Asks whether to go on.
pub(super) fn whether_to_write(count: usize) -> Result<bool, CliError> {
    let secrets = if count == 1 { "secret" } else { "secrets" };
    let mut err = stderr().lock();
    let prompted = write!(err, "Write {count} {secrets}? [y/N] ").and_then(|()| err.flush());
    prompted.map_err(unable)?;
    let mut line = String::new();
    stdin().read_line(&mut line).map_err(unable)?;
    Ok(matches!(
        line.trim().to_ascii_lowercase().as_str(),
        "y" | "yes"
    ))
}

#[expect(
    clippy::needless_pass_by_value,
    reason = "it is what `map_err` hands over"
)]
fn unable(error: io::Error) -> CliError {
    CliError::Refused(format!("cannot ask, so nothing was written: {error}"))
}
