//! How long the extension is waited for.
//!
//! Lambda starts a function's initialization before its extensions are done with theirs, so a load in the
//! initialization may come too early.

use std::sync::OnceLock;
use std::time::Duration;

use tokio::time::Instant;

/// For one load as a whole, from the first answer that is not ready.
const LONGEST: Duration = Duration::from_secs(3);
const FIRST_PAUSE: Duration = Duration::from_millis(5);
const LONGEST_PAUSE: Duration = Duration::from_millis(100);

/// What all requests of a load know of the wait.
pub(super) struct Readiness {
    deadline: Instant,
    began: OnceLock<Instant>,
}

/// How long a request pauses next.
pub(super) struct Pause(Duration);

impl Default for Pause {
    fn default() -> Self {
        Self(FIRST_PAUSE)
    }
}

impl Readiness {
    pub(super) fn until(deadline: Instant) -> Self {
        Self {
            deadline,
            began: OnceLock::new(),
        }
    }

    /// Waits a little, and longer each time. `false` where to wait on is no use.
    pub(super) async fn wait(&self, pause: &mut Pause) -> bool {
        let now = Instant::now();
        let began = *self.began.get_or_init(|| now);
        let again = now + pause.0;
        if again > began + LONGEST || again >= self.deadline {
            return false;
        }
        tokio::time::sleep_until(again).await;
        pause.0 = LONGEST_PAUSE.min(pause.0 * 2);
        true
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const FAR: Duration = Duration::from_mins(1);

    async fn waits(readiness: &Readiness) -> usize {
        let mut pause = Pause::default();
        let mut waits = 0;
        while readiness.wait(&mut pause).await {
            waits += 1;
        }
        waits
    }

    #[tokio::test(start_paused = true)]
    async fn requests_share_one_readiness_limit() {
        let began = Instant::now();
        let readiness = Readiness::until(began + FAR);
        // 5, 10, 20, 40 and 80 ms, then tenths of a second.
        assert_eq!(waits(&readiness).await, 5 + 28);
        assert!(began.elapsed() <= LONGEST);
        let later = waits(&readiness).await;
        assert!(later <= 4, "{later} more for another request");
        assert!(began.elapsed() <= LONGEST);
    }

    #[tokio::test(start_paused = true)]
    async fn readiness_wait_ends_before_deadline() {
        let began = Instant::now();
        let deadline = Duration::from_millis(50);
        waits(&Readiness::until(began + deadline)).await;
        assert!(began.elapsed() < deadline);
    }
}
