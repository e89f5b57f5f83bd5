//! A pool that is replaced when its password is rotated.

use std::sync::Arc;

use from_secrets::live::{Derived, StaleError};
use from_secrets::{Live, project};
use sqlx::postgres::{PgPool, PgPoolOptions};

use super::{Config, Database, connect_options, is_rejected};

/// A pool that is created again from each version of the secret. The old pool closes after its last statement.
#[derive(Clone, Debug)]
pub struct ReplacedPool {
    pool: Derived<PgPool>,
}

impl ReplacedPool {
    /// Creates the pool. It connects on first use.
    pub fn new(live: &Live<Config>) -> Self {
        let connect =
            |database: &Database| PgPoolOptions::new().connect_lazy_with(connect_options(database));
        let pool = project!(live, database)
            .map(connect)
            .on_replace(|old: Arc<PgPool>| async move { old.close().await });
        Self { pool }
    }

    /// Returns the number that a query selects.
    ///
    /// # Errors
    ///
    /// Returns an error if the query fails, or if the credentials are too old.
    pub async fn count(&self, query: &str) -> sqlx::Result<i64> {
        let attempt = async || {
            let stale = |error: StaleError| sqlx::Error::Configuration(error.into());
            let pool = self.pool.get().map_err(stale)?;
            sqlx::query_scalar(query).fetch_one(&*pool).await
        };
        self.pool.retry_on(is_rejected, attempt).await
    }
}
