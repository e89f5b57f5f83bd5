//! The times until which readers rely on a reading of the clock.

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

/// Returns both leases, that of a fresh struct last.
fn leases(shared: &LiveShared<u8>) -> [u64; 2] {
    [&shared.lease, &shared.fresh_lease].map(|lease| lease.load(Ordering::Acquire))
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

#[test]
fn lease_ends_at_its_time() {
    let shared = moved();
    let now = shared.settings.clock.cheap();
    for (until, has_lease) in [(0, false), (now, false), (now + 1, true)] {
        shared.lease.store(until, Ordering::Release);
        assert!(!shared.has_fresh_lease());
        assert_eq!(shared.has_lease(), has_lease);
    }
    shared.lease.store(0, Ordering::Release);
    for (until, has_lease) in [(now, false), (now + 1, true)] {
        shared.fresh_lease.store(until, Ordering::Release);
        assert!(!shared.has_lease());
        assert_eq!(shared.has_fresh_lease(), has_lease);
    }
}

#[test]
fn clock_is_read_each_second() {
    let shared = system();
    let lease = |now: u64| now + nanos(LEASE.saturating_sub(RESOLUTION));
    let before = lease(shared.settings.clock.cheap());
    shared.read_clock();
    let after = lease(shared.settings.clock.cheap());
    for lease in leases(&shared) {
        assert!(
            (before..=after).contains(&lease),
            "{before} {lease} {after}"
        );
    }
}

#[test]
fn lease_ends_before_work_is_due() {
    let soon = Duration::from_millis(500);
    for rest in [soon, Duration::ZERO] {
        let shared = system();
        let due = Clock::System.now().after(rest);
        shared.act_at.store(due.0, Ordering::Release);
        shared.read_clock();
        let latest = shared.settings.clock.cheap() + nanos(rest);
        for lease in leases(&shared) {
            assert!(lease <= latest, "{lease} {latest}");
        }
    }
}

#[test]
fn moved_clock_is_always_read() {
    let shared = moved();
    shared.read_clock();
    assert_eq!(leases(&shared), [0; 2]);
}
