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
}

impl DeployArgs {
    pub(super) fn declaration<T: FromSecrets>(&self, loader: &Loader) -> Declaration {
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
        let replicas = self.replica_region.iter();
        let declaration = replicas.fold(declaration, Declaration::replica_region);
        self.kms_key.iter().fold(declaration, Declaration::kms_key)
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
    for text in document.notes() {
        note(text);
    }
    Ok(ExitStatus::Success)
}
