//! Whom the SDK asked, so that an error can say who did not answer.

use std::sync::{Arc, Mutex, PoisonError};

use aws_sdk_secretsmanager::config::interceptors::BeforeTransmitInterceptorContextRef;
use aws_sdk_secretsmanager::config::{Builder, ConfigBag, Intercept, RuntimeComponents};
use aws_sdk_secretsmanager::error::BoxError;

/// The variables that say whom to ask, the most particular first.
const VARIABLES: [&str; 2] = ["AWS_ENDPOINT_URL_SECRETS_MANAGER", "AWS_ENDPOINT_URL"];

/// An empty variable counts as unset; the SDK panics over it.
pub(super) fn without_empty(mut config: Builder) -> Builder {
    let values = VARIABLES.map(|name| std::env::var(name).ok());
    if values.iter().flatten().any(String::is_empty) {
        config.set_endpoint_url(values.into_iter().flatten().find(|url| !url.is_empty()));
    }
    config
}

/// Remembers where the last request went.
#[derive(Clone, Debug, Default)]
pub(super) struct Endpoint(Arc<Mutex<Option<String>>>);

impl Endpoint {
    pub(super) fn last(&self) -> Option<String> {
        self.0
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .clone()
    }
}

impl Intercept for Endpoint {
    fn name(&self) -> &'static str {
        "from-secrets endpoint"
    }

    fn read_before_transmit(
        &self,
        context: &BeforeTransmitInterceptorContextRef<'_>,
        _components: &RuntimeComponents,
        _config: &mut ConfigBag,
    ) -> Result<(), BoxError> {
        let url = context.request().uri().trim_end_matches('/').to_owned();
        *self.0.lock().unwrap_or_else(PoisonError::into_inner) = Some(url);
        Ok(())
    }
}
