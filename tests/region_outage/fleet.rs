//! Instances, each with a client of its own.

use std::time::Duration;

use aws_sdk_secretsmanager::Client;
use aws_sdk_secretsmanager::config::retry::{RetryConfig, RetryPartition, TokenBucket};
use from_secrets::source::Env;
use from_secrets::{Live, Loader};
use from_secrets_tests::regions::{HOME, InProcessRegions, provided_by, replicated};
use from_secrets_tests::structs::Pocket;
use tokio::task::JoinSet;
use tokio::time::Instant;

/// Instances of one program, started in the same second.
pub(crate) struct Fleet {
    instances: Vec<Live<Pocket>>,
    /// The times from start to first struct, sorted.
    pub(crate) starts: Vec<Duration>,
}

impl Fleet {
    /// Starts instances. Those that fail are not started again.
    pub(crate) async fn start(regions: &InProcessRegions, replicas: &[&str], count: u32) -> Self {
        let mut starting = JoinSet::new();
        for _ in 0..count {
            let loader = loader(regions, replicas);
            starting.spawn(async move {
                let began = Instant::now();
                // This is the default, except on Lambda.
                let live = Live::builder().loader(loader).background_refresh(true);
                Some((live.load().await.ok()?, began.elapsed()))
            });
        }
        let started = starting.join_all().await;
        let (instances, mut starts): (Vec<_>, Vec<_>) = started.into_iter().flatten().unzip();
        starts.sort_unstable();
        Self { instances, starts }
    }

    /// Returns the age of the oldest struct.
    pub(crate) fn oldest(&self) -> Duration {
        let ages = self.instances.iter().map(|live| live.status().age());
        ages.max().unwrap_or_default()
    }

    /// Returns the number of instances whose last refresh failed.
    pub(crate) fn failing(&self) -> u32 {
        let failing = self
            .instances
            .iter()
            .filter(|live| live.status().failures() > 0);
        u32::try_from(failing.count()).unwrap_or(u32::MAX)
    }

    /// Returns whether all structs are fresh and from the home region.
    pub(crate) fn is_at_home(&self) -> bool {
        self.instances.iter().all(|live| {
            let status = live.status();
            status.failures() == 0 && provided_by(status.report()) == [HOME, HOME]
        })
    }
}

/// Returns the loader of one instance.
fn loader(regions: &InProcessRegions, replicas: &[&str]) -> Loader {
    // As in a process of its own: attempts of the other instances do not count.
    let own = RetryPartition::custom("instance").token_bucket(TokenBucket::default());
    let config = regions
        .config()
        .retry_config(RetryConfig::standard())
        .retry_partition(own.build());
    let source = replicated(Client::from_conf(config.build()), replicas);
    Loader::new()
        .env(Env::from_vars::<&str, &str>([]))
        .source(source)
}
