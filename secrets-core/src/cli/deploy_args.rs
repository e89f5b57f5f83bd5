//! Arguments of the subcommands that generate deployment files.

use clap::Args;

use super::console::{note, print};
use super::exit::{CliError, ExitStatus};
use super::loading::Placeholders;
use crate::error::Error;
use crate::generate::{Declaration, Document};
use crate::load::{FromSecrets, Loader};

/// The target of the deployment.
#[derive(Args, Debug)]
pub(super) struct DeployArgs {
    /// The region of secrets that are declared by name
    #[arg(long)]
    region: Option<String>,
    /// A region with replicas of the secrets (repeatable)
    #[arg(long, value_name = "REGION")]
    replica_region: Vec<String>,
    /// The account of secrets that are declared by name
    #[arg(long)]
    account: Option<String>,
    /// The AWS partition; defaults to the partition of the region
    #[arg(long)]
    partition: Option<String>,
    #[command(flatten)]
    placeholders: Placeholders,
    /// The ARN of a customer managed KMS key that encrypts secrets (repeatable)
    #[arg(long, value_name = "ARN")]
    kms_key: Vec<String>,
    /// Treat names as parameters in SSM Parameter Store
    #[arg(long)]
    parameter_store: bool,
    /// Include optional fields and fields with a default
    #[arg(long)]
    include_optional: bool,
    /// Permit `*` in the policy for placeholders without a value
    #[arg(long)]
    allow_wildcards: bool,
}

/// An option that some documents do not use.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum DeployOption {
    Region,
    ReplicaRegion,
    Account,
    Partition,
    KmsKey,
    IncludeOptional,
    AllowWildcards,
}

impl DeployArgs {
    /// Returns the declaration with these arguments. Arguments that a document does not use are rejected.
    pub(super) fn declaration<T: FromSecrets>(
        &self,
        loader: &Loader,
        document: &str,
        used: &[DeployOption],
    ) -> Result<Declaration, CliError> {
        self.check(document, used)?;
        let mut declaration = self.placeholders.declaration::<T>(loader);
        if let Some(partition) = &self.partition {
            declaration = declaration.partition(partition);
        }
        if let Some(region) = &self.region {
            declaration = declaration.region(region);
        }
        if let Some(account) = &self.account {
            declaration = declaration.account(account);
        }
        if self.parameter_store {
            declaration = declaration.parameter_store();
        }
        if self.include_optional {
            declaration = declaration.include_optional();
        }
        if self.allow_wildcards {
            declaration = declaration.allow_wildcards();
        }
        let replicas = self.replica_region.iter();
        let mut declaration = replicas.fold(declaration, Declaration::replica_region);
        if used.contains(&DeployOption::ReplicaRegion) {
            for region in self.replicas_in_code(loader) {
                note(&format!(
                    "the replica region `{region}` is set in the code of the application"
                ));
                declaration = declaration.replica_region(region);
            }
        }
        Ok(self.kms_key.iter().fold(declaration, Declaration::kms_key))
    }

    /// Returns whether regions other than that of the deployment can be set.
    pub(super) fn has_other_regions(&self, loader: &Loader) -> bool {
        let is_set = !self.replica_region.is_empty() || !self.kms_key.is_empty();
        is_set || !self.replicas_in_code(loader).is_empty()
    }

    fn check(&self, document: &str, used: &[DeployOption]) -> Result<(), CliError> {
        let set = [
            (DeployOption::Region, self.region.is_some()),
            (DeployOption::ReplicaRegion, !self.replica_region.is_empty()),
            (DeployOption::Account, self.account.is_some()),
            (DeployOption::Partition, self.partition.is_some()),
            (DeployOption::KmsKey, !self.kms_key.is_empty()),
            (DeployOption::IncludeOptional, self.include_optional),
            (DeployOption::AllowWildcards, self.allow_wildcards),
        ];
        let mut set = set.into_iter().filter(|(_, is_set)| *is_set);
        match set.find(|(option, _)| !used.contains(option)) {
            Some((option, _)) => Err(CliError::Usage(format!(
                "`{}` has no effect on `{document}`; omit it",
                option.name()
            ))),
            None => Ok(()),
        }
    }

    /// Returns the replica regions of the loader's sources, unless there are such arguments. Parameters have no
    /// replicas.
    #[cfg_attr(
        not(feature = "aws"),
        expect(unused_variables, reason = "only Secrets Manager has replicas")
    )]
    fn replicas_in_code(&self, loader: &Loader) -> Vec<String> {
        if self.parameter_store || !self.replica_region.is_empty() {
            return Vec::new();
        }
        #[cfg(feature = "aws")]
        let regions = loader.replicas();
        #[cfg(not(feature = "aws"))]
        let regions = Vec::new();
        regions
    }
}

impl DeployOption {
    fn name(self) -> &'static str {
        match self {
            Self::Region => "--region",
            Self::ReplicaRegion => "--replica-region",
            Self::Account => "--account",
            Self::Partition => "--partition",
            Self::KmsKey => "--kms-key",
            Self::IncludeOptional => "--include-optional",
            Self::AllowWildcards => "--allow-wildcards",
        }
    }
}

impl Placeholders {
    /// Returns the declaration with the placeholders of the loader and of the arguments. The arguments take precedence.
    pub(super) fn declaration<T: FromSecrets>(&self, loader: &Loader) -> Declaration {
        let placeholders = loader.placeholders().iter().chain(&self.placeholder);
        placeholders.fold(Declaration::of::<T>(), |declaration, (name, value)| {
            declaration.placeholder(name, value)
        })
    }
}

/// Prints a document, and its notes to standard error.
pub(super) fn print_document(document: Result<Document, Error>) -> Result<ExitStatus, CliError> {
    let document = document?;
    print(document.text())?;
    print_notes(&document);
    Ok(ExitStatus::Success)
}

/// Prints the notes of a document to standard error.
pub(super) fn print_notes(document: &Document) {
    for text in document.notes() {
        note(text);
    }
}
