//! Warnings about fields that were loaded.

use std::collections::BTreeSet;

use crate::per_process::PerProcess;
use crate::report::LoadReport;

/// Logs each warning once per process.
pub(crate) fn log(subject: &'static str, report: &LoadReport) {
    for field in report.fields() {
        let Some(warning) = field.logged_warning() else {
            continue;
        };
        if is_new(subject, field.path(), warning) {
            tracing::warn!(config = subject, field = field.path(), "{warning}");
        }
    }
}

fn is_new(subject: &'static str, path: &str, warning: &'static str) -> bool {
    static LOGGED: PerProcess<BTreeSet<(&'static str, String, &'static str)>> = PerProcess::new();
    LOGGED.with(|logged| logged.insert((subject, path.to_owned(), warning)))
}
