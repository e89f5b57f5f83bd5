//! A pool that is kept when its password is rotated.

use from_secrets::{Live, project};
use sqlx::postgres::{PgPool, PgPoolOptions};

use super::Config;
use super::notes::connect_options;

/// Returns a pool whose new connections use the current password. Open connections stay: PostgreSQL checks the password
/// only when a connection is opened.
pub fn kept_pool(live: &Live<Config>) -> PgPool {
    let database = project!(live, database);
    let current = database.last_good();
    let pool = PgPoolOptions::new().connect_lazy_with(connect_options(&current));
    let kept = pool.clone();
    database.on_change_since(&current, move |database| {
        let pool = kept.clone();
        async move { pool.set_connect_options(connect_options(&database)) }
    });
    pool
}
