//! Secrets Manager as one load queries it.

use std::borrow::Cow;
use std::sync::Arc;

use aws_sdk_secretsmanager::Client;
use from_secrets_syntax::Arn;

use super::{batch, get};
use crate::source::aws::batch::BatchService;
use crate::source::aws::call::{Calls, are_credentials_rejected, connected};
use crate::source::aws::client::Configured;
use crate::source::aws::endpoint::Endpoint;
use crate::source::aws::errors::{CallError, SECRETS_MANAGER};
use crate::source::aws::panics;
use crate::source::aws::regional::RegionalClients;
use crate::source::aws::settings::Settings;
use crate::source::aws_api::hints;
use crate::source::{
    FetchContext, FetchFuture, FetchResult, MissingReason, SecretRequest, SecretSource,
    SourceErrorKind, VersionSelector,
};

/// Secrets Manager for one load. Connects on first use.
pub(crate) struct SecretsManagerSource {
    settings: Arc<Settings>,
    endpoint: Endpoint,
}

impl SecretsManagerSource {
    pub(crate) fn new(settings: Arc<Settings>) -> Self {
        Self {
            settings,
            endpoint: Endpoint::default(),
        }
    }

    async fn results(&self, requests: &[SecretRequest], context: FetchContext) -> Vec<FetchResult> {
        let secrets = secrets_of(requests);
        if secrets.is_empty() {
            return with_parameters_missing(requests, Vec::new());
        }
        let results = match self.clients(context).await {
            Ok(clients) => self.results_of(&clients, &secrets, context).await,
            Err(result) => secrets.iter().map(|_| result.clone()).collect(),
        };
        with_parameters_missing(requests, results)
    }

    async fn results_of(
        &self,
        clients: &Arc<RegionalClients<Client>>,
        requests: &[SecretRequest],
        context: FetchContext,
    ) -> Vec<FetchResult> {
        let calls = self.calls(clients, context);
        let ids: Vec<&SecretRequest> = requests.iter().collect();
        let results = panics::caught_async(calls.fetch_all(&ids)).await;
        let results = results.unwrap_or_else(|panic| {
            let failed = |_| FetchResult::Failed(panic.clone());
            requests.iter().map(failed).collect()
        });
        if are_credentials_rejected(&results) {
            let is_used =
                |configured: &Configured| Arc::ptr_eq(&configured.secrets_manager, clients);
            self.settings.forget_credentials(is_used);
        }
        results
    }

    pub(super) fn calls<'a>(
        &'a self,
        clients: &'a RegionalClients<Client>,
        context: FetchContext,
    ) -> Calls<'a, Client> {
        Calls::new(clients, &SECRETS_MANAGER, &self.endpoint, context)
    }

    /// Returns the clients, or the result of every request without them.
    pub(super) async fn clients(
        &self,
        context: FetchContext,
    ) -> Result<Arc<RegionalClients<Client>>, FetchResult> {
        connected(self.settings.secrets_manager(context.deadline()), context).await
    }
}

impl SecretSource for SecretsManagerSource {
    fn name(&self) -> &'static str {
        "aws"
    }

    fn fetch<'a>(
        &'a self,
        requests: &'a [SecretRequest],
        context: FetchContext,
    ) -> FetchFuture<'a> {
        Box::pin(self.results(requests, context))
    }

    fn endpoint(&self) -> Option<String> {
        self.endpoint.only()
    }

    fn hint(&self, request: &SecretRequest, result: &FetchResult<()>) -> Option<String> {
        hints::of_sdk(self.name(), request, result)
    }
}

/// Returns the requests without those that only Parameter Store can serve.
fn secrets_of(requests: &[SecretRequest]) -> Cow<'_, [SecretRequest]> {
    if !requests.iter().any(SecretRequest::names_parameter) {
        return Cow::Borrowed(requests);
    }
    let secrets = requests.iter().filter(|request| !request.names_parameter());
    Cow::Owned(secrets.cloned().collect())
}

/// Returns the results of all requests, given those of [`secrets_of`].
fn with_parameters_missing(
    requests: &[SecretRequest],
    results: Vec<FetchResult>,
) -> Vec<FetchResult> {
    if results.len() == requests.len() {
        return results;
    }
    let mut results = results.into_iter();
    let result = |request: &SecretRequest| {
        let result = (!request.names_parameter()).then(|| results.next());
        result
            .flatten()
            .unwrap_or(FetchResult::Missing(MissingReason::Name))
    };
    requests.iter().map(result).collect()
}

/// Returns the region that an ARN specifies.
pub(super) fn arn_region(id: &str) -> Option<&str> {
    Arn::parse(id).ok().map(|arn| arn.region)
}

impl BatchService for Client {
    type Id = SecretRequest;

    const NAME: &'static str = "Secrets Manager";
    const BATCH: usize = 20;
    const BATCHES_ONE: bool = false;
    const HAS_SINGLE_QUOTA: bool = true;
    const DENIES_AT_ONCE: bool = true;

    fn region_of(request: &SecretRequest) -> Option<&str> {
        arn_region(request.id())
    }

    fn is_batchable(request: &SecretRequest) -> bool {
        *request.version() == VersionSelector::Current
    }

    fn continues_alone(_: &FetchResult, _: usize) -> bool {
        true
    }

    async fn fetch_batch(
        &self,
        calls: &Calls<'_, Self>,
        region: &str,
        requests: &[&SecretRequest],
    ) -> Result<Vec<Option<FetchResult>>, CallError> {
        batch::fetch_batch(self, calls, region, requests).await
    }

    async fn fetch_one(
        &self,
        calls: &Calls<'_, Self>,
        region: &str,
        request: &SecretRequest,
    ) -> FetchResult {
        get::fetch_one(self, calls, region, request).await
    }

    fn warn_of_denial(rejection: &FetchResult) {
        let code = match rejection {
            FetchResult::Failed(error) => error.code(),
            _ => Some("ResourceNotFoundException"),
        };
        let help = match rejection {
            FetchResult::Failed(error) if error.kind() == SourceErrorKind::Denied => {
                "to load in one request, allow `secretsmanager:BatchGetSecretValue` on `*`, which is no right to read any secret"
            }
            _ => "one of the secrets makes the whole call fail",
        };
        tracing::warn!(
            code,
            help,
            "BatchGetSecretValue is refused, so secrets are asked for one by one from now on"
        );
    }
}
