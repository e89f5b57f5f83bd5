//! Secrets Manager and Parameter Store, through the AWS SDK.

mod ask;
mod batch;
mod connection;
mod credentials;
mod endpoint;
mod errors;
mod matching;
#[cfg(feature = "ssm")]
mod parameters;
mod settings;
mod single;
mod tls;
#[cfg(feature = "cli")]
mod write;

use std::error::Error;
use std::future::Future;
use std::sync::{Arc, OnceLock};
use std::time::Duration;

use aws_sdk_secretsmanager::error::{ProvideErrorMetadata, SdkError};
use aws_smithy_runtime_api::client::orchestrator::HttpResponse;
use tokio::time::{Instant, timeout_at};

use super::query::{secrets_of, with_parameters_missing};
use super::{Answer, Answers, Cause, Failure, Query, Request, SecretSource, Source};
use crate::chain::late;
use connection::Connection;
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
    /// Why AWS rejects the credentials, once it has.
    rejected: OnceLock<Failure>,
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
            Ok(connection) => self.context(&connection, deadline).ask_all(&secrets).await,
            Err(answer) => secrets.iter().map(|_| answer.clone()).collect(),
        };
        with_parameters_missing(requests, answers)
    }

    fn context<'a>(&'a self, connection: &'a Connection, deadline: Instant) -> Context<'a> {
        Context {
            connection,
            service: &SECRETS_MANAGER,
            endpoint: &self.endpoint,
            timeout: self.timeout,
            deadline,
            rejected: OnceLock::new(),
        }
    }

    /// The connection, or what everything is answered without one.
    async fn connection(&self, deadline: Instant) -> Result<Arc<Connection>, Answer> {
        connected(self.settings.secrets_manager(), self.timeout, deadline).await
    }
}

/// Waits for a connection until the deadline.
async fn connected<T>(
    connecting: impl Future<Output = Result<T, Answer>>,
    timeout: Duration,
    deadline: Instant,
) -> Result<T, Answer> {
    let whom = "whoever gives this process its AWS credentials";
    let late = |_| Err(Answer::Failed(late(timeout, Some(whom))));
    timeout_at(deadline, connecting).await.unwrap_or_else(late)
}

impl<C> Context<'_, C> {
    /// Waits for a call until the deadline; one that is late costs only its own answers.
    async fn within_deadline<T, E>(
        &self,
        call: impl Future<Output = Result<T, SdkError<E, HttpResponse>>>,
    ) -> Result<T, CallError>
    where
        E: ProvideErrorMetadata + Error + 'static,
    {
        let endpoint = self.endpoint.of_call();
        match timeout_at(self.deadline, endpoint.seen_by(call)).await {
            Ok(Ok(output)) => Ok(output),
            Ok(Err(error)) => Err(self.read(&error, &endpoint)),
            Err(_) => Err(CallError::transport(late(
                self.timeout,
                endpoint.only().as_deref(),
            ))),
        }
    }

    /// Reads the SDK's error, and remembers credentials that AWS rejects: no other request will fare better.
    fn read<E>(&self, error: &SdkError<E, HttpResponse>, endpoint: &Endpoint) -> CallError
    where
        E: ProvideErrorMetadata + Error + 'static,
    {
        let error = self.service.read(error, endpoint.only().as_deref());
        if let Answer::Failed(failure) = &error.answer
            && failure.cause() == Cause::Credentials
        {
            self.rejected.get_or_init(|| failure.clone());
        }
        error
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
