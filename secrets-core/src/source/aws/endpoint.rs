//! An interceptor of the SDK's requests. It records where they go, so that an error can name the endpoint that did not
//! respond, and limits their time and size.

use std::future::Future;
use std::iter::once;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU32, Ordering};

use aws_sdk_secretsmanager::config::interceptors::{
    BeforeDeserializationInterceptorContextMut, BeforeTransmitInterceptorContextRef,
    FinalizerInterceptorContextRef,
};
use aws_sdk_secretsmanager::config::retry::RetryConfig;
use aws_sdk_secretsmanager::config::timeout::TimeoutConfig;
use aws_sdk_secretsmanager::config::{ConfigBag, Intercept, RuntimeComponents};
use aws_sdk_secretsmanager::error::{BoxError, ProvideErrorMetadata};
use aws_sdk_secretsmanager::operation::batch_get_secret_value::BatchGetSecretValueError;
use aws_smithy_runtime_api::client::orchestrator::HttpResponse;
use aws_smithy_types::body::SdkBody;
use http_body_util::Limited;
use tokio::time::Instant;

use super::endpoint_url::{host_and_port, split_port};
use crate::source::aws_api::errors::is_throttling;
use crate::sync::{Mutex, lock};

/// Records where requests go: those of a load, or those of one of its calls.
#[derive(Clone, Debug, Default)]
pub(super) struct Endpoint {
    seen: Arc<SeenEndpoints>,
    load: Option<Arc<SeenEndpoints>>,
    deadline: Option<Instant>,
}

#[derive(Debug, Default)]
struct SeenEndpoints {
    origins: Mutex<Vec<String>>,
    /// The number of requests, including retries.
    requests: AtomicU32,
}

impl Endpoint {
    /// Returns the endpoint of one call of a load, which ends at the deadline.
    pub(super) fn of_call(&self, deadline: Instant) -> Self {
        Self {
            seen: Arc::default(),
            load: Some(Arc::clone(&self.seen)),
            deadline: Some(deadline),
        }
    }

    /// Runs a call whose requests are recorded.
    pub(super) fn seen_by<F: Future>(&self, call: F) -> impl Future<Output = F::Output> {
        CALL.scope(self.clone(), call)
    }

    /// Returns the endpoint of the requests, if all have the same.
    pub(super) fn only(&self) -> Option<String> {
        match &lock(&self.seen.origins)[..] {
            [only] => Some(only.clone()),
            _ => None,
        }
    }

    /// Returns whether no request was sent.
    pub(super) fn is_unused(&self) -> bool {
        lock(&self.seen.origins).is_empty()
    }

    /// Returns the number of requests that were sent, including retries.
    pub(super) fn requests(&self) -> u32 {
        self.seen.requests.load(Ordering::Relaxed)
    }

    /// Returns the host and the port of the requests, if all have the same.
    pub(super) fn server(&self) -> Option<(String, u16)> {
        let origin = self.only()?;
        let (scheme, rest) = origin.split_once("://")?;
        let (host, port) = split_port(rest);
        let default = if scheme == "http" { 80 } else { 443 };
        let address = host.trim_matches(['[', ']']).to_owned();
        Some((address, port.parse().unwrap_or(default)))
    }

    fn record(&self, origin: &str) {
        for seen in once(&self.seen).chain(&self.load) {
            seen.requests.fetch_add(1, Ordering::Relaxed);
            let mut origins = lock(&seen.origins);
            if !origins.iter().any(|known| known == origin) {
                origins.push(origin.to_owned());
            }
        }
    }
}

tokio::task_local! {
    /// The call of this task. The SDK has interceptors for one call too, but builds a configuration for each.
    static CALL: Endpoint;
}

/// The interceptor of every client. It also ends a throttled batch, because single calls have a larger quota.
#[derive(Clone, Debug, Default)]
pub(crate) struct EndpointWatch {
    /// Whether credentials are known, so that an attempt needs time for its request alone.
    pub(super) has_credentials: Arc<AtomicBool>,
}

impl EndpointWatch {
    /// Returns the number of attempts that share the time of a load. The first attempt includes the lookup of
    /// credentials. If fewer attempts are configured, each has more time.
    fn attempts(&self, config: &ConfigBag) -> u32 {
        let has_credentials = self.has_credentials.load(Ordering::Relaxed);
        let most = if has_credentials { 3 } else { 2 };
        let configured = config.load::<RetryConfig>().map(RetryConfig::max_attempts);
        configured.unwrap_or(most).clamp(1, most)
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
        // A dead connection must not use up the time of the whole load.
        if let Ok(Some(deadline)) = CALL.try_with(|call| call.deadline) {
            let left = deadline.saturating_duration_since(Instant::now());
            let timeout = left / self.attempts(config);
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
        // The caller can use its client for calls outside of a load.
        let _ = CALL.try_with(|call| call.record(&origin));
        Ok(())
    }

    fn modify_before_deserialization(
        &self,
        context: &mut BeforeDeserializationInterceptorContextMut<'_>,
        _components: &RuntimeComponents,
        _config: &mut ConfigBag,
    ) -> Result<(), BoxError> {
        limit(context.response_mut())
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
    let code = error
        .and_then(|error| error.as_operation_error()?.downcast_ref())
        .and_then(BatchGetSecretValueError::code);
    code.is_some_and(is_throttling)
}

/// Returns scheme, host and port of a URL. Its user, path and query may contain secrets.
fn origin(url: &str) -> String {
    let (scheme, rest) = url.split_once("://").unwrap_or(("", url));
    format!("{scheme}://{}", host_and_port(rest))
}

/// Rejects a body that is too large, or ends it at the limit if its length is unknown: the SDK reads bodies into
/// memory.
fn limit(response: &mut HttpResponse) -> Result<(), BoxError> {
    /// Several times the size of a batch of twenty secrets of 64 KiB each, escaped as JSON.
    const LARGEST: usize = 16 * 1024 * 1024;
    let length = response.headers().get("content-length");
    match length.map(str::parse::<usize>) {
        Some(Ok(length)) if length <= LARGEST => Ok(()),
        Some(Ok(_)) => Err("the response is larger than any secret".into()),
        _ => {
            let body = std::mem::replace(response.body_mut(), SdkBody::taken());
            *response.body_mut() = SdkBody::from_body_1_x(Limited::new(body, LARGEST));
            Ok(())
        }
    }
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
