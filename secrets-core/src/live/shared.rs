//! What all handles of a live struct share.

use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use arc_swap::{ArcSwap, Guard};
use tokio::sync::watch;
use tokio::time::Instant;

use super::Stale;
use super::attempts::Attempts;
use super::flight::{Flight, Joined};
use super::landing::{Landed, Landing};
use super::loaded::{Loaded, Snapshot};
use super::moment::Moment;
use super::policy::Policy;
use super::retry::Refusal;
use super::tasks::Tasks;
use crate::clock::after;
use crate::{Error, FromSecrets, Loader, Report};

pub(super) struct Shared<T> {
    pub(super) loader: Loader,
    pub(super) policy: Policy,
    pub(super) changes: watch::Sender<Arc<T>>,
    current: ArcSwap<Loaded<T>>,
    /// Somebody else sees to it that the struct is fresh, so a reader need not look at the clock.
    vouched: AtomicBool,
    state: Mutex<State>,
}

pub(super) struct State {
    pub(super) attempts: Attempts,
    pub(super) refusal: Option<Refusal>,
    pub(super) tasks: Tasks,
    pub(super) flight: Option<Flight>,
    /// How many refreshes there were, with the one that is under way: the number of the last.
    pub(super) flights: u64,
    /// The number of the last one that ended.
    pub(super) landed: u64,
}

impl State {
    /// The number of the next refresh that asks. One that has asked may bring what is older than the caller.
    pub(super) fn next(&self) -> u64 {
        match &self.flight {
            Some(flight) if !flight.has_asked => flight.number,
            _ => self.flights + 1,
        }
    }
}

impl<T> Shared<T> {
    pub(super) fn new(
        loader: Loader,
        policy: Policy,
        began: Moment,
        (value, report): (Box<T>, Report),
    ) -> Self {
        let value: Arc<T> = Arc::from(value);
        let period = if policy.timer {
            policy.first_period(fastrand::f64(), fastrand::f64())
        } else {
            policy.period(fastrand::f64())
        };
        let fresh_for = policy.fresh_for(period);
        Self {
            changes: watch::Sender::new(Arc::clone(&value)),
            current: ArcSwap::from_pointee(Loaded {
                value,
                report: Arc::new(report),
                generation: 0,
                since: began,
                fresh_for,
            }),
            vouched: AtomicBool::new(false),
            state: Mutex::new(State {
                attempts: Attempts::new(began, after(began.at, period)),
                refusal: None,
                tasks: Tasks::default(),
                flight: None,
                flights: 0,
                landed: 0,
            }),
            loader,
            policy,
        }
    }

    pub(super) fn current(&self) -> Guard<Arc<Loaded<T>>> {
        self.current.load()
    }

    pub(super) fn lock(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    pub(super) fn is_vouched(&self) -> bool {
        self.vouched.load(Ordering::Acquire)
    }

    /// Only while the state is locked, so that who vouches and who no longer can do not cross.
    pub(super) fn vouch(&self, _state: &State, vouched: bool) {
        self.vouched.store(vouched, Ordering::Release);
    }

    /// Until when the struct is fresh, unless it is refreshed before.
    pub(super) fn fresh_until(&self) -> Instant {
        let loaded = self.current();
        after(loaded.since.at, loaded.fresh_for)
    }

    /// The longest that a refresh is waited for. A load ends at its own deadline, so what takes twice as long is
    /// frozen, or on a runtime that nobody drives.
    fn limit(&self) -> Duration {
        self.loader.longest().saturating_mul(2)
    }
}

impl<T: FromSecrets + Send + Sync + 'static> Shared<T> {
    /// Gives out a struct of that age, unless it is too old.
    pub(super) fn judged(
        &self,
        loaded: Guard<Arc<Loaded<T>>>,
        now: &Moment,
    ) -> Result<Snapshot<T>, Stale> {
        let age = now.since(&loaded.since);
        if age <= self.policy.max_stale {
            return Ok(Snapshot(loaded));
        }
        let last_error = self.lock().attempts.last_error.clone();
        Err(Stale::new(
            T::SPEC.name(),
            age,
            self.policy.max_stale,
            last_error,
        ))
    }

    /// Joins the refresh that is under way, or starts one. `None`: there is nowhere to run it.
    pub(super) fn join(self: &Arc<Self>) -> Option<Joined> {
        self.join_in(&mut self.lock())
    }

    /// The same on access, where a failure is not asked about again too soon.
    pub(super) fn join_on_access(self: &Arc<Self>, now: &Moment) -> Option<Joined> {
        let mut state = self.lock();
        if state.attempts.is_open(now.at) {
            self.join_in(&mut state)
        } else {
            None
        }
    }

    pub(super) fn is_under_way(&self, state: &State, now: &Moment) -> bool {
        let flight = state.flight.as_ref();
        flight.is_some_and(|flight| flight.is_alive(now, self.limit()))
    }

    pub(super) fn join_in(self: &Arc<Self>, state: &mut State) -> Option<Joined> {
        let now = Moment::now();
        if !self.is_under_way(state, &now) {
            state.flights += 1;
            state.attempts.last = now;
            state.flight = Flight::start(self, state.flights);
        }
        let flight = state.flight.as_ref()?;
        Some(flight.join(self.limit()))
    }

    /// Notes that the refresh of this number begins to ask: whoever comes later may know of something newer.
    pub(super) fn asks(&self, number: u64) -> Loader {
        let mut state = self.lock();
        if let Some(flight) = state.flight.as_mut()
            && flight.number == number
        {
            flight.has_asked = true;
        }
        self.loader.clone()
    }

    /// Takes in what a refresh came to. `None`: another one has taken its place.
    pub(super) fn land(
        &self,
        number: u64,
        began: Moment,
        loaded: Result<(Box<T>, Report), Error>,
    ) -> Option<Landing> {
        let (flight, landed) = {
            let mut state = self.lock();
            let flight = state.flight.take_if(|flight| flight.number == number)?;
            state.landed = number;
            let landed = match loaded {
                Ok((value, report)) => self.take_over(&mut state, began, value, report),
                Err(error) => self.keep_on(&mut state, error),
            };
            (flight, landed)
        };
        drop(flight);
        Some(landed.tell(T::SPEC.name()))
    }

    /// The new struct in place of the old one, as a whole.
    fn take_over(
        &self,
        state: &mut State,
        began: Moment,
        value: Box<T>,
        report: Report,
    ) -> Landed<T> {
        let old = self.current.load_full();
        let changed = old.report.changed(&report);
        let (value, unused) = if changed.is_empty() {
            (Arc::clone(&old.value), Some(value))
        } else {
            (Arc::from(value), None)
        };
        let period = self.policy.period(fastrand::f64());
        self.current.store(Arc::new(Loaded {
            value: Arc::clone(&value),
            report: Arc::new(report),
            generation: old.generation + u64::from(unused.is_none()),
            since: began,
            fresh_for: self.policy.fresh_for(period),
        }));
        let failures = state.attempts.failures;
        state.attempts.succeeded(after(Instant::now(), period));
        self.vouch(state, state.tasks.keep_it_fresh());
        if unused.is_none() {
            self.changes.send_replace(value);
        }
        Landed::TakenOver {
            changed,
            failures,
            _old: old,
            _unused: unused,
        }
    }

    /// The last good struct stays.
    fn keep_on(&self, state: &mut State, error: Error) -> Landed<T> {
        let now = Moment::now();
        let attempts = &mut state.attempts;
        attempts.failed(now.at, error.clone(), &self.policy, fastrand::f64());
        self.vouch(state, false);
        Landed::Failed {
            error,
            failures: state.attempts.failures,
            age: now.since(&self.current().since),
        }
    }
}
