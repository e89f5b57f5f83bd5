//! A web service over PostgreSQL whose password is rotated while it runs.
//!
//! One JSON secret, as RDS writes it, holds the credentials. A new connection needs the password of the day, so a pool
//! belongs to a version of the secret. A statement runs on the pool of the current version, and once more on the next
//! one's where the database refuses a password that has just been replaced.

mod config;
mod error;
mod health;
mod notes;
mod routes;

pub use config::{Config, Database, Freshness};
pub use routes::router;
