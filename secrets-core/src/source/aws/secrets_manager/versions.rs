//! The versions of a secret, for the command line.

use std::time::SystemTime;

use aws_sdk_secretsmanager::types::SecretVersionsListEntry;
use tracing::instrument::WithSubscriber as _;
use tracing::subscriber::NoSubscriber;

use super::SecretsManagerSource;
use super::write::{CURRENT, region};
use crate::source::{FetchContext, FetchResult, SourceErrorKind};

/// A version of a secret, without its value.
#[derive(Debug)]
pub(crate) struct SecretVersion {
    pub(crate) id: String,
    pub(crate) stages: Vec<String>,
    pub(crate) created_at: Option<SystemTime>,
}

impl SecretVersion {
    pub(crate) fn has_stage(&self, stage: &str) -> bool {
        self.stages.iter().any(|own| own == stage)
    }
}

/// Returns whether a rotation of the secret with these versions is in progress.
pub(crate) fn is_rotating(versions: &[SecretVersion]) -> bool {
    let of_stage = |stage: &str| versions.iter().find(|version| version.has_stage(stage));
    let (Some(current), Some(pending)) = (of_stage(CURRENT), of_stage("AWSPENDING")) else {
        return false;
    };
    // The stage can stay on its version after the rotation.
    let was_current = pending.has_stage("AWSPREVIOUS") || pending.created_at < current.created_at;
    pending.id != current.id && !was_current
}

const PERMISSION: &str = "allow `secretsmanager:ListSecretVersionIds` on this secret for the user or role that runs this command";

impl SecretsManagerSource {
    /// Returns all versions of a secret, from the newest to the oldest, with those that have no stage anymore.
    pub(crate) async fn versions(
        &self,
        context: FetchContext,
        secret_id: &str,
    ) -> Result<Vec<SecretVersion>, FetchResult> {
        let clients = self.clients(context).await?;
        let region = region(&clients, secret_id).map_err(FetchResult::Failed)?;
        let calls = self.calls(&clients, context);
        let calls = calls.in_region(region);
        let mut versions: Vec<SecretVersion> = Vec::new();
        let mut page = None;
        loop {
            let call = calls.client.list_secret_version_ids();
            let call = call.secret_id(secret_id).include_deprecated(true);
            // The SDK logs responses at the level TRACE.
            let call = call
                .set_next_token(page)
                .send()
                .with_subscriber(NoSubscriber::new());
            let output = calls.send("ListSecretVersionIds", 1, call).await;
            let output = output.map_err(|error| with_permission(error.result))?;
            versions.extend(output.versions().iter().filter_map(version));
            page = output.next_token.filter(|token| !token.is_empty());
            if page.is_none() {
                break;
            }
        }
        versions.sort_by_key(|version| std::cmp::Reverse(version.created_at));
        Ok(versions)
    }
}

fn version(entry: &SecretVersionsListEntry) -> Option<SecretVersion> {
    Some(SecretVersion {
        id: entry.version_id()?.to_owned(),
        stages: entry.version_stages().to_vec(),
        created_at: entry
            .created_date()
            .and_then(|time| SystemTime::try_from(*time).ok()),
    })
}

fn with_permission(result: FetchResult) -> FetchResult {
    match result {
        FetchResult::Failed(error) if error.kind() == SourceErrorKind::Denied => {
            FetchResult::Failed(error.with_hint(PERMISSION))
        }
        result => result,
    }
}
