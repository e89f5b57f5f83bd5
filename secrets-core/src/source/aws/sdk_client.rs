//! Clients of the SDK, which has no trait for them.

use aws_config::SdkConfig;
use aws_sdk_secretsmanager::config::{FrameworkMetadata, Region};

use super::client_settings::ClientSettings;
use super::endpoint::EndpointWatch;
use super::identity_cache::SharedLookup;
use super::regional::RegionalClient;

/// A client of the SDK.
pub(crate) trait SdkClient: RegionalClient {
    /// Creates a client. Without an endpoint, that of the configuration is used.
    fn build(config: &SdkConfig, endpoint: Option<&Option<String>>, watch: &EndpointWatch) -> Self;

    /// Returns a client with the same configuration that shares credential lookups and reports its endpoint.
    fn adopt(&self, settings: &ClientSettings) -> Self;
}

/// Returns the entry of this library in the user agent, `lib/from-secrets/VERSION`, which `CloudTrail` records.
pub(super) fn framework() -> Option<FrameworkMetadata> {
    FrameworkMetadata::new("from-secrets", Some(env!("CARGO_PKG_VERSION"))).ok()
}

macro_rules! sdk_client {
    ($sdk:ident) => {
        impl RegionalClient for $sdk::Client {
            fn region(&self) -> Option<&str> {
                let region = self.config().region().map(Region::as_ref);
                region.filter(|region| !region.is_empty())
            }

            fn in_region(&self, region: &str) -> Self {
                let config = self.config().to_builder();
                let region = Region::new(region.to_owned());
                Self::from_conf(config.region(region).build())
            }
        }

        impl SdkClient for $sdk::Client {
            fn build(
                config: &SdkConfig,
                endpoint: Option<&Option<String>>,
                watch: &EndpointWatch,
            ) -> Self {
                let mut config = $sdk::config::Builder::from(config);
                config.push_interceptor(watch.interceptor());
                if let Some(endpoint) = endpoint {
                    config.set_endpoint_url(endpoint.clone());
                }
                Self::from_conf(config.build())
            }

            fn adopt(&self, settings: &ClientSettings) -> Self {
                let config = self.config();
                let watch = EndpointWatch::default();
                let interceptor = watch.interceptor();
                let cache = SharedLookup::before(config.identity_cache(), watch);
                let mut config = config
                    .to_builder()
                    .region(settings.choose_region(config.region()))
                    .identity_cache(cache);
                config.push_interceptor(interceptor);
                if let Some(url) = &settings.endpoint_url {
                    config.set_endpoint_url(Some(url.clone()));
                }
                if let Some(framework) = framework() {
                    config.push_framework_metadata(framework);
                }
                Self::from_conf(config.build())
            }
        }
    };
}

sdk_client!(aws_sdk_secretsmanager);
#[cfg(feature = "ssm")]
sdk_client!(aws_sdk_ssm);
