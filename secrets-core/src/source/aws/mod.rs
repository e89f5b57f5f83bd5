//! Secrets Manager and Parameter Store, through the AWS SDK.

mod ask;
mod batch;
mod body;
mod connection;
mod credential_errors;
mod credential_sources;
mod credentials;
mod endpoint;
mod endpoint_url;
mod errors;
mod identity;
mod intent;
mod matching;
#[cfg(feature = "ssm")]
mod parameters;
mod profiles;
mod sdk_settings;
mod sdk_text;
mod setting;
mod settings;
mod shared_files;
mod single;
mod slot;
mod tls;
#[cfg(feature = "cli")]
mod write;

use std::error::Error;
use std::future::Future;
use std::sync::{Arc, Mutex, OnceLock, PoisonError};
use std::time::Duration;

use aws_sdk_secretsmanager::error::{ProvideErrorMetadata, SdkError};
use aws_smithy_runtime_api::client::orchestrator::HttpResponse;
use tokio::time::{Instant, timeout_at};

use super::query::{secrets_of, with_parameters_missing};
use super::{Answer, Answers, Cause, Failure, Query, Request, SecretSource, Source};
use crate::chain::late;
use crate::panics;
use connection::{Configured, Connection};
use endpoint::Endpoint;
use errors::{CallError, SECRETS_MANAGER, Service};
pub(crate) use settings::Settings;
#[cfg(feature = "cli")]
pub(crate) use write::Creation;

/// Secrets Manager as a source of a chain. Connects when it is first asked.
#[derive(Debug)]
pub(crate) struct Aws {
    settings: Arc<Settings>,
    timeout: Duration,
    endpoint: Endpoint,
}

/// What every request of one load shares: the service, and the clients that ask it.
struct Context<'a, C = Connection> {
    connection: &'a C,
    service: &'static Service,
    endpoint: &'a Endpoint,
    timeout: Duration,
    deadline: Instant,
    /// Why AWS rejects the credentials, in each region that has.
    rejected: Mutex<Vec<(String, Failure)>>,
    /// Why there are no credentials to send, once that is known.
    unresolved: OnceLock<Failure>,
}

impl Source {
    /// Secrets Manager, as the loader is set up for it.
    pub fn aws() -> Self {
        Self::new("Aws", |site| Aws::new(Arc::clone(site.aws), site.timeout))
    }
}

impl Aws {
    pub(crate) fn new(settings: Arc<Settings>, timeout: Duration) -> Self {
        Self {
            settings,
            timeout,
            endpoint: Endpoint::default(),
        }
    }

    async fn answer(&self, requests: &[Request], deadline: Instant) -> Vec<Answer> {
        let secrets = secrets_of(requests);
        if secrets.is_empty() {
            return with_parameters_missing(requests, Vec::new());
        }
        let answers = match self.connection(deadline).await {
            Ok(connection) => self.answers(&connection, &secrets, deadline).await,
            Err(answer) => secrets.iter().map(|_| answer.clone()).collect(),
        };
        with_parameters_missing(requests, answers)
    }

    async fn answers(
        &self,
        connection: &Arc<Connection>,
        requests: &[Request],
        deadline: Instant,
    ) -> Vec<Answer> {
        let context = self.context(connection, deadline);
        let asking = panics::caught_async(context.ask_all(requests));
        let answers = asking.await.unwrap_or_else(|panic| {
            let failed = |_| Answer::Failed(panic.clone());
            requests.iter().map(failed).collect()
        });
        if are_credentials_rejected(&answers) {
            let is_used =
                |configured: &Configured| Arc::ptr_eq(&configured.secrets_manager, connection);
            self.settings.forget_credentials(is_used);
        }
        answers
    }

    fn context<'a>(&'a self, connection: &'a Connection, deadline: Instant) -> Context<'a> {
        Context {
            connection,
            service: &SECRETS_MANAGER,
            endpoint: &self.endpoint,
            timeout: self.timeout,
            deadline,
            rejected: Mutex::default(),
            unresolved: OnceLock::new(),
        }
    }

    /// The connection, or what everything is answered without one.
    async fn connection(&self, deadline: Instant) -> Result<Arc<Connection>, Answer> {
        let connecting = self.settings.secrets_manager(deadline);
        connected(connecting, self.timeout, deadline).await
    }
}

/// Waits for a connection until the deadline.
async fn connected<T>(
    connecting: impl Future<Output = Result<T, Answer>>,
    timeout: Duration,
    deadline: Instant,
) -> Result<T, Answer> {
    let late = |_| Ok(Err(Answer::Failed(late_credentials(timeout))));
    let connecting = timeout_at(deadline, panics::caught_async(connecting));
    let connected = connecting.await.unwrap_or_else(late);
    connected.unwrap_or_else(|panic| Err(Answer::Failed(panic)))
}

/// The failure of a load that ended before any request was sent.
fn late_credentials(timeout: Duration) -> Failure {
    let message = format!("timed out after {timeout:?} while resolving AWS credentials");
    Failure::new(Cause::Unreachable, message).with_hint(
        "check that the credentials endpoint, STS or the credential process responds, or raise `Loader::timeout`",
    )
}

/// Whether AWS rejected the credentials and accepted them for nothing else.
fn are_credentials_rejected(answers: &[Answer]) -> bool {
    let cause = |answer: &Answer| match answer {
        Answer::Failed(failure) => Some(failure.cause()),
        _ => None,
    };
    let is_accepted = |answer: &Answer| {
        use Cause::{Denied, ScheduledForDeletion, Undecryptable};
        matches!(
            cause(answer),
            None | Some(Denied | ScheduledForDeletion | Undecryptable)
        )
    };
    answers
        .iter()
        .any(|answer| cause(answer) == Some(Cause::Credentials))
        && !answers.iter().any(is_accepted)
}

impl<C> Context<'_, C> {
    /// Waits for a call to a region until the deadline; one that is late costs only its own answers.
    async fn within_deadline<T, E>(
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
        let endpoint = self.endpoint.of_call(self.deadline);
        match timeout_at(self.deadline, endpoint.seen_by(call)).await {
            Ok(Ok(output)) => Ok(output),
            Ok(Err(error)) => Err(self.read(region, &error, &endpoint)),
            Err(_) => Err(CallError::transport(match endpoint.only() {
                None if endpoint.is_unused() => late_credentials(self.timeout),
                only => late(self.timeout, only.as_deref()),
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
        if let Answer::Failed(failure) = &error.answer
            && failure.cause() == Cause::Credentials
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
    fn rejected_in(&self, region: &str) -> Option<Failure> {
        let rejected = self.rejected.lock().unwrap_or_else(PoisonError::into_inner);
        let found = rejected.iter().find(|(known, _)| known == region);
        found.map(|(_, failure)| failure.clone())
    }
}

impl SecretSource for Aws {
    fn name(&self) -> &'static str {
        "aws"
    }

    fn fetch<'a>(&'a self, query: Query<'a>) -> Answers<'a> {
        Box::pin(self.answer(query.requests(), query.deadline()))
    }

    fn endpoint(&self) -> Option<String> {
        self.endpoint.only()
    }
}
