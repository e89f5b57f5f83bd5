//! The description of a secret, which contains no value, for the command line.

use super::SecretsManagerSource;
use super::versions::SecretVersion;
use super::write::region;
use crate::source::{FetchContext, FetchResult, SourceError, SourceErrorKind};

const PERMISSION: &str = "allow `secretsmanager:DescribeSecret` on this secret for the user or role that runs this command";
const DELETED: &str = "restore the secret, or correct the name";

impl SecretsManagerSource {
    /// Returns the versions of a secret that have a stage.
    pub(crate) async fn describe(
        &self,
        context: FetchContext,
        secret_id: &str,
    ) -> FetchResult<Vec<SecretVersion>> {
        let clients = match self.clients(context).await {
            Ok(clients) => clients,
            Err(result) => return without_value(result),
        };
        let region = match region(&clients, secret_id) {
            Ok(region) => region,
            Err(error) => return FetchResult::Failed(error),
        };
        let calls = self.calls(&clients, context);
        let calls = calls.in_region(region);
        let call = calls.client.describe_secret().secret_id(secret_id).send();
        let output = match calls.send("DescribeSecret", 1, call).await {
            Ok(output) => output,
            Err(error) => return without_value(error.result),
        };
        if output.deleted_date().is_some() {
            let message = "the secret is scheduled for deletion";
            let error = SourceError::new(SourceErrorKind::ScheduledForDeletion, message);
            return FetchResult::Failed(error.with_hint(DELETED));
        }
        let versions = output.version_ids_to_stages.unwrap_or_default();
        let version = |(id, stages)| SecretVersion {
            id,
            stages,
            created_at: None,
        };
        FetchResult::Found(versions.into_iter().map(version).collect())
    }
}

/// Converts the result of a failed call, which is never found.
fn without_value(result: FetchResult) -> FetchResult<Vec<SecretVersion>> {
    match result {
        FetchResult::Found(_) => FetchResult::Found(Vec::new()),
        FetchResult::Missing(reason) => FetchResult::Missing(reason),
        FetchResult::NotConfigured(reason) => FetchResult::NotConfigured(reason),
        FetchResult::Failed(error) if error.kind() == SourceErrorKind::Denied => {
            FetchResult::Failed(error.with_hint(PERMISSION))
        }
        FetchResult::Failed(error) => FetchResult::Failed(error),
    }
}
