//! Regions that failed, and when they are queried first again.

use std::time::Duration;

use tokio::time::Instant;

/// How long a region that failed is queried last. It doubles with each failure after that.
const SHORTEST: Duration = Duration::from_secs(30);
const LONGEST: Duration = Duration::from_mins(5);

/// The regions that failed while another one had the secrets.
#[derive(Debug, Default)]
pub(super) struct Outages(Vec<Outage>);

#[derive(Debug)]
struct Outage {
    region: String,
    failures: u32,
    until: Instant,
}

/// How a region is queried.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum RegionState {
    Available,
    /// It failed, and is queried last.
    Out,
    /// It failed, and is tried again.
    Probed,
}

impl Outages {
    pub(super) fn state(&self, region: &str, now: Instant) -> RegionState {
        match self.0.iter().find(|outage| outage.region == region) {
            None => RegionState::Available,
            Some(outage) if now < outage.until => RegionState::Out,
            Some(_) => RegionState::Probed,
        }
    }

    /// Notes that a region failed. Returns whether this is a new outage. The random number from 0 to 1 spreads the
    /// attempts of a fleet.
    pub(super) fn begin(&mut self, region: &str, now: Instant, random: f64) -> bool {
        let known = self.0.iter_mut().find(|outage| outage.region == region);
        let Some(outage) = known else {
            self.0.push(Outage {
                region: region.to_owned(),
                failures: 1,
                until: now + pause(1, random),
            });
            return true;
        };
        // Loads that run concurrently notice the same failure.
        if now >= outage.until {
            outage.failures = outage.failures.saturating_add(1);
            outage.until = now + pause(outage.failures, random);
        }
        false
    }

    /// Notes that a region responded. Returns whether an outage ended.
    pub(super) fn end(&mut self, region: &str) -> bool {
        let before = self.0.len();
        self.0.retain(|outage| outage.region != region);
        self.0.len() < before
    }
}

/// Returns a pause of 75 to 125 percent of the backoff.
fn pause(failures: u32, random: f64) -> Duration {
    let doubled = SHORTEST.saturating_mul(2_u32.saturating_pow(failures.saturating_sub(1)));
    doubled.min(LONGEST).mul_f64(0.75 + random / 2.0)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn pause_is_bounded_and_jittered() {
        assert_eq!(pause(1, 0.0), SHORTEST.mul_f64(0.75));
        assert_eq!(pause(3, 0.5), Duration::from_mins(2));
        assert_eq!(pause(u32::MAX, 1.0), LONGEST.mul_f64(1.25));
    }

    #[test]
    fn running_load_does_not_extend_outage() {
        let start = Instant::now();
        let after = |seconds| start + Duration::from_secs(seconds);
        let mut outages = Outages::default();
        assert!(outages.begin("us-east-1", start, 0.5));
        assert!(!outages.begin("us-east-1", after(29), 0.5));
        assert_eq!(outages.state("us-east-1", after(29)), RegionState::Out);
        assert_eq!(outages.state("us-east-1", after(30)), RegionState::Probed);
    }
}
