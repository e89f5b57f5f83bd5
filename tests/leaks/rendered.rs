//! Every text form of an error and of a report.

use std::error::Error as _;
use std::fmt::Write as _;

use from_secrets::{Error, report::LoadReport};

/// Renders an error in every form: `Display`, `Debug`, its sources, its failed fields and its report.
pub(crate) fn rendered(error: &Error) -> String {
    let mut text = format!("{error}\n{error:#}\n{error:?}\n{error:#?}\n");
    let mut source = error.source();
    while let Some(cause) = source {
        let _ = writeln!(text, "{cause}\n{cause:?}");
        source = cause.source();
    }
    for field in error.failed_fields() {
        let (attempts, outcome) = (field.attempts(), field.outcome());
        let _ = writeln!(text, "{field:?}\n{attempts:?}\n{outcome:?}");
    }
    text + &error.report().map(rendered_report).unwrap_or_default()
}

/// Renders a report in every form.
pub(crate) fn rendered_report(report: &LoadReport) -> String {
    format!("{report}\n{report:?}\n{report:#?}\n")
}
