//! Arguments of the subcommands that write secrets.

use clap::Args;

use crate::cli::loading::{Loading, pair};

/// The settings of writes.
#[derive(Args, Debug)]
pub(in crate::cli) struct WriteArgs {
    /// Show the changes without writing them
    #[arg(long)]
    pub(in crate::cli) dry_run: bool,
    /// Write without confirmation
    #[arg(short, long)]
    pub(in crate::cli) yes: bool,
    /// The KMS key of new secrets
    #[arg(long, value_name = "ID")]
    pub(in crate::cli) kms_key_id: Option<String>,
    /// A tag of new secrets (repeatable)
    #[arg(long, value_name = "KEY=VALUE", value_parser = pair)]
    pub(in crate::cli) tag: Vec<(String, String)>,
    #[command(flatten)]
    pub(in crate::cli) loading: Loading,
}
