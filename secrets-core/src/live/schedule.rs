//! When a struct is refreshed. These functions are pure: the time and random numbers are parameters.

use std::time::Duration;

use super::clock::Timestamp;
use crate::error::Error;
use crate::load::is_lambda;

/// The settings of a [`LiveBuilder`](super::LiveBuilder).
#[derive(Clone, Debug)]
pub(super) struct RefreshPolicy {
    pub(super) ttl: Duration,
    pub(super) max_stale: Duration,
    pub(super) jitter: f64,
    pub(super) backoff: Option<(Duration, Duration)>,
    pub(super) min_refresh_interval: Duration,
    pub(super) rotation_window: Duration,
    pub(super) stale_policy: StalePolicy,
    pub(super) background_refresh: bool,
}

/// The longest pause between refreshes of a struct that is too old to be used, so that it recovers soon after its
/// source does.
const LONGEST_PAUSE_PAST_BOUND: Duration = Duration::from_secs(30);

impl RefreshPolicy {
    /// Returns the policy of a struct that is never refreshed.
    pub(super) fn fixed() -> Self {
        Self {
            ttl: Duration::MAX,
            max_stale: Duration::MAX,
            jitter: 0.0,
            background_refresh: false,
            ..Self::default()
        }
    }

    /// Returns the time from the beginning of a load to the next refresh.
    pub(super) fn period(&self, random: f64) -> Duration {
        share(self.ttl, 1.0 - self.jitter * random)
    }

    /// Returns the first period of a background refresh. It is a random part of a period, because instances of a
    /// deployment start together: this spreads their requests evenly from the beginning.
    pub(super) fn first_period(&self, random: f64, part: f64) -> Duration {
        if self.jitter == 0.0 {
            return self.ttl;
        }
        share(self.period(random), part)
    }

    /// Returns how long a struct is fresh. Without a background refresh, the first access after that refreshes it.
    fn fresh_for(&self, period: Duration) -> Duration {
        if self.background_refresh {
            self.ttl
        } else {
            period
        }
    }

    /// Returns the lifetime of a struct whose load began at a time and whose next refresh is due after the period.
    pub(super) fn lifetime(&self, began: Timestamp, period: Duration) -> Lifetime {
        Lifetime {
            since: began,
            fresh_until: began.after(self.fresh_for(period)),
            usable_until: began.after(self.max_stale),
        }
    }

    /// Returns the pause after this many failures in a row. It doubles each time, and jitter shortens it by up to half.
    pub(super) fn pause(&self, failures: u32, random: f64) -> Duration {
        let (first, longest) = self.backoff();
        let whole = first.saturating_mul(doubled(failures.saturating_sub(1)));
        share(whole.min(longest), 0.5 + 0.5 * random)
    }

    /// Returns when to retry after a failure. A struct that becomes too old before then is refreshed soon after that.
    /// The pauses of one that is too old are limited.
    pub(super) fn retry_at(
        &self,
        now: Timestamp,
        failures: u32,
        usable_until: Timestamp,
        random: f64,
    ) -> Timestamp {
        let pause = self.pause(failures, random);
        let limited =
            |whole: Duration| share(whole.min(LONGEST_PAUSE_PAST_BOUND), 0.5 + 0.5 * random);
        if now >= usable_until {
            return now.after(pause.min(limited(Duration::MAX)));
        }
        let (first, _) = self.backoff();
        now.after(pause).min(usable_until.after(limited(first)))
    }

    /// Returns the pause after rejected credentials have caused this many refreshes.
    pub(super) fn rejected_pause(&self, refreshes: u32, random: f64) -> Duration {
        let whole = self.min_refresh_interval.saturating_mul(doubled(refreshes));
        let whole = whole.min(self.ttl.max(self.min_refresh_interval));
        share(whole, 0.5 + 0.5 * random)
    }

    fn backoff(&self) -> (Duration, Duration) {
        let first = (self.ttl / 2).max(Duration::from_secs(1));
        self.backoff.unwrap_or((first, self.ttl.max(first)))
    }

    /// Returns the age that a struct can reach while refreshes succeed.
    pub(super) fn shortest_max_stale(&self, load_timeout: Duration) -> Duration {
        self.ttl.saturating_add(load_timeout.saturating_mul(2))
    }

    /// Returns an error message if the settings contradict each other.
    pub(super) fn contradiction(&self, load_timeout: Duration) -> Option<String> {
        let least = self.shortest_max_stale(load_timeout);
        if self.ttl.is_zero() {
            let message =
                "`ttl` is zero, so refreshes would never end; set how old the struct may be";
            return Some(message.to_owned());
        }
        if self.max_stale < least {
            return Some(format!(
                "`max_stale` is {:?}, which leaves no time for refreshes; set at least {least:?}: `ttl` ({:?}) and \
                 twice the load's timeout ({load_timeout:?})",
                self.max_stale, self.ttl
            ));
        }
        if !(0.0..=0.9).contains(&self.jitter) {
            let message = "`jitter` is not between 0 and 0.9; set a fraction of the TTL";
            return Some(message.to_owned());
        }
        if self.min_refresh_interval.is_zero() {
            let message = "`min_refresh_interval` is zero, so rejected credentials would cause requests without a \
                           pause; set the shortest time between two refreshes";
            return Some(message.to_owned());
        }
        if let Some((first, longest)) = self.backoff
            && (first.is_zero() || first > longest)
        {
            let message = "`backoff` is zero, or its first pause is longer than its longest; set a first and a \
                           longest pause";
            return Some(message.to_owned());
        }
        None
    }
}

impl Default for RefreshPolicy {
    fn default() -> Self {
        Self {
            ttl: Duration::from_mins(5),
            max_stale: Duration::from_hours(24),
            jitter: 0.2,
            backoff: None,
            min_refresh_interval: Duration::from_secs(1),
            rotation_window: Duration::from_secs(10),
            stale_policy: StalePolicy::default(),
            background_refresh: !is_lambda(),
        }
    }
}

/// Behavior of [`Live::get_fresh`](super::Live::get_fresh) if the struct is past its TTL and not older than
/// [`max_stale`](super::LiveBuilder::max_stale).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum StalePolicy {
    /// Waits for the refresh up to this long, then returns the old struct while the refresh continues. The default,
    /// with one second: on Lambda, a refresh in the background would freeze at the end of the invocation.
    Wait(Duration),
    /// Returns the old struct at once while the refresh runs in the background.
    ServeStale,
}

impl Default for StalePolicy {
    fn default() -> Self {
        Self::Wait(Duration::from_secs(1))
    }
}

/// The times that decide whether a value can be used.
#[derive(Clone, Copy)]
pub(super) struct Lifetime {
    /// When the load began. The values may be as old as that.
    pub(super) since: Timestamp,
    /// After that, access refreshes the struct.
    pub(super) fresh_until: Timestamp,
    /// After that, access is an error.
    pub(super) usable_until: Timestamp,
}

/// The results of the last refreshes, and when the next one is due.
#[derive(Clone, Debug)]
pub(super) struct Schedule {
    pub(super) failures: u32,
    pub(super) last_error: Option<Error>,
    /// When the background refresh starts. After a failure, access does not refresh the struct before this time.
    pub(super) due: Timestamp,
    requested_at: Option<Timestamp>,
}

impl Schedule {
    pub(super) fn new(due: Timestamp) -> Self {
        Self {
            failures: 0,
            last_error: None,
            due,
            requested_at: None,
        }
    }

    pub(super) fn succeed(&mut self, due: Timestamp) {
        self.failures = 0;
        self.last_error = None;
        self.due = due;
    }

    pub(super) fn fail(&mut self, error: Error) {
        self.failures = self.failures.saturating_add(1);
        self.last_error = Some(error);
    }

    /// Returns when access refreshes the struct.
    pub(super) fn access_at(&self, fresh_until: Timestamp) -> Timestamp {
        if self.failures == 0 {
            fresh_until
        } else {
            fresh_until.max(self.due)
        }
    }

    /// Allows a refresh on request, or returns when one is allowed.
    pub(super) fn request(
        &mut self,
        now: Timestamp,
        policy: &RefreshPolicy,
    ) -> Result<(), Timestamp> {
        let allowed = self
            .requested_at
            .map(|last| last.after(policy.min_refresh_interval));
        match allowed {
            Some(allowed) if now < allowed => Err(allowed),
            _ => {
                self.requested_at = Some(now);
                Ok(())
            }
        }
    }
}

fn doubled(times: u32) -> u32 {
    1_u32.checked_shl(times).unwrap_or(u32::MAX)
}

/// Returns a share of a duration, between 0 and 1.
fn share(whole: Duration, share: f64) -> Duration {
    Duration::try_from_secs_f64(whole.as_secs_f64() * share).unwrap_or(whole)
}

#[cfg(test)]
mod tests {
    use super::*;

    const RANDOM: [f64; 5] = [0.0, 0.25, 0.5, 0.75, 0.999_999];
    const TTL: Duration = Duration::from_secs(1_000);
    const START: Timestamp = Timestamp(1_000_000_000_000);

    fn policy(jitter: f64) -> RefreshPolicy {
        RefreshPolicy {
            ttl: TTL,
            jitter,
            ..RefreshPolicy::default()
        }
    }

    #[test]
    fn jitter_shortens_periods_up_to_setting() {
        for random in RANDOM {
            let period = policy(0.3).period(random);
            assert!(period <= TTL && period >= TTL * 7 / 10, "{period:?}");
            assert_eq!(policy(0.0).period(random), TTL);
        }
        assert!(policy(0.3).period(0.999_999) < TTL * 71 / 100);
    }

    #[test]
    fn first_period_is_any_part() {
        assert_eq!(policy(0.2).first_period(0.0, 0.0), Duration::ZERO);
        assert_eq!(policy(0.2).first_period(0.0, 0.5), TTL / 2);
        for random in RANDOM {
            assert!(policy(0.2).first_period(random, 0.999_999) <= policy(0.2).period(random));
            assert_eq!(policy(0.0).first_period(random, 0.5), TTL);
        }
    }

    #[test]
    fn rejected_pauses_double_with_jitter() {
        for random in RANDOM {
            for refreshes in 1..100 {
                let whole = Duration::from_secs(2_u64.pow(refreshes.min(20))).min(TTL);
                let pause = policy(0.2).rejected_pause(refreshes, random);
                assert!(
                    pause >= whole / 2 && pause <= whole,
                    "{refreshes}: {pause:?}"
                );
            }
        }
    }

    #[test]
    fn failure_pauses_double_with_jitter() {
        for random in RANDOM {
            for failures in 1..100 {
                let whole = (TTL / 2 * 2_u32.pow(failures.min(10) - 1)).min(TTL);
                let pause = policy(0.2).pause(failures, random);
                assert!(
                    pause >= whole / 2 && pause <= whole,
                    "{failures}: {pause:?}"
                );
            }
        }
        assert!(policy(0.2).pause(u32::MAX, 0.0) >= TTL / 2);
    }

    #[test]
    fn short_ttl_keeps_pauses_long() {
        let policy = RefreshPolicy {
            ttl: Duration::from_millis(1),
            ..RefreshPolicy::default()
        };
        assert!(policy.pause(1, 0.0) >= Duration::from_millis(500));
        assert!(policy.pause(50, 0.999) <= Duration::from_secs(1));
    }

    #[test]
    fn retry_comes_soon_past_bound() {
        for random in RANDOM {
            let far = START.after(Duration::from_hours(1));
            let retry = policy(0.2).retry_at(START, 5, far, random);
            assert!(
                retry.since(START) >= TTL / 2,
                "an outage within the bound is not hurried"
            );
            let crossing = START.after(Duration::from_mins(1));
            let retry = policy(0.2).retry_at(START, 5, crossing, random);
            assert!(retry.since(crossing) >= LONGEST_PAUSE_PAST_BOUND / 2);
            assert!(retry.since(crossing) <= LONGEST_PAUSE_PAST_BOUND);
            let past = START.after(Duration::ZERO);
            let retry = policy(0.2).retry_at(START, 5, past, random);
            assert!(retry.since(START) <= LONGEST_PAUSE_PAST_BOUND);
        }
    }

    #[test]
    fn short_backoff_doubles_past_bound() {
        let backoff = Some((Duration::from_secs(1), Duration::from_mins(2)));
        let policy = RefreshPolicy {
            backoff,
            ..policy(0.2)
        };
        for random in RANDOM {
            for failures in 1..100 {
                let whole = Duration::from_secs(2_u64.pow(failures.min(10) - 1));
                let whole = whole.min(LONGEST_PAUSE_PAST_BOUND);
                let retry = policy.retry_at(START, failures, START, random);
                let pause = retry.since(START);
                assert!(
                    pause >= whole / 2 && pause <= whole,
                    "{failures}: {pause:?}"
                );
            }
            let crossing = START.after(Duration::from_mins(1));
            let retry = policy.retry_at(START, 9, crossing, random);
            assert!(retry.since(crossing) <= Duration::from_secs(1));
        }
    }

    #[test]
    fn unbounded_age_never_hurries() {
        let retry = policy(0.2).retry_at(START, 1, Timestamp::NEVER, 0.0);
        assert_eq!(retry.since(START), TTL / 4);
    }

    #[test]
    fn fixed_struct_is_always_fresh() {
        let policy = RefreshPolicy::fixed();
        assert!(!policy.background_refresh);
        for random in [0.0, 1.0] {
            assert_eq!(policy.first_period(random, random), Duration::MAX);
            assert_eq!(policy.period(random), Duration::MAX);
            let lifetime = policy.lifetime(START, policy.period(random));
            assert!(lifetime.fresh_until == Timestamp::NEVER);
            assert!(lifetime.usable_until == Timestamp::NEVER);
        }
    }

    #[test]
    fn requests_are_spaced_by_interval() {
        let mut schedule = Schedule::new(START);
        let policy = policy(0.2);
        assert_eq!(schedule.request(START, &policy), Ok(()));
        let next = START.after(policy.min_refresh_interval);
        assert_eq!(schedule.request(START, &policy), Err(next));
        assert_eq!(schedule.request(next, &policy), Ok(()));
    }
}
