//! Credentials of a client: looked up in its identity cache, once for all calls that wait for them.

use std::error::Error;
use std::sync::Arc;
use std::time::SystemTime;

use aws_credential_types::Credentials;
use aws_credential_types::credential_feature::AwsCredentialFeature as Feature;
use aws_sdk_secretsmanager::config::{
    ConfigBag, IdentityCache, ResolveCachedIdentity, RuntimeComponents, RuntimeComponentsBuilder,
    SharedIdentityCache,
};
use aws_smithy_runtime_api::box_error::BoxError;
use aws_smithy_runtime_api::client::identity::{
    Identity, IdentityCachePartition, IdentityFuture, SharedIdentityResolver,
};
use tokio::runtime::{self, Handle};

use super::cache::Cache;
use super::credential_errors::setup_or_credentials_error;
use super::endpoint::EndpointWatch;
use super::lookup_gate::LookupGate;
use super::sdk_text::error_text;
use crate::per_process::PerProcess;
use crate::source::aws_api::errors::{CREDENTIALS_HINT, first_line};
use crate::source::{SourceError, SourceErrorKind};

/// An identity cache in front of another one. Calls that wait for the same lookup share its error. The SDK's own cache
/// would repeat the lookup for each of them.
#[derive(Debug)]
pub(super) struct SharedLookup {
    inner: SharedIdentityCache,
    /// The interceptor of the clients that use this cache.
    watch: EndpointWatch,
}

impl SharedLookup {
    pub(super) fn before(cache: Option<SharedIdentityCache>, watch: EndpointWatch) -> Self {
        Self {
            inner: cache.unwrap_or_else(|| IdentityCache::lazy().build()),
            watch,
        }
    }
}

impl ResolveCachedIdentity for SharedLookup {
    fn resolve_cached_identity<'a>(
        &'a self,
        resolver: SharedIdentityResolver,
        components: &'a RuntimeComponents,
        config: &'a ConfigBag,
    ) -> IdentityFuture<'a> {
        let gate = gate(resolver.cache_partition());
        IdentityFuture::new(async move {
            let lookup = async {
                self.inner
                    .resolve_cached_identity(resolver, components, config)
                    .await
                    .map_err(|error| {
                        setup_or_credentials_error(&*error).unwrap_or_else(|| other(&*error))
                    })
                    .and_then(unexpired)
            };
            let identity = gate.run(lookup).await?;
            self.watch.note_credentials();
            Ok(identity)
        })
    }

    fn validate_base_client_config(
        &self,
        components: &RuntimeComponentsBuilder,
        config: &ConfigBag,
    ) -> Result<(), BoxError> {
        self.inner.validate_base_client_config(components, config)
    }

    fn validate_final_config(
        &self,
        components: &RuntimeComponents,
        config: &ConfigBag,
    ) -> Result<(), BoxError> {
        self.inner.validate_final_config(components, config)
    }
}

/// Each runtime has its own gates and connections: a runtime whose thread is blocked would delay the others.
type CacheKey = (Option<runtime::Id>, IdentityCachePartition);

fn gate(partition: IdentityCachePartition) -> Arc<LookupGate> {
    /// More providers than the runtimes of a process have.
    const MOST: usize = 128;
    static GATES: PerProcess<Cache<CacheKey, LookupGate>> = PerProcess::new();
    let runtime = Handle::try_current().ok().map(|handle| handle.id());
    GATES.with(|gates| gates.entry((runtime, partition), MOST))
}

/// Rejects expired credentials, unless they were just issued: then the clock is wrong.
fn unexpired(identity: Identity) -> Result<Identity, SourceError> {
    let now = SystemTime::now();
    if identity.expiration().is_none_or(|expiry| expiry > now) || is_just_issued(&identity) {
        return Ok(identity);
    }
    let message = "the AWS credentials have expired";
    Err(SourceError::new(SourceErrorKind::Credentials, message).with_hint(CREDENTIALS_HINT))
}

/// Returns whether a service or process issued credentials for this lookup.
fn is_just_issued(identity: &Identity) -> bool {
    let is_issuer = |feature: &Feature| {
        !matches!(
            feature,
            Feature::CredentialsCode | Feature::CredentialsEnvVars | Feature::ResolvedAccountId
        )
    };
    let credentials = identity.data::<Credentials>();
    let features = credentials.and_then(|known| known.get_property::<Vec<Feature>>());
    features.is_some_and(|features| features.iter().any(is_issuer))
}

fn other(error: &(dyn Error + 'static)) -> SourceError {
    let message = format!(
        "cannot load AWS credentials: {}",
        first_line(&error_text(error))
    );
    SourceError::new(SourceErrorKind::Credentials, message).with_hint(CREDENTIALS_HINT)
}
