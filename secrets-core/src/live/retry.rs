//! Running an operation again after its credentials were rotated.

use std::future::Future;

use tokio::time::{Instant, timeout_at};

use super::Live;
use super::policy::Policy;
use crate::FromSecrets;
use crate::clock::after;

/// A version of the struct whose credentials somebody refuses, and what was asked on account of it.
#[derive(Clone, Copy, Debug)]
pub(super) struct Refusal {
    generation: u64,
    since: Instant,
    /// The refresh that was asked for last, and the last that was heard of.
    asked: u64,
    answered: u64,
    /// How often it was asked after the window.
    late: u32,
    next: Instant,
}

/// What a caller does whose credentials are refused.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Step {
    /// Ask, or wait with those who do, for the refresh of this number or a later one.
    Ask(u64),
    /// A new version may still come: wait until then.
    Wait(Instant),
    /// The credentials are simply wrong, and that was asked about a moment ago.
    GiveUp,
}

impl Refusal {
    pub(super) fn of(generation: u64, now: Instant) -> Self {
        Self {
            generation,
            since: now,
            asked: 0,
            answered: 0,
            late: 0,
            next: now,
        }
    }

    /// Pure: chance, the time and the number of the next refresh are given. Within the window it is asked at the
    /// shortest interval; later ever more seldom.
    pub(super) fn step(&mut self, now: Instant, next: u64, policy: &Policy, chance: f64) -> Step {
        if self.asked > self.answered {
            return Step::Ask(self.asked);
        }
        let window_ends = after(self.since, policy.rotation_window);
        if now >= self.next {
            let pause = if now < window_ends {
                policy.min_interval
            } else {
                self.late = self.late.saturating_add(1);
                policy.refused_pause(self.late, chance)
            };
            self.next = after(now, pause);
            self.asked = next;
            return Step::Ask(self.asked);
        }
        if self.next <= window_ends {
            Step::Wait(self.next)
        } else {
            Step::GiveUp
        }
    }

    /// Whoever hears an answer says so, because any of those who wait may go away.
    pub(super) fn heard(&mut self, number: u64) {
        self.answered = self.answered.max(number);
    }
}

impl<T: FromSecrets + Send + Sync + 'static> Live<T> {
    /// Runs an operation, and runs it once more if its credentials are refused and turn out to have been rotated.
    ///
    /// `is_refused` says of an error whether it means that. Then the struct is refreshed: one refresh for all
    /// callers, at most one in [`min_interval`](super::LiveBuilder::min_interval). Only if a version moved does the
    /// operation run again. Credentials that are simply wrong are asked about ever more seldom.
    ///
    /// The operation takes its credentials itself, from [`get`](Self::get) or from a [`Mapped`](super::Mapped) client
    /// or pool; so the second run has the new ones.
    ///
    /// When one user's password is rotated, there is a moment in which the service refuses the old password and Secrets
    /// Manager does not have the new one yet; set [`rotation_window`](super::LiveBuilder::rotation_window) to wait for
    /// it. <https://docs.aws.amazon.com/secretsmanager/latest/userguide/rotation-strategy.html>
    ///
    /// ```
    /// # use from_secrets::{FromSecrets, Live, Loader, Memory, SecretString};
    /// # #[derive(FromSecrets)]
    /// # struct Config { api_token: SecretString }
    /// # #[derive(Debug)]
    /// # enum ApiError { Unauthorized, Config(from_secrets::Stale) }
    /// # impl From<from_secrets::Stale> for ApiError { fn from(stale: from_secrets::Stale) -> Self { Self::Config(stale) } }
    /// # async fn call(_token: &SecretString) -> Result<String, ApiError> { Ok("done".into()) }
    /// # #[tokio::main(flavor = "current_thread")]
    /// # async fn main() -> Result<(), Box<dyn std::error::Error>> {
    /// # let secrets = Memory::new().secret("API_TOKEN", "for tests");
    /// # let live = Live::<Config>::builder().loader(Loader::new().sources([secrets])).load().await?;
    /// let is_refused = |error: &ApiError| matches!(error, ApiError::Unauthorized);
    /// let answer = live.retry_on(is_refused, || async {
    ///     let config = live.get()?;
    ///     call(&config.api_token).await
    /// });
    /// assert_eq!(answer.await.unwrap(), "done");
    /// # Ok(())
    /// # }
    /// ```
    ///
    /// # Errors
    ///
    /// The operation's own: of its second run if there was one, else of its first.
    pub async fn retry_on<R, E, Fut>(
        &self,
        is_refused: impl Fn(&E) -> bool,
        mut operation: impl FnMut() -> Fut,
    ) -> Result<R, E>
    where
        Fut: Future<Output = Result<R, E>>,
    {
        let used = self.generation();
        match operation().await {
            Err(error) if is_refused(&error) => {
                if self.moves_on_from(used).await {
                    operation().await
                } else {
                    Err(error)
                }
            }
            done => done,
        }
    }

    /// Waits for a struct with other versions than the refused one's. `false`: none has come.
    async fn moves_on_from(&self, used: u64) -> bool {
        while self.generation() == used {
            let step = self.with_refusal(used, |refusal, next| {
                refusal.step(Instant::now(), next, &self.shared.policy, fastrand::f64())
            });
            match step {
                Step::GiveUp => return false,
                Step::Wait(until) => self.change_or(used, until).await,
                Step::Ask(number) => {
                    // Why it failed is in the status; the caller is told of its own error.
                    drop(self.refresh_by(number).await);
                    self.with_refusal(used, |refusal, _| refusal.heard(number));
                }
            }
        }
        true
    }

    async fn change_or(&self, used: u64, until: Instant) {
        let mut changes = self.watch();
        if self.generation() == used {
            drop(timeout_at(until, changes.changed()).await);
        }
    }

    /// Acts on the refusal, given the number of the next refresh.
    fn with_refusal<R>(&self, used: u64, act: impl FnOnce(&mut Refusal, u64) -> R) -> R {
        let mut state = self.shared.lock();
        let mut refusal = match state.refusal {
            Some(refusal) if refusal.generation == used => refusal,
            _ => Refusal::of(used, Instant::now()),
        };
        let done = act(&mut refusal, state.next());
        state.refusal = Some(refusal);
        done
    }
}
