//! The calls of one load.

use std::error::Error;
use std::future::Future;
use std::sync::{Mutex, OnceLock, PoisonError};
use std::time::Duration;

use aws_sdk_secretsmanager::error::{ProvideErrorMetadata, SdkError};
use aws_smithy_runtime_api::client::orchestrator::HttpResponse;
use tokio::time::timeout_at;

use super::endpoint::Endpoint;
use super::errors::{CallError, SdkService};
use super::panics;
use super::regional::RegionalClients;
use crate::source::{FetchContext, FetchResult, SourceError, SourceErrorKind, timed_out};

/// Shared by all calls of one load to one service.
pub(super) struct Calls<'a, C> {
    pub(super) clients: &'a RegionalClients<C>,
    pub(super) service: &'static SdkService,
    pub(super) context: FetchContext,
    endpoint: &'a Endpoint,
    /// The error of each region that rejected the credentials.
    rejected: Mutex<Vec<(String, SourceError)>>,
    /// The error of credentials that could not be resolved, once that is known.
    unresolved: OnceLock<SourceError>,
}

impl<'a, C> Calls<'a, C> {
    pub(super) fn new(
        clients: &'a RegionalClients<C>,
        service: &'static SdkService,
        endpoint: &'a Endpoint,
        context: FetchContext,
    ) -> Self {
        Self {
            clients,
            service,
            context,
            endpoint,
            rejected: Mutex::default(),
            unresolved: OnceLock::new(),
        }
    }
}

/// Waits for a connection until the deadline.
pub(super) async fn connected<T>(
    connecting: impl Future<Output = Result<T, FetchResult>>,
    context: FetchContext,
) -> Result<T, FetchResult> {
    let late = |_| {
        Ok(Err(FetchResult::Failed(late_credentials(
            context.timeout(),
        ))))
    };
    let connecting = timeout_at(context.deadline(), panics::caught_async(connecting));
    let connected = connecting.await.unwrap_or_else(late);
    connected.unwrap_or_else(|panic| Err(FetchResult::Failed(panic)))
}

/// The failure of a load that ended before any request was sent.
fn late_credentials(timeout: Duration) -> SourceError {
    let message = format!("timed out after {timeout:?} while resolving AWS credentials");
    SourceError::new(SourceErrorKind::Unreachable, message).with_hint(
        "check that the credentials endpoint, STS or the credential process responds, or raise `Loader::timeout`",
    )
}

/// Whether AWS rejected the credentials and accepted them for nothing else.
pub(super) fn are_credentials_rejected(results: &[FetchResult]) -> bool {
    let cause = |result: &FetchResult| match result {
        FetchResult::Failed(failure) => Some(failure.kind()),
        _ => None,
    };
    let is_accepted = |result: &FetchResult| {
        use SourceErrorKind::{Denied, ScheduledForDeletion, Undecryptable};
        matches!(
            cause(result),
            None | Some(Denied | ScheduledForDeletion | Undecryptable)
        )
    };
    results
        .iter()
        .any(|result| cause(result) == Some(SourceErrorKind::Credentials))
        && !results.iter().any(is_accepted)
}

impl<C> Calls<'_, C> {
    /// Waits for a call to a region until the deadline; one that is late costs only its own answers.
    pub(super) async fn within_deadline<T, E>(
        &self,
        region: &str,
        call: impl Future<Output = Result<T, SdkError<E, HttpResponse>>>,
    ) -> Result<T, CallError>
    where
        E: ProvideErrorMetadata + Error + 'static,
    {
        if let Some(failure) = self.unresolved.get() {
            return Err(CallError::transport(failure.clone()));
        }
        let endpoint = self.endpoint.of_call(self.context.deadline());
        match timeout_at(self.context.deadline(), endpoint.seen_by(call)).await {
            Ok(Ok(output)) => Ok(output),
            Ok(Err(error)) => Err(self.read(region, &error, &endpoint)),
            Err(_) => Err(CallError::transport(match endpoint.only() {
                None if endpoint.is_unused() => late_credentials(self.context.timeout()),
                only => timed_out(self.context, only.as_deref()),
            })),
        }
    }

    /// Reads the SDK's error, and remembers credentials that a region rejects: no other request there would succeed.
    fn read<E>(
        &self,
        region: &str,
        error: &SdkError<E, HttpResponse>,
        endpoint: &Endpoint,
    ) -> CallError
    where
        E: ProvideErrorMetadata + Error + 'static,
    {
        let is_sent = !endpoint.is_unused();
        let error = self.service.read(error, endpoint.only().as_deref());
        if let FetchResult::Failed(failure) = &error.result
            && failure.kind() == SourceErrorKind::Credentials
        {
            if is_sent {
                let mut rejected = self.rejected.lock().unwrap_or_else(PoisonError::into_inner);
                rejected.push((region.to_owned(), failure.clone()));
            } else {
                self.unresolved.get_or_init(|| failure.clone());
            }
        }
        error
    }

    /// Why a region rejects the credentials, once it has. Another region can accept them: some accept only newer tokens.
    /// <https://docs.aws.amazon.com/IAM/latest/UserGuide/id_credentials_temp_enable-regions.html>
    pub(super) fn rejected_in(&self, region: &str) -> Option<SourceError> {
        let rejected = self.rejected.lock().unwrap_or_else(PoisonError::into_inner);
        let found = rejected.iter().find(|(known, _)| known == region);
        found.map(|(_, failure)| failure.clone())
    }
}
