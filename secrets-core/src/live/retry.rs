//! Runs an operation again after its credentials were rotated.

use std::future::Future;
use std::sync::Arc;

use super::executor::RunOn;
use super::random::random;
use super::rejections::{RetryCall, RetryStep};
use super::shared::{LiveShared, Process};
use super::signals::{BoxFuture, first};
use super::snapshot::FieldScope;
use super::status::StaleError;
use crate::report::LoadReport;
use crate::sync::Ordering;

/// Returns the report of the values that an operation uses now.
type CurrentReport<'a> = &'a (dyn Fn() -> Arc<LoadReport> + Sync + 'a);

/// The struct that a derived value is created from, without its type.
pub(super) trait Upstream: Send + Sync {
    /// Returns an error if the struct is too old, and starts a refresh if one is due.
    fn check(&self) -> Result<(), StaleError>;

    /// Waits for a change of the scope, and returns whether to run the operation again.
    fn wait_for_change<'a>(
        &'a self,
        scope: &'a FieldScope,
        used: &'a Arc<LoadReport>,
        current: CurrentReport<'a>,
        call: &'a mut RetryCall,
    ) -> BoxFuture<'a, bool>;

    /// Notes that an operation with these credentials succeeded.
    fn note_accepted(&self, scope: &FieldScope, used: &LoadReport);

    /// Runs a future of the application concurrently.
    fn spawn(&self, future: BoxFuture<'static, ()>);

    /// Drops followers that are no longer used.
    fn purge(&self);
}

/// Runs operations with the values of a scope.
pub(super) struct Retry<'a, C> {
    pub(super) upstream: &'a dyn Upstream,
    pub(super) scope: &'a FieldScope,
    pub(super) current: C,
}

/// Defines the public methods of a type that has a method `retry`, which returns a [`Retry`]. The arguments document
/// the first one.
macro_rules! retry_methods {
    ($(#[$docs:meta])+) => {
        $(#[$docs])+
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
            self.retry().run(RunOn::Runtime, is_rejected, operation).await
        }

        /// Runs an operation like [`retry_on`](Self::retry_on), without `async`.
        ///
        /// # Errors
        ///
        /// Returns the operation's last error.
        pub fn retry_on_blocking<R, E>(
            &self,
            is_rejected: impl Fn(&E) -> bool,
            mut operation: impl FnMut() -> Result<R, E>,
        ) -> Result<R, E> {
            let operation = || std::future::ready(operation());
            block_on(self.retry().run(RunOn::OwnThread, is_rejected, operation))
        }
    };
}

pub(super) use retry_methods;

impl<C: Fn() -> Arc<LoadReport> + Sync> Retry<'_, C> {
    pub(super) async fn run<R, E, Fut>(
        self,
        run_on: RunOn,
        is_rejected: impl Fn(&E) -> bool,
        mut operation: impl FnMut() -> Fut,
    ) -> Result<R, E>
    where
        Fut: Future<Output = Result<R, E>>,
    {
        let Self {
            upstream,
            scope,
            current,
        } = self;
        let mut call = RetryCall::new(run_on);
        loop {
            let used = current();
            let error = match operation().await {
                Err(error) if is_rejected(&error) => error,
                result => {
                    if result.is_ok() {
                        upstream.note_accepted(scope, &used);
                    }
                    return result;
                }
            };
            let change = upstream.wait_for_change(scope, &used, &current, &mut call);
            if !change.await {
                return Err(error);
            }
        }
    }
}

impl<T: Send + Sync + 'static> Upstream for Arc<LiveShared<T>> {
    fn check(&self) -> Result<(), StaleError> {
        LiveShared::check(self)
    }

    fn wait_for_change<'a>(
        &'a self,
        scope: &'a FieldScope,
        used: &'a Arc<LoadReport>,
        current: CurrentReport<'a>,
        call: &'a mut RetryCall,
    ) -> BoxFuture<'a, bool> {
        Box::pin(async move {
            loop {
                let process = self.process();
                let ended = process.signals.ended.listen();
                match self.next_step(&process, scope, used, current, call) {
                    RetryStep::RunAgain => return true,
                    RetryStep::GiveUp => return false,
                    RetryStep::WaitUntil(time) => {
                        first(ended, self.settings.clock.sleep_until(time)).await;
                    }
                    RetryStep::RequestLoad(number) | RetryStep::JoinLoad(number) => {
                        // The status has the reason of a failure. The caller returns the operation's error.
                        drop(self.load(number, call.run_on).await);
                        process.lock().rejections.finish(scope, number);
                    }
                }
            }
        })
    }

    fn note_accepted(&self, scope: &FieldScope, used: &LoadReport) {
        let process = self.process_unchecked();
        if process.has_rejections.load(Ordering::Relaxed) && process.is_current() {
            process.lock().rejections.forget(scope, used);
        }
    }

    fn spawn(&self, future: BoxFuture<'static, ()>) {
        let executor = &self.settings.executor;
        let run_on = if executor.is_current() {
            RunOn::Runtime
        } else {
            RunOn::OwnThread
        };
        executor.spawn(run_on, future);
    }

    fn purge(&self) {
        self.followers.purge();
    }
}

impl<T: Send + Sync + 'static> LiveShared<T> {
    /// Returns what runs operations with the current values of a scope.
    pub(super) fn retry<'a>(
        self: &'a Arc<Self>,
        scope: &'a FieldScope,
    ) -> Retry<'a, impl Fn() -> Arc<LoadReport> + Sync> {
        Retry {
            upstream: self,
            scope,
            current: || self.report(),
        }
    }

    /// Returns the next step of a call. This takes the lock under which structs are replaced, so it misses no change.
    fn next_step(
        &self,
        process: &Process,
        scope: &FieldScope,
        used: &Arc<LoadReport>,
        current: CurrentReport<'_>,
        call: &mut RetryCall,
    ) -> RetryStep {
        let (now, policy) = (self.settings.clock.now(), &self.settings.policy);
        let mut state = process.lock();
        let has_changed = !scope.is_same(used, &current());
        if let Some(step) = call.reject(has_changed, now, policy.rotation_window) {
            return step;
        }
        if self.load.is_none() {
            return RetryStep::GiveUp;
        }
        process.has_rejections.store(true, Ordering::Relaxed);
        let loads = (state.next_load(), state.ended());
        let step = state
            .rejections
            .step((scope, used), loads, call, (now, policy, random()));
        if let RetryStep::RequestLoad(number) = step {
            call.note_request();
            state.note_demand(number, self.is_within_refresh());
        }
        step
    }
}
