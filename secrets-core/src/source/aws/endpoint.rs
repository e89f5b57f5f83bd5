//! An interceptor of the SDK's requests. It records where they go, so that an error can name the endpoint that did not
//! respond, and limits their time and size.

use std::fmt;
use std::future::Future;
use std::iter::once;
use std::sync::atomic::{AtomicBool, AtomicU32, Ordering};
use std::sync::{Arc, OnceLock};

use aws_sdk_secretsmanager::config::interceptors::{
    BeforeDeserializationInterceptorContextMut, BeforeTransmitInterceptorContextRef,
    FinalizerInterceptorContextRef,
};
use aws_sdk_secretsmanager::config::retry::RetryConfig;
use aws_sdk_secretsmanager::config::timeout::TimeoutConfig;
use aws_sdk_secretsmanager::config::{ConfigBag, Intercept, RuntimeComponents};
use aws_sdk_secretsmanager::error::{BoxError, ProvideErrorMetadata};
use aws_sdk_secretsmanager::operation::batch_get_secret_value::BatchGetSecretValueError;
use aws_smithy_runtime_api::client::interceptors::SharedInterceptor;
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
    origins: Mutex<Origins>,
    /// The number of requests, including retries.
    requests: AtomicU32,
}

/// The scheme, host and port of requests.
#[derive(Debug, Default, PartialEq, Eq)]
enum Origins {
    #[default]
    None,
    Only(Arc<str>),
    Several,
}

impl Origins {
    fn add(&mut self, origin: &Arc<str>) {
        match self {
            Self::None => *self = Self::Only(Arc::clone(origin)),
            Self::Only(known) if known == origin => {}
            _ => *self = Self::Several,
        }
    }
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
    pub(super) fn only(&self) -> Option<Arc<str>> {
        match &*lock(&self.seen.origins) {
            Origins::Only(only) => Some(Arc::clone(only)),
            _ => None,
        }
    }

    /// Returns whether no request was sent.
    pub(super) fn is_unused(&self) -> bool {
        *lock(&self.seen.origins) == Origins::None
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

    fn record(&self, origin: &Arc<str>) {
        for seen in once(&self.seen).chain(&self.load) {
            seen.requests.fetch_add(1, Ordering::Relaxed);
            lock(&seen.origins).add(origin);
        }
    }
}

tokio::task_local! {
    /// The call of this task. The SDK has interceptors for one call too, but builds a configuration for each.
    static CALL: Endpoint;
}

/// The interceptor of every client. It also ends a throttled batch, because single calls have a larger quota.
#[derive(Clone, Debug, Default)]
pub(crate) struct EndpointWatch(Arc<WatchState>);

/// The state of a configuration's interceptor, which its clients share.
#[derive(Default)]
struct WatchState {
    /// Whether credentials are known, so that an attempt needs time for its request alone.
    has_credentials: AtomicBool,
    /// The limits of a configuration without interceptors of the application, which could change them for a call. The
    /// SDK looks up each setting in a dozen layers.
    limits: Option<OnceLock<ConfiguredLimits>>,
    /// The URL of the last request, and its origin.
    last: Mutex<Option<(String, Arc<str>)>>,
}

/// A URL can contain a password.
impl fmt::Debug for WatchState {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("WatchState").finish_non_exhaustive()
    }
}

/// The limits of a configuration.
#[derive(Clone)]
struct ConfiguredLimits {
    timeouts: TimeoutConfig,
    attempts: Option<u32>,
}

impl ConfiguredLimits {
    fn of(config: &ConfigBag) -> Self {
        let timeouts = config.load::<TimeoutConfig>().cloned();
        Self {
            timeouts: timeouts.unwrap_or_else(TimeoutConfig::disabled),
            attempts: config.load::<RetryConfig>().map(RetryConfig::max_attempts),
        }
    }
}

impl EndpointWatch {
    /// Returns the interceptor of clients whose limits are the same for all calls.
    pub(super) fn of_constant_limits() -> Self {
        Self(Arc::new(WatchState {
            limits: Some(OnceLock::new()),
            ..WatchState::default()
        }))
    }

    /// Returns the interceptor for a client. It is permanent: otherwise, the SDK would look up before each of twenty
    /// hooks whether it is disabled.
    pub(super) fn interceptor(&self) -> SharedInterceptor {
        SharedInterceptor::permanent(self.clone())
    }

    /// Notes that credentials are known.
    pub(super) fn note_credentials(&self) {
        self.0.has_credentials.store(true, Ordering::Relaxed);
    }

    /// Returns the number of attempts that share the time of a load. The first attempt includes the lookup of
    /// credentials. If fewer attempts are configured, each has more time.
    fn attempts(&self, configured: Option<u32>) -> u32 {
        let has_credentials = self.0.has_credentials.load(Ordering::Relaxed);
        let most = if has_credentials { 3 } else { 2 };
        configured.unwrap_or(most).clamp(1, most)
    }

    fn limits(&self, config: &ConfigBag) -> ConfiguredLimits {
        let limits = || ConfiguredLimits::of(config);
        match &self.0.limits {
            Some(known) => known.get_or_init(limits).clone(),
            None => limits(),
        }
    }

    /// Returns the origin of a URL. Most requests have the same URL.
    fn origin(&self, url: &str) -> Arc<str> {
        let mut last = lock(&self.0.last);
        match &*last {
            Some((known, origin)) if known == url => Arc::clone(origin),
            _ => {
                let origin = Arc::from(origin(url));
                *last = Some((url.to_owned(), Arc::clone(&origin)));
                origin
            }
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
        let limits = self.limits(config);
        if limits.timeouts.operation_attempt_timeout().is_some() {
            return Ok(());
        }
        // A dead connection must not use up the time of the whole load.
        if let Ok(Some(deadline)) = CALL.try_with(|call| call.deadline) {
            let left = deadline.saturating_duration_since(Instant::now());
            let timeout = left / self.attempts(limits.attempts);
            let timeouts = limits.timeouts.to_builder();
            let timeouts = timeouts.operation_attempt_timeout(timeout).build();
            config.interceptor_state().store_put(timeouts);
        }
        Ok(())
    }

    fn read_before_transmit(
        &self,
        context: &BeforeTransmitInterceptorContextRef<'_>,
        _components: &RuntimeComponents,
        _config: &mut ConfigBag,
    ) -> Result<(), BoxError> {
        // The caller can use its client for calls outside of a load.
        let _ = CALL.try_with(|call| call.record(&self.origin(context.request().uri())));
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
    use super::*;

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

    #[test]
    fn endpoint_is_that_of_all_requests() {
        let endpoint = Endpoint::default();
        assert!(endpoint.is_unused());
        let record = |origin: &str| {
            endpoint.record(&origin.into());
            endpoint.only()
        };
        for _ in 0..2 {
            assert_eq!(record("https://one").as_deref(), Some("https://one"));
        }
        assert_eq!(record("https://two"), None);
        assert_eq!(record("https://one"), None);
        assert!(!endpoint.is_unused());
        assert_eq!(endpoint.requests(), 4);
    }

    #[test]
    fn watch_distinguishes_alternating_origins() {
        let watch = EndpointWatch::default();
        for _ in 0..2 {
            assert_eq!(&*watch.origin("http://user:pass@one/"), "http://one");
            assert_eq!(&*watch.origin("http://two/"), "http://two");
        }
        assert!(!format!("{watch:?}").contains("pass"));
    }
}
