//! The answers for programs.

use serde::Serialize;

use super::rows::{status, version};
use crate::help::advice;
use crate::report::{Attempt, FieldReport, Outcome, Report};

#[derive(Serialize)]
struct Document<'a> {
    #[serde(rename = "struct")]
    subject: &'a str,
    ok: bool,
    fields: Vec<Field<'a>>,
}

#[derive(Serialize)]
struct Field<'a> {
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
    version_id: Option<&'a str>,
    rotated_at: Option<String>,
    failure: Option<Failure<'a>>,
    hint: Option<String>,
    warning: Option<String>,
    attempts: Vec<Attempted<'a>>,
}

#[derive(Serialize)]
struct Failure<'a> {
    message: &'a str,
    code: Option<&'a str>,
    request_id: Option<&'a str>,
}

#[derive(Serialize)]
struct Attempted<'a> {
    source: &'a str,
    endpoint: Option<&'a str>,
    asked: &'a str,
    answer: String,
}

/// The whole report.
pub(super) fn document(subject: &str, report: &Report) -> String {
    let document = Document {
        subject,
        ok: report.failed().next().is_none(),
        fields: report.fields().iter().map(field).collect(),
    };
    // Texts and lists: this cannot fail.
    serde_json::to_string_pretty(&document).unwrap_or_default() + "\n"
}

fn field(field: &FieldReport) -> Field<'_> {
    let outcome = field.outcome();
    let (source, arn) = match outcome {
        Outcome::Answered { source, arn, .. } => (Some(source.as_str()), arn.as_deref()),
        _ => (None, None),
    };
    let (version_id, rotated_at) = version(outcome);
    Field {
        path: field.path(),
        description: field.description(),
        status: status(outcome),
        source,
        secret: field.secret_id(),
        json_key: field.json_key(),
        stage_or_version: field.version().map(ToString::to_string),
        variable: field.variable(),
        arn,
        version_id,
        rotated_at,
        failure: match outcome {
            Outcome::Failed(failure) => Some(Failure {
                message: failure.message(),
                code: failure.code(),
                request_id: failure.request_id(),
            }),
            _ => None,
        },
        hint: advice(field.has_failed().then_some(field))
            .pop()
            .map(|advice| advice.text),
        warning: field.warning(),
        attempts: field.attempts().iter().map(asked).collect(),
    }
}

fn asked(attempt: &Attempt) -> Attempted<'_> {
    Attempted {
        source: attempt.source(),
        endpoint: attempt.endpoint(),
        asked: attempt.asked(),
        answer: attempt.answer().to_string(),
    }
}
