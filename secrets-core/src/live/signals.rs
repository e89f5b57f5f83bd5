//! What the tasks of a live struct wait for.

use std::future::Future;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll, Waker};

use crate::sync::{AtomicBool, Mutex, Ordering, lock};

/// Wakes waiting tasks.
#[derive(Debug, Default)]
pub(super) struct Signals {
    /// A load ended, and its followers follow.
    pub(super) landed: Event,
    /// A refresh ended.
    pub(super) ended: Event,
    closed: Event,
    is_closed: AtomicBool,
}

impl Signals {
    /// Wakes everything for good: the last handle is dropped.
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

/// Something that happens repeatedly. Wakers are code of other libraries: they run, are cloned and are dropped while
/// nothing is locked, and one that panics does not keep others from being woken.
#[derive(Debug, Default)]
pub(super) struct Event {
    waiting: Mutex<Waiting>,
}

#[derive(Debug, Default)]
struct Waiting {
    /// How often it has happened.
    count: u64,
    next_id: u64,
    wakers: Vec<(u64, Waker)>,
}

/// Waits for an event that happens after the listener was created.
#[derive(Debug)]
pub(super) struct Listener<'a> {
    event: &'a Event,
    count: u64,
    /// Of its waker, if it has one.
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
        super::refresh::outside(|| {
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
