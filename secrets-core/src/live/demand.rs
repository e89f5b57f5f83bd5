//! Refreshes that somebody asks for.

use std::sync::Arc;

use tokio::time::{Instant, sleep_until};

use super::Live;
use super::flight::Joined;
use super::landing::Landing;
use super::moment::Moment;
use super::shared::Shared;
use crate::{Error, FromSecrets};

/// What came of a refresh that did not fail.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Refreshed {
    /// Some field has another version than before.
    Changed,
    /// All versions are what they were.
    Unchanged,
}

/// What somebody finds who wants a refresh of a number, or a later one.
enum Demand {
    /// It is over.
    Landed(Landing),
    /// It is under way.
    Joined(Joined),
    /// One before it is under way.
    Behind(Joined),
    /// It may begin then.
    Allowed(Instant),
    /// It has nowhere to run.
    Nowhere,
}

impl<T: FromSecrets + Send + Sync + 'static> Live<T> {
    /// Refreshes now: what is there afterwards was asked for after the call. A refresh that has asked before is waited
    /// for, and another one follows.
    ///
    /// At most once in [`min_interval`](super::LiveBuilder::min_interval): who comes sooner waits, and all who wait
    /// share one refresh. It goes on when the caller stops waiting.
    ///
    /// # Errors
    ///
    /// As for [`Loader::load`](crate::Loader::load). The last good struct stays.
    pub async fn refresh(&self) -> Result<Refreshed, Error> {
        let before = self.generation();
        let next = self.shared.lock().next();
        self.refresh_by(next).await?;
        Ok(if self.generation() == before {
            Refreshed::Unchanged
        } else {
            Refreshed::Changed
        })
    }

    /// Waits for the refresh of that number or a later one, and starts it if nobody else does.
    pub(super) async fn refresh_by(&self, number: u64) -> Result<(), Error> {
        self.shared.keep_fresh();
        let mut cut_off = 0;
        // A refresh is cut off when its runtime is shut down; then it is started again on this one.
        while cut_off < 3 {
            match self.shared.demand(number) {
                Demand::Landed(landing) => return landing,
                Demand::Joined(refresh) => match refresh.landed().await {
                    Some(landing) => return landing,
                    None => cut_off += 1,
                },
                Demand::Behind(refresh) => drop(refresh.landed().await),
                Demand::Allowed(then) => sleep_until(then).await,
                Demand::Nowhere => break,
            }
        }
        Err(nowhere::<T>())
    }

    pub(super) fn generation(&self) -> u64 {
        self.shared.current().generation
    }
}

impl<T: FromSecrets + Send + Sync + 'static> Shared<T> {
    fn demand(self: &Arc<Self>, number: u64) -> Demand {
        let mut state = self.lock();
        if state.landed >= number {
            return Demand::Landed(state.attempts.last_error.clone().map_or(Ok(()), Err));
        }
        let now = Moment::now();
        if !self.is_under_way(&state, &now)
            && let Err(allowed) = state.attempts.demand(now.at, &self.policy)
        {
            return Demand::Allowed(allowed);
        }
        match self.join_in(&mut state) {
            Some(refresh) if state.flights >= number => Demand::Joined(refresh),
            Some(refresh) => Demand::Behind(refresh),
            None => Demand::Nowhere,
        }
    }
}

fn nowhere<T: FromSecrets>() -> Error {
    Error::runtime(
        T::SPEC.name(),
        "the refresh was cut off; its Tokio runtime was shut down, or nobody drives it",
    )
}
