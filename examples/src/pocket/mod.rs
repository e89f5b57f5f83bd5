//! Tags a reading list by reading time.
//!
//! The list's API is Pocket's, version 3. The public one has been shut down, so where it is is configuration.

mod api;
mod handler;
mod item;
mod reading_time;
mod tag;

pub use api::{Api, Error};
pub use handler::{FieldOutcome, tag_reading_list};

use from_secrets::{FromSecrets, SecretString};
use reqwest::Url;

/// What the application needs to run.
#[derive(FromSecrets)]
#[secrets(prefix = "POCKET_", debug)]
pub struct PocketConfig {
    /// Consumer key of the Pocket application.
    pub key: SecretString,
    /// Access token of the user whose list is read.
    pub token: SecretString,
    /// Where the API is, such as `https://getpocket.com`.
    #[secret(env_only, parse)]
    pub base_url: Url,
}
