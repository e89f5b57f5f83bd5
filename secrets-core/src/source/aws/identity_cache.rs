//! Credentials of a client that the caller brought: looked up in the caller's own identity cache, once for all calls
//! that wait for them.

use std::error::Error;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};

use aws_credential_types::Credentials;
use aws_credential_types::credential_feature::AwsCredentialFeature;
use aws_sdk_secretsmanager::config::{
    ConfigBag, IdentityCache, ResolveCachedIdentity, RuntimeComponents, RuntimeComponentsBuilder,
    SharedIdentityCache,
};
use aws_smithy_runtime_api::client::identity::{
    Identity, IdentityCachePartition, IdentityFuture, SharedIdentityResolver,
};
use tokio::runtime::{self, Handle};

use super::credential_errors::{Unusable, failure_in};
use super::endpoint::EndpointWatch;
use crate::per_process::PerProcess;
use crate::source::aws_api::errors::CREDENTIALS_HINT;
use crate::source::{SourceError, SourceErrorKind};

type BoxError = Box<dyn Error + Send + Sync>;

/// An identity cache in front of the caller's, which shares one failed look-up among the calls that waited for it. The
/// SDK's own would look up again for each of them, one after the other.
#[derive(Debug)]
pub(super) struct SharedLookup {
    inner: SharedIdentityCache,
    /// Whether a look-up has succeeded.
    has_credentials: Arc<AtomicBool>,
}

impl SharedLookup {
    pub(super) fn before(cache: Option<SharedIdentityCache>) -> Self {
        Self {
            inner: cache.unwrap_or_else(|| IdentityCache::lazy().build()),
            has_credentials: Arc::default(),
        }
    }

    /// The interceptor of the clients that use this cache.
    pub(super) fn watch(&self) -> EndpointWatch {
        EndpointWatch::new(Arc::clone(&self.has_credentials))
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
            let arrived = gate.failed.load(Ordering::Acquire);
            let mut last = gate.last.lock().await;
            if gate.failed.load(Ordering::Acquire) > arrived
                && let Some(failure) = &*last
            {
                return Err(boxed(failure.clone()));
            }
            let found = self
                .inner
                .resolve_cached_identity(resolver, components, config)
                .await;
            match found.and_then(checked) {
                Ok(identity) => {
                    self.has_credentials.store(true, Ordering::Relaxed);
                    Ok(identity)
                }
                Err(error) => {
                    let failure = failure_in(&*error).unwrap_or_else(|| other(&*error));
                    *last = Some(failure.clone());
                    gate.failed.fetch_add(1, Ordering::Release);
                    Err(boxed(failure))
                }
            }
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

/// Where the calls with one provider wait for each other.
#[derive(Debug, Default)]
struct Gate {
    /// How many look-ups have failed.
    failed: AtomicU64,
    last: tokio::sync::Mutex<Option<SourceError>>,
}

/// Each runtime has its own gates, as its own connections: a thread that blocks would hold up the others.
type CacheKey = (Option<runtime::Id>, IdentityCachePartition);

/// More providers than a process has.
const KEPT: usize = 64;

fn gate(partition: IdentityCachePartition) -> Arc<Gate> {
    static GATES: PerProcess<Vec<(CacheKey, Arc<Gate>)>> = PerProcess::new();
    let runtime = Handle::try_current().ok().map(|handle| handle.id());
    let key = (runtime, partition);
    GATES.with(|gates| {
        if let Some((_, gate)) = gates.iter().find(|(known, _)| *known == key) {
            return Arc::clone(gate);
        }
        if gates.len() >= KEPT {
            gates.remove(0);
        }
        let gate = Arc::<Gate>::default();
        gates.push((key, Arc::clone(&gate)));
        gate
    })
}

fn boxed(failure: SourceError) -> BoxError {
    Box::new(Unusable(failure))
}

/// Rejects credentials that have expired, unless they were issued just now: then the clock is wrong.
fn checked(identity: Identity) -> Result<Identity, BoxError> {
    let now = std::time::SystemTime::now();
    if identity.expiration().is_none_or(|expiry| expiry > now) || is_fresh(&identity) {
        return Ok(identity);
    }
    let failure = SourceError::new(
        SourceErrorKind::Credentials,
        "the AWS credentials have expired",
    );
    Err(boxed(failure.with_hint(CREDENTIALS_HINT)))
}

/// Whether a service or process issued them for this look-up.
fn is_fresh(identity: &Identity) -> bool {
    let credentials = identity.data::<Credentials>();
    let features = credentials.and_then(|known| known.get_property::<Vec<AwsCredentialFeature>>());
    features.is_some_and(|features| {
        use AwsCredentialFeature as Feature;
        let issues = |feature: &Feature| {
            !matches!(
                feature,
                Feature::CredentialsCode | Feature::CredentialsEnvVars | Feature::ResolvedAccountId
            )
        };
        features.iter().any(issues)
    })
}

fn other(error: &(dyn Error + 'static)) -> SourceError {
    let text = crate::source::aws_api::errors::first_line(&super::sdk_text::error_text(error));
    SourceError::new(
        SourceErrorKind::Credentials,
        format!("cannot load AWS credentials: {text}"),
    )
    .with_hint(CREDENTIALS_HINT)
}
