//! A pool that is kept when its password is rotated.

use from_secrets::live::Projection;
use from_secrets::{Live, project};
use sqlx::postgres::{PgPool, PgPoolOptions};

use super::{Config, Database, connect_options, is_rejected};

/// A pool whose new connections use the current password. Open connections stay: PostgreSQL checks the password only
/// when a connection is opened. Select this recipe if other code has a clone of the pool.
#[derive(Clone, Debug)]
pub struct KeptPool {
    database: Projection<Config, Database>,
    pool: PgPool,
}

impl KeptPool {
    /// Creates the pool. It connects on first use.
    pub fn new(live: &Live<Config>) -> Self {
        let database = project!(live, database);
        let current = database.last_good();
        let pool = PgPoolOptions::new().connect_lazy_with(connect_options(&current));
        let kept = pool.clone();
        database.on_change_since(&current, move |database| {
            let pool = kept.clone();
            async move { pool.set_connect_options(connect_options(&database)) }
        });
        Self { database, pool }
    }

    /// Returns the number that a query selects.
    ///
    /// # Errors
    ///
    /// Returns an error if the query fails.
    pub async fn count(&self, query: &str) -> sqlx::Result<i64> {
        let attempt = async || sqlx::query_scalar(query).fetch_one(&self.pool).await;
        self.database.retry_on(is_rejected, attempt).await
    }
}
