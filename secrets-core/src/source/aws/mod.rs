//! Secrets Manager and Parameter Store, through the AWS SDK.

mod batch;
mod cache;
mod call;
mod client;
mod client_settings;
mod credential_errors;
mod credential_sources;
mod credentials;
mod endpoint;
mod endpoint_url;
mod entries;
mod errors;
mod failover;
mod identity_cache;
mod intent;
#[cfg(all(test, shuttle))]
mod interleavings;
mod lookup_gate;
mod open_source;
#[cfg(feature = "cli")]
mod options;
mod outages;
mod panics;
#[cfg(feature = "ssm")]
mod parameter_store;
mod profiles;
mod regional;
mod replicas;
mod role;
mod sdk_client;
mod sdk_settings;
mod sdk_text;
mod secrets_manager;
mod setting;
mod settings;
mod shared_files;
mod slot;
mod source;
#[cfg(any(
    feature = "rustls-aws-lc",
    feature = "rustls-aws-lc-fips",
    feature = "rustls-ring"
))]
mod tls;
#[cfg(not(any(
    feature = "rustls-aws-lc",
    feature = "rustls-aws-lc-fips",
    feature = "rustls-ring"
)))]
#[path = "no_tls.rs"]
mod tls;

#[cfg(feature = "cli")]
pub(crate) use batch::concurrently;
pub(crate) use open_source::CustomClient;
#[cfg(feature = "cli")]
pub(crate) use options::AwsOptions;
#[cfg(feature = "ssm")]
pub use parameter_store::ParameterStore;
pub use secrets_manager::SecretsManager;
#[cfg(feature = "cli")]
pub(crate) use secrets_manager::{
    AddedVersion, BoundWrite, Creation, SecretVersion, SecretsManagerSource, StagedVersion,
    is_rotating,
};
pub(crate) use settings::Settings;
pub use source::AwsSource;
#[cfg(feature = "cli")]
pub(crate) use source::open;
