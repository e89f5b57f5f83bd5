//! `check`

#[cfg(feature = "aws")]
mod exists;
mod json;
mod rows;

use clap::Args;

use super::console::{Detail, print};
use super::exit::{CliError, ExitStatus};
use super::format::{OutputFormat, print_json};
use super::loading::ChainArgs;
use crate::load::blocking;
use crate::load::{FromSecrets, Loader};

pub(super) const EXAMPLES: &[&str] = &[
    "check",
    "check --source env",
    "check --placeholder stage=prod --format json",
    #[cfg(feature = "aws")]
    "check --placeholder stage=prod --region eu-central-1",
    #[cfg(feature = "aws")]
    "check --exists --placeholder stage=prod",
];

/// Load the struct and show the source of each field
///
/// Loads the struct like the application does. Secret values are never shown.
///
/// The exit code is 0 if the load succeeds, 1 if a secret is missing or does not fit its field, and 2 if a source could
/// not be queried.
#[derive(Args, Debug)]
pub(super) struct Check {
    #[command(flatten)]
    chain: ChainArgs,
    /// Check only that the secrets exist in Secrets Manager, without reading them
    ///
    /// Requires only the permission `secretsmanager:DescribeSecret`. JSON keys, values and parameters are not checked.
    #[cfg(feature = "aws")]
    #[arg(long, conflicts_with = "source")]
    exists: bool,
    /// The output format
    #[arg(long, value_enum, default_value_t)]
    format: OutputFormat,
}

impl Check {
    pub(super) fn run<T: FromSecrets + Send>(
        &self,
        loader: Loader,
        detail: Detail,
    ) -> Result<ExitStatus, CliError> {
        let loader = self.chain.apply(loader)?;
        #[cfg(feature = "aws")]
        if self.exists {
            return exists::run::<T>(&loader, self.format);
        }
        let subject = T::SPEC.name();
        let load = async {
            loader
                .load_with_report::<T>()
                .await
                .map(|(_, report)| report)
        };
        let (report, error) = match blocking::run(subject, load) {
            Ok(report) => (report, None),
            Err(error) => match error.report() {
                Some(report) => (report.clone(), Some(error)),
                None => return Err(CliError::Error(error)),
            },
        };
        match self.format {
            OutputFormat::Table => print(&rows::table(&report))?,
            OutputFormat::Json => print_json(&json::document(subject, &report))?,
        }
        if let Some(error) = &error {
            detail.print_error(error);
        }
        Ok(ExitStatus::of_report(&report))
    }
}
