//! Running an operation again after its credentials were rotated.

use std::future::Future;
use std::sync::Arc;
use std::time::Duration;

use super::clock::Timestamp;
use super::home::{BoxFuture, Place};
use super::projection::Scope;
use super::race::first;
use super::random::random;
use super::schedule::Policy;
use super::state::{Awaited, Process, Shared};
use super::{Live, StaleError};
use crate::sync::{Ordering, block_on};
use crate::{Error, FromSecrets, Report};

/// The rejected credentials of a struct, and what was requested because of them.
#[derive(Debug, Default)]
pub(super) struct Rejections(Vec<Rejection>);

/// A version of some fields whose credentials are rejected.
#[derive(Debug)]
struct Rejection {
    scope: Scope,
    report: Arc<Report>,
    since: Timestamp,
    /// When they were last rejected.
    last: Timestamp,
    /// The load that was requested last, and the last one that callers no longer wait for: one can fail without a load.
    asked: u64,
    answered: u64,
    /// How many windows have passed for this version, and how many loads were requested after the last one.
    windows: u32,
    late: u32,
    next: Timestamp,
}

/// What a caller does whose credentials are rejected.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Step {
    /// Run the operation again: its fields changed.
    Again,
    /// Wait for the load of this number or a later one, and request it if nothing else did.
    Ask(u64),
    /// Wait for a load that sent its requests before the credentials were rejected.
    Join(u64),
    /// A new version may still come: wait for a change, but no longer than this.
    Wait(Timestamp),
    /// The credentials are simply wrong, as far as is known.
    GiveUp,
}

/// One call of `retry_on`.
#[derive(Clone, Copy, Debug)]
pub(super) struct Call {
    /// When the current credentials were first rejected here.
    rejected: Option<Timestamp>,
    has_asked: bool,
    /// When any credentials were first rejected here, and how often they changed since.
    began: Option<Timestamp>,
    changes: u32,
    place: Place,
}

/// The most changes that a call follows after the rotation window: a source may return other credentials each time.
const MOST_CHANGES: u32 = 5;

/// The report of the values that an operation uses now.
type Current<'a> = &'a (dyn Fn() -> Arc<Report> + Sync + 'a);

/// What a derived value needs of its struct, whatever its type is.
pub(super) trait Upstream: Send + Sync {
    fn check(&self) -> Result<(), StaleError>;

    /// Waits for a change of the scope, and returns whether the operation should run again.
    fn changes<'a>(
        &'a self,
        scope: &'a Scope,
        used: &'a Arc<Report>,
        current: Current<'a>,
        call: &'a mut Call,
    ) -> BoxFuture<'a, bool>;

    /// Forgets that these credentials were rejected.
    fn accepted(&self, scope: &Scope, used: &Arc<Report>);

    /// Runs a future of the application beside others.
    fn spawn(&self, future: BoxFuture<'static, ()>);

    /// Drops followers that nothing uses any more.
    fn purge(&self);
}

impl Rejections {
    /// Pure: the time and the random number are parameters. Within the window loads are requested at the shortest
    /// interval, later with pauses that double.
    fn step(
        &mut self,
        scope: &Scope,
        used: &Arc<Report>,
        (next_load, ended): (u64, u64),
        call: &Call,
        (now, policy, random): (Timestamp, &Policy, f64),
    ) -> Step {
        let window = policy.rotation_window;
        let may_ask =
            !call.has_asked || call.rejected.is_some_and(|since| now < since.after(window));
        if !may_ask {
            return Step::GiveUp;
        }
        let rejection = self.entry(scope, used, now, policy);
        rejection.last = now;
        if rejection.asked > ended.max(rejection.answered) {
            return if rejection.asked == next_load {
                Step::Ask(next_load)
            } else {
                Step::Join(rejection.asked)
            };
        }
        let window_ends = rejection.since.after(window);
        if now >= rejection.next {
            let pause = if now < window_ends {
                // Fewer in each further window of a version that was never accepted.
                let factor = 1_u32 << rejection.windows.min(3);
                policy.min_refresh_interval.saturating_mul(factor)
            } else {
                rejection.late = rejection.late.saturating_add(1);
                policy.rejected_pause(rejection.late, random)
            };
            rejection.next = now.after(pause);
            rejection.asked = next_load;
            return Step::Ask(next_load);
        }
        if rejection.next <= window_ends {
            Step::Wait(rejection.next)
        } else {
            Step::GiveUp
        }
    }

    /// Returns the entry of a version. One that was not rejected for a whole window begins another window.
    fn entry(
        &mut self,
        scope: &Scope,
        used: &Arc<Report>,
        now: Timestamp,
        policy: &Policy,
    ) -> &mut Rejection {
        let forgotten = policy.rotation_window.max(policy.min_refresh_interval);
        let place = self.0.iter().position(|known| known.scope.id == scope.id);
        let place = place.unwrap_or_else(|| {
            // Those of scopes that no longer exist.
            self.0.retain(|known| now.since(known.last) <= HOUR);
            self.0.push(Rejection::new(scope, used, now));
            self.0.len() - 1
        });
        let rejection = &mut self.0[place];
        if !scope.is_same(&rejection.report, used) {
            *rejection = Rejection::new(scope, used, now);
        } else if now.since(rejection.last) > forgotten {
            rejection.windows = rejection.windows.saturating_add(1);
            (rejection.since, rejection.next) = (now, now);
        }
        rejection
    }

    /// Notes that a load is no longer waited for. Each caller does, because any of them may go away.
    fn answered(&mut self, scope: &Scope, number: u64) {
        if let Some(known) = self.0.iter_mut().find(|known| known.scope.id == scope.id) {
            known.answered = known.answered.max(number);
        }
    }

    fn forget(&mut self, scope: &Scope, used: &Report) {
        self.0
            .retain(|known| known.scope.id != scope.id || !scope.is_same(&known.report, used));
    }
}

const HOUR: Duration = Duration::from_hours(1);

impl Rejection {
    fn new(scope: &Scope, report: &Arc<Report>, now: Timestamp) -> Self {
        Self {
            scope: scope.clone(),
            report: Arc::clone(report),
            since: now,
            last: now,
            asked: 0,
            answered: 0,
            windows: 0,
            late: 0,
            next: now,
        }
    }
}

impl Call {
    fn new(place: Place) -> Self {
        Self {
            rejected: None,
            has_asked: false,
            began: None,
            changes: 0,
            place,
        }
    }
}

pub(super) async fn retry<R, E, Fut>(
    upstream: &dyn Upstream,
    scope: &Scope,
    current: Current<'_>,
    is_rejected: impl Fn(&E) -> bool,
    mut operation: impl FnMut() -> Fut,
) -> Result<R, E>
where
    Fut: Future<Output = Result<R, E>>,
{
    let mut call = Call::new(Place::Home);
    loop {
        let used = current();
        match operation().await {
            Err(error) if is_rejected(&error) => {
                if !upstream.changes(scope, &used, current, &mut call).await {
                    return Err(error);
                }
            }
            result => {
                if result.is_ok() {
                    upstream.accepted(scope, &used);
                }
                return result;
            }
        }
    }
}

pub(super) fn retry_blocking<R, E>(
    upstream: &dyn Upstream,
    scope: &Scope,
    current: Current<'_>,
    is_rejected: impl Fn(&E) -> bool,
    mut operation: impl FnMut() -> Result<R, E>,
) -> Result<R, E> {
    let mut call = Call::new(Place::Own);
    loop {
        let used = current();
        match operation() {
            Err(error) if is_rejected(&error) => {
                if !block_on(upstream.changes(scope, &used, current, &mut call)) {
                    return Err(error);
                }
            }
            result => {
                if result.is_ok() {
                    upstream.accepted(scope, &used);
                }
                return result;
            }
        }
    }
}

impl<T: FromSecrets + Send + Sync + 'static> Live<T> {
    /// Runs an operation, and runs it again if its credentials are rejected and turn out to have been rotated.
    ///
    /// `is_rejected` returns whether an error means that. If so, the struct is refreshed: one refresh for all callers,
    /// at most one per [`min_refresh_interval`](super::LiveBuilder::min_refresh_interval). The operation runs again only
    /// if a version changed, and goes on like this if it is rejected again. Loads for credentials that are simply wrong
    /// back off exponentially.
    ///
    /// The operation takes its credentials itself, from [`get`](Self::get), so that the second run uses the new ones.
    /// If it uses only a part of the struct, call `retry_on` on that [`Projection`](super::Projection) or
    /// [`Derived`](super::Derived) value: changes of other fields do not count there.
    ///
    /// While the password of a single user is rotated, the database rejects the old one for a few seconds before
    /// Secrets Manager returns the new one. During the
    /// [`rotation_window`](super::LiveBuilder::rotation_window) further refreshes follow.
    /// <https://docs.aws.amazon.com/secretsmanager/latest/userguide/rotation-strategy.html>
    ///
    /// ```
    /// # use from_secrets::{FromSecrets, Live, Loader, Memory, SecretString, StaleError};
    /// # #[derive(FromSecrets)]
    /// # struct Config { api_token: SecretString }
    /// # #[derive(Debug)]
    /// # enum ApiError { Unauthorized, Config(StaleError) }
    /// # impl From<StaleError> for ApiError { fn from(stale: StaleError) -> Self { Self::Config(stale) } }
    /// # async fn call(_token: &SecretString) -> Result<String, ApiError> { Ok("done".into()) }
    /// # #[tokio::main(flavor = "current_thread")]
    /// # async fn main() -> Result<(), Box<dyn std::error::Error>> {
    /// # let secrets = Memory::new().secret("API_TOKEN", "for tests");
    /// # let live = Live::<Config>::builder().loader(Loader::new().sources([secrets])).load().await?;
    /// let is_rejected = |error: &ApiError| matches!(error, ApiError::Unauthorized);
    /// let response = live.retry_on(is_rejected, || async {
    ///     let config = live.get()?;
    ///     call(&config.api_token).await
    /// });
    /// assert_eq!(response.await.unwrap(), "done");
    /// # Ok(())
    /// # }
    /// ```
    ///
    /// # Errors
    ///
    /// Returns the operation's last error.
    pub async fn retry_on<R, E, Fut>(
        &self,
        is_rejected: impl Fn(&E) -> bool,
        operation: impl FnMut() -> Fut,
    ) -> Result<R, E>
    where
        Fut: Future<Output = Result<R, E>>,
    {
        let current = || Arc::clone(&self.shared.current().origin.report);
        retry(&self.shared, &self.scope, &current, is_rejected, operation).await
    }

    /// Runs an operation like [`retry_on`](Self::retry_on), without `async`.
    ///
    /// # Errors
    ///
    /// Returns the operation's last error.
    pub fn retry_on_blocking<R, E>(
        &self,
        is_rejected: impl Fn(&E) -> bool,
        operation: impl FnMut() -> Result<R, E>,
    ) -> Result<R, E> {
        let current = || Arc::clone(&self.shared.current().origin.report);
        retry_blocking(&self.shared, &self.scope, &current, is_rejected, operation)
    }
}

impl<T: Send + Sync + 'static> Upstream for Arc<Shared<T>> {
    fn check(&self) -> Result<(), StaleError> {
        if self.has_lease() {
            return Ok(());
        }
        Shared::check(self)
    }

    fn changes<'a>(
        &'a self,
        scope: &'a Scope,
        used: &'a Arc<Report>,
        current: Current<'a>,
        call: &'a mut Call,
    ) -> BoxFuture<'a, bool> {
        Box::pin(async move {
            loop {
                let process = self.process();
                let ended = process.signals.ended.listen();
                match self.step(&process, scope, used, current, call) {
                    Step::Again => return true,
                    Step::GiveUp => return false,
                    Step::Wait(until) => {
                        first(ended, self.clock.sleep_until(until)).await;
                    }
                    Step::Ask(number) => {
                        call.has_asked = true;
                        // The reason of a failure is in the status; the caller returns the operation's error.
                        drop(self.refresh_by(number, call.place).await);
                        process.lock().rejections.answered(scope, number);
                    }
                    Step::Join(number) => {
                        drop(self.refresh_by(number, call.place).await);
                        process.lock().rejections.answered(scope, number);
                    }
                }
            }
        })
    }

    fn accepted(&self, scope: &Scope, used: &Arc<Report>) {
        let process = self.process_unchecked();
        if process.has_rejections.load(Ordering::Relaxed) {
            process.lock().rejections.forget(scope, used);
        }
    }

    fn spawn(&self, future: BoxFuture<'static, ()>) {
        let place = if self.home.is_current() {
            Place::Home
        } else {
            Place::Own
        };
        self.home.spawn(place, future);
    }

    fn purge(&self) {
        self.followers.purge();
    }
}

impl<T: Send + Sync + 'static> Shared<T> {
    /// Decides under the lock that a landing takes, so that no change is missed.
    fn step(
        &self,
        process: &Process,
        scope: &Scope,
        used: &Arc<Report>,
        current: Current<'_>,
        call: &mut Call,
    ) -> Step {
        let now = self.clock.now();
        let mut state = process.lock();
        let began = *call.began.get_or_insert(now);
        if !scope.is_same(used, &current()) {
            (call.rejected, call.has_asked) = (None, false);
            call.changes = call.changes.saturating_add(1);
            let is_over = now >= began.after(self.policy.rotation_window);
            return if is_over && call.changes > MOST_CHANGES {
                Step::GiveUp
            } else {
                Step::Again
            };
        }
        if self.load.is_none() {
            return Step::GiveUp;
        }
        call.rejected.get_or_insert(now);
        process.has_rejections.store(true, Ordering::Relaxed);
        let loads = (state.next(), state.ended());
        let rejections = &mut state.rejections;
        rejections.step(scope, used, loads, call, (now, &self.policy, random()))
    }

    /// Waits for the end of the load of that number or a later one, and starts it if nothing else does.
    pub(super) async fn refresh_by(
        self: &Arc<Self>,
        number: u64,
        place: Place,
    ) -> Result<(), Error> {
        self.wait_for(number, place, || false).await
    }

    /// Waits like [`refresh_by`](Self::refresh_by), but no longer than until the struct is within its TTL.
    pub(super) async fn freshen(self: &Arc<Self>, number: u64, place: Place) -> Result<(), Error> {
        let is_fresh = || self.clock.now() < self.current().origin.fresh_until;
        self.wait_for(number, place, is_fresh).await
    }

    async fn wait_for(
        self: &Arc<Self>,
        number: u64,
        place: Place,
        is_enough: impl Fn() -> bool,
    ) -> Result<(), Error> {
        loop {
            let process = self.process();
            let signals = &process.signals;
            let (landed, ended) = (signals.landed.listen(), signals.ended.listen());
            if is_enough() {
                return Ok(());
            }
            match self.demand(&process, number, place) {
                Awaited::Ended(result) => return result,
                Awaited::Until(time) => {
                    let landed_or_ended = first(landed, ended);
                    first(landed_or_ended, self.clock.sleep_until(time)).await;
                }
            }
        }
    }
}
