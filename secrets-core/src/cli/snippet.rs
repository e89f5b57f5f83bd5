//! `snippet`

use clap::{Args, ValueEnum};

use super::deploy_args::{DeployArgs, DeployOption, print_document};
use super::exit::{CliError, ExitStatus};
use crate::load::{FromSecrets, Loader};

pub(super) const EXAMPLES: &[&str] = &[
    "snippet sam",
    "snippet ecs --region eu-central-1 --account 123456789012",
    "snippet terraform --placeholder stage=prod > secrets.tf",
    "snippet external-secret --include-optional",
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
    /// A function that returns the policy for AWS CDK, as TypeScript
    Cdk,
    /// A class for the AWS provider of the Secrets Store CSI driver, as YAML
    SecretProviderClass,
    /// A resource for the External Secrets Operator, as YAML
    ExternalSecret,
}

impl Snippet {
    pub(super) fn run<T: FromSecrets>(&self, loader: &Loader) -> Result<ExitStatus, CliError> {
        let document = format!("snippet {}", self.tool.name());
        let declaration =
            self.deployment
                .declaration::<T>(loader, &document, &self.options(loader))?;
        let document = match self.tool {
            Tool::Ecs => declaration.ecs_secrets(),
            Tool::Sam => declaration.sam_policy(),
            Tool::CloudFormation => declaration.cloudformation(),
            Tool::Terraform => declaration.terraform(),
            Tool::Cdk => declaration.cdk(),
            Tool::SecretProviderClass => declaration.secret_provider_class(),
            Tool::ExternalSecret => declaration.external_secret(),
        };
        print_document(document)
    }

    /// Returns the options that change the document.
    fn options(&self, loader: &Loader) -> Vec<DeployOption> {
        let mut options = self.tool.options().to_vec();
        // The stack provides its region. The option only distinguishes it from the regions of keys and replicas.
        if matches!(self.tool, Tool::CloudFormation) && !self.deployment.has_other_regions(loader) {
            options.retain(|option| *option != DeployOption::Region);
        }
        options
    }
}

impl Tool {
    fn name(self) -> String {
        let value = self.to_possible_value();
        value.map_or_else(String::new, |value| value.get_name().to_owned())
    }

    /// Returns the options that can change the document.
    fn options(self) -> &'static [DeployOption] {
        use DeployOption::{Account, IncludeOptional, KmsKey, Partition, Region, ReplicaRegion};

        match self {
            Self::Ecs => &[Region, Account, Partition, IncludeOptional],
            // The stack provides its account and partition.
            Self::Sam | Self::Cdk => &[Region, ReplicaRegion, KmsKey],
            Self::CloudFormation => &[Region, ReplicaRegion, KmsKey, IncludeOptional],
            Self::Terraform => &[
                Region,
                ReplicaRegion,
                Account,
                Partition,
                KmsKey,
                IncludeOptional,
            ],
            Self::SecretProviderClass => &[Region, IncludeOptional],
            // The store provides its region and account.
            Self::ExternalSecret => &[IncludeOptional],
        }
    }
}
