//! `policy`

use clap::Args;

use super::deploy_args::{DeployArgs, DeployOption, print_document};
use super::exit::{CliError, ExitStatus};
use crate::load::{FromSecrets, Loader};

pub(super) const EXAMPLES: &[&str] = &[
    "policy --region eu-central-1 --account 123456789012",
    "policy --placeholder stage=prod > policy.json",
    "policy --region us-east-1 --replica-region us-west-2 --account 123456789012",
    "policy --write --region eu-central-1 --account 123456789012",
    "policy --parameter-store --region eu-central-1 --account 123456789012",
];

const OPTIONS: &[DeployOption] = &[
    DeployOption::Region,
    DeployOption::ReplicaRegion,
    DeployOption::Account,
    DeployOption::Partition,
    DeployOption::KmsKey,
    DeployOption::AllowWildcards,
];
/// Replicas are read-only.
const WRITE_OPTIONS: &[DeployOption] = &[
    DeployOption::Region,
    DeployOption::Account,
    DeployOption::Partition,
    DeployOption::KmsKey,
];

/// Generate the least-privilege IAM policy
///
/// The policy is printed to standard output, and notes about it are printed to standard error. A policy that exceeds
/// IAM's limit is split into several JSON documents.
#[derive(Args, Debug)]
pub(super) struct PolicyCommand {
    /// Generate the policy for the subcommands that write secrets: `push`, `set`, `history` and `rollback`
    #[arg(long)]
    write: bool,
    #[command(flatten)]
    deployment: DeployArgs,
}

impl PolicyCommand {
    pub(super) fn run<T: FromSecrets>(&self, loader: &Loader) -> Result<ExitStatus, CliError> {
        let declaration = |document, used| self.deployment.declaration::<T>(loader, document, used);
        print_document(if self.write {
            declaration("policy --write", WRITE_OPTIONS)?.iam_write_policy()
        } else {
            declaration("policy", OPTIONS)?.iam_policy()
        })
    }
}
