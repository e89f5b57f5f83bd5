//! One outage, and the figures of its fleet.

use std::time::Duration;

use from_secrets_tests::FakeResponse;
use from_secrets_tests::regions::{HOME, InProcessRegions, WEST};
use from_secrets_tests::structs::pocket;
use tokio::time::{Instant, sleep};

use crate::fleet::Fleet;
use crate::table::PerSecond;
use crate::{LATENCY, OUTAGE, SECOND, TTL, instances};

/// The figures of a fleet during an outage of its home region.
#[derive(Debug, Default)]
pub(crate) struct Outage {
    /// The times from start to first struct of instances that start during the outage, sorted.
    pub(crate) starts: Vec<Duration>,
    pub(crate) failed_starts: u32,
    /// The age of the oldest struct of the instances that started before the outage.
    pub(crate) oldest: Duration,
    /// The age of the oldest struct after each ten minutes.
    pub(crate) ages: Vec<Duration>,
    /// The number of seconds for which the last refresh of an instance had failed, over all instances.
    pub(crate) failing_seconds: u32,
    pub(crate) at_home: PerSecond,
    pub(crate) at_replica: PerSecond,
    /// The requests from the end of the outage until all structs are of the home region again.
    pub(crate) at_home_after: PerSecond,
    /// The time from the end of the outage until all structs are of the home region again.
    pub(crate) all_back: Duration,
}

impl Outage {
    /// Runs a fleet through an outage with this response to all requests at home.
    pub(crate) async fn run(response: &FakeResponse, replicas: &[&str]) -> Self {
        let healthy = pocket().latency(LATENCY);
        let regions = InProcessRegions::with(&healthy);
        let fleet = Fleet::start(&regions, replicas, instances()).await;
        assert_eq!(fleet.starts.len(), instances() as usize);
        for _ in 0..TTL.as_secs() * 2 {
            sleep(SECOND).await;
            regions.clear();
        }
        regions.at(HOME).fail(response.clone());
        let mut figures = Self::default();
        figures.watch(&fleet, &regions).await;
        figures.start_more(&regions, replicas).await;
        regions.at(HOME).set(healthy);
        figures.wait_for_return(&fleet, &regions).await;
        figures
    }

    /// Records each second of the outage.
    async fn watch(&mut self, fleet: &Fleet, regions: &InProcessRegions) {
        for second in 1..=OUTAGE.as_secs() {
            sleep(SECOND).await;
            self.at_home.add(count(regions, HOME));
            self.at_replica.add(count(regions, WEST));
            // To read the status of ten thousand instances takes longer than to simulate a second.
            if second % 10 == 0 {
                self.failing_seconds += fleet.failing() * 10;
                self.oldest = self.oldest.max(fleet.oldest());
            }
            if second % 600 == 0 {
                self.ages.push(fleet.oldest());
            }
        }
    }

    /// Starts the same number of instances again in the last second of the outage.
    async fn start_more(&mut self, regions: &InProcessRegions, replicas: &[&str]) {
        let more = Fleet::start(regions, replicas, instances()).await;
        let started = u32::try_from(more.starts.len()).unwrap_or(u32::MAX);
        self.failed_starts = instances() - started;
        self.starts = more.starts;
        regions.clear();
    }

    async fn wait_for_return(&mut self, fleet: &Fleet, regions: &InProcessRegions) {
        const PATIENCE: Duration = Duration::from_mins(20);
        let ended = Instant::now();
        while !fleet.is_at_home() {
            assert!(
                ended.elapsed() < PATIENCE,
                "some structs are not of the home region"
            );
            sleep(SECOND).await;
            self.at_home_after.add(count(regions, HOME));
        }
        self.all_back = ended.elapsed();
    }

    /// Returns the requests of the last ten minutes of the outage.
    pub(crate) fn steady_at_home(&self) -> PerSecond {
        self.at_home.last(600)
    }

    /// Returns the requests of the last ten minutes of the outage.
    pub(crate) fn steady_at_replica(&self) -> PerSecond {
        self.at_replica.last(600)
    }

    pub(crate) fn median_start(&self) -> Option<Duration> {
        self.starts.get(self.starts.len() / 2).copied()
    }

    pub(crate) fn worst_start(&self) -> Duration {
        self.starts.last().copied().unwrap_or_default()
    }
}

/// Returns the number of requests since the last call.
fn count(regions: &InProcessRegions, region: &str) -> u32 {
    let calls = regions.at(region).calls();
    let count = u32::try_from(calls.count()).unwrap_or(u32::MAX);
    calls.clear();
    count
}
