//! One request, asked until it has an answer.

use std::ops::ControlFlow::{self, Break, Continue};
use std::sync::atomic::Ordering;

use tokio::time::timeout;

use super::connection::{Line, Reply, Trouble};
use super::errors::{Reader, Verdict};
use super::load::Load;
use super::readiness::Pause;
use super::silence;
use super::token::Token;
use crate::source::{Answer, Cause, Failure, Request};

/// How a request is asked next.
struct Manner {
    /// Past the agent's cache.
    fresh: bool,
    /// Through the cache, because the agent refused it otherwise.
    gave_way: bool,
    pause: Pause,
}

impl Load {
    /// Asks, and asks again where another token, a request that an older agent knows, or a little time helps.
    pub(super) async fn answer(&self, request: &Request, line: &mut Line) -> Answer {
        let mut manner = Manner {
            fresh: self.knows_refresh.load(Ordering::Relaxed),
            gave_way: false,
            pause: Pause::default(),
        };
        loop {
            if let Break(answer) = self.attempt(request, line, &mut manner).await {
                return answer;
            }
        }
    }

    async fn attempt(
        &self,
        request: &Request,
        line: &mut Line,
        manner: &mut Manner,
    ) -> ControlFlow<Answer> {
        if let Some(over) = self.over.get() {
            return Break(over.clone());
        }
        let target = match self.service.target(request, manner.fresh) {
            Ok(target) => target,
            Err(missing) => return Break(Answer::Missing(missing)),
        };
        let token = self.token().await?;
        match self.verdict(line, request, &target, &token).await {
            Verdict::Is(answer) => self.taken(answer, manner),
            Verdict::Refused(failure) => refused(failure, manner),
            Verdict::BadToken => self.renew(&token).await,
            Verdict::NotReady => self.wait(manner, true).await,
            Verdict::NotThere if self.settings.on_lambda => self.wait(manner, false).await,
            Verdict::NotThere => self.give_up(silence::nobody_listens(
                &self.settings,
                &self.environment,
                &token,
            )),
        }
    }

    async fn verdict(
        &self,
        line: &mut Line,
        request: &Request,
        target: &str,
        token: &Token,
    ) -> Verdict {
        let reader = Reader {
            service: self.service,
            endpoint: &self.endpoint,
            token,
            request,
        };
        match self.in_time(line.get(target, &token.header())).await {
            Ok(Ok(reply)) => reader.read(&reply),
            Ok(Err(trouble)) => reader.trouble(trouble),
            Err(late) => Verdict::Is(Answer::Failed(late)),
        }
    }

    /// Bounds one request where the extension bounds its own; the load's deadline holds anyway.
    async fn in_time(
        &self,
        asked: impl Future<Output = Result<Reply, Trouble>>,
    ) -> Result<Result<Reply, Trouble>, Failure> {
        let Some((limit, variable)) = self.settings.limit else {
            return Ok(asked.await);
        };
        timeout(limit, asked).await.map_err(|_| {
            let message = format!("no answer from {} within {limit:?}", self.endpoint);
            Failure::new(Cause::Unreachable, message)
                .with_hint(format!("see the agent's log, or raise `{variable}`"))
        })
    }

    fn taken(&self, answer: Answer, manner: &Manner) -> ControlFlow<Answer> {
        if manner.gave_way {
            self.knows_refresh.store(false, Ordering::Relaxed);
        }
        Break(answer)
    }

    async fn token(&self) -> ControlFlow<Answer, Token> {
        let none = match self.tokens.current(self.deadline).await {
            Some(Ok(token)) => return Continue(token),
            Some(Err(failure)) => Answer::Failed(failure),
            None => silence::no_token(&self.environment),
        };
        self.give_up(none)
    }

    /// Goes on where there is another token than the one that was refused.
    async fn renew(&self, refused: &Token) -> ControlFlow<Answer> {
        match self.tokens.after(refused, self.deadline).await {
            Some(Ok(_)) => Continue(()),
            Some(Err(failure)) => self.give_up(Answer::Failed(failure)),
            None => self.give_up(silence::bad_token(&self.endpoint, refused)),
        }
    }

    async fn wait(&self, manner: &mut Manner, is_there: bool) -> ControlFlow<Answer> {
        if self.readiness.wait(&mut manner.pause).await {
            return Continue(());
        }
        self.give_up(silence::never_ready(&self.endpoint, is_there))
    }

    /// No other request of this load will fare better.
    fn give_up<T>(&self, answer: Answer) -> ControlFlow<Answer, T> {
        Break(self.over.get_or_init(|| answer).clone())
    }
}

/// An agent from before `refreshNow` refuses it as unknown. If it was something else, it is refused again.
fn refused(failure: Failure, manner: &mut Manner) -> ControlFlow<Answer> {
    if !manner.fresh {
        return Break(Answer::Failed(failure));
    }
    manner.fresh = false;
    manner.gave_way = true;
    Continue(())
}
