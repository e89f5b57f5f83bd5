//! The versions of the secret that a field reads.

use serde::Serialize;

use super::console::{GOOD, PLAIN};
use super::exit::CliError;
use super::format::utc;
use super::table::{Row, table};
use super::write::with_hint;
use crate::load::plan::{Address, Leaf};
use crate::load::{Loader, blocking};
use crate::source::FetchResult;
use crate::source::aws::{SecretVersion, SecretsManagerSource};

pub(super) const CURRENT: &str = "AWSCURRENT";

/// Returns the address of a field in Secrets Manager.
pub(super) fn address(leaf: &Leaf) -> Result<&Address, CliError> {
    let path = &leaf.path;
    let reason = match &leaf.address {
        Some(address) if !address.request.names_parameter() => return Ok(address),
        Some(_) => "the field refers to a parameter in Parameter Store",
        None => "the field is read only from the environment",
    };
    Err(CliError::Usage(format!(
        "`{path}` has no versions: {reason}"
    )))
}

/// Lists the versions of a secret.
pub(super) fn list(
    subject: &'static str,
    aws: &SecretsManagerSource,
    loader: &Loader,
    id: &str,
) -> Result<Vec<SecretVersion>, CliError> {
    let listing = async { Ok(aws.versions(loader.context(), id).await) };
    blocking::run(subject, listing)?.map_err(|result| match result {
        FetchResult::Failed(failure) => CliError::unread(
            failure.kind(),
            format!(
                "cannot list the versions of `{id}`: {}",
                with_hint(&failure)
            ),
        ),
        FetchResult::NotConfigured(reason) => {
            CliError::Unavailable(format!("Secrets Manager is not configured: {reason}"))
        }
        FetchResult::Missing(_) | FetchResult::Found(_) => {
            CliError::Failed(format!("no such secret: `{id}`"))
        }
    })
}

#[derive(Serialize)]
struct JsonVersion<'a> {
    version: &'a str,
    stages: &'a [String],
    created: Option<String>,
}

/// Returns versions as a document.
pub(super) fn document(versions: &[SecretVersion]) -> impl Serialize + '_ {
    let versions = versions.iter().map(|version| JsonVersion {
        version: &version.id,
        stages: &version.stages,
        created: created(version),
    });
    versions.collect::<Vec<_>>()
}

fn created(version: &SecretVersion) -> Option<String> {
    version.created_at.and_then(utc)
}

/// Formats versions as a table.
pub(super) fn show(versions: &[SecretVersion]) -> String {
    let row = |version: &SecretVersion| {
        let stages = if version.stages.is_empty() {
            "-".to_owned()
        } else {
            version.stages.join(", ")
        };
        Row {
            style: if version.has_stage(CURRENT) {
                GOOD
            } else {
                PLAIN
            },
            cells: vec![
                version.id.clone(),
                stages,
                created(version).unwrap_or_else(|| "-".to_owned()),
            ],
        }
    };
    let rows: Vec<Row> = versions.iter().map(row).collect();
    table(&["version", "stages", "created"], &rows)
}
