//! The calls of one load.

use std::error::Error;
use std::future::Future;
use std::pin::Pin;
use std::sync::Arc;

use aws_sdk_secretsmanager::error::{ProvideErrorMetadata, SdkError};
use aws_smithy_runtime_api::client::orchestrator::HttpResponse;
use tokio::time::{Instant, timeout_at};

use super::endpoint::Endpoint;
use super::errors::{call_error, transport};
use super::panics;
use super::regional::{RegionalClient, RegionalClients};
use super::replicas::Replicas;
use crate::source::aws_api::errors::CallError;
use crate::source::aws_api::service::AwsService;
use crate::source::{FetchContext, FetchResult, SourceError, SourceErrorKind, timed_out};
use crate::sync::{Mutex, lock};
use crate::telemetry::{CallLabels, CallOutcome, CallSpan};

/// The calls of one load to one service.
pub(crate) struct Calls<'a, C> {
    pub(super) clients: &'a RegionalClients<C>,
    service: &'static AwsService,
    context: FetchContext,
    endpoint: &'a Endpoint,
    pub(super) replicas: Option<&'a Replicas>,
    /// The error of each region that rejected the credentials. Without a region, credentials could not be resolved.
    rejected: Mutex<Vec<(Option<String>, SourceError)>>,
    /// The regions to which a request was sent, if there are replicas.
    contacted: Mutex<Vec<String>>,
}

/// The calls of one load to one region.
pub(crate) struct RegionalCalls<'a, C> {
    calls: &'a Calls<'a, C>,
    pub(super) region: &'a str,
    pub(super) client: C,
}

impl<'a, C: RegionalClient> Calls<'a, C> {
    pub(super) fn new(
        clients: &'a RegionalClients<C>,
        service: &'static AwsService,
        context: FetchContext,
        endpoint: &'a Endpoint,
    ) -> Self {
        Self {
            clients,
            service,
            context,
            endpoint,
            replicas: None,
            rejected: Mutex::default(),
            contacted: Mutex::default(),
        }
    }

    pub(super) fn with_replicas(self, replicas: &'a Replicas) -> Self {
        Self {
            replicas: Some(replicas).filter(|replicas| !replicas.is_empty()),
            ..self
        }
    }

    pub(super) fn context(&self) -> FetchContext {
        self.context
    }

    /// Returns whether no request of this load has been sent.
    pub(super) fn has_sent_none(&self) -> bool {
        self.endpoint.is_unused()
    }

    /// Returns whether credentials could not be resolved, so that no region can be called.
    pub(super) fn lacks_credentials(&self) -> bool {
        let rejected = lock(&self.rejected);
        rejected.iter().any(|(region, _)| region.is_none())
    }

    /// Returns whether a request was sent to a region. Otherwise, credentials were still being resolved. This is
    /// recorded only if there are replicas.
    pub(super) fn has_contacted(&self, region: &str) -> bool {
        lock(&self.contacted).iter().any(|known| known == region)
    }

    /// Returns whether AWS rejected the credentials in a region, and accepted them for no other request.
    pub(super) fn are_credentials_rejected(&self, results: &[FetchResult]) -> bool {
        !lock(&self.rejected).is_empty() && !results.iter().any(are_credentials_accepted)
    }

    pub(super) fn in_region(&'a self, region: &'a str) -> RegionalCalls<'a, C> {
        RegionalCalls {
            calls: self,
            region,
            client: self.clients.client_in(region),
        }
    }
}

/// Waits for a connection until the deadline.
pub(super) async fn connected<T>(
    connecting: impl Future<Output = Result<T, FetchResult>>,
    context: FetchContext,
) -> Result<T, FetchResult> {
    let connecting = timeout_at(context.deadline(), panics::caught_async(connecting));
    match connecting.await {
        Ok(Ok(connected)) => connected,
        Ok(Err(panic)) => Err(FetchResult::Failed(panic)),
        Err(_) => Err(FetchResult::Failed(late_credentials(context))),
    }
}

/// Returns the error of a load that ended before any request was sent.
fn late_credentials(context: FetchContext) -> SourceError {
    let timeout = context.timeout();
    let message = format!("timed out after {timeout:?} while resolving AWS credentials");
    SourceError::new(SourceErrorKind::Unreachable, message).with_hint(format!(
        "check that the credentials endpoint, STS or the credential process responds, or increase {}",
        context.timeout_setting()
    ))
}

fn are_credentials_accepted(result: &FetchResult) -> bool {
    use SourceErrorKind::{Denied, ScheduledForDeletion, Undecryptable};
    match result {
        FetchResult::Failed(error) => {
            matches!(error.kind(), Denied | ScheduledForDeletion | Undecryptable)
        }
        _ => true,
    }
}

/// A call that is sent. Its requests are recorded even if the call is dropped, because another region responded first.
struct SentCall<'a, C> {
    calls: &'a Calls<'a, C>,
    region: &'a str,
    endpoint: Endpoint,
    span: CallSpan<'a>,
}

impl<C> SentCall<'_, C> {
    fn is_sent(&self) -> bool {
        !self.endpoint.is_unused()
    }

    fn server(&self) -> Option<Arc<str>> {
        self.endpoint.only()
    }

    fn end(&mut self, outcome: CallOutcome<'_>) {
        self.record();
        self.span.end(outcome);
    }

    fn record(&self) {
        self.span.set_attempts(self.endpoint.requests());
        self.span.record_server(|| self.endpoint.server());
    }
}

impl<C> Drop for SentCall<'_, C> {
    fn drop(&mut self) {
        if self.calls.replicas.is_some() && self.is_sent() {
            lock(&self.calls.contacted).push(self.region.to_owned());
        }
        if !self.span.is_ended() {
            self.record();
        }
    }
}

impl<C> RegionalCalls<'_, C> {
    pub(super) fn clients(&self) -> &RegionalClients<C> {
        self.calls.clients
    }

    pub(super) fn context(&self) -> FetchContext {
        self.calls.context
    }

    /// Waits for a call until the deadline, unless its credentials are known to be rejected. It requests this number of
    /// secrets.
    pub(super) fn send<T, E>(
        &self,
        method: &'static str,
        secrets: usize,
        call: impl Future<Output = Result<T, SdkError<E, HttpResponse>>>,
    ) -> impl Future<Output = Result<T, CallError>>
    where
        E: ProvideErrorMetadata + Error + 'static,
    {
        // Futures of the SDK have several KiB, which would be copied with each future around them.
        self.send_boxed(method, secrets, Box::pin(call))
    }

    async fn send_boxed<T, E>(
        &self,
        method: &'static str,
        secrets: usize,
        call: Pin<Box<impl Future<Output = Result<T, SdkError<E, HttpResponse>>>>>,
    ) -> Result<T, CallError>
    where
        E: ProvideErrorMetadata + Error + 'static,
    {
        let (calls, context) = (self.calls, self.context());
        // A queued call that starts late would otherwise be polled once.
        if Instant::now() >= context.deadline() {
            return Err(transport(timed_out(context, None)));
        }
        if let Some(rejection) = self.rejection() {
            return Err(transport(rejection));
        }
        let endpoint = calls.endpoint.of_call(context.deadline());
        let labels = CallLabels {
            source: calls.service.source,
            service: calls.service.api,
            method,
            region: Some(self.region),
        };
        let mut sent = SentCall {
            calls,
            region: self.region,
            endpoint,
            span: CallSpan::of_sdk(labels, secrets),
        };
        let call = sent.span.run(sent.endpoint.seen_by(call));
        let result = match timeout_at(context.deadline(), call).await {
            Ok(Ok(output)) => Ok(output),
            Ok(Err(error)) => {
                let error = call_error(calls.service, &error, sent.server().as_deref());
                self.remember_rejection(&error.result, sent.is_sent());
                Err(error)
            }
            Err(_) if !sent.is_sent() => Err(transport(late_credentials(context))),
            Err(_) => Err(transport(timed_out(context, sent.server().as_deref()))),
        };
        let error = result.as_ref().err();
        sent.end(error.map_or(CallOutcome::Ok, |error| error.result.outcome()));
        result
    }

    /// Remembers credentials that the region rejects, because every other request there would fail, too.
    fn remember_rejection(&self, result: &FetchResult, is_sent: bool) {
        if let FetchResult::Failed(error) = result
            && error.kind() == SourceErrorKind::Credentials
        {
            let region = is_sent.then(|| self.region.to_owned());
            lock(&self.calls.rejected).push((region, error.clone()));
        }
    }

    /// Returns why the region rejects the credentials. Another region can accept them: some accept only newer tokens.
    /// <https://docs.aws.amazon.com/IAM/latest/UserGuide/id_credentials_temp_enable-regions.html>
    fn rejection(&self) -> Option<SourceError> {
        let rejected = lock(&self.calls.rejected);
        let applies =
            |region: &Option<String>| region.as_deref().is_none_or(|region| region == self.region);
        let found = rejected.iter().find(|(region, _)| applies(region));
        found.map(|(_, error)| error.clone())
    }
}
