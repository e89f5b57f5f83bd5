//! Transitions of the state, without tasks that run.

mod requests;
mod supervision;

use tokio::runtime::{Builder, Runtime};

use super::*;
use crate::live::clock::{Clock, ClockReading, TestClock};
use crate::live::executor::Executor;
use crate::live::schedule::RefreshPolicy;
use crate::live::transition::{Effects, LiveSettings};

const MINUTE: Duration = Duration::from_mins(1);
const LOAD_TIMEOUT: Duration = Duration::from_secs(10);
const START: Timestamp = Timestamp(1_000_000_000_000);

fn runtime() -> Runtime {
    Builder::new_current_thread().build().unwrap()
}

/// Returns the settings of a struct that was loaded on a runtime.
fn settings(runtime: &Runtime, clock: Clock) -> LiveSettings {
    let _context = runtime.enter();
    LiveSettings {
        name: "Config",
        load_timeout: LOAD_TIMEOUT,
        policy: RefreshPolicy::default(),
        clock,
        executor: Arc::new(Executor::current()),
    }
}

/// Returns the inputs of a transition at a time of the system's clock.
fn at(settings: &LiveSettings, now: Timestamp) -> TransitionContext<'_> {
    let (began, ttl) = (START, settings.policy.ttl);
    TransitionContext {
        settings,
        reading: ClockReading {
            now,
            is_simulated: false,
        },
        lifetime: settings.policy.lifetime(began, ttl),
        effects: Effects::default(),
    }
}

/// Starts a refresh on the runtime of the application, and returns its task.
fn start(state: &mut RefreshState, cx: &mut TransitionContext<'_>) -> Arc<Task> {
    state.start_due(Trigger::Timer, RunOn::Runtime, cx);
    cx.effects.start.take().expect("a refresh starts")
}

fn state() -> RefreshState {
    RefreshState::new(START, SystemTime::UNIX_EPOCH)
}

/// Returns the state of a struct that was loaded on this runtime, and its settings.
fn fixture() -> (Runtime, LiveSettings, RefreshState) {
    let runtime = runtime();
    let settings = settings(&runtime, Clock::System);
    (runtime, settings, state())
}

/// Ends a load that succeeded, and its followers.
fn end(state: &mut RefreshState, task: &Arc<Task>, has_followed: bool, now: Timestamp) {
    let runtime = runtime();
    let settings = settings(&runtime, Clock::System);
    let mut cx = at(&settings, now);
    state.note_requests(task);
    assert!(state.note_loaded(task), "no other refresh has replaced it");
    state.succeed(now.after(settings.policy.ttl), None, &mut cx);
    state.end(task, has_followed, &mut cx);
    assert!(cx.effects.wakes);
}
