//! How the service fares.

use std::collections::BTreeMap;
use std::time::{SystemTime, UNIX_EPOCH};

use axum::Json;
use axum::http::StatusCode;
use from_secrets::{Live, Status};
use serde::Serialize;

use super::Config;

/// How fresh the secrets are. Times are seconds, of the Unix epoch where they are points in time.
#[derive(Debug, Serialize)]
pub(crate) struct Health {
    is_stale: bool,
    age: f64,
    last_success: u64,
    last_attempt: u64,
    failures: u32,
    /// One line; the log has the rest.
    last_error: Option<String>,
    /// Of each field that came from a secret.
    versions: BTreeMap<String, String>,
}

impl Health {
    /// A service whose secrets are too old should be seen to, or be replaced.
    pub(crate) fn of(live: &Live<Config>) -> (StatusCode, Json<Self>) {
        let health = Self::from(&live.status());
        let code = if health.is_stale {
            StatusCode::SERVICE_UNAVAILABLE
        } else {
            StatusCode::OK
        };
        (code, Json(health))
    }
}

impl From<&Status> for Health {
    fn from(status: &Status) -> Self {
        let versions = status.versions();
        let known = versions.filter_map(|(field, id)| Some((field.to_owned(), id?.to_owned())));
        Self {
            is_stale: status.is_stale(),
            age: status.age().as_secs_f64(),
            last_success: since_epoch(status.last_success()),
            last_attempt: since_epoch(status.last_attempt()),
            failures: status.failures(),
            last_error: status.last_error().map(ToString::to_string),
            versions: known.collect(),
        }
    }
}

fn since_epoch(time: SystemTime) -> u64 {
    let since = time.duration_since(UNIX_EPOCH);
    since.unwrap_or_default().as_secs()
}
