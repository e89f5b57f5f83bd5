//! What tests say about errors and reports.

use from_secrets::{AttemptAnswer, Cause, Error, Failure, FieldReport, Missing, Outcome, Report};

/// The names of the sources that answered, field by field; `-` where none did.
pub(crate) fn answered_by(report: &Report) -> Vec<&str> {
    let source = |field| match FieldReport::outcome(field) {
        Outcome::Answered { .. } => field
            .attempts()
            .last()
            .map_or("-", |attempt| attempt.source()),
        _ => "-",
    };
    report.fields().iter().map(source).collect()
}

/// The version ids of what was loaded, field by field.
pub(crate) fn version_ids(report: &Report) -> Vec<Option<String>> {
    let version_id = |field: &FieldReport| match field.outcome() {
        Outcome::Answered { version_id, .. } => version_id.clone(),
        _ => None,
    };
    report.fields().iter().map(version_id).collect()
}

/// The paths of the fields that failed.
pub(crate) fn failed(error: &Error) -> Vec<&str> {
    error.fields().map(FieldReport::path).collect()
}

/// The report of a field that failed.
#[track_caller]
pub(crate) fn field<'a>(error: &'a Error, path: &str) -> &'a FieldReport {
    error
        .fields()
        .find(|field| field.path() == path)
        .unwrap_or_else(|| panic!("`{path}` has not failed:\n{error:#}"))
}

/// The field failed, with that cause, whatever else is in the chain.
#[track_caller]
pub(crate) fn failure<'a>(error: &'a Error, path: &str, cause: Cause) -> &'a Failure {
    match field(error, path).outcome() {
        Outcome::Failed(failure) if failure.cause() == cause => failure,
        other => panic!("expected `{cause}`, found {other:?}:\n{error:#}"),
    }
}

/// The field is nowhere, and Secrets Manager said so in that way.
#[track_caller]
pub(crate) fn missing(error: &Error, path: &str, how: &Missing) {
    let field = field(error, path);
    assert_eq!(field.outcome(), &Outcome::Missing, "{error:#}");
    let aws = field
        .attempts()
        .iter()
        .find(|attempt| attempt.source() == "aws")
        .expect("Secrets Manager was asked");
    assert_eq!(
        aws.answer(),
        &AttemptAnswer::Missing(how.clone()),
        "{error:#}"
    );
}

/// The source was not asked for the field.
#[track_caller]
pub(crate) fn not_asked(error: &Error, path: &str, source: &str) {
    let asked = field(error, path)
        .attempts()
        .iter()
        .any(|attempt| attempt.source() == source);
    assert!(!asked, "`{source}` was asked for `{path}`:\n{error:#}");
}

/// The whole story holds each of these; and it begins with the one-line form.
#[track_caller]
pub(crate) fn story(error: &Error, parts: &[&str]) -> String {
    let (line, story) = (error.to_string(), format!("{error:#}"));
    assert!(!line.contains('\n'), "{line}");
    assert!(story.starts_with(&line), "{story}");
    assert_eq!(story, format!("{error:?}"));
    for part in parts {
        assert!(story.contains(part), "`{part}` is not in:\n{story}");
    }
    story
}
