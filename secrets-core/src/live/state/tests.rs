//! When refreshes are checked, started and given up.

use tokio::runtime::{Builder, Runtime};

use super::*;
use crate::live::clock::{Clock, ClockReading, TestClock};
use crate::live::executor::Executor;
use crate::live::schedule::RefreshPolicy;
use crate::live::transition::{Effects, LiveSettings};

const SECOND: Duration = Duration::from_secs(1);
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

#[test]
fn refresh_without_thread_is_checked_early() {
    let runtime = runtime();
    let settings = settings(&runtime, Clock::System);
    let mut state = state();
    let mut cx = at(&settings, START);
    let task = start(&mut state, &mut cx);
    assert_eq!(state.next_check(&cx, MINUTE), START.after(GRACE));
    task.begin_poll();
    let longest = START.after(settings.longest_refresh());
    assert_eq!(state.next_check(&cx, MINUTE), longest);
}

#[test]
fn simulated_time_allows_late_start() {
    let runtime = runtime();
    let settings = settings(&runtime, Clock::System);
    let mut state = state();
    let mut cx = at(&settings, START);
    cx.reading.is_simulated = true;
    let _task = start(&mut state, &mut cx);
    let longest = START.after(settings.longest_refresh());
    assert_eq!(state.next_check(&cx, MINUTE), longest);
    cx.reading.now = START.after(GRACE);
    state.supervise(&mut cx);
    assert_eq!(state.running_load(), Some(1));
}

#[test]
fn moved_clock_checks_no_refresh() {
    let runtime = runtime();
    let settings = settings(&runtime, Clock::Test(TestClock::new()));
    let mut state = state();
    let mut cx = at(&settings, START);
    let _task = start(&mut state, &mut cx);
    assert_eq!(state.next_check(&cx, MINUTE), Timestamp::NEVER);
    cx.reading.now = START.after(settings.longest_refresh());
    state.supervise(&mut cx);
    assert_eq!(state.running_load(), Some(1));
}

#[test]
fn blocked_refresh_is_checked_each_second() {
    let runtime = runtime();
    let settings = settings(&runtime, Clock::System);
    let mut state = state();
    let task = start(&mut state, &mut at(&settings, START));
    task.begin_poll();
    let longest = START.after(settings.longest_refresh());
    state.supervise(&mut at(&settings, longest));
    assert_eq!(state.schedule.failures, 1);
    for time in [longest, longest.after(MINUTE)] {
        let mut cx = at(&settings, time);
        state.supervise(&mut cx);
        assert_eq!(state.next_check(&cx, MINUTE), time.after(GRACE));
    }
    assert_eq!(state.schedule.failures, 1, "it is counted once");
}

#[test]
fn refresh_is_given_up_at_bound() {
    let runtime = runtime();
    let settings = settings(&runtime, Clock::System);
    let mut state = state();
    let task = start(&mut state, &mut at(&settings, START));
    task.begin_poll();
    let longest = settings.longest_refresh();
    let cx = &mut at(&settings, START.after(longest.saturating_sub(SECOND)));
    state.supervise(cx);
    assert_eq!((state.schedule.failures, cx.effects.wakes), (0, false));
    let cx = &mut at(&settings, START.after(longest));
    state.supervise(cx);
    assert_eq!((state.schedule.failures, cx.effects.wakes), (1, true));
}
