//! One refresh at a time, whoever asks for it.

use std::any::Any;
use std::future::Future;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::pin::pin;
use std::sync::{Arc, Weak};
use std::task::Poll;
use std::time::Duration;

use tokio::runtime::Handle;
use tokio::sync::watch;
use tokio::task::AbortHandle;
use tokio::time::timeout;

use super::landing::Landing;
use super::moment::Moment;
use super::shared::Shared;
use crate::{Error, FromSecrets, Report, blocking};

/// A refresh that is under way.
pub(super) struct Flight {
    pub(super) number: u64,
    /// Whether it may have asked a source by now.
    pub(super) has_asked: bool,
    began: Moment,
    landing: watch::Receiver<Option<Landing>>,
    task: AbortHandle,
}

/// A refresh that somebody waits for.
pub(super) struct Joined {
    landing: watch::Receiver<Option<Landing>>,
    limit: Duration,
}

impl Flight {
    /// Starts a refresh on the runtime of the caller; where there is none, on the one behind blocking loads.
    pub(super) fn start<T>(shared: &Arc<Shared<T>>, number: u64) -> Option<Self>
    where
        T: FromSecrets + Send + Sync + 'static,
    {
        let runtime = Handle::try_current().or_else(|_| blocking::background());
        let (sender, landing) = watch::channel(None);
        let began = Moment::now();
        let load = load(Arc::downgrade(shared), number, began, sender);
        let task = runtime.ok()?.spawn(load).abort_handle();
        Some(Self {
            number,
            has_asked: false,
            began,
            landing,
            task,
        })
    }

    /// Whether it may still land. Its runtime may have been shut down, and it may have been frozen with its
    /// environment: then it wakes after its deadline, with dead connections.
    pub(super) fn is_alive(&self, now: &Moment, limit: Duration) -> bool {
        self.landing.has_changed().is_ok() && now.since(&self.began) < limit
    }

    pub(super) fn join(&self, limit: Duration) -> Joined {
        Joined {
            landing: self.landing.clone(),
            limit,
        }
    }
}

/// Nobody waits for a refresh that is given up.
impl Drop for Flight {
    fn drop(&mut self) {
        self.task.abort();
    }
}

impl Joined {
    /// Waits for the landing. `None`: the refresh was cut off.
    pub(super) async fn landed(mut self) -> Option<Landing> {
        let landing = timeout(self.limit, self.landing.wait_for(Option::is_some)).await;
        landing.ok()?.ok()?.clone()
    }
}

async fn load<T>(
    shared: Weak<Shared<T>>,
    number: u64,
    began: Moment,
    sender: watch::Sender<Option<Landing>>,
) where
    T: FromSecrets + Send + Sync + 'static,
{
    let Some(loader) = shared.upgrade().map(|shared| shared.asks(number)) else {
        return;
    };
    let landed: Result<(Box<T>, Report), Error> = caught(loader.reload())
        .await
        .unwrap_or_else(|_| Err(panicked::<T>()));
    if let Some(shared) = shared.upgrade() {
        let landing = shared.land(number, began, landed);
        sender.send_replace(landing);
    }
}

/// A panic of the user's own code, as of a `default` expression, is a failed refresh like others.
async fn caught<F: Future>(future: F) -> Result<F::Output, Box<dyn Any + Send>> {
    let mut future = pin!(future);
    std::future::poll_fn(|context| {
        match catch_unwind(AssertUnwindSafe(|| future.as_mut().poll(context))) {
            Ok(Poll::Pending) => Poll::Pending,
            Ok(Poll::Ready(output)) => Poll::Ready(Ok(output)),
            Err(panic) => Poll::Ready(Err(panic)),
        }
    })
    .await
}

fn panicked<T: FromSecrets>() -> Error {
    Error::runtime(
        T::SPEC.name(),
        "code of a field or of a source panicked; the panic's message says which",
    )
}
