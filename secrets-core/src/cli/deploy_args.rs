//! The arguments of what is written for a deployment.

use clap::Args;

use super::console::{note, print};
use super::exit::{CliError, ExitStatus};
use super::loading::pair;
use crate::error::Error;
use crate::generate::{Declaration, Document};
use crate::load::{FromSecrets, Loader};

/// Where the application will be deployed.
#[derive(Args, Debug)]
pub(super) struct DeployArgs {
    /// The region of the secrets that are given by name
    #[arg(long)]
    region: Option<String>,
    /// The account of the secrets that are given by name
    #[arg(long)]
    account: Option<String>,
    /// The AWS partition; by default that of the region
    #[arg(long)]
    partition: Option<String>,
    #[command(flatten)]
    placeholders: Placeholders,
    /// The ARN of a customer-managed KMS key that encrypts some of the secrets; repeatable
    #[arg(long, value_name = "ARN")]
    kms_key: Vec<String>,
    /// The names are those of parameters in SSM Parameter Store
    #[arg(long)]
    parameter_store: bool,
}

#[derive(Args, Debug)]
pub(super) struct Placeholders {
    /// A value for `{NAME}` in names; repeatable
    #[arg(long, value_name = "NAME=VALUE", value_parser = pair)]
    placeholder: Vec<(String, String)>,
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
        self.kms_key.iter().fold(declaration, Declaration::kms_key)
    }
}

impl Placeholders {
    /// What the loader was given by the application holds too, unless an argument says otherwise.
    pub(super) fn declaration<T: FromSecrets>(&self, loader: &Loader) -> Declaration {
        let placeholders = loader.placeholders().iter().chain(&self.placeholder);
        placeholders.fold(Declaration::of::<T>(), |declaration, (name, value)| {
            declaration.placeholder(name, value)
        })
    }
}

/// Writes a document, and what its reader should know beside it.
pub(super) fn write(written: Result<Document, Error>) -> Result<ExitStatus, CliError> {
    let document = written?;
    print(document.text())?;
    for text in document.notes() {
        note(text);
    }
    Ok(ExitStatus::Success)
}
