//! When readers take the lock, and when they read the clock.

use super::*;

const TTL: Duration = Duration::from_mins(5);
const NANO: Duration = Duration::from_nanos(1);
const START: Timestamp = Timestamp(1_000_000_000_000);

fn system() -> LiveShared<u8> {
    loaded("Leases", Clock::System, Clock::System.now())
}

fn moved() -> LiveShared<u8> {
    loaded("Leases", Clock::Test(TestClock::new()), START)
}

#[test]
fn readers_act_at_end_of_ttl() {
    let shared = moved();
    let ends = START.after(TTL);
    for (now, is_fresh) in [
        (START, true),
        (START.after(TTL.saturating_sub(NANO)), true),
        (ends, false),
        (ends.after(NANO), false),
    ] {
        assert_eq!(shared.is_fresh(now), is_fresh);
        assert_eq!(shared.must_act(now), !is_fresh);
    }
}

#[test]
fn refresh_moves_when_readers_act() {
    let shared = Arc::new(moved());
    let ends = START.after(TTL);
    let reading = ClockReading {
        now: ends,
        is_simulated: true,
    };
    let replace = |state: &mut RefreshState, cx: &mut TransitionContext<'_>| {
        let next = (Box::new(2), LoadReport::of_version("2"));
        let Ok(replaced) = shared.replace((ends, LOADED_AT), next) else {
            panic!("the version is not older");
        };
        state.succeed(replaced.due, replaced.changed, cx);
    };
    drop(shared.change(&shared.process(), reading, replace));
    assert!(!shared.must_act(ends));
    assert!(shared.must_act(ends.after(TTL)));
}

/// Reads the clock, and returns whether each end of the lease is later than the time before.
fn renewed(shared: &LiveShared<u8>) -> [bool; 2] {
    let before = shared.settings.clock.cheap();
    shared.read_clock();
    shared.lease.ends().map(|end| end > before)
}

#[test]
fn due_work_ends_lease() {
    let shared = system();
    assert_eq!(renewed(&shared), [true, true]);
    shared.act_at.store(0, Ordering::Release);
    shared.read_clock();
    assert!(!shared.lease.is_usable() && !shared.lease.is_fresh());
}

#[test]
fn ttl_ends_fresh_lease() {
    let shared = loaded("Leases", Clock::System, Timestamp(0));
    shared.act_at.store(Timestamp::NEVER.0, Ordering::Release);
    assert!(renewed(&shared)[0]);
    assert!(!shared.lease.is_fresh());
}
