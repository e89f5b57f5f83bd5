//! `GetSecretValue`: pinned versions, a secret that is the only one, and what a batch left.

use aws_sdk_secretsmanager::Client;
use aws_sdk_secretsmanager::operation::get_secret_value::GetSecretValueOutput;
use aws_sdk_secretsmanager::primitives::{Blob, DateTime};

use super::Context;
use super::ask::{Asked, Outcome};
use crate::source::same_secret::{Said, not_asked_for};
use crate::source::{Answer, Found, Missing, Request, Version};

const CURRENT: &str = "AWSCURRENT";

impl Context<'_> {
    /// Asks for one secret with a call of its own.
    pub(super) async fn alone<'a>(&self, asked: Asked<'a>) -> Outcome<'a> {
        let (i, request) = asked.request;
        let answer = self.get(&asked.client, request).await;
        Outcome {
            answers: vec![(i, answer)],
            alone: Vec::new(),
        }
    }

    async fn get(&self, client: &Client, request: &Request) -> Answer {
        let region = region(client);
        if let Some(failure) = self.rejected_in(region) {
            return Answer::Failed(failure);
        }
        let call = client.get_secret_value().secret_id(request.id());
        let call = match request.version() {
            // Sent and not left out, for policies that are conditioned on the stage.
            Version::Current => call.version_stage(CURRENT),
            Version::Stage(stage) => call.version_stage(stage),
            Version::Id(id) => call.version_id(id),
        };
        match self.within_deadline(region, call.send()).await {
            Ok(output) => found(output, request),
            Err(error) => error.answer,
        }
    }
}

/// The region that a client sends its requests to.
pub(super) fn region(client: &Client) -> &str {
    let region = client.config().region();
    region.map(AsRef::as_ref).unwrap_or_default()
}

fn found(output: GetSecretValueOutput, request: &Request) -> Answer {
    let said = Said {
        name: output.name(),
        arn: output.arn(),
        version_id: output.version_id(),
        stages: output.version_stages(),
    };
    if !said.answers(request) {
        return Answer::Failed(not_asked_for());
    }
    value(
        output.secret_string,
        output.secret_binary,
        output.version_id,
        output.arn,
        output.created_date,
    )
}

/// A secret whose version holds nothing counts as one without that version.
pub(super) fn value(
    text: Option<String>,
    binary: Option<Blob>,
    version_id: Option<String>,
    arn: Option<String>,
    created: Option<DateTime>,
) -> Answer {
    let found = match (text, binary) {
        (Some(text), _) => Found::text(text),
        (None, Some(bytes)) => Found::binary(bytes.into_inner()),
        (None, None) => return Answer::Missing(Missing::Version),
    };
    Answer::Found(Found {
        version_id,
        arn,
        created_at: created.and_then(|time| time.try_into().ok()),
        ..found
    })
}
