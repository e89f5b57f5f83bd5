//! Where the SDK's requests go, so that an error can name the endpoint that did not respond.

use std::future::Future;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use aws_sdk_secretsmanager::config::interceptors::{
    BeforeDeserializationInterceptorContextMut, BeforeTransmitInterceptorContextRef,
    FinalizerInterceptorContextRef,
};
use aws_sdk_secretsmanager::config::retry::RetryConfig;
use aws_sdk_secretsmanager::config::timeout::TimeoutConfig;
use aws_sdk_secretsmanager::config::{ConfigBag, Intercept, RuntimeComponents};
use aws_sdk_secretsmanager::error::{BoxError, ProvideErrorMetadata};
use aws_sdk_secretsmanager::operation::batch_get_secret_value::BatchGetSecretValueError;
use tokio::time::Instant;

use super::body;
use crate::source::aws_api::errors::is_throttling;

/// Remembers where requests went: those of a load, or those of one of its calls.
#[derive(Clone, Debug, Default)]
pub(super) struct Endpoint {
    seen: SeenEndpoints,
    load: Option<SeenEndpoints>,
    deadline: Option<Instant>,
}

type SeenEndpoints = Arc<Mutex<Vec<String>>>;

impl Endpoint {
    /// For one call of a load, which ends at the deadline.
    pub(super) fn of_call(&self, deadline: Instant) -> Self {
        Self {
            seen: Arc::default(),
            load: Some(Arc::clone(&self.seen)),
            deadline: Some(deadline),
        }
    }

    /// The timeout of one of several attempts: a dead connection must not use up the time of the whole load.
    fn attempt_timeout(&self, shares: u32) -> Option<Duration> {
        let left = self.deadline?.saturating_duration_since(Instant::now());
        Some(left / shares)
    }

    /// The call, whose requests are remembered.
    pub(super) fn seen_by<F: Future>(&self, call: F) -> impl Future<Output = F::Output> {
        CALL.scope(self.clone(), call)
    }

    /// Where the requests went, if all went to one place.
    pub(super) fn only(&self) -> Option<String> {
        match &self.seen.lock().unwrap_or_else(PoisonError::into_inner)[..] {
            [only] => Some(only.clone()),
            _ => None,
        }
    }

    /// Whether no request was sent.
    pub(super) fn is_unused(&self) -> bool {
        let seen = self.seen.lock().unwrap_or_else(PoisonError::into_inner);
        seen.is_empty()
    }

    fn record(&self, origin: &str) {
        for seen in std::iter::once(&self.seen).chain(&self.load) {
            let mut seen = seen.lock().unwrap_or_else(PoisonError::into_inner);
            if !seen.iter().any(|known| known == origin) {
                seen.push(origin.to_owned());
            }
        }
    }
}

tokio::task_local! {
    /// The call that this task makes. The SDK has interceptors for one call too, but builds a configuration for each.
    static CALL: Endpoint;
}

/// The largest number of attempts that share the time of a load.
const MOST_SHARES: u32 = 3;

/// An interceptor in every client: it records where calls send their requests, bounds attempts and responses, and ends a
/// throttled batch, because single calls have a larger quota.
#[derive(Clone, Debug)]
pub(super) struct EndpointWatch {
    /// Whether credentials are known, so that an attempt needs time for its request alone.
    has_credentials: Arc<AtomicBool>,
}

impl EndpointWatch {
    pub(super) fn new(has_credentials: Arc<AtomicBool>) -> Self {
        Self { has_credentials }
    }

    /// The first attempt includes the look-up of credentials, which takes its time.
    fn most_shares(&self) -> u32 {
        if self.has_credentials.load(Ordering::Relaxed) {
            MOST_SHARES
        } else {
            2
        }
    }
}

impl Intercept for EndpointWatch {
    fn name(&self) -> &'static str {
        "from-secrets endpoint"
    }

    fn read_after_serialization(
        &self,
        _context: &BeforeTransmitInterceptorContextRef<'_>,
        _components: &RuntimeComponents,
        config: &mut ConfigBag,
    ) -> Result<(), BoxError> {
        let timeouts = config.load::<TimeoutConfig>().cloned();
        let timeouts = timeouts.unwrap_or_else(TimeoutConfig::disabled);
        if timeouts.operation_attempt_timeout().is_some() {
            return Ok(());
        }
        // With fewer attempts each one has more time, and the only one has the whole.
        let attempts = config.load::<RetryConfig>().map(RetryConfig::max_attempts);
        let shares = attempts.unwrap_or(MOST_SHARES).clamp(1, self.most_shares());
        if let Ok(Some(timeout)) = CALL.try_with(|call| call.attempt_timeout(shares)) {
            let timeouts = timeouts.to_builder().operation_attempt_timeout(timeout);
            config.interceptor_state().store_put(timeouts.build());
        }
        Ok(())
    }

    fn read_before_transmit(
        &self,
        context: &BeforeTransmitInterceptorContextRef<'_>,
        _components: &RuntimeComponents,
        _config: &mut ConfigBag,
    ) -> Result<(), BoxError> {
        let origin = origin(context.request().uri());
        // A client of the caller's can make calls of its own.
        let _ = CALL.try_with(|call| call.record(&origin));
        Ok(())
    }

    fn modify_before_deserialization(
        &self,
        context: &mut BeforeDeserializationInterceptorContextMut<'_>,
        _components: &RuntimeComponents,
        _config: &mut ConfigBag,
    ) -> Result<(), BoxError> {
        body::limit(context.response_mut())
    }

    fn read_after_attempt(
        &self,
        context: &FinalizerInterceptorContextRef<'_>,
        _components: &RuntimeComponents,
        config: &mut ConfigBag,
    ) -> Result<(), BoxError> {
        if is_throttled_batch(context)
            && let Some(retry) = config.load::<RetryConfig>()
        {
            let retry = retry.clone().with_max_attempts(1);
            config.interceptor_state().store_put(retry);
        }
        Ok(())
    }
}

fn is_throttled_batch(context: &FinalizerInterceptorContextRef<'_>) -> bool {
    let error = context.output_or_error().and_then(Result::err);
    let error = error.and_then(|error| error.as_operation_error());
    let batch = error.and_then(|error| error.downcast_ref::<BatchGetSecretValueError>());
    batch
        .and_then(ProvideErrorMetadata::code)
        .is_some_and(is_throttling)
}

/// Scheme, host and port of a URL: its user, path and query may hold what nobody should read.
fn origin(url: &str) -> String {
    let (scheme, rest) = url.split_once("://").unwrap_or(("", url));
    let authority = rest.split(['/', '?', '#']).next().unwrap_or_default();
    let host = authority.rsplit('@').next().unwrap_or_default();
    format!("{scheme}://{host}")
}

#[cfg(test)]
mod tests {
    use super::origin;

    #[test]
    fn endpoint_origin_omits_credentials_and_path() {
        assert_eq!(
            origin("https://user:pass@host:4566/path?query"),
            "https://host:4566"
        );
        assert_eq!(
            origin("https://secretsmanager.eu-west-1.amazonaws.com/"),
            "https://secretsmanager.eu-west-1.amazonaws.com"
        );
    }
}
