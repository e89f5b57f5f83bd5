//! The requests of one load, shared out among a few workers with a connection each.

use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::sync::{Arc, Mutex, OnceLock, PoisonError};

use tokio::task::JoinSet;
use tokio::time::{Instant, timeout_at};

use super::config::Config;
use super::connection::AgentConnection;
use super::readiness::Readiness;
use super::service::AgentService;
use super::token::Tokens;
use crate::source::{Env, FetchContext, FetchResult, SecretRequest, timed_out};

/// What all workers share.
pub(super) struct Work {
    pub(super) service: AgentService,
    pub(super) config: Config,
    pub(super) endpoint: String,
    pub(super) env: Env,
    pub(super) tokens: Tokens,
    pub(super) readiness: Readiness,
    /// What every further request is answered, once that is known.
    pub(super) over: OnceLock<FetchResult>,
    /// Whether the agent's cache is to be passed by, and the agent has not said that it knows no such request.
    pub(super) supports_refresh: AtomicBool,
    context: FetchContext,
    pub(super) deadline: Instant,
    requests: Vec<SecretRequest>,
    next: AtomicUsize,
    results: Mutex<Vec<Option<FetchResult>>>,
}

impl Work {
    pub(super) fn new(
        service: AgentService,
        config: Config,
        env: Env,
        tokens: Tokens,
        requests: &[SecretRequest],
        context: FetchContext,
    ) -> Self {
        // The extension rejects parameters that it does not know, and does not support refreshes.
        let refreshes = context.bypasses_cache() && service.can_be_fresh() && !config.on_lambda;
        Self {
            service,
            endpoint: config.endpoint(),
            config,
            env,
            tokens,
            readiness: Readiness::until(context.deadline()),
            over: OnceLock::new(),
            supports_refresh: AtomicBool::new(refreshes),
            context,
            deadline: context.deadline(),
            next: AtomicUsize::new(0),
            results: Mutex::new(requests.iter().map(|_| None).collect()),
            requests: requests.to_vec(),
        }
    }

    /// An answer to every request, in order. What is late costs only its own.
    pub(super) async fn run(self) -> Vec<FetchResult> {
        let work = Arc::new(self);
        // Dropped with this future, and its workers with it.
        let mut workers = JoinSet::new();
        for _ in 0..work.config.connections.min(work.requests.len()) {
            workers.spawn(Arc::clone(&work).work());
        }
        let all_done = async { while workers.join_next().await.is_some() {} };
        let _ = timeout_at(work.deadline, all_done).await;
        work.results()
    }

    async fn work(self: Arc<Self>) {
        let mut line = AgentConnection::to(self.config.port);
        loop {
            let place = self.next.fetch_add(1, Ordering::Relaxed);
            let Some(request) = self.requests.get(place) else {
                return;
            };
            let result = self.fetch(request, &mut line).await;
            self.lock()[place] = Some(result);
        }
    }

    fn results(&self) -> Vec<FetchResult> {
        let late = || FetchResult::Failed(timed_out(self.context, Some(&self.endpoint)));
        let mut results = self.lock();
        let results = results.iter_mut().map(Option::take);
        results.map(|result| result.unwrap_or_else(late)).collect()
    }

    fn lock(&self) -> std::sync::MutexGuard<'_, Vec<Option<FetchResult>>> {
        self.results.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
