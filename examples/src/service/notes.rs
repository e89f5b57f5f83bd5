//! The notes in the database.

use std::sync::Arc;
use std::time::Duration;

use from_secrets::live::Derived;
use from_secrets::{ExposeSecret, Live, project};
use serde::Serialize;
use sqlx::postgres::{PgConnectOptions, PgPool, PgPoolOptions};

use super::error::Error;
use super::{Config, Database};

/// A note.
#[derive(Clone, Debug, Serialize)]
pub(crate) struct Note {
    /// The number of the note.
    pub(crate) id: i64,
    /// The text of the note.
    pub(crate) text: String,
}

/// All notes.
#[derive(Clone, Debug)]
pub(crate) struct Notes {
    pool: Derived<PgPool>,
}

impl Notes {
    /// Returns the notes in the database of this configuration.
    pub(crate) fn new(live: &Live<Config>) -> Self {
        let lifetime = live.last_good().connection_lifetime;
        let pool = project!(live, database)
            .map(move |database| pool(database, lifetime))
            // Statements that run on the old pool end first.
            .on_replace(|old: Arc<PgPool>| async move { old.close().await });
        Self { pool }
    }

    /// Returns the latest 20 notes.
    pub(crate) async fn latest(&self) -> Result<Vec<Note>, Error> {
        let select = "SELECT id, text FROM notes ORDER BY id DESC LIMIT 20";
        let query = |pool: PgPool| async move { sqlx::query_as(select).fetch_all(&pool).await };
        let rows: Vec<(i64, String)> = self.run(query).await?;
        Ok(rows
            .into_iter()
            .map(|(id, text)| Note { id, text })
            .collect())
    }

    /// Adds a note.
    pub(crate) async fn add(&self, text: &str) -> Result<Note, Error> {
        let insert = "INSERT INTO notes (text) VALUES ($1) RETURNING id, text";
        let query =
            |pool: PgPool| async move { sqlx::query_as(insert).bind(text).fetch_one(&pool).await };
        let (id, text) = self.run(query).await?;
        Ok(Note { id, text })
    }

    /// Runs a statement on the current pool. If a password is rejected, no statement has run, so it is safe to run it
    /// again.
    async fn run<R, F>(&self, statement: impl Fn(PgPool) -> F) -> Result<R, Error>
    where
        F: Future<Output = sqlx::Result<R>>,
    {
        let attempt = async || {
            let pool = self.pool.get()?;
            Ok(statement(pool.clone()).await?)
        };
        self.pool.retry_on(Error::is_rejected, attempt).await
    }
}

/// Returns the options of a connection. The password leaves its wrapper only here: the `Debug` output of the options
/// contains it, that of a pool does not.
pub(super) fn connect_options(database: &Database) -> PgConnectOptions {
    PgConnectOptions::new_without_pgpass()
        .host(&database.host)
        .port(database.port)
        .username(&database.username)
        .password(database.password.expose_secret())
        .database(&database.dbname)
}

fn pool(database: &Database, lifetime: Duration) -> PgPool {
    PgPoolOptions::new()
        .acquire_timeout(Duration::from_secs(10))
        // Old connections are replaced on use. The background task of sqlx 0.8 for this can miscount, and then never
        // ends.
        .idle_timeout(None)
        .max_lifetime(None)
        .before_acquire(move |_, connection| Box::pin(async move { Ok(connection.age < lifetime) }))
        .connect_lazy_with(connect_options(database))
}
