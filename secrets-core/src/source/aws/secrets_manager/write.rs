//! `CreateSecret` and `PutSecretValue`, for the command line.

use std::error::Error;
use std::future::Future;

use aws_sdk_secretsmanager::Client;
use aws_sdk_secretsmanager::error::{ProvideErrorMetadata, SdkError};
use aws_sdk_secretsmanager::primitives::Blob;
use aws_sdk_secretsmanager::types::Tag;
use aws_smithy_runtime_api::client::orchestrator::HttpResponse;

use super::{SecretsManagerSource, arn_region};
use crate::source::aws::errors::no_region;
use crate::source::aws::regional::RegionalClients;
use crate::source::aws_api::errors::CallError;
use crate::source::{FetchContext, FetchResult, RawValue, SourceError, SourceErrorKind};

/// Settings of a new secret.
#[derive(Clone, Debug, Default)]
pub(crate) struct Creation {
    pub(crate) kms_key_id: Option<String>,
    pub(crate) tags: Vec<(String, String)>,
}

impl SecretsManagerSource {
    /// Returns the region of a secret, if there are clients.
    pub(crate) async fn region_of(&self, context: FetchContext, id: &str) -> Option<String> {
        let clients = self.clients(context).await.ok()?;
        region(&clients, id).ok().map(str::to_owned)
    }

    /// Creates a secret with its first version.
    pub(crate) async fn create(
        &self,
        context: FetchContext,
        name: &str,
        value: &RawValue,
        creation: &Creation,
    ) -> Result<(), SourceError> {
        let (text, binary) = text_or_binary(value);
        let tag = |(key, value): &(String, String)| Tag::builder().key(key).value(value).build();
        let tags: Vec<Tag> = creation.tags.iter().map(tag).collect();
        let call = |client: Client| {
            client
                .create_secret()
                .name(name)
                .set_secret_string(text)
                .set_secret_binary(binary)
                .set_kms_key_id(creation.kms_key_id.clone())
                .set_tags(Some(tags).filter(|tags| !tags.is_empty()))
                .send()
        };
        self.write(context, name, call, ("CreateSecret", CREATE))
            .await
    }

    /// Adds a version to a secret, which becomes the current one.
    pub(crate) async fn put(
        &self,
        context: FetchContext,
        secret_id: &str,
        value: &RawValue,
    ) -> Result<(), SourceError> {
        let (text, binary) = text_or_binary(value);
        let call = |client: Client| {
            client
                .put_secret_value()
                .secret_id(secret_id)
                .set_secret_string(text)
                .set_secret_binary(binary)
                .send()
        };
        self.write(context, secret_id, call, ("PutSecretValue", PUT))
            .await
    }

    async fn write<T, E, F>(
        &self,
        context: FetchContext,
        secret_id: &str,
        call: impl FnOnce(Client) -> F,
        (method, permission): (&'static str, &str),
    ) -> Result<(), SourceError>
    where
        E: ProvideErrorMetadata + Error + 'static,
        F: Future<Output = Result<T, SdkError<E, HttpResponse>>>,
    {
        let clients = self.clients(context).await.map_err(write_error)?;
        let region = region(&clients, secret_id)?;
        let calls = self.calls(&clients, context);
        let calls = calls.in_region(region);
        let written = calls.send(method, 1, call(calls.client.clone())).await;
        written
            .map(drop)
            .map_err(|error| call_error(error, permission))
    }
}

fn text_or_binary(value: &RawValue) -> (Option<String>, Option<Blob>) {
    match value {
        RawValue::Text(text) => (Some(text.to_string()), None),
        RawValue::Binary(bytes) => (None, Some(Blob::new(bytes.to_vec()))),
    }
}

fn region<'a>(
    clients: &'a RegionalClients<Client>,
    secret_id: &'a str,
) -> Result<&'a str, SourceError> {
    let region = arn_region(secret_id).or_else(|| clients.region());
    region.ok_or_else(no_region)
}

const CREATE: &str = "allow `secretsmanager:CreateSecret` on this name (with tags, `secretsmanager:TagResource` too) for the user or role that runs this command";
const PUT: &str = "allow `secretsmanager:PutSecretValue` on this secret for the user or role that runs this command";

fn call_error(error: CallError, permission: &str) -> SourceError {
    let refused = error.refused;
    let error = write_error(error.result);
    match error.kind() {
        SourceErrorKind::Denied => error.with_hint(permission),
        // The service's message about a request that it rejects may quote the value.
        SourceErrorKind::Internal if refused => reworded(&error),
        _ => error,
    }
}

fn reworded(error: &SourceError) -> SourceError {
    let (message, hint) = if error.code() == Some("ResourceExistsException") {
        (
            "a secret with this name was created in the meantime",
            "run this command again",
        )
    } else {
        (
            "Secrets Manager rejected the request",
            "check the secret's name, the size of its value, the tags and the KMS key",
        )
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
