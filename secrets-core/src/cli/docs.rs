//! `docs`

use clap::Args;

use super::place::{Parameters, write};
use super::stop::{Answer, Stop};
use crate::{FromSecrets, Loader};

pub(super) const EXAMPLES: &[&str] = &["docs >> README.md", "docs --parameter stage=prod"];

/// Write a Markdown table of the fields
#[derive(Args, Debug)]
pub(super) struct Docs {
    #[command(flatten)]
    parameters: Parameters,
}

impl Docs {
    pub(super) fn run<T: FromSecrets>(&self, loader: &Loader) -> Result<Answer, Stop> {
        write(self.parameters.declaration::<T>(loader).markdown())
    }
}
