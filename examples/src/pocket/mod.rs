//! Tags a reading list by reading time.
//!
//! The API is version 3 of Pocket's. Its public endpoint was shut down, so the endpoint is a setting.

mod api;
mod handler;
mod item;
mod reading_time;
mod tag;

pub use api::{Api, Error};
pub use handler::{RunSummary, tag_reading_list};

use from_secrets::{FromSecrets, SecretString};
use reqwest::Url;

/// The configuration of the application.
#[derive(FromSecrets)]
#[secrets(prefix = "POCKET_", debug)]
pub struct PocketConfig {
    /// Consumer key of the Pocket application.
    pub key: SecretString,
    /// Access token of the user whose list is read.
    pub token: SecretString,
    /// Base URL of the API, such as `https://getpocket.com`.
    #[secret(env_only, parse)]
    pub base_url: Url,
}
