//! Points in time to come.

use std::time::Duration;

use tokio::time::Instant;

/// When that time has passed. What is longer away than clocks can count to is as good as never.
pub(crate) fn after(start: Instant, duration: Duration) -> Instant {
    const FAR_OFF: Duration = Duration::from_hours(24 * 365);
    start.checked_add(duration).unwrap_or(start + FAR_OFF)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_too_far_off_is_far_off() {
        let now = Instant::now();
        assert_eq!(
            after(now, Duration::from_secs(1)),
            now + Duration::from_secs(1)
        );
        assert!(after(now, Duration::MAX) > now + Duration::from_hours(24 * 300));
    }
}
