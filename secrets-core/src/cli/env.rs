//! `env`

use clap::Args;

use super::deploy_args::{Placeholders, write};
use super::exit::{CliError, ExitStatus};
use crate::load::{FromSecrets, Loader};

pub(super) const EXAMPLES: &[&str] = &["env > .env.example"];

/// Write a `.env` file to fill in
///
/// Descriptions are comments, defaults are shown, secrets are empty.
#[derive(Args, Debug)]
pub(super) struct EnvCommand {
    #[command(flatten)]
    placeholders: Placeholders,
}

impl EnvCommand {
    pub(super) fn run<T: FromSecrets>(&self, loader: &Loader) -> Result<ExitStatus, CliError> {
        write(self.placeholders.declaration::<T>(loader).env_example())
    }
}
