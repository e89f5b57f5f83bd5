//! The requests of one load, sent over a few connections until each has a result.

use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, OnceLock};
use std::time::Duration;

use tokio::task::JoinSet;
use tokio::time::{Instant, sleep_until, timeout, timeout_at};
use tracing::Instrument;

use super::config::Config;
use super::connection::{AgentConnection, ConnectionError};
use super::errors::{self, ResponseReader, Verdict};
use super::service::AgentService;
use super::token::{Token, Tokens};
use crate::source::{Env, FetchContext, FetchResult, SecretRequest, timed_out};
use crate::telemetry::{CallLabels, CallSpan};

/// The state that all requests of a load share.
pub(super) struct Work {
    config: Config,
    env: Env,
    tokens: Tokens,
    context: FetchContext,
    readiness: Readiness,
    /// The result of every further request, once a failure applies to all of them.
    over: OnceLock<FetchResult>,
    /// Whether requests bypass the agent's cache. Agents that do not support it reject such requests.
    bypasses_cache: AtomicBool,
}

impl Work {
    /// `bypasses_cache` is whether requests bypass the agent's cache, if it supports that.
    pub(super) fn new(
        config: Config,
        env: Env,
        tokens: Tokens,
        context: FetchContext,
        bypasses_cache: bool,
    ) -> Self {
        // The extension rejects parameters that it does not support, and it does not support a cache bypass.
        let bypasses_cache =
            bypasses_cache && config.service == AgentService::SecretsManager && !config.on_lambda;
        Self {
            config,
            env,
            tokens,
            context,
            readiness: Readiness::until(context.deadline()),
            over: OnceLock::new(),
            bypasses_cache: bypasses_cache.into(),
        }
    }

    /// Returns a result for every request, in order. A late response fails only its own request.
    pub(super) async fn run(self, requests: &[SecretRequest]) -> Vec<FetchResult> {
        let work = Arc::new(self);
        let late = timed_out(work.context, Some(&work.config.endpoint));
        let mut results = vec![FetchResult::Failed(late); requests.len()];
        let mut queue = requests.iter().cloned().enumerate();
        let mut idle = Vec::new();
        // Dropping the set aborts its tasks.
        let mut tasks = JoinSet::new();
        let all_done = async {
            loop {
                while tasks.len() < work.config.connections
                    && let Some((index, request)) = queue.next()
                {
                    let connect = || AgentConnection::to(work.config.port);
                    let connection = idle.pop().unwrap_or_else(connect);
                    let fetch = Arc::clone(&work).fetch(index, request, connection);
                    // A task does not inherit the span of the load.
                    tasks.spawn(fetch.in_current_span());
                }
                match tasks.join_next().await {
                    Some(Ok((index, result, connection))) => {
                        results[index] = result;
                        idle.push(connection);
                    }
                    Some(Err(_)) => {}
                    None => break,
                }
            }
        };
        let _ = timeout_at(work.context.deadline(), all_done).await;
        results
    }

    /// Checks whether there is a token, and whether an agent is running. The extension can start later.
    pub(super) async fn ready(&self) -> Result<(), FetchResult> {
        let token = self.token().await?;
        match AgentConnection::to(self.config.port).open().await {
            Err(ConnectionError::Refused) if !self.config.on_lambda => {
                Err(errors::not_listening(&self.config, &self.env, &token))
            }
            _ => Ok(()),
        }
    }

    async fn fetch(
        self: Arc<Self>,
        index: usize,
        request: SecretRequest,
        mut connection: AgentConnection,
    ) -> (usize, FetchResult, AgentConnection) {
        let mut call = None;
        let result = self.result(&request, &mut connection, &mut call).await;
        let result = result.unwrap_or_else(|shared| self.over.get_or_init(|| shared).clone());
        if let Some(mut call) = call {
            call.end(result.outcome());
        }
        (index, result, connection)
    }

    /// Sends a request, and sends it again if another token, the cache of an older agent or a pause can help. `Err` is
    /// the result of all requests of the load. The call begins with the first attempt.
    async fn result(
        &self,
        request: &SecretRequest,
        connection: &mut AgentConnection,
        call: &mut Option<CallSpan<'static>>,
    ) -> Result<FetchResult, FetchResult> {
        let mut bypasses_cache = self.bypasses_cache.load(Ordering::Relaxed);
        let mut fell_back_to_cache = false;
        let mut pause = FIRST_PAUSE;
        loop {
            if let Some(result) = self.over.get() {
                return Err(result.clone());
            }
            let target = match self.config.service.target(request, bypasses_cache) {
                Ok(target) => target,
                Err(reason) => return Ok(FetchResult::Missing(reason)),
            };
            let token = self.token().await?;
            let call = call.get_or_insert_with(|| self.call());
            let sending = self.send(connection, request, &target, &token, call);
            match call.run(sending).await {
                Verdict::Is(result) => {
                    if fell_back_to_cache {
                        self.bypasses_cache.store(false, Ordering::Relaxed);
                    }
                    return Ok(result);
                }
                // An agent from before `refreshNow` rejects the parameter, so the request is sent without it. If the
                // agent rejected the request for another reason, it rejects it again.
                Verdict::Rejected(_) if bypasses_cache => {
                    (bypasses_cache, fell_back_to_cache) = (false, true);
                }
                Verdict::Rejected(error) => return Ok(FetchResult::Failed(error)),
                Verdict::BadToken => self.tokens.reject(&token),
                Verdict::NotReady => self.wait(&mut pause, true).await?,
                Verdict::NotListening if self.config.on_lambda => {
                    self.wait(&mut pause, false).await?;
                }
                Verdict::NotListening => {
                    return Err(errors::not_listening(&self.config, &self.env, &token));
                }
            }
        }
    }

    fn call(&self) -> CallSpan<'static> {
        let Config { service, port, .. } = self.config;
        let labels = CallLabels {
            source: service.source_name(),
            service: service.aws().api,
            method: service.method(),
            region: None,
        };
        CallSpan::of_agent(labels, port, service.path())
    }

    async fn token(&self) -> Result<Token, FetchResult> {
        let token = self.tokens.current(self.context.deadline()).await;
        token
            .map_err(FetchResult::Failed)?
            .ok_or_else(|| match self.tokens.last_rejected() {
                Some(token) => errors::bad_token(&self.config.endpoint, &token),
                None => errors::no_token(&self.env),
            })
    }

    async fn send(
        &self,
        connection: &mut AgentConnection,
        request: &SecretRequest,
        target: &str,
        token: &Token,
        call: &CallSpan<'_>,
    ) -> Verdict {
        call.count_attempt();
        let reply = connection.get(target, &token.header);
        let reply = match self.config.limit {
            None => reply.await,
            Some((limit, _)) => {
                let reply = timeout(limit, reply).await;
                reply.unwrap_or(Err(ConnectionError::TimedOut))
            }
        };
        if let Ok(reply) = &reply {
            call.record_status(reply.status);
        }
        ResponseReader {
            config: &self.config,
            tokens: &self.tokens,
            request,
        }
        .read(reply)
    }

    async fn wait(&self, pause: &mut Duration, is_listening: bool) -> Result<(), FetchResult> {
        if self.readiness.wait(pause).await {
            return Ok(());
        }
        Err(errors::never_ready(&self.config.endpoint, is_listening))
    }
}

/// The longest wait of a load for the extension, from the first response that it is not ready.
///
/// Lambda starts the initialization of a function before its extensions have finished theirs, so a load during the
/// initialization can be too early.
const LONGEST_WAIT: Duration = Duration::from_secs(3);
const FIRST_PAUSE: Duration = Duration::from_millis(5);
const LONGEST_PAUSE: Duration = Duration::from_millis(100);

/// The wait of a load for the extension, shared by its requests.
struct Readiness {
    deadline: Instant,
    began: OnceLock<Instant>,
}

impl Readiness {
    fn until(deadline: Instant) -> Self {
        let began = OnceLock::new();
        Self { deadline, began }
    }

    /// Waits with exponential backoff. Returns `false` when the wait is over.
    async fn wait(&self, pause: &mut Duration) -> bool {
        let now = Instant::now();
        let began = *self.began.get_or_init(|| now);
        let next = now + *pause;
        if next > began + LONGEST_WAIT || next >= self.deadline {
            return false;
        }
        sleep_until(next).await;
        *pause = LONGEST_PAUSE.min(*pause * 2);
        true
    }
}
