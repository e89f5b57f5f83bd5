//! Environment variables as a source.

use from_secrets_syntax::{check_variable, mistyped};

use super::env::Env;
use super::request::{FetchContext, KeyedBy, SecretRequest};
use super::response::{FetchResult, MissingReason};
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
        let mut results: Vec<FetchResult> = requests.iter().map(fetch).collect();
        self.suggest(requests, &mut results);
        Box::pin(std::future::ready(results))
    }

    fn does_io(&self) -> bool {
        false
    }

    fn hint(&self, request: &SecretRequest, result: &FetchResult<()>) -> Option<String> {
        match result {
            FetchResult::Missing(MissingReason::SimilarEnvVar { name }) => Some(format!(
                "set the environment variable `{0}`, or rename `{name}` to `{0}` if it is a typo",
                request.id()
            )),
            FetchResult::Missing(_) => Some("set the environment variable{s} {names}".to_owned()),
            _ => None,
        }
    }
}

impl EnvSource {
    /// Adds the name of a variable with a similar spelling to results for unset variables, unless it is requested too.
    fn suggest(&self, requests: &[SecretRequest], results: &mut [FetchResult]) {
        let is_unset =
            |result: &FetchResult| *result == FetchResult::Missing(MissingReason::EnvVar);
        if !results.iter().any(is_unset) {
            return;
        }
        let names = self.0.names();
        let is_other = |name: &&str| {
            check_variable(name).is_ok() && requests.iter().all(|request| request.id() != *name)
        };
        let others: Vec<&str> = names.iter().map(String::as_str).filter(is_other).collect();
        for (request, result) in requests.iter().zip(results) {
            if is_unset(result)
                && let Some(name) = mistyped(request.id(), &others)
            {
                let name = name.to_owned();
                *result = FetchResult::Missing(MissingReason::SimilarEnvVar { name });
            }
        }
    }
}
