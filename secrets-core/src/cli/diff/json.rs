//! The comparison as JSON.

use serde::Serialize;

use super::compare::Comparison;
use super::side_error::SideError;

#[derive(Serialize)]
struct JsonDiff<'a> {
    #[serde(rename = "struct")]
    subject: &'a str,
    sides: [&'a str; 2],
    fields: Vec<JsonComparison<'a>>,
}

#[derive(Serialize)]
struct JsonComparison<'a> {
    field: &'a str,
    result: &'static str,
    /// The only side with a value.
    only_in: Option<&'a str>,
    errors: Vec<JsonSideError<'a>>,
}

#[derive(Serialize)]
struct JsonSideError<'a> {
    side: &'a str,
    cause: &'static str,
    message: &'a str,
    code: Option<&'a str>,
    request_id: Option<&'a str>,
}

/// Returns the comparison as a document.
pub(super) fn document<'a>(
    subject: &'a str,
    sides: [&'a str; 2],
    compared: &'a [(&'a str, Comparison<'a>)],
) -> impl Serialize + 'a {
    JsonDiff {
        subject,
        sides,
        fields: compared.iter().map(field).collect(),
    }
}

fn field<'a>((field, comparison): &'a (&'a str, Comparison<'a>)) -> JsonComparison<'a> {
    let errors = comparison.failures().iter();
    JsonComparison {
        field,
        result: match comparison {
            Comparison::Same => "same",
            Comparison::Differs => "differs",
            Comparison::OnlyIn(_) => "only_in",
            Comparison::InNeither => "in_neither",
            Comparison::Failed(_) => "failed",
        },
        only_in: match comparison {
            Comparison::OnlyIn(side) => Some(side),
            _ => None,
        },
        errors: errors
            .map(|(side, failure)| side_error(side, failure))
            .collect(),
    }
}

fn side_error<'a>(side: &'a str, failure: &'a SideError) -> JsonSideError<'a> {
    match failure {
        SideError::NotConfigured(reason) => JsonSideError {
            side,
            cause: "not_configured",
            message: reason,
            code: None,
            request_id: None,
        },
        SideError::Failed(failure) => JsonSideError {
            side,
            cause: failure.kind().label(),
            message: failure.message(),
            code: failure.code(),
            request_id: failure.request_id(),
        },
    }
}
