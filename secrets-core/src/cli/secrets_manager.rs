//! The source whose secrets a command lists and writes.

use super::console::note;
use super::exit::CliError;
use crate::load::Loader;
use crate::source::aws::SecretsManagerSource;

/// Opens the first Secrets Manager source of the chain, with its settings.
pub(super) fn secrets_manager(
    loader: &Loader,
    subject: &'static str,
) -> Result<SecretsManagerSource, CliError> {
    let mut sources = loader.secrets_manager(subject)?;
    let count = sources.len();
    if count > 1 {
        note(&format!(
            "the chain contains {count} Secrets Manager sources; this command uses the first one"
        ));
    }
    Ok(sources.swap_remove(0))
}
