//! `snippet`

use clap::{Args, ValueEnum};

use super::deploy_args::{DeployArgs, write};
use super::exit::{CliError, ExitStatus};
use crate::load::{FromSecrets, Loader};

pub(super) const EXAMPLES: &[&str] = &[
    "snippet sam",
    "snippet ecs --region eu-central-1 --account 123456789012",
    "snippet terraform --placeholder stage=prod > secrets.tf",
];

/// Write the piece of a deployment that concerns the secrets
#[derive(Args, Debug)]
pub(super) struct Snippet {
    /// What deploys the application
    #[arg(value_enum)]
    tool: Tool,
    #[command(flatten)]
    place: DeployArgs,
}

#[derive(Clone, Copy, Debug, ValueEnum)]
enum Tool {
    /// The `secrets` of a container definition, as JSON
    Ecs,
    /// Statements for a function's `Policies`, as YAML
    Sam,
    /// The secrets as resources without values, as YAML
    #[value(name = "cloudformation")]
    CloudFormation,
    /// Data sources for the secrets, and a policy document
    Terraform,
}

impl Snippet {
    pub(super) fn run<T: FromSecrets>(&self, loader: &Loader) -> Result<ExitStatus, CliError> {
        let declaration = self.place.declaration::<T>(loader);
        let written = match self.tool {
            Tool::Ecs => declaration.ecs_secrets(),
            Tool::Sam => declaration.sam_policy(),
            Tool::CloudFormation => declaration.cloudformation(),
            Tool::Terraform => declaration.terraform(),
        };
        write(written)
    }
}
