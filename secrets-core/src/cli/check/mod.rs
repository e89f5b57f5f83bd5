//! `check`

mod json;
mod rows;

use clap::{Args, ValueEnum};

use super::console::{Detail, print};
use super::exit::{CliError, ExitStatus};
use super::loading::{Loading, Words};
use crate::load::blocking;
use crate::load::{FromSecrets, Loader};

pub(super) const EXAMPLES: &[&str] = &[
    "check",
    "check --source env",
    "check --placeholder stage=prod --region eu-central-1 --format json",
];

/// Load as the application would, and tell who answers which field
///
/// The exit code is 0 only if everything that is required is there. Values are never shown.
#[derive(Args, Debug)]
pub(super) struct Check {
    /// Ask these sources in place of the application's: `aws`, `env`, or both in order
    #[arg(long, value_name = "CHAIN", value_parser = Words::parse)]
    source: Option<Words>,
    #[command(flatten)]
    loading: Loading,
    #[arg(long, value_enum, default_value_t)]
    format: Format,
}

/// How the answer is written.
#[derive(Clone, Copy, Debug, Default, ValueEnum)]
enum Format {
    /// A line for each field
    #[default]
    Table,
    /// For programs
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
            detail.failure(error);
        }
        Ok(ExitStatus::of(error.is_none()))
    }
}
