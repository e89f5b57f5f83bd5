//! `CreateSecret` and `PutSecretValue`, for the command line.

use aws_sdk_secretsmanager::Client;
use aws_sdk_secretsmanager::primitives::Blob;
use aws_sdk_secretsmanager::types::Tag;

use super::source::{SecretsManagerSource, arn_region};
use crate::source::aws::errors::{CallError, no_region};
use crate::source::aws::regional::RegionalClients;
use crate::source::{FetchContext, FetchResult, RawValue, SourceError, SourceErrorKind};

/// What only a new secret is given.
#[derive(Clone, Debug, Default)]
pub(crate) struct Creation {
    pub(crate) kms_key_id: Option<String>,
    pub(crate) tags: Vec<(String, String)>,
}

/// The value, where the two calls have it.
struct Parts {
    text: Option<String>,
    binary: Option<Blob>,
}

impl Parts {
    fn of(value: &RawValue) -> Self {
        match value {
            RawValue::Text(text) => Self {
                text: Some(text.to_string()),
                binary: None,
            },
            RawValue::Binary(bytes) => Self {
                text: None,
                binary: Some(Blob::new(bytes.to_vec())),
            },
        }
    }
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
        let clients = self.clients(context).await.map_err(unwritten)?;
        let region = region(&clients, name)?;
        let Parts { text, binary } = Parts::of(value);
        let tag = |(key, value): &(String, String)| Tag::builder().key(key).value(value).build();
        let tags: Vec<Tag> = creation.tags.iter().map(tag).collect();
        let call = clients
            .client_in(region)
            .create_secret()
            .name(name)
            .set_secret_string(text)
            .set_secret_binary(binary)
            .set_kms_key_id(creation.kms_key_id.clone())
            .set_tags(Some(tags).filter(|tags| !tags.is_empty()));
        let calls = self.calls(&clients, context);
        let done = calls.within_deadline(region, call.send()).await;
        done.map(drop).map_err(|error| failure(error, CREATE))
    }

    /// Adds a version to a secret, which becomes the current one.
    pub(crate) async fn put(
        &self,
        context: FetchContext,
        secret_id: &str,
        value: &RawValue,
    ) -> Result<(), SourceError> {
        let clients = self.clients(context).await.map_err(unwritten)?;
        let region = region(&clients, secret_id)?;
        let Parts { text, binary } = Parts::of(value);
        let call = clients
            .client_in(region)
            .put_secret_value()
            .secret_id(secret_id)
            .set_secret_string(text)
            .set_secret_binary(binary);
        let calls = self.calls(&clients, context);
        let done = calls.within_deadline(region, call.send()).await;
        done.map(drop).map_err(|error| failure(error, PUT))
    }
}

fn region<'a>(
    clients: &'a RegionalClients<Client>,
    secret_id: &'a str,
) -> Result<&'a str, SourceError> {
    let region = arn_region(secret_id).or_else(|| clients.region());
    region.ok_or_else(no_region)
}

const CREATE: &str = "allow `secretsmanager:CreateSecret` on this name (with tags, `secretsmanager:TagResource` too) for whoever runs this";
const PUT: &str = "allow `secretsmanager:PutSecretValue` on this secret for whoever runs this";

fn failure(error: CallError, right: &str) -> SourceError {
    let refused = error.refused;
    let failure = unwritten(error.result);
    match failure.kind() {
        SourceErrorKind::Denied => failure.with_hint(right),
        // What AWS says about a request that it refuses may quote the value.
        SourceErrorKind::Internal if refused => reworded(&failure),
        _ => failure,
    }
}

fn reworded(failure: &SourceError) -> SourceError {
    let code = failure.code().unwrap_or_default();
    let (message, hint) = if code == "ResourceExistsException" {
        ("a secret of this name exists by now", "run this again")
    } else {
        (
            "Secrets Manager refused the request",
            "check the secret's name, the size of its value, the tags and the KMS key",
        )
    };
    let reworded = SourceError::new(SourceErrorKind::Internal, message)
        .with_hint(hint)
        .with_code(code);
    match failure.request_id() {
        Some(id) => reworded.with_request_id(id),
        None => reworded,
    }
}

fn unwritten(result: FetchResult) -> SourceError {
    match result {
        FetchResult::Failed(failure) => failure,
        FetchResult::NotConfigured(why) => SourceError::new(SourceErrorKind::Credentials, why),
        FetchResult::Missing(_) | FetchResult::Found(_) => {
            SourceError::new(SourceErrorKind::Internal, "it is gone since it was read")
                .with_hint("run this again")
        }
    }
}
