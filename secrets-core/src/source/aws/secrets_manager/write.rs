//! Writes of the command line, bound to the version that was read.
//!
//! A new version first has a stage of its own. It becomes the current one only if the current version is still the one
//! that was read, so a write never replaces a value that was not read, except with `set --overwrite`.

use std::error::Error;
use std::future::Future;

use aws_sdk_secretsmanager::Client;
use aws_sdk_secretsmanager::error::{ProvideErrorMetadata, SdkError};
use aws_sdk_secretsmanager::operation::put_secret_value::builders::PutSecretValueFluentBuilder;
use aws_sdk_secretsmanager::primitives::Blob;
use aws_sdk_secretsmanager::types::Tag;
use aws_smithy_runtime_api::client::orchestrator::HttpResponse;
use tracing::instrument::WithSubscriber as _;
use tracing::subscriber::NoSubscriber;

use super::{SecretsManagerSource, arn_region};
use crate::source::aws::errors::{no_region, transport};
use crate::source::aws::regional::RegionalClients;
use crate::source::aws_api::errors::CallError;
use crate::source::{FetchContext, FetchResult, RawValue, SourceError, SourceErrorKind};

/// Settings of a new secret.
#[derive(Clone, Debug, Default)]
pub(crate) struct Creation {
    pub(crate) description: Option<String>,
    pub(crate) kms_key_id: Option<String>,
    pub(crate) tags: Vec<(String, String)>,
}

/// A new version of a secret, and its only stage until it becomes the current one.
#[derive(Debug)]
pub(crate) struct StagedVersion {
    id: String,
    stage: String,
}

/// The result of a write that depends on the current version of the secret.
#[derive(Debug)]
pub(crate) enum BoundWrite {
    Done,
    /// Secrets Manager rejected the write, because the secret has changed since it was read or because an attempt
    /// whose response was lost has succeeded; or no attempt had a response.
    Unconfirmed(SourceError),
}

/// The result of adding a version.
#[derive(Debug)]
pub(crate) enum AddedVersion {
    /// It is the current version, because the secret had none.
    Current,
    Staged,
    /// The same as for [`BoundWrite`].
    Unconfirmed(SourceError),
}

impl StagedVersion {
    /// Returns a version with a random ID, which is also the idempotency token of the write.
    pub(crate) fn random() -> Self {
        let id = uuid(fastrand::u128(..));
        let stage = format!("from-secrets-{id}");
        Self { id, stage }
    }

    pub(crate) fn id(&self) -> &str {
        &self.id
    }

    pub(crate) fn stage(&self) -> &str {
        &self.stage
    }
}

/// Formats random bits as a UUID of version 4.
fn uuid(bits: u128) -> String {
    let bits = bits & !(0xf << 76) & !(0x3 << 62) | 0x4 << 76 | 0x2 << 62;
    let hex = format!("{bits:032x}");
    let parts = [
        &hex[..8],
        &hex[8..12],
        &hex[12..16],
        &hex[16..20],
        &hex[20..],
    ];
    parts.join("-")
}

impl SecretsManagerSource {
    /// Returns the region of a secret, if there are clients.
    pub(crate) async fn region_of(&self, context: FetchContext, id: &str) -> Option<String> {
        let clients = self.clients(context).await.ok()?;
        region(&clients, id).ok().map(str::to_owned)
    }

    /// Creates a secret with this version, unless a secret with this name exists.
    pub(crate) async fn create(
        &self,
        context: FetchContext,
        name: &str,
        value: &RawValue,
        version: &StagedVersion,
        creation: &Creation,
    ) -> Result<BoundWrite, SourceError> {
        let (text, binary) = text_or_binary(value);
        let tag = |(key, value): &(String, String)| Tag::builder().key(key).value(value).build();
        let tags: Vec<Tag> = creation.tags.iter().map(tag).collect();
        let call = |client: Client| {
            client
                .create_secret()
                .name(name)
                .client_request_token(&version.id)
                .set_description(creation.description.clone())
                .set_secret_string(text)
                .set_secret_binary(binary)
                .set_kms_key_id(creation.kms_key_id.clone())
                .set_tags(Some(tags).filter(|tags| !tags.is_empty()))
                .send()
        };
        match self.write(context, name, call, CREATE).await {
            Ok(_) => Ok(BoundWrite::Done),
            Err(error) => unconfirmed(error, CREATE).map(BoundWrite::Unconfirmed),
        }
    }

    /// Adds a version with a stage of its own. It becomes the current version at once if the secret has none.
    pub(crate) async fn add_version(
        &self,
        context: FetchContext,
        secret_id: &str,
        value: &RawValue,
        version: &StagedVersion,
    ) -> Result<AddedVersion, SourceError> {
        let call = |client: Client| {
            put(&client, secret_id, value)
                .client_request_token(&version.id)
                .version_stages(&version.stage)
                .send()
        };
        match self.write(context, secret_id, call, PUT).await {
            Ok(output) if output.version_stages().iter().any(|stage| stage == CURRENT) => {
                Ok(AddedVersion::Current)
            }
            Ok(_) => Ok(AddedVersion::Staged),
            Err(error) => unconfirmed(error, PUT).map(AddedVersion::Unconfirmed),
        }
    }

    /// Makes a version the current one, if `from` is the current version, or if the secret has no current version.
    ///
    /// Secrets Manager rejects the call if the stage belongs to a version other than `RemoveFromVersionId`.
    /// <https://docs.aws.amazon.com/secretsmanager/latest/apireference/API_UpdateSecretVersionStage.html>
    pub(crate) async fn move_current(
        &self,
        context: FetchContext,
        secret_id: &str,
        to: &str,
        from: Option<&str>,
    ) -> Result<BoundWrite, SourceError> {
        let call = |client: Client| {
            client
                .update_secret_version_stage()
                .secret_id(secret_id)
                .version_stage(CURRENT)
                .move_to_version_id(to)
                .set_remove_from_version_id(from.map(str::to_owned))
                .send()
        };
        match self.write(context, secret_id, call, MOVE).await {
            Ok(_) => Ok(BoundWrite::Done),
            Err(error) => unconfirmed(error, MOVE).map(BoundWrite::Unconfirmed),
        }
    }

    /// Removes the stage of a version, if it exists.
    pub(crate) async fn remove_stage(
        &self,
        context: FetchContext,
        secret_id: &str,
        version: &StagedVersion,
    ) -> Result<(), SourceError> {
        let call = |client: Client| {
            client
                .update_secret_version_stage()
                .secret_id(secret_id)
                .version_stage(&version.stage)
                .remove_from_version_id(&version.id)
                .send()
        };
        match self.write(context, secret_id, call, MOVE).await {
            Ok(_) => Ok(()),
            Err(error) if matches!(error.result, FetchResult::Missing(_)) => Ok(()),
            Err(error) => Err(failure(error, MOVE)),
        }
    }

    /// Replaces the value, regardless of the current version. Returns `false` if the secret does not exist.
    pub(crate) async fn overwrite(
        &self,
        context: FetchContext,
        secret_id: &str,
        value: &RawValue,
    ) -> Result<bool, SourceError> {
        let call = |client: Client| put(&client, secret_id, value).send();
        match self.write(context, secret_id, call, PUT).await {
            Ok(_) => Ok(true),
            Err(error) if matches!(error.result, FetchResult::Missing(_)) => Ok(false),
            Err(error) => Err(failure(error, PUT)),
        }
    }

    async fn write<T, E, F>(
        &self,
        context: FetchContext,
        secret_id: &str,
        call: impl FnOnce(Client) -> F,
        method: &Method,
    ) -> Result<T, CallError>
    where
        E: ProvideErrorMetadata + Error + 'static,
        F: Future<Output = Result<T, SdkError<E, HttpResponse>>>,
    {
        let clients = self.clients(context).await.map_err(write_error);
        let clients = clients.map_err(transport)?;
        let region = region(&clients, secret_id).map_err(transport)?;
        let calls = self.calls(&clients, context);
        let calls = calls.in_region(region);
        // The SDK logs requests with their bodies at the level TRACE.
        let call = call(calls.client.clone()).with_subscriber(NoSubscriber::new());
        calls.send(method.name, 1, call).await
    }
}

/// The stage of the version that is read by default.
pub(super) const CURRENT: &str = "AWSCURRENT";

/// A call, and the hints if it is denied or rejected.
struct Method {
    name: &'static str,
    permission: &'static str,
    check: &'static str,
}

const CHECK_VALUE: &str =
    "check the secret's name, the size of its value, the tags and the KMS key";

const CREATE: &Method = &Method {
    name: "CreateSecret",
    permission: "allow `secretsmanager:CreateSecret` on this name (with tags, `secretsmanager:TagResource` too) for the user or role that runs this command",
    check: CHECK_VALUE,
};
const PUT: &Method = &Method {
    name: "PutSecretValue",
    permission: "allow `secretsmanager:PutSecretValue` on this secret for the user or role that runs this command",
    check: CHECK_VALUE,
};
const MOVE: &Method = &Method {
    name: "UpdateSecretVersionStage",
    permission: "allow `secretsmanager:UpdateSecretVersionStage` on this secret for the user or role that runs this command",
    check: "run this command again",
};

fn text_or_binary(value: &RawValue) -> (Option<String>, Option<Blob>) {
    match value {
        RawValue::Text(text) => (Some(text.to_string()), None),
        RawValue::Binary(bytes) => (None, Some(Blob::new(bytes.to_vec()))),
    }
}

fn put(client: &Client, secret_id: &str, value: &RawValue) -> PutSecretValueFluentBuilder {
    let (text, binary) = text_or_binary(value);
    client
        .put_secret_value()
        .secret_id(secret_id)
        .set_secret_string(text)
        .set_secret_binary(binary)
}

pub(super) fn region<'a>(
    clients: &'a RegionalClients<Client>,
    secret_id: &'a str,
) -> Result<&'a str, SourceError> {
    let region = arn_region(secret_id).or_else(|| clients.region());
    region.ok_or_else(no_region)
}

/// Returns the error in `Ok` if only the current version shows the result of the request.
fn unconfirmed(error: CallError, method: &Method) -> Result<SourceError, SourceError> {
    let is_unconfirmed = is_unconfirmed(&error);
    let error = failure(error, method);
    if is_unconfirmed {
        return Ok(error);
    }
    Err(error)
}

/// Returns whether only the current version shows the result of a request: the service rejected its content, which
/// includes a version that is not current anymore, or the response was lost.
fn is_unconfirmed(error: &CallError) -> bool {
    use SourceErrorKind::{Internal, Unreachable};
    match &error.result {
        FetchResult::Missing(_) => true,
        FetchResult::Failed(failure) => {
            [Internal, Unreachable].contains(&failure.kind()) && !is_replica(failure)
        }
        _ => false,
    }
}

/// «Operation not permitted on a replica secret. Call must be made in primary secret's region.»
fn is_replica(error: &SourceError) -> bool {
    error.message().contains("replica secret")
}

fn failure(error: CallError, method: &Method) -> SourceError {
    let refused = error.refused;
    let error = match error.result {
        FetchResult::Missing(_) if method.name == CREATE.name => {
            let message = "Secrets Manager rejected the request";
            SourceError::new(SourceErrorKind::Internal, message).with_hint(method.check)
        }
        result => write_error(result),
    };
    match error.kind() {
        SourceErrorKind::Denied => error.with_hint(method.permission),
        SourceErrorKind::Throttled if error.code() == Some("LimitExceededException") => error
            .with_message("a quota of Secrets Manager is exceeded")
            .with_hint("check the number of secrets and versions in this account"),
        SourceErrorKind::Throttled => error.with_hint("run this command again"),
        // The service's message about a request that it rejects may quote the value.
        SourceErrorKind::Internal if refused => reworded(&error, method),
        _ => error,
    }
}

fn reworded(error: &SourceError, method: &Method) -> SourceError {
    let (message, hint) = if error.code() == Some("ResourceExistsException") {
        (
            "a secret with this name was created in the meantime",
            "run this command again",
        )
    } else if is_replica(error) {
        (
            "the secret is a replica, which is read-only",
            "select the region of the primary secret with `--region`",
        )
    } else {
        ("Secrets Manager rejected the request", method.check)
    };
    error.clone().with_message(message).with_hint(hint)
}

fn write_error(result: FetchResult) -> SourceError {
    match result {
        FetchResult::Failed(error) => error,
        FetchResult::NotConfigured(reason) => {
            SourceError::new(SourceErrorKind::Credentials, reason)
        }
        FetchResult::Missing(_) | FetchResult::Found(_) => SourceError::new(
            SourceErrorKind::Internal,
            "the secret was deleted after it was read",
        )
        .with_hint("run this command again"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn staged_version_is_a_uuid() {
        assert_eq!(uuid(0), "00000000-0000-4000-8000-000000000000");
        assert_eq!(uuid(u128::MAX), "ffffffff-ffff-4fff-bfff-ffffffffffff");
        let [first, second] = [StagedVersion::random(), StagedVersion::random()];
        assert_ne!(first.id(), second.id());
        assert!(first.stage().ends_with(first.id()));
    }
}
