//! `snippet`

use clap::{Args, ValueEnum};

use super::deploy_args::{DeployArgs, print_document};
use super::exit::{CliError, ExitStatus};
use crate::load::{FromSecrets, Loader};

pub(super) const EXAMPLES: &[&str] = &[
    "snippet sam",
    "snippet ecs --region eu-central-1 --account 123456789012",
    "snippet terraform --placeholder stage=prod > secrets.tf",
];

/// Generate a deployment snippet for the secrets
#[derive(Args, Debug)]
pub(super) struct Snippet {
    /// The deployment tool
    #[arg(value_enum)]
    tool: Tool,
    #[command(flatten)]
    deployment: DeployArgs,
}

#[derive(Clone, Copy, Debug, ValueEnum)]
enum Tool {
    /// The `secrets` of a container definition, as JSON
    Ecs,
    /// Statements for the `Policies` of a function, as YAML
    Sam,
    /// Secret resources without values, as YAML
    #[value(name = "cloudformation")]
    CloudFormation,
    /// Data sources for the secrets, and a policy document
    Terraform,
}

impl Snippet {
    pub(super) fn run<T: FromSecrets>(&self, loader: &Loader) -> Result<ExitStatus, CliError> {
        let declaration = self.deployment.declaration::<T>(loader);
        let document = match self.tool {
            Tool::Ecs => declaration.ecs_secrets(),
            Tool::Sam => declaration.sam_policy(),
            Tool::CloudFormation => declaration.cloudformation(),
            Tool::Terraform => declaration.terraform(),
        };
        print_document(document)
    }
}
