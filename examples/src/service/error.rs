//! Errors of requests.

use std::{error, fmt};

use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use from_secrets::live::StaleError;

/// A request that could not be served.
#[derive(Debug)]
pub(crate) enum Error {
    /// The credentials are older than `max_stale`.
    Stale(StaleError),
    /// The database returned an error, or did not respond.
    Database(sqlx::Error),
}

impl Error {
    /// Returns whether the statement did not run because its pool's credentials were rejected (`invalid_password`,
    /// `invalid_authorization_specification`), or because its pool was replaced and closed.
    pub(crate) fn is_rejected(&self) -> bool {
        match self {
            Self::Database(sqlx::Error::Database(error)) => {
                matches!(error.code().as_deref(), Some("28P01" | "28000"))
            }
            Self::Database(sqlx::Error::PoolClosed) => true,
            _ => false,
        }
    }
}

/// The details are logged; the client receives one line without them.
impl IntoResponse for Error {
    fn into_response(self) -> Response {
        tracing::error!(cause = error::Error::source(&self), "{self}");
        (StatusCode::SERVICE_UNAVAILABLE, self.to_string()).into_response()
    }
}

impl fmt::Display for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Stale(_) => "the service has no fresh credentials",
            Self::Database(_) => "the database is not available",
        })
    }
}

impl error::Error for Error {
    fn source(&self) -> Option<&(dyn error::Error + 'static)> {
        match self {
            Self::Stale(stale) => Some(stale),
            Self::Database(error) => Some(error),
        }
    }
}

impl From<StaleError> for Error {
    fn from(stale: StaleError) -> Self {
        Self::Stale(stale)
    }
}

impl From<sqlx::Error> for Error {
    fn from(error: sqlx::Error) -> Self {
        Self::Database(error)
    }
}
