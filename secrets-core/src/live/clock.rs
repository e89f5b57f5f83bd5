//! The clock of freshness. It counts the time in which the system is suspended, and tests can replace it.

use std::future::pending;
#[cfg(not(shuttle))]
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::Arc;
#[cfg(not(shuttle))]
use std::task::{Context, Wake, Waker};
use std::time::Duration;

use super::signals::Event;
use crate::sync::{AtomicU64, Ordering};

/// A point in time, in nanoseconds since an arbitrary origin of its clock.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Timestamp(pub(super) u64);

impl Timestamp {
    /// A time that is never reached: the clock counts to it for 584 years.
    pub(super) const NEVER: Self = Self(u64::MAX);

    pub(super) fn after(self, duration: Duration) -> Self {
        Self(self.0.saturating_add(nanos(duration)))
    }

    /// Returns the time since `earlier`, or zero if that is later.
    pub(super) fn since(self, earlier: Self) -> Duration {
        Duration::from_nanos(self.0.saturating_sub(earlier.0))
    }
}

/// Returns a duration in nanoseconds, of at most 584 years.
pub(super) fn nanos(duration: Duration) -> u64 {
    u64::try_from(duration.as_nanos()).unwrap_or(u64::MAX)
}

/// The clock of a [`Live`](super::Live) struct.
#[derive(Clone, Debug)]
pub(super) enum Clock {
    System,
    Test(TestClock),
}

/// The time, and whether it is simulated: by Tokio's paused clock or a [`TestClock`].
#[derive(Clone, Copy, Debug)]
pub(super) struct ClockReading {
    pub(super) now: Timestamp,
    pub(super) is_simulated: bool,
}

impl Clock {
    pub(super) fn now(&self) -> Timestamp {
        self.read().now
    }

    pub(super) fn read(&self) -> ClockReading {
        match self {
            Self::System => system::read(),
            Self::Test(clock) => ClockReading {
                now: clock.now(),
                is_simulated: true,
            },
        }
    }

    /// Returns the time of the cheapest clock, which can only be compared with itself. It can be late by up to
    /// [`RESOLUTION`], and does not count suspends.
    #[inline]
    pub(super) fn cheap(&self) -> u64 {
        match self {
            Self::System => system::cheap(),
            Self::Test(clock) => clock.now().0,
        }
    }

    /// Returns whether a test moves the time, so that it does not measure how long tasks run.
    pub(super) fn is_moved(&self) -> bool {
        // Tests of interleavings have no other time.
        !cfg!(shuttle) && matches!(self, Self::Test(_))
    }

    /// Waits for a duration of running time, also if a test moves the clock.
    pub(super) async fn sleep(&self, duration: Duration) {
        if self.is_moved() {
            sleep(duration, system::read().is_simulated).await;
        } else {
            self.sleep_until(self.now().after(duration)).await;
        }
    }

    /// Waits until a time. This does not use the caller's runtime, which may have no timers or be blocked.
    pub(super) async fn sleep_until(&self, time: Timestamp) {
        match self {
            Self::System => {
                let ClockReading { now, is_simulated } = system::read();
                sleep(time.since(now), is_simulated).await;
            }
            Self::Test(clock) => clock.sleep_until(time).await,
        }
    }
}

/// Sleeps with the timers of blocking loads, or with those of the caller's runtime if a test has paused its clock.
#[cfg(not(shuttle))]
async fn sleep(duration: Duration, is_simulated: bool) {
    if is_simulated {
        return tokio::time::sleep(duration).await;
    }
    match crate::load::blocking::background() {
        Ok(runtime) => {
            let sleep = {
                let _context = runtime.enter();
                tokio::time::sleep(duration)
            };
            let mut sleep = std::pin::pin!(sleep);
            std::future::poll_fn(|context| {
                let waker = Waker::from(Arc::new(CaughtWaker(context.waker().clone())));
                sleep.as_mut().poll(&mut Context::from_waker(&waker))
            })
            .await;
        }
        // The end of a refresh still wakes the caller.
        Err(_) => pending().await,
    }
}

/// A waker of the application. It runs on a thread that serves all timers, so its panics are caught.
#[cfg(not(shuttle))]
struct CaughtWaker(Waker);

#[cfg(not(shuttle))]
impl Wake for CaughtWaker {
    fn wake(self: Arc<Self>) {
        // The panic hook has reported it.
        drop(catch_unwind(AssertUnwindSafe(|| self.0.wake_by_ref())));
    }
}

/// Tests of interleavings have a clock of their own.
#[cfg(shuttle)]
async fn sleep(_: Duration, _: bool) {
    pending().await
}

/// The most by which the cheapest clock can be late. Linux updates it 100 to 1,000 times a second.
/// <https://man7.org/linux/man-pages/man2/clock_gettime.2.html>
pub(super) const RESOLUTION: Duration = Duration::from_millis(10);

mod system {
    use std::sync::OnceLock;
    use std::time::Instant;

    use super::{ClockReading, Timestamp, nanos};

    /// Returns the system's time, or Tokio's if a test has paused that.
    pub(super) fn read() -> ClockReading {
        let before = Instant::now();
        let tokio = tokio::time::Instant::now().into_std();
        let is_simulated = tokio < before || tokio > Instant::now();
        let now = if is_simulated {
            paused(tokio)
        } else {
            clock::boot_time()
        };
        ClockReading {
            now: Timestamp(now),
            is_simulated,
        }
    }

    fn paused(tokio: Instant) -> u64 {
        static ORIGIN: OnceLock<(Instant, u64)> = OnceLock::new();
        let (origin, boot_time) = *ORIGIN.get_or_init(|| (Instant::now(), clock::boot_time()));
        let (ahead, behind) = (
            tokio.saturating_duration_since(origin),
            origin.saturating_duration_since(tokio),
        );
        (boot_time + nanos(ahead)).saturating_sub(nanos(behind))
    }

    #[inline]
    pub(super) fn cheap() -> u64 {
        clock::cheap()
    }

    #[cfg(any(target_os = "linux", target_os = "android"))]
    mod clock {
        use rustix::time::{ClockId, clock_gettime};

        /// Unlike `CLOCK_MONOTONIC`, this counts suspends.
        pub(super) fn boot_time() -> u64 {
            super::from_timespec(clock_gettime(ClockId::Boottime))
        }

        #[inline]
        pub(super) fn cheap() -> u64 {
            super::from_timespec(clock_gettime(ClockId::MonotonicCoarse))
        }
    }

    #[cfg(target_vendor = "apple")]
    mod clock {
        use rustix::time::{ClockId, clock_gettime};

        /// On Apple systems this counts suspends, and `Instant` does not.
        pub(super) fn boot_time() -> u64 {
            super::from_timespec(clock_gettime(ClockId::Monotonic))
        }

        pub(super) fn cheap() -> u64 {
            boot_time()
        }
    }

    /// On Windows `Instant` counts suspends.
    #[cfg(not(any(target_os = "linux", target_os = "android", target_vendor = "apple")))]
    mod clock {
        use std::sync::OnceLock;
        use std::time::{Duration, Instant};

        pub(super) fn boot_time() -> u64 {
            // Times before the first reading stay positive.
            const FIRST: Duration = Duration::from_hours(24);
            static ORIGIN: OnceLock<Instant> = OnceLock::new();
            let origin = ORIGIN.get_or_init(Instant::now);
            super::nanos(FIRST.saturating_add(origin.elapsed()))
        }

        pub(super) fn cheap() -> u64 {
            boot_time()
        }
    }

    #[cfg(any(target_os = "linux", target_os = "android", target_vendor = "apple"))]
    #[inline]
    fn from_timespec(time: rustix::time::Timespec) -> u64 {
        // The kernel returns no negative numbers; their types differ between systems.
        let seconds = u64::try_from(time.tv_sec).unwrap_or_default();
        seconds * 1_000_000_000 + u64::try_from(time.tv_nsec).unwrap_or_default()
    }
}

/// A clock for tests. It moves only by calls of [`advance`](Self::advance).
///
/// Set it with [`LiveBuilder::clock`](super::LiveBuilder::clock). It replaces the time of a [`Live`](super::Live)
/// struct: TTL, `max_stale`, pauses and timers. The deadline of a load stays real.
///
/// ```
/// use std::time::Duration;
/// use from_secrets::live::TestClock;
/// use from_secrets::source::Memory;
/// use from_secrets::{FromSecrets, Live, Loader, SecretString};
///
/// #[derive(FromSecrets)]
/// struct Config {
///     api_token: SecretString,
/// }
///
/// # #[tokio::main(flavor = "current_thread")]
/// # async fn main() -> Result<(), Box<dyn std::error::Error>> {
/// let secrets = Memory::new().with_secret("API_TOKEN", "for tests");
/// let clock = TestClock::new();
/// let live = Live::<Config>::builder()
///     .loader(Loader::new().sources([secrets]))
///     .background_refresh(false)
///     .max_stale(Duration::from_hours(1))
///     .clock(&clock)
///     .load()
///     .await?;
/// clock.advance(Duration::from_hours(2));
/// assert!(live.get().is_err());
/// # Ok(())
/// # }
/// ```
///
/// A clone is another handle of the same clock.
#[derive(Clone, Debug)]
pub struct TestClock(Arc<TestTime>);

#[derive(Debug)]
struct TestTime {
    now: AtomicU64,
    moved: Event,
    #[cfg(shuttle)]
    sleepers: Sleepers,
}

/// The times that tasks wait for. Tests of interleavings move the clock to the next one.
#[cfg(shuttle)]
#[derive(Debug, Default)]
pub(super) struct Sleepers {
    times: std::sync::Mutex<Vec<u64>>,
    pub(super) changed: Event,
}

#[cfg(shuttle)]
impl Sleepers {
    pub(super) fn next(&self) -> Option<Timestamp> {
        crate::sync::plain(&self.times)
            .iter()
            .min()
            .copied()
            .map(Timestamp)
    }

    async fn during<F: std::future::Future>(&self, time: Timestamp, sleep: F) -> F::Output {
        struct Awake<'a>(&'a Sleepers, u64);

        impl Drop for Awake<'_> {
            fn drop(&mut self) {
                let mut times = crate::sync::plain(&self.0.times);
                if let Some(place) = times.iter().position(|time| *time == self.1) {
                    times.swap_remove(place);
                }
            }
        }

        crate::sync::plain(&self.times).push(time.0);
        let _awake = Awake(self, time.0);
        self.changed.notify();
        sleep.await
    }
}

impl TestClock {
    /// Returns a clock.
    pub fn new() -> Self {
        const DAY: Duration = Duration::from_hours(24);
        Self(Arc::new(TestTime {
            now: AtomicU64::new(nanos(DAY)),
            moved: Event::default(),
            #[cfg(shuttle)]
            sleepers: Sleepers::default(),
        }))
    }

    /// Moves the clock forward, and wakes tasks that wait for a time up to the new one.
    pub fn advance(&self, duration: Duration) {
        let later = |now| Some(Timestamp(now).after(duration).0);
        let (set, fetch) = (Ordering::SeqCst, Ordering::SeqCst);
        let _ = self.0.now.fetch_update(set, fetch, later);
        self.0.moved.notify();
    }

    pub(super) fn now(&self) -> Timestamp {
        Timestamp(self.0.now.load(Ordering::SeqCst))
    }

    #[cfg(shuttle)]
    pub(super) fn sleepers(&self) -> &Sleepers {
        &self.0.sleepers
    }

    async fn sleep_until(&self, time: Timestamp) {
        loop {
            let moved = self.0.moved.listen();
            #[cfg(shuttle)]
            let moved = self.0.sleepers.during(time, moved);
            if self.now() >= time {
                return;
            }
            moved.await;
        }
    }
}

impl Default for TestClock {
    fn default() -> Self {
        Self::new()
    }
}

#[cfg(test)]
mod tests;
