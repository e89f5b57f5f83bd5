//! The report as a table.

use std::fmt::Write as _;

use anstyle::Style;

use crate::cli::console::{BAD, CHANGE, GOOD, PLAIN, with_options};
use crate::cli::format::utc;
use crate::cli::table::{self, Row};
use crate::format::listed;
use crate::report::hints;
use crate::report::{Attempt, FieldOutcome, FieldReport, LoadReport, Provenance};
use crate::source::FetchResult;
use crate::source::KeyedBy;

const HEAD: [&str; 6] = [
    "status",
    "field",
    "source",
    "requested",
    "version",
    "rotated",
];

/// Formats a line for each field, followed by hints and warnings.
pub(super) fn table(report: &LoadReport) -> String {
    let rows: Vec<Row> = report.fields().iter().map(row).collect();
    let mut text = table::table(&HEAD, &rows);
    for hint in hints(report.failed()) {
        let _ = write!(
            text,
            "\nhelp for {}: {}",
            listed(&hint.fields),
            with_options(&hint.text)
        );
    }
    for field in report.fields() {
        if let Some(warning) = field.warning() {
            let _ = write!(text, "\nwarning for `{}`: {warning}", field.path());
        }
    }
    if !text.ends_with('\n') {
        text.push('\n');
    }
    text
}

fn row(field: &FieldReport) -> Row {
    let (version, rotated) = version(field.outcome());
    let cells = vec![
        status(field.outcome()).to_owned(),
        field.path().to_owned(),
        sources(field),
        requested(field),
        version.unwrap_or("-").to_owned(),
        rotated.unwrap_or_else(|| "-".to_owned()),
    ];
    Row {
        style: style(field.outcome()),
        cells,
    }
}

/// Returns a short status.
pub(super) fn status(outcome: &FieldOutcome) -> &'static str {
    match outcome {
        FieldOutcome::Found(_) => "ok",
        FieldOutcome::Default => "default",
        FieldOutcome::Absent => "absent",
        FieldOutcome::Missing => "missing",
        FieldOutcome::Failed(failure) => failure.kind().as_str(),
    }
}

fn style(outcome: &FieldOutcome) -> Style {
    match outcome {
        FieldOutcome::Found(_) => GOOD,
        FieldOutcome::Default | FieldOutcome::Absent => PLAIN,
        FieldOutcome::Missing => CHANGE,
        FieldOutcome::Failed(_) => BAD,
    }
}

/// Returns the ID and the creation time of the version.
pub(super) fn version(outcome: &FieldOutcome) -> (Option<&str>, Option<String>) {
    let provenance = outcome.provenance();
    (
        provenance.and_then(Provenance::version_id),
        provenance.and_then(Provenance::created_at).and_then(utc),
    )
}

/// Returns the source of the value, or the queried sources.
fn sources(field: &FieldReport) -> String {
    match (field.outcome(), field.attempts()) {
        (_, []) => "-".to_owned(),
        (outcome @ FieldOutcome::Found(_), _) => outcome.source().unwrap_or_default(),
        (FieldOutcome::Failed(_), [.., last]) => last.source().to_owned(),
        (_, all) => {
            let names: Vec<&str> = all.iter().map(Attempt::source).collect();
            names.join(", ")
        }
    }
}

/// Returns the requested IDs with their JSON keys.
fn requested(field: &FieldReport) -> String {
    let one = |attempt: &Attempt| {
        let requested = match field.json_key_of(attempt) {
            Some(key) => format!("{} ({key})", attempt.id()),
            None => attempt.id().to_owned(),
        };
        match (attempt.keyed_by, attempt.result()) {
            (KeyedBy::SecretId, FetchResult::NotConfigured(_)) => None,
            _ => Some(requested),
        }
    };
    let attempts = field.attempts();
    let requested = match field.outcome() {
        FieldOutcome::Found(_) => attempts.last().and_then(one),
        FieldOutcome::Failed(_) => field.failed_attempt().or(attempts.last()).and_then(one),
        _ => {
            let mut all: Vec<String> = attempts.iter().filter_map(one).collect();
            all.dedup();
            Some(all.join(", ")).filter(|all| !all.is_empty())
        }
    };
    requested.unwrap_or_else(|| "-".to_owned())
}
