//! The run of one refresh: a load, and what follows it.

use std::cell::Cell;
use std::future::Future;
use std::pin::Pin;
use std::sync::{Arc, Weak};
use std::task::{Context, Poll};
use std::time::SystemTime;

use super::clock::Timestamp;
use super::home::{BoxFuture, Place};
use super::race::caught;
use super::state::{Load, Process, Shared};
use crate::Error;
use crate::sync::{AtomicBool, AtomicU8, Ordering};

/// What a refresh does.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Job {
    /// Loads the struct.
    Load {
        number: u64,
        began: Timestamp,
        began_at: SystemTime,
    },
    /// Only tries followers again that failed.
    Follow,
}

impl Job {
    /// Returns the number of a load, and zero for another job.
    pub(super) fn number(self) -> u64 {
        match self {
            Self::Load { number, .. } => number,
            Self::Follow => 0,
        }
    }
}

/// A refresh that was claimed under the lock and is not started yet.
pub(super) struct Start {
    pub(super) job: Job,
    pub(super) task: Arc<Task>,
}

/// The task of a refresh, as others see it.
#[derive(Debug)]
pub(super) struct Task {
    phase: AtomicU8,
    is_polled: AtomicBool,
    place: Place,
}

/// Waits to be polled.
const IDLE: u8 = 0;
/// Code of the application may run.
const POLLING: u8 = 1;
/// Given up. It must not run again.
const ABANDONED: u8 = 2;

impl Task {
    pub(super) fn new(place: Place) -> Self {
        Self {
            phase: AtomicU8::new(IDLE),
            is_polled: AtomicBool::new(false),
            place,
        }
    }

    pub(super) fn place(&self) -> Place {
        self.place
    }

    /// Returns whether the application's runtime has not run it yet.
    pub(super) fn is_waiting_at_home(&self) -> bool {
        self.place == Place::Home && !self.is_polled.load(Ordering::Acquire)
    }

    /// Keeps it from running again. Returns `false` if it is running now.
    pub(super) fn abandon(&self) -> bool {
        let (idle, abandoned) = (Ordering::AcqRel, Ordering::Acquire);
        let abandoned = self
            .phase
            .compare_exchange(IDLE, ABANDONED, idle, abandoned);
        abandoned != Err(POLLING)
    }

    fn enter(&self) -> bool {
        self.is_polled.store(true, Ordering::Release);
        let entered = (Ordering::AcqRel, Ordering::Acquire);
        self.phase
            .compare_exchange(IDLE, POLLING, entered.0, entered.1)
            .is_ok()
    }

    fn leave(&self) {
        self.phase.store(IDLE, Ordering::Release);
    }
}

impl Start {
    /// Starts it. Nothing is locked here, because a runtime that is shut down drops the task at once.
    pub(super) fn run<T: Send + Sync + 'static>(self, shared: &Arc<Shared<T>>) {
        let process = shared.process();
        let place = self.task.place();
        let closed = Box::pin(Arc::clone(&process.signals).closed());
        let work = work(
            Arc::downgrade(shared),
            Arc::clone(&process),
            Arc::clone(&self.task),
            self.job,
        );
        let refresh = Refresh {
            shared: Arc::downgrade(shared),
            process,
            task: self.task,
            work: Some(Box::pin(work)),
            closed,
        };
        shared.home.spawn(place, Box::pin(refresh));
    }
}

/// The future of a refresh. It ends when the last handle is dropped, or when another refresh took its place.
struct Refresh<T: Send + Sync + 'static> {
    shared: Weak<Shared<T>>,
    process: Arc<Process>,
    task: Arc<Task>,
    /// `None` once it has ended.
    work: Option<BoxFuture<'static, ()>>,
    closed: BoxFuture<'static, ()>,
}

impl<T: Send + Sync + 'static> Future for Refresh<T> {
    type Output = ();

    fn poll(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<()> {
        if !self.task.enter() {
            self.work = None;
            if let Some(shared) = self.shared.upgrade() {
                shared.home.suspect(false);
            }
            return Poll::Ready(());
        }
        let within = Within::enter(&self.shared);
        let is_over = self.closed.as_mut().poll(context).is_ready()
            || match &mut self.work {
                Some(work) => work.as_mut().poll(context).is_ready(),
                None => true,
            };
        drop(within);
        if is_over {
            self.work = None;
        }
        self.task.leave();
        if is_over {
            Poll::Ready(())
        } else {
            Poll::Pending
        }
    }
}

thread_local! {
    /// The address of the struct whose refresh this thread runs, or zero.
    static WITHIN: Cell<usize> = const { Cell::new(0) };
}

/// Marks the thread while it runs a refresh.
struct Within(usize);

impl Within {
    fn enter<T>(shared: &Weak<Shared<T>>) -> Self {
        Self(WITHIN.replace(shared.as_ptr().addr()))
    }
}

impl Drop for Within {
    fn drop(&mut self) {
        WITHIN.set(self.0);
    }
}

/// Runs code that no refresh waits for.
pub(super) fn outside(code: impl FnOnce()) {
    let _within = Within(WITHIN.replace(0));
    code();
}

/// Returns whether the caller is code that a refresh of this struct runs.
pub(super) fn is_within<T>(shared: &Shared<T>) -> bool {
    !cfg!(shuttle) && WITHIN.get() == std::ptr::from_ref(shared).addr()
}

impl<T: Send + Sync + 'static> Drop for Refresh<T> {
    fn drop(&mut self) {
        if self.work.take().is_some()
            && let Some(shared) = self.shared.upgrade()
        {
            shared.cut_off(&self.process, &self.task);
        }
    }
}

async fn work<T: Send + Sync + 'static>(
    shared: Weak<Shared<T>>,
    process: Arc<Process>,
    task: Arc<Task>,
    job: Job,
) {
    let follows = match job {
        Job::Load {
            began, began_at, ..
        } => {
            let Some((name, load)) = shared.upgrade().and_then(|shared| {
                process.note_request(&task);
                Some((shared.name, Load::clone(shared.load.as_ref()?)))
            }) else {
                return;
            };
            let loaded = match caught(async { load().await }).await {
                Ok(loaded) => loaded,
                Err(_) => Err(Error::runtime(
                    name,
                    "a panic occurred in the code of a field or of a source",
                )),
            };
            let Some(shared) = shared.upgrade() else {
                return;
            };
            shared.land(&process, &task, (began, began_at), loaded)
        }
        Job::Follow => shared.upgrade().map(|shared| shared.current_full()),
    };
    let Some(follows) = follows else {
        return;
    };
    let may_follow = process.lock().may_follow();
    let has_followed = may_follow && super::follower::follow(&shared, follows).await;
    if let Some(shared) = shared.upgrade() {
        shared.end(&process, &task, has_followed);
    }
}
