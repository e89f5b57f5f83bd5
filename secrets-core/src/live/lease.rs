//! The time during which readers need neither the lock nor a precise clock.

use std::time::Duration;

use super::clock::{Clock, ClockReading, RESOLUTION, Timestamp, nanos};
use crate::sync::{AtomicU64, Ordering};

/// The longest time for which readers rely on a reading of the clock and of the process id. During this time they read
/// the cheapest clock, which does not count suspends, and do not notice a fork.
const LONGEST: Duration = Duration::from_secs(1);

/// Points in time up to which readers need nothing but the struct. A live struct and its derived values share it.
#[derive(Debug)]
pub(super) struct Lease {
    clock: Clock,
    /// Until this time of the cheapest clock, the struct can be used and no work is due.
    usable_until: AtomicU64,
    /// Until this time of the cheapest clock, the struct is also within its TTL.
    fresh_until: AtomicU64,
}

impl Lease {
    pub(super) fn new(clock: Clock) -> Self {
        Self {
            clock,
            usable_until: AtomicU64::new(0),
            fresh_until: AtomicU64::new(0),
        }
    }

    /// Returns whether the struct can be used and no work is due.
    #[inline]
    pub(super) fn is_usable(&self) -> bool {
        self.clock.cheap() < self.usable_until.load(Ordering::Acquire)
    }

    /// Returns whether the struct is within its TTL and no work is due.
    #[inline]
    pub(super) fn is_fresh(&self) -> bool {
        self.clock.cheap() < self.fresh_until.load(Ordering::Acquire)
    }

    /// Reads the clock, and lets readers use the cheapest one for a while, but not longer than the limits: when work is
    /// due, and when the TTL ends.
    pub(super) fn read_clock(
        &self,
        limits: impl FnOnce() -> (Timestamp, Timestamp),
    ) -> ClockReading {
        // In this order, because the process can be stopped in between.
        let cheap = self.clock.cheap();
        let reading = self.clock.read();
        if !reading.is_simulated {
            let (act_at, fresh_until) = limits();
            let until = |limit: Timestamp| {
                let rest = limit.since(reading.now).min(LONGEST);
                cheap.saturating_add(nanos(rest.saturating_sub(RESOLUTION)))
            };
            self.usable_until.store(until(act_at), Ordering::Release);
            self.fresh_until
                .store(until(fresh_until.min(act_at)), Ordering::Release);
        }
        reading
    }

    /// Returns the ends of the lease, that of a fresh struct last.
    #[cfg(all(test, not(shuttle)))]
    pub(super) fn ends(&self) -> [u64; 2] {
        [&self.usable_until, &self.fresh_until].map(|end| end.load(Ordering::Acquire))
    }
}

#[cfg(all(test, not(shuttle)))]
mod tests {
    use super::*;
    use crate::live::clock::TestClock;

    const NEVER: (Timestamp, Timestamp) = (Timestamp::NEVER, Timestamp::NEVER);

    #[test]
    fn lease_ends_at_its_time() {
        let lease = Lease::new(Clock::Test(TestClock::new()));
        let now = lease.clock.cheap();
        for (until, is_held) in [(0, false), (now, false), (now + 1, true)] {
            lease.usable_until.store(until, Ordering::Release);
            assert!(!lease.is_fresh());
            assert_eq!(lease.is_usable(), is_held);
        }
        lease.usable_until.store(0, Ordering::Release);
        for (until, is_held) in [(now, false), (now + 1, true)] {
            lease.fresh_until.store(until, Ordering::Release);
            assert!(!lease.is_usable());
            assert_eq!(lease.is_fresh(), is_held);
        }
    }

    #[test]
    fn clock_is_read_each_second() {
        let lease = Lease::new(Clock::System);
        let end = |now: u64| now + nanos(LONGEST.saturating_sub(RESOLUTION));
        let before = end(lease.clock.cheap());
        lease.read_clock(|| NEVER);
        let after = end(lease.clock.cheap());
        for end in lease.ends() {
            assert!((before..=after).contains(&end), "{before} {end} {after}");
        }
    }

    #[test]
    fn lease_ends_before_its_limits() {
        for rest in [Duration::from_millis(500), Duration::ZERO] {
            let soon = Clock::System.now().after(rest);
            for (limits, limited) in [
                ((soon, Timestamp::NEVER), [true, true]),
                ((Timestamp::NEVER, soon), [false, true]),
            ] {
                let lease = Lease::new(Clock::System);
                // Read before, so that a pause of this thread changes no result.
                let latest = lease.clock.cheap() + nanos(rest);
                lease.read_clock(|| limits);
                assert_eq!(lease.ends().map(|end| end <= latest), limited);
            }
        }
    }

    #[test]
    fn moved_clock_is_always_read() {
        let lease = Lease::new(Clock::Test(TestClock::new()));
        lease.read_clock(|| NEVER);
        assert_eq!(lease.ends(), [0; 2]);
    }
}
