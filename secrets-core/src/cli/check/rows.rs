//! The answers as a table.

use std::fmt::Write as _;
use std::time::SystemTime;

use anstyle::Style;

use crate::cli::console::{BAD, CHANGE, GOOD, PLAIN};
use crate::cli::table::{self, Row};
use crate::grouped::listed;
use crate::help::advice;
use crate::report::{Attempt, AttemptAnswer, FieldReport, Outcome, Report};
use crate::source::KeyedBy;

const HEAD: [&str; 6] = [
    "status",
    "field",
    "source",
    "asked for",
    "version",
    "rotated",
];

/// A line for each field, and below them the likely fix of those that failed.
pub(super) fn table(report: &Report) -> String {
    let rows: Vec<Row> = report.fields().iter().map(row).collect();
    let mut text = table::table(&HEAD, &rows);
    for advice in advice(report.failed()) {
        let _ = write!(
            text,
            "\nhelp for {}: {}",
            listed(&advice.fields),
            advice.text
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
        asked(field),
        version.unwrap_or("-").to_owned(),
        rotated.unwrap_or_else(|| "-".to_owned()),
    ];
    Row {
        style: style(field.outcome()),
        cells,
    }
}

/// What came of a field, in a word or a few.
pub(super) fn status(outcome: &Outcome) -> &'static str {
    match outcome {
        Outcome::Answered { .. } => "ok",
        Outcome::Default => "default",
        Outcome::Absent => "absent",
        Outcome::Missing => "missing",
        Outcome::Failed(failure) => failure.cause().as_str(),
    }
}

fn style(outcome: &Outcome) -> Style {
    match outcome {
        Outcome::Answered { .. } => GOOD,
        Outcome::Default | Outcome::Absent => PLAIN,
        Outcome::Missing => CHANGE,
        Outcome::Failed(_) => BAD,
    }
}

/// The version's id, and when it was created.
pub(super) fn version(outcome: &Outcome) -> (Option<&str>, Option<String>) {
    match outcome {
        Outcome::Answered {
            version_id,
            created_at,
            ..
        } => (version_id.as_deref(), created_at.and_then(utc)),
        _ => (None, None),
    }
}

/// RFC 3339, in whole seconds; `humantime` panics over what it cannot write.
fn utc(time: SystemTime) -> Option<String> {
    let since = time.duration_since(SystemTime::UNIX_EPOCH).ok()?;
    // The last second of the year 9999.
    (since.as_secs() <= 253_402_300_799)
        .then(|| humantime::format_rfc3339_seconds(time).to_string())
}

/// Who answered; where nobody did, who was asked.
fn sources(field: &FieldReport) -> String {
    match (field.outcome(), field.attempts()) {
        (_, []) => "-".to_owned(),
        (Outcome::Answered { .. } | Outcome::Failed(_), [.., last]) => last.source().to_owned(),
        (_, all) => {
            let names: Vec<&str> = all.iter().map(Attempt::source).collect();
            names.join(", ")
        }
    }
}

/// What was asked for, with the JSON key where it was a secret.
fn asked(field: &FieldReport) -> String {
    let one = |attempt: &Attempt| {
        let asked = match field.json_key_of(attempt) {
            Some(key) => format!("{} ({key})", attempt.asked()),
            None => attempt.asked().to_owned(),
        };
        match (attempt.keyed_by, attempt.answer()) {
            (KeyedBy::Secret, AttemptAnswer::NotConfigured(_)) => None,
            _ => Some(asked),
        }
    };
    let attempts = field.attempts();
    let asked = match field.outcome() {
        Outcome::Answered { .. } | Outcome::Failed(_) => attempts.last().and_then(one),
        _ => {
            let mut all: Vec<String> = attempts.iter().filter_map(one).collect();
            all.dedup();
            Some(all.join(", ")).filter(|all| !all.is_empty())
        }
    };
    asked.unwrap_or_else(|| "-".to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::time::Duration;

    #[test]
    fn times_are_told_in_utc_and_absurd_ones_are_not() {
        let at = |seconds| SystemTime::UNIX_EPOCH + Duration::from_secs(seconds);
        assert_eq!(
            utc(at(1_767_225_600)).as_deref(),
            Some("2026-01-01T00:00:00Z")
        );
        assert_eq!(utc(at(400_000_000_000)), None);
        assert_eq!(utc(SystemTime::UNIX_EPOCH - Duration::from_secs(1)), None);
    }
}
