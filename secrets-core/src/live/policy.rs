//! When to refresh. Pure: chance and the time are given.

use std::time::Duration;

use super::OnAccess;
use crate::loader::is_lambda;

/// Everything that [`LiveBuilder`](super::LiveBuilder) sets.
#[derive(Clone, Debug)]
pub(super) struct Policy {
    pub(super) ttl: Duration,
    pub(super) max_stale: Duration,
    pub(super) jitter: f64,
    pub(super) back_off: Option<(Duration, Duration)>,
    pub(super) min_interval: Duration,
    pub(super) rotation_window: Duration,
    pub(super) on_access: OnAccess,
    pub(super) timer: bool,
}

impl Policy {
    /// How long a struct counts as fresh: the TTL, shortened by chance.
    pub(super) fn period(&self, chance: f64) -> Duration {
        part(self.ttl, 1.0 - self.jitter * chance)
    }

    /// The first period of a timer: a part of one, because instances of one deployment start together. Of a fleet, as many then ask
    /// in each second from the beginning on.
    pub(super) fn first_period(&self, chance: f64, share: f64) -> Duration {
        if self.jitter == 0.0 {
            return self.ttl;
        }
        part(self.period(chance), share)
    }

    /// How long readers take it for fresh. A timer refreshes after the period; without one, an access does.
    pub(super) fn fresh_for(&self, period: Duration) -> Duration {
        if self.timer { self.ttl } else { period }
    }

    /// The pause after so many failures in a row: doubled each time, and of that between a half and the whole.
    pub(super) fn pause(&self, failures: u32, chance: f64) -> Duration {
        let (first, longest) = self.back_off();
        let whole = first.saturating_mul(doubled(failures.saturating_sub(1)));
        part(whole.min(longest), 0.5 + 0.5 * chance)
    }

    /// How long nobody asks again on account of a version that is refused, and that was asked about so many times.
    pub(super) fn refused_pause(&self, asked: u32, chance: f64) -> Duration {
        let whole = self.min_interval.saturating_mul(doubled(asked));
        let whole = whole.min(self.ttl.max(self.min_interval));
        part(whole, 0.5 + 0.5 * chance)
    }

    fn back_off(&self) -> (Duration, Duration) {
        let first = (self.ttl / 2).max(Duration::from_secs(1));
        self.back_off.unwrap_or((first, self.ttl.max(first)))
    }
}

fn doubled(times: u32) -> u32 {
    1_u32.checked_shl(times).unwrap_or(u32::MAX)
}

/// A part of a duration; `share` is between 0 and 1.
fn part(whole: Duration, share: f64) -> Duration {
    Duration::try_from_secs_f64(whole.as_secs_f64() * share).unwrap_or(whole)
}

impl Default for Policy {
    fn default() -> Self {
        Self {
            ttl: Duration::from_mins(5),
            max_stale: Duration::from_hours(24),
            jitter: 0.2,
            back_off: None,
            min_interval: Duration::from_secs(1),
            rotation_window: Duration::ZERO,
            on_access: OnAccess::default(),
            timer: !is_lambda(),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const CHANCES: [f64; 5] = [0.0, 0.25, 0.5, 0.75, 0.999_999];
    const TTL: Duration = Duration::from_secs(1_000);

    fn policy(jitter: f64) -> Policy {
        Policy {
            ttl: TTL,
            jitter,
            ..Policy::default()
        }
    }

    #[test]
    fn jitter_only_shortens_and_by_no_more_than_is_set() {
        for chance in CHANCES {
            let period = policy(0.3).period(chance);
            assert!(period <= TTL && period >= TTL * 7 / 10, "{period:?}");
            assert_eq!(policy(0.0).period(chance), TTL);
        }
        assert!(policy(0.3).period(0.999_999) < TTL * 71 / 100);
    }

    #[test]
    fn the_first_period_is_any_part_of_one() {
        assert_eq!(policy(0.2).first_period(0.0, 0.0), Duration::ZERO);
        assert_eq!(policy(0.2).first_period(0.0, 0.5), TTL / 2);
        for chance in CHANCES {
            assert!(policy(0.2).first_period(chance, 0.999_999) <= policy(0.2).period(chance));
            assert_eq!(policy(0.0).first_period(chance, 0.5), TTL);
        }
    }

    #[test]
    fn a_refused_version_is_asked_about_ever_more_seldom_and_not_by_all_at_once() {
        for chance in CHANCES {
            for asked in 1..100 {
                let whole = Duration::from_secs(2_u64.pow(asked.min(20))).min(TTL);
                let pause = policy(0.2).refused_pause(asked, chance);
                assert!(pause >= whole / 2 && pause <= whole, "{asked}: {pause:?}");
            }
        }
    }

    #[test]
    fn pauses_double_up_to_the_longest_and_chance_takes_no_more_than_half() {
        for chance in CHANCES {
            for failures in 1..100 {
                let whole = (TTL / 2 * 2_u32.pow(failures.min(10) - 1)).min(TTL);
                let pause = policy(0.2).pause(failures, chance);
                assert!(
                    pause >= whole / 2 && pause <= whole,
                    "{failures}: {pause:?}"
                );
            }
        }
        assert!(policy(0.2).pause(u32::MAX, 0.0) >= TTL / 2);
    }

    #[test]
    fn a_short_ttl_does_not_make_short_pauses() {
        let policy = Policy {
            ttl: Duration::from_millis(1),
            ..Policy::default()
        };
        assert!(policy.pause(1, 0.0) >= Duration::from_millis(500));
        assert!(policy.pause(50, 0.999) <= Duration::from_secs(1));
    }
}
