//! Requests per second, and the rows of the table.

use std::sync::Once;
use std::time::Duration;

use crate::outage::Outage;
use crate::{instances, memory};

/// The number of requests in each second.
#[derive(Debug, Default)]
pub(crate) struct PerSecond(Vec<u32>);

impl PerSecond {
    pub(crate) fn add(&mut self, requests: u32) {
        self.0.push(requests);
    }

    pub(crate) fn total(&self) -> u32 {
        self.0.iter().sum()
    }

    fn average(&self) -> f64 {
        f64::from(self.total()) / f64::from(u32::try_from(self.0.len().max(1)).unwrap_or(u32::MAX))
    }

    fn peak(&self) -> u32 {
        self.0.iter().copied().max().unwrap_or_default()
    }

    /// Returns the last seconds.
    pub(crate) fn last(&self, seconds: usize) -> Self {
        Self(self.0[self.0.len().saturating_sub(seconds)..].to_vec())
    }

    /// Asserts that the worst second has no more requests than expected if they are spread evenly over the time.
    #[track_caller]
    pub(crate) fn assert_peak_of(&self, requests: u32, spread_over: Duration) {
        let expected = f64::from(requests) / spread_over.as_secs_f64();
        let peak = f64::from(self.peak());
        // Eight standard deviations. Few requests do not have a normal distribution.
        let most = expected + 8.0 * expected.sqrt() + 12.0;
        assert!(peak <= most, "{peak} a second, more than {most}");
    }

    /// Asserts that the requests do not exceed this number in each such period.
    #[track_caller]
    pub(crate) fn assert_total_of(&self, requests: u32, in_each: Duration) {
        let seconds = f64::from(u32::try_from(self.0.len()).unwrap_or(u32::MAX));
        let most = f64::from(requests) * (seconds / in_each.as_secs_f64()).ceil();
        assert!(f64::from(self.total()) <= most, "{} requests", self.total());
    }
}

/// Prints the rows of an outage, and the header before the first ones.
pub(crate) fn write(name: &str, alone: &Outage, replicated: &Outage) {
    static HEAD: Once = Once::new();
    HEAD.call_once(|| {
        println!(
            "\n{} instances, home region down for 30 min\n\n\
             | home | replicas | first struct (median / worst) | failed starts | oldest struct at 10 / 20 / 30 min | \
             home requests/s (peak / steady) | replica requests/s (peak / steady) | \
             home after (peak) | all back after |\n|---|---|---|---|---|---|---|---|---|",
            instances()
        );
    });
    println!(
        "{}\n{}",
        row(name, "none", alone),
        row(name, "one", replicated)
    );
    if let Some(kib) = memory::peak_kib() {
        eprintln!("peak memory of the process: {} MiB", kib / 1024);
    }
}

fn row(name: &str, replicas: &str, outage: &Outage) -> String {
    let start = outage.median_start().map_or_else(
        || "none".to_owned(),
        |median| format!("{median:.1?} / {:.1?}", outage.worst_start()),
    );
    let ages: Vec<String> = outage
        .ages
        .iter()
        .map(|age| format!("{} s", age.as_secs()))
        .collect();
    let (home, replica) = (outage.steady_at_home(), outage.steady_at_replica());
    format!(
        "| {name} | {replicas} | {start} | {} | {} | {} / {:.1} | {} / {:.1} | {} | {} s |",
        outage.failed_starts,
        ages.join(" / "),
        outage.at_home.peak(),
        home.average(),
        outage.at_replica.peak(),
        replica.average(),
        outage.at_home_after.peak(),
        outage.all_back.as_secs(),
    )
}
