//! `env`

use clap::Args;

use super::deploy_args::print_document;
use super::exit::{CliError, ExitStatus};
use super::loading::Placeholders;
use crate::load::{FromSecrets, Loader};

pub(super) const EXAMPLES: &[&str] = &["env > .env.example"];

/// Generate a `.env` template
///
/// The template contains descriptions as comments, default values, and empty values for secrets.
#[derive(Args, Debug)]
pub(super) struct EnvCommand {
    #[command(flatten)]
    placeholders: Placeholders,
}

impl EnvCommand {
    pub(super) fn run<T: FromSecrets>(&self, loader: &Loader) -> Result<ExitStatus, CliError> {
        print_document(self.placeholders.declaration::<T>(loader).env_example())
    }
}
