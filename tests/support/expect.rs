//! Assertions about errors and reports.

use from_secrets::Error;
use from_secrets::report::{FieldOutcome, FieldReport, LoadReport};
use from_secrets::source::{FetchResult, MissingReason, SourceError, SourceErrorKind};

/// Returns the name of the source of each field, or `-`.
pub fn provided_by(report: &LoadReport) -> Vec<&str> {
    let source = |field| match FieldReport::outcome(field) {
        FieldOutcome::Found(_) => field
            .attempts()
            .last()
            .map_or("-", |attempt| attempt.source()),
        _ => "-",
    };
    report.fields().iter().map(source).collect()
}

/// The version ids of what was loaded, field by field.
pub fn version_ids(report: &LoadReport) -> Vec<Option<String>> {
    let version_id = |field: &FieldReport| match field.outcome() {
        FieldOutcome::Found(provenance) => provenance.version_id().map(str::to_owned),
        _ => None,
    };
    report.fields().iter().map(version_id).collect()
}

/// The paths of the fields that failed.
pub fn failed(error: &Error) -> Vec<&str> {
    error.failed_fields().map(FieldReport::path).collect()
}

/// The report of a field that failed.
#[track_caller]
pub fn field<'a>(error: &'a Error, path: &str) -> &'a FieldReport {
    error
        .failed_fields()
        .find(|field| field.path() == path)
        .unwrap_or_else(|| panic!("`{path}` has not failed:\n{error:#}"))
}

/// The field failed, with that cause, whatever else is in the chain.
#[track_caller]
pub fn failure<'a>(error: &'a Error, path: &str, cause: SourceErrorKind) -> &'a SourceError {
    match field(error, path).outcome() {
        FieldOutcome::Failed(failure) if failure.kind() == cause => failure,
        other => panic!("expected `{cause}`, found {other:?}:\n{error:#}"),
    }
}

/// Asserts that no source has the field, and that Secrets Manager reported it missing in that way.
#[track_caller]
pub fn missing(error: &Error, path: &str, how: &MissingReason) {
    let field = field(error, path);
    assert_eq!(field.outcome(), &FieldOutcome::Missing, "{error:#}");
    let aws = field
        .attempts()
        .iter()
        .find(|attempt| attempt.source() == "aws")
        .expect("Secrets Manager was queried");
    assert_eq!(
        aws.result(),
        &FetchResult::Missing(how.clone()),
        "{error:#}"
    );
}

/// Asserts that the source was not queried for the field.
#[track_caller]
pub fn not_requested(error: &Error, path: &str, source: &str) {
    let requested = field(error, path)
        .attempts()
        .iter()
        .any(|attempt| attempt.source() == source);
    assert!(
        !requested,
        "`{source}` was queried for `{path}`:\n{error:#}"
    );
}

/// Asserts that the details of the error contain each of these texts, and begin with its one line.
#[track_caller]
pub fn details(error: &Error, parts: &[&str]) -> String {
    let (line, details) = (error.to_string(), format!("{error:#}"));
    assert!(!line.contains('\n'), "{line}");
    assert!(details.starts_with(&line), "{details}");
    assert_eq!(details, format!("{error:?}"));
    for part in parts {
        assert!(details.contains(part), "`{part}` is not in:\n{details}");
    }
    details
}
