//! `policy`

use clap::Args;

use super::deploy_args::{DeployArgs, print_document};
use super::exit::{CliError, ExitStatus};
use crate::load::{FromSecrets, Loader};

pub(super) const EXAMPLES: &[&str] = &[
    "policy --region eu-central-1 --account 123456789012",
    "policy --placeholder stage=prod > policy.json",
    "policy --region us-east-1 --replica-region us-west-2 --account 123456789012",
    "policy --write --region eu-central-1 --account 123456789012",
    "policy --parameter-store --region eu-central-1 --account 123456789012",
];

/// Generate the least-privilege IAM policy
///
/// The policy is printed to standard output. Notes on standard error explain why it is broader than necessary. A policy
/// that exceeds IAM's limit is split into several JSON documents.
#[derive(Args, Debug)]
pub(super) struct PolicyCommand {
    /// Generate the policy for `push`, which creates and updates the secrets
    #[arg(long)]
    write: bool,
    #[command(flatten)]
    deployment: DeployArgs,
}

impl PolicyCommand {
    pub(super) fn run<T: FromSecrets>(&self, loader: &Loader) -> Result<ExitStatus, CliError> {
        let declaration = self.deployment.declaration::<T>(loader);
        print_document(if self.write {
            declaration.iam_write_policy()
        } else {
            declaration.iam_policy()
        })
    }
}
