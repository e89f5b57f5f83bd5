//! The report as JSON.

use serde::Serialize;

use super::rows::{status, version};
use crate::cli::console::with_options;
use crate::report::{Attempt, FieldOutcome, FieldReport, LoadReport, Provenance, hints};

#[derive(Serialize)]
struct JsonReport<'a> {
    #[serde(rename = "struct")]
    subject: &'a str,
    ok: bool,
    fields: Vec<JsonField<'a>>,
}

#[derive(Serialize)]
struct JsonField<'a> {
    #[serde(rename = "field")]
    path: &'a str,
    description: &'a str,
    status: &'a str,
    source: Option<&'a str>,
    secret: Option<&'a str>,
    json_key: Option<&'a str>,
    stage_or_version: Option<String>,
    variable: Option<&'a str>,
    arn: Option<&'a str>,
    replica_region: Option<&'a str>,
    version_id: Option<&'a str>,
    rotated_at: Option<String>,
    error: Option<JsonError<'a>>,
    hint: Option<String>,
    warning: Option<String>,
    attempts: Vec<JsonAttempt<'a>>,
}

#[derive(Serialize)]
struct JsonError<'a> {
    message: &'a str,
    code: Option<&'a str>,
    request_id: Option<&'a str>,
}

#[derive(Serialize)]
struct JsonAttempt<'a> {
    source: &'a str,
    endpoint: Option<&'a str>,
    requested: &'a str,
    result: String,
}

/// Returns the report as a document.
pub(super) fn document<'a>(subject: &'a str, report: &'a LoadReport) -> impl Serialize + 'a {
    JsonReport {
        subject,
        ok: report.failed().next().is_none(),
        fields: report.fields().iter().map(field).collect(),
    }
}

fn field(field: &FieldReport) -> JsonField<'_> {
    let outcome = field.outcome();
    let provenance = outcome.provenance();
    let (version_id, rotated_at) = version(outcome);
    JsonField {
        path: field.path(),
        description: field.description(),
        status: status(outcome),
        source: provenance.map(Provenance::source),
        secret: field.secret_id(),
        json_key: field.json_key(),
        stage_or_version: field.version().map(ToString::to_string),
        variable: field.variable(),
        arn: provenance.and_then(Provenance::arn),
        replica_region: provenance.and_then(Provenance::replica_region),
        version_id,
        rotated_at,
        error: match outcome {
            FieldOutcome::Failed(failure) => Some(JsonError {
                message: failure.message(),
                code: failure.code(),
                request_id: failure.request_id(),
            }),
            _ => None,
        },
        hint: hints(field.has_failed().then_some(field))
            .pop()
            .map(|hint| with_options(&hint.text)),
        warning: field.warning(),
        attempts: field.attempts().iter().map(attempt).collect(),
    }
}

fn attempt(attempt: &Attempt) -> JsonAttempt<'_> {
    JsonAttempt {
        source: attempt.source(),
        endpoint: attempt.endpoint(),
        requested: attempt.id(),
        result: attempt.result().to_string(),
    }
}
