//! `history`

use clap::Args;

use super::console::print;
use super::exit::{CliError, ExitStatus};
use super::fields;
use super::format::{OutputFormat, print_json};
use super::loading::Loading;
use super::secrets_manager::secrets_manager;
use super::versions;
use crate::load::{FromSecrets, Loader};

pub(super) const EXAMPLES: &[&str] = &["history db.password", "history token --format json"];

/// List the versions of the secret of a field
///
/// The table contains the stages and the creation time of each version, without values. Secrets Manager deletes old
/// versions without a stage.
#[derive(Args, Debug)]
pub(super) struct HistoryCommand {
    /// The field, such as `token` or `db.password`
    #[arg(value_name = "FIELD")]
    field: String,
    #[command(flatten)]
    loading: Loading,
    /// The output format
    #[arg(long, value_enum, default_value_t)]
    format: OutputFormat,
}

impl HistoryCommand {
    pub(super) fn run<T: FromSecrets>(&self, loader: Loader) -> Result<ExitStatus, CliError> {
        let loader = self.loading.apply(loader);
        let plan = loader.filled_plan::<T>(|leaf| *leaf.path == *self.field)?;
        let address = versions::address(fields::find(&plan, &self.field)?)?;
        let aws = secrets_manager(&loader, T::SPEC.name())?;
        let id = address.request.id();
        let versions = versions::list(T::SPEC.name(), &aws, &loader, id)?;
        match self.format {
            OutputFormat::Table => print(&versions::show(&versions))?,
            OutputFormat::Json => print_json(&versions::document(&versions))?,
        }
        Ok(ExitStatus::Success)
    }
}
