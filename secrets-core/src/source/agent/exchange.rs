//! One request, asked until it has an answer.

use std::ops::ControlFlow::{self, Break, Continue};
use std::sync::atomic::Ordering;

use tokio::time::timeout;

use super::connection::{AgentConnection, ConnectionError, Reply};
use super::errors::{ResponseReader, Verdict};
use super::readiness::Pause;
use super::token::Token;
use super::unavailable;
use super::worker::Work;
use crate::source::{FetchResult, SecretRequest, SourceError, SourceErrorKind};

/// How a request is asked next.
struct RequestState {
    /// Past the agent's cache.
    fresh: bool,
    /// Through the cache, because the agent refused it otherwise.
    used_cache: bool,
    pause: Pause,
}

impl Work {
    /// Asks, and asks again where another token, a request that an older agent knows, or a little time helps.
    pub(super) async fn fetch(
        &self,
        request: &SecretRequest,
        line: &mut AgentConnection,
    ) -> FetchResult {
        let mut state = RequestState {
            fresh: self.supports_refresh.load(Ordering::Relaxed),
            used_cache: false,
            pause: Pause::default(),
        };
        loop {
            if let Break(result) = self.attempt(request, line, &mut state).await {
                return result;
            }
        }
    }

    async fn attempt(
        &self,
        request: &SecretRequest,
        line: &mut AgentConnection,
        state: &mut RequestState,
    ) -> ControlFlow<FetchResult> {
        if let Some(over) = self.over.get() {
            return Break(over.clone());
        }
        let target = match self.service.target(request, state.fresh) {
            Ok(target) => target,
            Err(missing) => return Break(FetchResult::Missing(missing)),
        };
        let token = self.token().await?;
        match self.verdict(line, request, &target, &token).await {
            Verdict::Is(result) => self.taken(result, state),
            Verdict::Refused(failure) => refused(failure, state),
            Verdict::BadToken => self.renew(&token).await,
            Verdict::NotReady => self.wait(state, true).await,
            Verdict::NotThere if self.config.on_lambda => self.wait(state, false).await,
            Verdict::NotThere => {
                self.give_up(unavailable::not_listening(&self.config, &self.env, &token))
            }
        }
    }

    async fn verdict(
        &self,
        line: &mut AgentConnection,
        request: &SecretRequest,
        target: &str,
        token: &Token,
    ) -> Verdict {
        let reader = ResponseReader {
            service: self.service,
            endpoint: &self.endpoint,
            token,
            request,
        };
        match self.in_time(line.get(target, &token.header())).await {
            Ok(Ok(reply)) => reader.read(&reply),
            Ok(Err(connection_error)) => reader.connection_error(connection_error),
            Err(late) => Verdict::Is(FetchResult::Failed(late)),
        }
    }

    /// Bounds one request where the extension bounds its own; the load's deadline holds anyway.
    async fn in_time(
        &self,
        reply: impl Future<Output = Result<Reply, ConnectionError>>,
    ) -> Result<Result<Reply, ConnectionError>, SourceError> {
        let Some((limit, variable)) = self.config.limit else {
            return Ok(reply.await);
        };
        timeout(limit, reply).await.map_err(|_| {
            let message = format!("no answer from {} within {limit:?}", self.endpoint);
            SourceError::new(SourceErrorKind::Unreachable, message)
                .with_hint(format!("see the agent's log, or raise `{variable}`"))
        })
    }

    fn taken(&self, result: FetchResult, state: &RequestState) -> ControlFlow<FetchResult> {
        if state.used_cache {
            self.supports_refresh.store(false, Ordering::Relaxed);
        }
        Break(result)
    }

    async fn token(&self) -> ControlFlow<FetchResult, Token> {
        let none = match self.tokens.current(self.deadline).await {
            Some(Ok(token)) => return Continue(token),
            Some(Err(failure)) => FetchResult::Failed(failure),
            None => unavailable::no_token(&self.env),
        };
        self.give_up(none)
    }

    /// Goes on where there is another token than the one that was refused.
    async fn renew(&self, refused: &Token) -> ControlFlow<FetchResult> {
        match self.tokens.after(refused, self.deadline).await {
            Some(Ok(_)) => Continue(()),
            Some(Err(failure)) => self.give_up(FetchResult::Failed(failure)),
            None => self.give_up(unavailable::bad_token(&self.endpoint, refused)),
        }
    }

    async fn wait(&self, state: &mut RequestState, is_there: bool) -> ControlFlow<FetchResult> {
        if self.readiness.wait(&mut state.pause).await {
            return Continue(());
        }
        self.give_up(unavailable::never_ready(&self.endpoint, is_there))
    }

    /// No other request of this load will fare better.
    fn give_up<T>(&self, result: FetchResult) -> ControlFlow<FetchResult, T> {
        Break(self.over.get_or_init(|| result).clone())
    }
}

/// An agent from before `refreshNow` refuses it as unknown. If it was something else, it is refused again.
fn refused(failure: SourceError, state: &mut RequestState) -> ControlFlow<FetchResult> {
    if !state.fresh {
        return Break(FetchResult::Failed(failure));
    }
    state.fresh = false;
    state.used_cache = true;
    Continue(())
}
