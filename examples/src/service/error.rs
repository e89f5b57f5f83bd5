//! What can go wrong with a request.

use std::{error, fmt};

use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use from_secrets::Stale;

/// A request that could not be served.
#[derive(Debug)]
pub(crate) enum Error {
    /// The credentials could not be read for too long.
    Stale(Stale),
    /// The database said no, or nothing.
    Database(sqlx::Error),
}

impl Error {
    /// Whether the database refused the credentials: `invalid_password`, `invalid_authorization_specification`.
    pub(crate) fn is_refused(&self) -> bool {
        let Self::Database(sqlx::Error::Database(error)) = self else {
            return false;
        };
        matches!(error.code().as_deref(), Some("28P01" | "28000"))
    }
}

/// The log is told what happened, and the client that it did.
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

impl From<Stale> for Error {
    fn from(stale: Stale) -> Self {
        Self::Stale(stale)
    }
}

impl From<sqlx::Error> for Error {
    fn from(error: sqlx::Error) -> Self {
        Self::Database(error)
    }
}
