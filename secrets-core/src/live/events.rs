//! What is logged of a live struct. Names only, never a value.

use std::time::Duration;

use crate::Error;

pub(super) fn changed(subject: &'static str, fields: &[String]) {
    let fields = fields.join(", ");
    tracing::info!(config = subject, fields, "secrets have changed");
}

pub(super) fn failed(subject: &'static str, error: &Error, age: Duration, failures: u32) {
    tracing::warn!(
        config = subject,
        %error,
        failures,
        age_seconds = age.as_secs(),
        "secrets cannot be refreshed; the last good ones stay"
    );
}

pub(super) fn recovered(subject: &'static str, failures: u32) {
    tracing::info!(config = subject, failures, "secrets are refreshed again");
}
