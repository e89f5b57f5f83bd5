//! The SDK as a test uses it: credentials in hand, quick retries, nothing from the process's environment.

use std::time::Duration;

use aws_config::{BehaviorVersion, Region, SdkConfig};
use aws_credential_types::provider::SharedCredentialsProvider;
use aws_sdk_secretsmanager::Client;
use aws_sdk_secretsmanager::config::retry::RetryConfig;
use aws_smithy_http_client::Builder;
use aws_smithy_http_client::tls::Provider;
use aws_smithy_http_client::tls::rustls_provider::CryptoMode;
use from_secrets::Loader;
use from_secrets::source::Env;

pub use aws_credential_types::Credentials;

/// The region of every configuration here.
pub const REGION: &str = "us-east-1";

/// The keys that emulators take for those of the account's root.
pub fn root() -> Credentials {
    Credentials::new("test", "test", None, None, "tests")
}

/// A configuration for an endpoint.
pub fn config(endpoint: &str) -> SdkConfig {
    config_as(endpoint, root())
}

/// A configuration for an endpoint and a user.
pub fn config_as(endpoint: &str, credentials: Credentials) -> SdkConfig {
    // As many attempts as by default, without the second between them.
    let retry = RetryConfig::standard().with_initial_backoff(Duration::from_millis(1));
    let ring = Provider::Rustls(CryptoMode::Ring);
    SdkConfig::builder()
        .behavior_version(BehaviorVersion::latest())
        .region(Region::new(REGION))
        .endpoint_url(endpoint)
        .credentials_provider(SharedCredentialsProvider::new(credentials))
        .retry_config(retry)
        .http_client(Builder::new().tls_provider(ring).build_https())
        .build()
}

/// A client of an endpoint.
pub fn client(endpoint: &str) -> Client {
    Client::new(&config(endpoint))
}

/// A client of an endpoint that has Parameter Store.
pub fn parameters(endpoint: &str) -> aws_sdk_ssm::Client {
    aws_sdk_ssm::Client::new(&config(endpoint))
}

/// Returns a loader that queries an endpoint, without an environment.
pub fn loader(endpoint: &str) -> Loader {
    loader_as(endpoint, root())
}

/// Returns a loader that queries an endpoint as a user, without an environment.
pub fn loader_as(endpoint: &str, credentials: Credentials) -> Loader {
    Loader::new()
        .env(Env::from_vars::<&str, &str>([]))
        .sdk_config(&config_as(endpoint, credentials))
}

/// Returns the body of STS's response to an operation that assumes a role.
pub fn assumed_role(operation: &str, access_key_id: &str) -> String {
    format!(
        "<{operation}Response><{operation}Result><Credentials><AccessKeyId>{access_key_id}</AccessKeyId>\
         <SecretAccessKey>key</SecretAccessKey><SessionToken>t</SessionToken>\
         <Expiration>2999-01-01T00:00:00Z</Expiration></Credentials></{operation}Result></{operation}Response>"
    )
}
