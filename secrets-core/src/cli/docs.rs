//! `docs`

use clap::Args;

use super::deploy_args::print_document;
use super::exit::{CliError, ExitStatus};
use super::loading::Placeholders;
use crate::load::{FromSecrets, Loader};

pub(super) const EXAMPLES: &[&str] = &["docs >> README.md", "docs --placeholder stage=prod"];

/// Generate a Markdown table of the fields
#[derive(Args, Debug)]
pub(super) struct Docs {
    #[command(flatten)]
    placeholders: Placeholders,
}

impl Docs {
    pub(super) fn run<T: FromSecrets>(&self, loader: &Loader) -> Result<ExitStatus, CliError> {
        print_document(self.placeholders.declaration::<T>(loader).markdown())
    }
}
