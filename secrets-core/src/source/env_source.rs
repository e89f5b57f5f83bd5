//! Environment variables as a source.

use super::env::Env;
use super::request::{FetchContext, KeyedBy, SecretRequest};
use super::response::FetchResult;
use super::{FetchFuture, Role, SecretSource, Source};

impl From<Env> for Source {
    fn from(env: Env) -> Self {
        let label = format!("{env:?}");
        if env.is_process() {
            Self::new(label, Role::Env, |context| EnvSource(context.env.clone()))
        } else {
            Self::new(label, Role::Secrets, move |_| EnvSource(env.clone()))
        }
    }
}

/// The environment variables of one load.
pub(crate) struct EnvSource(pub(crate) Env);

impl SecretSource for EnvSource {
    fn name(&self) -> &'static str {
        "env"
    }

    fn keyed_by(&self) -> KeyedBy {
        KeyedBy::EnvVar
    }

    fn fetch<'a>(&'a self, requests: &'a [SecretRequest], _: FetchContext) -> FetchFuture<'a> {
        let fetch = |request: &SecretRequest| self.0.fetch(request.id());
        Box::pin(std::future::ready(requests.iter().map(fetch).collect()))
    }

    fn does_io(&self) -> bool {
        false
    }

    fn hint(&self, _: &SecretRequest, result: &FetchResult<()>) -> Option<String> {
        let is_missing = matches!(result, FetchResult::Missing(_));
        is_missing.then(|| "set the environment variable{s} {names}".to_owned())
    }
}
