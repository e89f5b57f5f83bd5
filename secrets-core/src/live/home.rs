//! Where refreshes run: on the runtime that loaded the struct, as long as that runs tasks; otherwise on threads of this
//! library.

use std::future::{Future, pending};
use std::pin::Pin;
use std::time::Duration;

#[cfg(not(shuttle))]
use std::panic::{AssertUnwindSafe, catch_unwind};
#[cfg(not(shuttle))]
use std::sync::Arc;
#[cfg(not(shuttle))]
use std::task::{Context, Wake, Waker};

#[cfg(not(shuttle))]
use tokio::runtime::{Handle, RuntimeFlavor};

use crate::sync::{AtomicBool, Ordering};

pub(super) type BoxFuture<'a, T> = Pin<Box<dyn Future<Output = T> + Send + 'a>>;

/// Where a future runs.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Place {
    /// On the runtime that loaded the struct, if it is known to run tasks.
    Home,
    /// On a thread of this library.
    Own,
}

#[derive(Debug)]
pub(super) struct Home {
    #[cfg(not(shuttle))]
    runtime: Option<Handle>,
    #[cfg(shuttle)]
    runtime: std::sync::Arc<super::signals::Signals>,
    process: u32,
    /// The runtime did not run a task in time.
    is_suspect: AtomicBool,
    /// The runtime dropped a task: it is shut down.
    is_shut_down: AtomicBool,
}

#[cfg(not(shuttle))]
impl Home {
    /// Returns the runtime of the caller, unless it is the one behind blocking loads.
    pub(super) fn current() -> Self {
        let runtime = Handle::try_current().ok();
        Self {
            runtime: runtime.filter(|runtime| !crate::blocking::is_background(runtime)),
            process: std::process::id(),
            is_suspect: AtomicBool::new(false),
            is_shut_down: AtomicBool::new(false),
        }
    }

    /// Returns whether tasks can run on a runtime of the application. In a forked child they cannot: its threads are
    /// the parent's.
    pub(super) fn has_runtime(&self) -> bool {
        self.runtime.is_some() && !self.is_shut_down() && self.process == std::process::id()
    }

    /// Runs a future. If it cannot run, it is dropped.
    pub(super) fn spawn(&self, place: Place, future: BoxFuture<'static, ()>) {
        match &self.runtime {
            Some(runtime) if place == Place::Home && self.has_runtime() && !self.is_suspect() => {
                drop(runtime.spawn(future));
            }
            _ => drop(crate::blocking::spawn(future)),
        }
    }

    /// Runs a background task on the application's runtime.
    pub(super) fn spawn_task(&self, task: impl Future<Output = ()> + Send + 'static) -> bool {
        match &self.runtime {
            Some(runtime) if self.has_runtime() => {
                drop(runtime.spawn(task));
                true
            }
            _ => false,
        }
    }

    /// Returns whether the caller runs on the application's runtime.
    pub(super) fn is_current(&self) -> bool {
        let id = Handle::try_current().ok().map(|runtime| runtime.id());
        id.is_some() && id == self.runtime.as_ref().map(Handle::id) && self.has_runtime()
    }

    /// Returns whether the application's runtime cannot run tasks while this thread is blocked.
    pub(super) fn is_blocked_by_caller(&self) -> bool {
        let flavor = self.runtime.as_ref().map(Handle::runtime_flavor);
        self.is_current() && flavor == Some(RuntimeFlavor::CurrentThread)
    }
}

/// Sleeps by the timers behind blocking loads, or by those of the caller's runtime if a test has paused its clock.
#[cfg(not(shuttle))]
pub(super) async fn sleep(duration: Duration, is_simulated: bool) {
    if is_simulated {
        return tokio::time::sleep(duration).await;
    }
    match crate::blocking::background() {
        Ok(runtime) => {
            let sleep = {
                let _context = runtime.enter();
                tokio::time::sleep(duration)
            };
            let mut sleep = std::pin::pin!(sleep);
            std::future::poll_fn(|context| {
                let waker = Waker::from(Arc::new(Guarded(context.waker().clone())));
                sleep.as_mut().poll(&mut Context::from_waker(&waker))
            })
            .await;
        }
        // A refresh that ends still wakes the caller.
        Err(_) => pending().await,
    }
}

/// The application's waker, on a thread that other waits need: a panic must not end it.
#[cfg(not(shuttle))]
struct Guarded(Waker);

#[cfg(not(shuttle))]
impl Wake for Guarded {
    fn wake(self: Arc<Self>) {
        // The panic hook has reported it.
        drop(catch_unwind(AssertUnwindSafe(|| self.0.wake_by_ref())));
    }
}

/// Tests of interleavings have a clock of their own.
#[cfg(shuttle)]
pub(super) async fn sleep(_: Duration, _: bool) {
    pending().await
}

/// Tests of interleavings have one runtime, which they can shut down.
#[cfg(shuttle)]
impl Home {
    pub(super) fn current() -> Self {
        Self {
            runtime: std::sync::Arc::default(),
            process: std::process::id(),
            is_suspect: AtomicBool::new(false),
            is_shut_down: AtomicBool::new(false),
        }
    }

    pub(super) fn has_runtime(&self) -> bool {
        !self.is_shut_down() && self.process == std::process::id()
    }

    pub(super) fn spawn(&self, place: Place, future: BoxFuture<'static, ()>) {
        if place == Place::Home && self.has_runtime() && !self.is_suspect() {
            self.spawn_task(future);
        } else {
            // A task whose handle is dropped would not have to end before the test does.
            std::mem::forget(shuttle::future::spawn(future));
        }
    }

    pub(super) fn spawn_task(&self, task: impl Future<Output = ()> + Send + 'static) -> bool {
        let runtime = std::sync::Arc::clone(&self.runtime);
        std::mem::forget(shuttle::future::spawn(async move {
            super::race::first(task, runtime.closed()).await;
        }));
        true
    }

    /// Drops every task of the runtime, and those to come.
    pub(super) fn shut_down(&self) {
        self.runtime.close();
    }

    pub(super) fn is_current(&self) -> bool {
        false
    }

    pub(super) fn is_blocked_by_caller(&self) -> bool {
        false
    }
}

impl Home {
    pub(super) fn is_suspect(&self) -> bool {
        self.is_suspect.load(Ordering::Relaxed)
    }

    /// Notes that the runtime dropped a task.
    pub(super) fn note_shut_down(&self) {
        self.is_shut_down.store(true, Ordering::Relaxed);
    }

    fn is_shut_down(&self) -> bool {
        self.is_shut_down.load(Ordering::Relaxed)
    }

    pub(super) fn suspect(&self, is_suspect: bool) {
        self.is_suspect.store(is_suspect, Ordering::Relaxed);
    }
}

#[cfg(all(test, not(shuttle)))]
mod tests {
    use std::sync::mpsc::{Sender, channel};

    use super::*;
    use crate::sync::block_on;

    const LONG: Duration = Duration::from_mins(1);

    struct Panicking(Sender<()>);

    impl Wake for Panicking {
        fn wake(self: Arc<Self>) {
            let _ = self.0.send(());
            std::panic::resume_unwind(Box::new(()));
        }
    }

    #[test]
    fn panicking_waker_does_not_stop_timers() {
        let (sender, woken) = channel();
        let waker = Waker::from(Arc::new(Panicking(sender)));
        let mut first = Box::pin(sleep(Duration::from_millis(1), false));
        let polled = first.as_mut().poll(&mut Context::from_waker(&waker));
        assert!(polled.is_pending());
        woken.recv_timeout(LONG).unwrap();
        let (sender, slept) = channel();
        std::thread::spawn(move || {
            block_on(sleep(Duration::from_millis(1), false));
            let _ = sender.send(());
        });
        slept.recv_timeout(LONG).unwrap();
    }
}
