//! `policy`

use clap::Args;

use super::deploy_args::{DeployArgs, write};
use super::exit::{CliError, ExitStatus};
use crate::load::{FromSecrets, Loader};

pub(super) const EXAMPLES: &[&str] = &[
    "policy --region eu-central-1 --account 123456789012",
    "policy --placeholder stage=prod > policy.json",
    "policy --parameter-store --region eu-central-1 --account 123456789012",
];

/// Write the least-privilege IAM policy for whoever loads the struct
///
/// It goes to standard output; where it is wider than it need be, a note on standard error says why.
#[derive(Args, Debug)]
pub(super) struct PolicyCommand {
    #[command(flatten)]
    place: DeployArgs,
}

impl PolicyCommand {
    pub(super) fn run<T: FromSecrets>(&self, loader: &Loader) -> Result<ExitStatus, CliError> {
        write(self.place.declaration::<T>(loader).iam_policy())
    }
}
