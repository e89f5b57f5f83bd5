//! Points in time, by both clocks.

use std::time::{Duration, SystemTime};

use tokio::time::Instant;

/// When something happened.
///
/// The monotonic clock can stand still while a machine sleeps or an environment is frozen, and the wall clock can be
/// set back. Neither makes a value younger than the other says.
#[derive(Clone, Copy, Debug)]
pub(super) struct Moment {
    pub(super) at: Instant,
    pub(super) wall: SystemTime,
}

impl Moment {
    pub(super) fn now() -> Self {
        Self {
            at: Instant::now(),
            wall: SystemTime::now(),
        }
    }

    /// The time since `earlier`, by the clock that says more.
    pub(super) fn since(&self, earlier: &Self) -> Duration {
        let monotonic = self.at.saturating_duration_since(earlier.at);
        let wall = self.wall.duration_since(earlier.wall).unwrap_or_default();
        monotonic.max(wall)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const MINUTE: Duration = Duration::from_mins(1);

    #[test]
    fn a_wall_clock_that_is_set_back_makes_nothing_younger() {
        let earlier = Moment::now();
        let now = Moment {
            at: earlier.at + MINUTE,
            wall: earlier.wall - 100 * MINUTE,
        };
        assert_eq!(now.since(&earlier), MINUTE);
    }

    #[test]
    fn a_monotonic_clock_that_stood_still_makes_nothing_younger() {
        let earlier = Moment::now();
        let now = Moment {
            at: earlier.at,
            wall: earlier.wall + MINUTE,
        };
        assert_eq!(now.since(&earlier), MINUTE);
    }

    #[test]
    fn both_clocks_going_backwards_is_no_time_at_all() {
        let now = Moment::now();
        let later = Moment {
            at: now.at + MINUTE,
            wall: now.wall + MINUTE,
        };
        assert_eq!(now.since(&later), Duration::ZERO);
    }
}
