//! `policy`

use clap::Args;

use super::deploy_args::{DeployArgs, print_document};
use super::exit::{CliError, ExitStatus};
use crate::load::{FromSecrets, Loader};

pub(super) const EXAMPLES: &[&str] = &[
    "policy --region eu-central-1 --account 123456789012",
    "policy --placeholder stage=prod > policy.json",
    "policy --parameter-store --region eu-central-1 --account 123456789012",
];

/// Generate the least-privilege IAM policy
///
/// The policy is printed to standard output. If it is broader than necessary, a note on standard error explains why.
#[derive(Args, Debug)]
pub(super) struct PolicyCommand {
    #[command(flatten)]
    deployment: DeployArgs,
}

impl PolicyCommand {
    pub(super) fn run<T: FromSecrets>(&self, loader: &Loader) -> Result<ExitStatus, CliError> {
        print_document(self.deployment.declaration::<T>(loader).iam_policy())
    }
}
