//! Secrets Manager and Parameter Store, through the AWS SDK.

mod batch;
mod body;
mod call;
mod client;
mod credential_errors;
mod credential_sources;
mod credentials;
mod endpoint;
mod endpoint_url;
mod errors;
mod identity_cache;
mod intent;
mod panics;
#[cfg(feature = "ssm")]
mod parameter_store;
mod profiles;
mod region;
mod regional;
mod sdk_settings;
mod sdk_text;
mod secrets_manager;
mod setting;
mod settings;
mod shared_files;
mod slot;
mod tls;

#[cfg(feature = "ssm")]
pub use parameter_store::ParameterStore;
pub use secrets_manager::SecretsManager;
#[cfg(feature = "cli")]
pub(crate) use secrets_manager::{Creation, SecretsManagerSource};
pub(crate) use settings::Settings;
