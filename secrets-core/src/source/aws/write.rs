//! `CreateSecret` and `PutSecretValue`, for the command line.

use aws_sdk_secretsmanager::Client;
use aws_sdk_secretsmanager::primitives::Blob;
use aws_sdk_secretsmanager::types::Tag;
use tokio::time::Instant;

use super::connection::Connection;
use super::errors::{CallError, no_region};
use super::single::region;
use super::{Answer, Aws, Cause, Failure};
use crate::clock::after;
use crate::source::RawValue;

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

impl Aws {
    /// The region that holds a secret, where there is a connection.
    pub(crate) async fn region_of(&self, secret_id: &str) -> Option<String> {
        let connection = self.connection(self.deadline()).await.ok()?;
        connection.region_of(secret_id).map(str::to_owned)
    }

    /// Creates a secret with its first version.
    pub(crate) async fn create(
        &self,
        name: &str,
        value: &RawValue,
        creation: &Creation,
    ) -> Result<(), Failure> {
        let connection = self.connection(self.deadline()).await.map_err(unwritten)?;
        let context = self.context(&connection, self.deadline());
        let Parts { text, binary } = Parts::of(value);
        let tag = |(key, value): &(String, String)| Tag::builder().key(key).value(value).build();
        let tags: Vec<Tag> = creation.tags.iter().map(tag).collect();
        let client = client(&connection, name)?;
        let call = client
            .create_secret()
            .name(name)
            .set_secret_string(text)
            .set_secret_binary(binary)
            .set_kms_key_id(creation.kms_key_id.clone())
            .set_tags(Some(tags).filter(|tags| !tags.is_empty()));
        let done = context.within_deadline(region(&client), call.send()).await;
        done.map(drop).map_err(|error| failure(error, CREATE))
    }

    /// Gives a secret a new version, which becomes the current one.
    pub(crate) async fn put(&self, secret_id: &str, value: &RawValue) -> Result<(), Failure> {
        let connection = self.connection(self.deadline()).await.map_err(unwritten)?;
        let context = self.context(&connection, self.deadline());
        let Parts { text, binary } = Parts::of(value);
        let client = client(&connection, secret_id)?;
        let call = client
            .put_secret_value()
            .secret_id(secret_id)
            .set_secret_string(text)
            .set_secret_binary(binary);
        let done = context.within_deadline(region(&client), call.send()).await;
        done.map(drop).map_err(|error| failure(error, PUT))
    }

    fn deadline(&self) -> Instant {
        after(Instant::now(), self.timeout)
    }
}

fn client(connection: &Connection, secret_id: &str) -> Result<Client, Failure> {
    let region = connection.region_of(secret_id).ok_or_else(no_region)?;
    Ok(connection.client_in(region))
}

const CREATE: &str = "allow `secretsmanager:CreateSecret` on this name (with tags, `secretsmanager:TagResource` too) for whoever runs this";
const PUT: &str = "allow `secretsmanager:PutSecretValue` on this secret for whoever runs this";

fn failure(error: CallError, right: &str) -> Failure {
    let refused = error.refused;
    let failure = unwritten(error.answer);
    match failure.cause() {
        Cause::Denied => failure.with_hint(right),
        // What AWS says about a request that it refuses may quote the value.
        Cause::Internal if refused => reworded(&failure),
        _ => failure,
    }
}

fn reworded(failure: &Failure) -> Failure {
    let code = failure.code().unwrap_or_default();
    let (message, hint) = if code == "ResourceExistsException" {
        ("a secret of this name exists by now", "run this again")
    } else {
        (
            "Secrets Manager refused the request",
            "check the secret's name, the size of its value, the tags and the KMS key",
        )
    };
    let reworded = Failure::new(Cause::Internal, message)
        .with_hint(hint)
        .with_code(code);
    match failure.request_id() {
        Some(id) => reworded.with_request_id(id),
        None => reworded,
    }
}

fn unwritten(answer: Answer) -> Failure {
    match answer {
        Answer::Failed(failure) => failure,
        Answer::NotConfigured(why) => Failure::new(Cause::Credentials, why),
        Answer::Missing(_) | Answer::Found(_) => {
            Failure::new(Cause::Internal, "it is gone since it was read")
                .with_hint("run this again")
        }
    }
}
