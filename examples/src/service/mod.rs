//! A web service over PostgreSQL whose password is rotated while it runs.
//!
//! One JSON secret, as RDS writes it, contains the credentials. Each version of the secret has a pool of its own. If
//! the database rejects a password, the secret is refreshed, and the statement runs again on the pool of the new
//! version.
//! [`KeptPool`](crate::rds::KeptPool) is the alternative: one pool whose options change.

mod config;
mod error;
mod notes;
mod routes;

pub use config::{Config, Database, Freshness};
pub use routes::router;
