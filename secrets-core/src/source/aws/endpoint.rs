//! Where the SDK's requests go, so that an error can name the endpoint that did not respond.

use std::future::Future;
use std::sync::{Arc, Mutex, PoisonError};

use aws_sdk_secretsmanager::config::interceptors::BeforeTransmitInterceptorContextRef;
use aws_sdk_secretsmanager::config::{ConfigBag, Intercept, RuntimeComponents};
use aws_sdk_secretsmanager::error::BoxError;

/// Remembers where requests went: those of a load, or those of one of its calls.
#[derive(Clone, Debug, Default)]
pub(super) struct Endpoint {
    seen: Seen,
    load: Option<Seen>,
}

type Seen = Arc<Mutex<Vec<String>>>;

impl Endpoint {
    /// For one call of a load.
    pub(super) fn of_call(&self) -> Self {
        Self {
            seen: Arc::default(),
            load: Some(Arc::clone(&self.seen)),
        }
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

/// What every client has in it, so that calls know where their requests went.
#[derive(Debug)]
pub(super) struct Watch;

impl Intercept for Watch {
    fn name(&self) -> &'static str {
        "from-secrets endpoint"
    }

    fn read_before_transmit(
        &self,
        context: &BeforeTransmitInterceptorContextRef<'_>,
        _components: &RuntimeComponents,
        _config: &mut ConfigBag,
    ) -> Result<(), BoxError> {
        let origin = origin(context.request().uri());
        // Whoever gave us the client may make calls of their own with it.
        let _ = CALL.try_with(|call| call.record(&origin));
        Ok(())
    }
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
    fn only_scheme_host_and_port_of_an_endpoint_are_told() {
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
