//! `env`

use clap::Args;

use super::place::{Parameters, write};
use super::stop::{Answer, Stop};
use crate::{FromSecrets, Loader};

pub(super) const EXAMPLES: &[&str] = &["env > .env.example"];

/// Write a `.env` file to fill in
///
/// Descriptions are comments, defaults are shown, secrets are empty.
#[derive(Args, Debug)]
pub(super) struct Env {
    #[command(flatten)]
    parameters: Parameters,
}

impl Env {
    pub(super) fn run<T: FromSecrets>(&self, loader: &Loader) -> Result<Answer, Stop> {
        write(self.parameters.declaration::<T>(loader).env_example())
    }
}
