//! The requests of one load, shared out among a few workers with a connection each.

use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::sync::{Arc, Mutex, OnceLock, PoisonError};
use std::time::Duration;

use tokio::task::JoinSet;
use tokio::time::{Instant, timeout_at};

use super::connection::Line;
use super::readiness::Readiness;
use super::service::Service;
use super::settings::Settings;
use super::token::Tokens;
use crate::chain::late;
use crate::source::{Answer, Environment, Query, Request};

/// What all workers share.
pub(super) struct Load {
    pub(super) service: Service,
    pub(super) settings: Settings,
    pub(super) endpoint: String,
    pub(super) environment: Environment,
    pub(super) tokens: Tokens,
    pub(super) readiness: Readiness,
    /// What every further request is answered, once that is known.
    pub(super) over: OnceLock<Answer>,
    /// Whether the agent's cache is to be passed by, and the agent has not said that it knows no such request.
    pub(super) knows_refresh: AtomicBool,
    timeout: Duration,
    pub(super) deadline: Instant,
    requests: Vec<Request>,
    next: AtomicUsize,
    answers: Mutex<Vec<Option<Answer>>>,
}

impl Load {
    pub(super) fn new(
        service: Service,
        settings: Settings,
        environment: Environment,
        tokens: Tokens,
        timeout: Duration,
        query: Query<'_>,
    ) -> Self {
        let requests = query.requests().to_vec();
        // The extension refuses what it does not know, and has nothing of the kind.
        let fresh = query.must_be_fresh() && service.can_be_fresh() && !settings.on_lambda;
        Self {
            service,
            endpoint: settings.endpoint(),
            settings,
            environment,
            tokens,
            readiness: Readiness::until(query.deadline()),
            over: OnceLock::new(),
            knows_refresh: AtomicBool::new(fresh),
            timeout,
            deadline: query.deadline(),
            next: AtomicUsize::new(0),
            answers: Mutex::new(requests.iter().map(|_| None).collect()),
            requests,
        }
    }

    /// An answer to every request, in order. What is late costs only its own.
    pub(super) async fn run(self) -> Vec<Answer> {
        let load = Arc::new(self);
        // Dropped with this future, and its workers with it.
        let mut workers = JoinSet::new();
        for _ in 0..load.settings.connections.min(load.requests.len()) {
            workers.spawn(Arc::clone(&load).work());
        }
        let all_done = async { while workers.join_next().await.is_some() {} };
        let _ = timeout_at(load.deadline, all_done).await;
        load.answers()
    }

    async fn work(self: Arc<Self>) {
        let mut line = Line::to(self.settings.port);
        loop {
            let place = self.next.fetch_add(1, Ordering::Relaxed);
            let Some(request) = self.requests.get(place) else {
                return;
            };
            let answer = self.answer(request, &mut line).await;
            self.lock()[place] = Some(answer);
        }
    }

    fn answers(&self) -> Vec<Answer> {
        let late = || Answer::Failed(late(self.timeout, Some(&self.endpoint)));
        let mut answers = self.lock();
        let answers = answers.iter_mut().map(Option::take);
        answers.map(|answer| answer.unwrap_or_else(late)).collect()
    }

    fn lock(&self) -> std::sync::MutexGuard<'_, Vec<Option<Answer>>> {
        self.answers.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
