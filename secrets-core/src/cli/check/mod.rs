//! `check`

mod json;
mod rows;

use clap::{Args, ValueEnum};

use super::console::{Detail, print};
use super::exit::{CliError, ExitStatus};
use super::loading::{Loading, SourceWords};
use crate::load::blocking;
use crate::load::{FromSecrets, Loader};

pub(super) const EXAMPLES: &[&str] = &[
    "check",
    "check --source env",
    "check --placeholder stage=prod --region eu-central-1 --format json",
];

/// Load the struct and show the source of each field
///
/// Loads the struct like the application does. Secret values are never shown. The exit code is 0 if the load succeeds.
#[derive(Args, Debug)]
pub(super) struct Check {
    /// A chain of sources to use instead of the application's, such as `env` or `aws,env`
    #[arg(long, value_name = "CHAIN", value_parser = SourceWords::parse)]
    source: Option<SourceWords>,
    #[command(flatten)]
    loading: Loading,
    /// The output format
    #[arg(long, value_enum, default_value_t)]
    format: Format,
}

/// The output format.
#[derive(Clone, Copy, Debug, Default, ValueEnum)]
enum Format {
    /// One line for each field
    #[default]
    Table,
    /// A machine-readable report
    Json,
}

impl Check {
    pub(super) fn run<T: FromSecrets + Send>(
        &self,
        loader: Loader,
        detail: Detail,
    ) -> Result<ExitStatus, CliError> {
        let loader = self.loading.apply(loader);
        let loader = match &self.source {
            Some(chain) => chain.apply(loader),
            None => loader,
        };
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
            Format::Table => print(&rows::table(&report))?,
            Format::Json => print(&json::document(subject, &report))?,
        }
        if let Some(error) = &error {
            detail.print_error(error);
        }
        Ok(ExitStatus::of(error.is_none()))
    }
}
