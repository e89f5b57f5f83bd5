//! Signals that tasks wait for, and combinators of futures.

use std::cell::Cell;
use std::future::{Future, poll_fn};
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::pin::{Pin, pin};
use std::sync::Arc;
use std::task::{Context, Poll, Waker};

use crate::sync::{AtomicBool, Mutex, Ordering, lock};

/// The signals of a live struct.
#[derive(Debug, Default)]
pub(super) struct Signals {
    /// A load ended, and the followers of the struct run.
    pub(super) loaded: Event,
    /// A refresh ended.
    pub(super) ended: Event,
    closed: Event,
    is_closed: AtomicBool,
}

impl Signals {
    /// Wakes all tasks, because the last handle was dropped.
    pub(super) fn close(&self) {
        self.is_closed.store(true, Ordering::SeqCst);
        self.closed.notify();
        self.ended.notify();
    }

    pub(super) fn is_closed(&self) -> bool {
        self.is_closed.load(Ordering::SeqCst)
    }

    /// Waits until the last handle is dropped.
    pub(super) async fn closed(self: Arc<Self>) {
        let closed = self.closed.listen();
        if !self.is_closed() {
            closed.await;
        }
    }
}

/// An event that occurs repeatedly. Wakers are code of other libraries: they run, and are cloned and dropped, while no
/// lock is held. A waker that panics does not stop the others.
#[derive(Debug, Default)]
pub(super) struct Event {
    waiting: Mutex<Waiting>,
}

#[derive(Debug, Default)]
struct Waiting {
    /// The number of notifications.
    count: u64,
    next_id: u64,
    wakers: Vec<(u64, Waker)>,
}

/// Waits for an event that occurs after the listener was created.
#[derive(Debug)]
pub(super) struct Listener<'a> {
    event: &'a Event,
    count: u64,
    /// The id of its waker, if it has one.
    id: Option<u64>,
}

impl Event {
    pub(super) fn listen(&self) -> Listener<'_> {
        Listener {
            event: self,
            count: lock(&self.waiting).count,
            id: None,
        }
    }

    pub(super) fn notify(&self) {
        let wakers = {
            let mut waiting = lock(&self.waiting);
            waiting.count += 1;
            std::mem::take(&mut waiting.wakers)
        };
        outside_refresh(|| {
            for (_, waker) in wakers {
                // The panic hook has reported it.
                drop(catch_unwind(AssertUnwindSafe(|| waker.wake())));
            }
        });
    }
}

impl Future for Listener<'_> {
    type Output = ();

    fn poll(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<()> {
        let waker = context.waker().clone();
        let old = {
            let mut waiting = lock(&self.event.waiting);
            if waiting.count != self.count {
                drop(waiting);
                return Poll::Ready(());
            }
            let known = self.id.and_then(|id| waiting.position(id));
            if let Some(place) = known {
                Some(std::mem::replace(&mut waiting.wakers[place].1, waker))
            } else {
                let id = waiting.next_id;
                waiting.next_id += 1;
                waiting.wakers.push((id, waker));
                self.id = Some(id);
                None
            }
        };
        drop(old);
        Poll::Pending
    }
}

impl Drop for Listener<'_> {
    fn drop(&mut self) {
        let Some(id) = self.id else {
            return;
        };
        let removed = {
            let mut waiting = lock(&self.event.waiting);
            let place = waiting.position(id);
            place.map(|place| waiting.wakers.swap_remove(place))
        };
        drop(removed);
    }
}

impl Waiting {
    fn position(&self, id: u64) -> Option<usize> {
        self.wakers.iter().position(|(known, _)| *known == id)
    }
}

thread_local! {
    /// The address of the struct whose refresh runs on this thread, or zero.
    static REFRESHED: Cell<usize> = const { Cell::new(0) };
}

/// Marks the current thread while it runs the refresh of a struct, or while it runs code that no refresh waits for.
pub(super) struct RefreshMark(usize);

impl RefreshMark {
    /// Marks the thread. `address` is the one of the struct.
    pub(super) fn set(address: usize) -> Self {
        Self(REFRESHED.replace(address))
    }

    /// Returns whether the current code is run by the refresh of the struct at this address.
    pub(super) fn is_set(address: usize) -> bool {
        // Tests of interleavings run all tasks on one thread.
        !cfg!(shuttle) && REFRESHED.get() == address
    }
}

impl Drop for RefreshMark {
    fn drop(&mut self) {
        REFRESHED.set(self.0);
    }
}

/// Runs code that no refresh waits for.
fn outside_refresh(code: impl FnOnce()) {
    let _mark = RefreshMark::set(0);
    code();
}

pub(super) type BoxFuture<'a, T> = Pin<Box<dyn Future<Output = T> + Send + 'a>>;

/// Waits until one of two futures ends. Returns the output of `first` if that one did.
pub(super) async fn first<F: Future>(
    first: F,
    other: impl Future<Output = ()>,
) -> Option<F::Output> {
    let (mut first, mut other) = (pin!(first), pin!(other));
    poll_fn(|context| {
        if let Poll::Ready(output) = first.as_mut().poll(context) {
            return Poll::Ready(Some(output));
        }
        other.as_mut().poll(context).map(|()| None)
    })
    .await
}

/// Waits for all futures concurrently, and returns whether all of them return `true`.
pub(super) async fn all(mut futures: Vec<BoxFuture<'_, bool>>) -> bool {
    let mut are_true = true;
    poll_fn(|context| {
        futures.retain_mut(|future| match future.as_mut().poll(context) {
            Poll::Ready(is_true) => {
                are_true &= is_true;
                false
            }
            Poll::Pending => true,
        });
        if futures.is_empty() {
            Poll::Ready(())
        } else {
            Poll::Pending
        }
    })
    .await;
    are_true
}

/// Waits for a future, and returns `None` if it panics. The panic hook has reported the panic.
pub(super) fn caught<T>(future: BoxFuture<'_, T>) -> Caught<'_, T> {
    Caught(Some(future))
}

/// The future of [`caught`]. If it is dropped early, this drops values of the application, which can panic too.
pub(super) struct Caught<'a, T>(Option<BoxFuture<'a, T>>);

impl<T> Future for Caught<'_, T> {
    type Output = Option<T>;

    fn poll(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Option<T>> {
        let Some(future) = &mut self.0 else {
            return Poll::Ready(None);
        };
        match catch_unwind(AssertUnwindSafe(|| future.as_mut().poll(context))) {
            Ok(polled) => polled.map(Some),
            Err(_) => Poll::Ready(None),
        }
    }
}

impl<T> Drop for Caught<'_, T> {
    fn drop(&mut self) {
        drop_caught(self.0.take());
    }
}

/// Drops values of the application, whose code can panic. The panic hook has reported the panic.
pub(super) fn drop_caught<T>(values: T) {
    drop(catch_unwind(AssertUnwindSafe(|| drop(values))));
}
