//! Loads that are dropped at each of their await points.

use std::pin::pin;
use std::task::Poll;
use std::time::Duration;

use from_secrets::source::Env;
use from_secrets::{Error, FromSecrets, Live, Loader};
use from_secrets_tests::network_faults::{FaultPlan, Network};
use from_secrets_tests::{Random, sdk, seeds};
use tokio::runtime::Handle;
use tokio::time::sleep;

use aws_credential_types::provider::ProvideCredentials;
use aws_credential_types::provider::future::ProvideCredentials as Provided;

use crate::configs::{Judged, Large, Middle, Small, judge, judge_latest};
use crate::rotating::Rotating;

/// Longer than a pool keeps an idle connection.
const QUIET: Duration = Duration::from_secs(200);
/// More polls than any load here needs.
const MOST_POLLS: usize = 500;

/// Polls a future so many times, and drops it. Returns its output, if it completed.
pub(crate) async fn dropped_after<F: Future>(polls: usize, future: F) -> Option<F::Output> {
    let mut future = Some(Box::pin(future));
    let mut count = 0;
    let output = std::future::poll_fn(|context| {
        if count == polls {
            return Poll::Ready(None);
        }
        count += 1;
        let future = future.as_mut().expect("it is not dropped yet");
        future.as_mut().poll(context).map(Some)
    });
    let output = output.await;
    drop(future.take());
    output
}

/// Credentials with a delay, as those of a role have.
#[derive(Debug)]
struct Slow;

impl ProvideCredentials for Slow {
    fn provide_credentials<'a>(&'a self) -> Provided<'a>
    where
        Self: 'a,
    {
        Provided::new(async {
            sleep(Duration::from_millis(20)).await;
            Ok(sdk::root())
        })
    }
}

/// Returns a server without faults, and a loader that must resolve credentials first.
fn place<T: Judged>(seed: u64) -> (Rotating, Network, Loader) {
    let secrets = Rotating::new(T::SECRETS, seed);
    let network = Network::new(secrets.clone(), FaultPlan::clear());
    let environment = Env::from_vars::<&str, &str>([]);
    let loader = Loader::new()
        .env(environment)
        .sdk_config(&network.config(Slow));
    (secrets, network, loader)
}

/// Asserts that the tasks of this runtime and the connections of the server end.
async fn assert_nothing_is_left(network: Network) {
    sleep(QUIET).await;
    let (connections, tasks) = (
        network.connections(),
        Handle::current().metrics().num_alive_tasks(),
    );
    assert_eq!(
        (connections, tasks),
        (0, 0),
        "connections or tasks are still open"
    );
}

/// Runs a future with 0 polls, with 1 poll, and so on, until it completes.
fn at_every_poll<F: Future<Output = bool>>(dropped: impl Fn(usize) -> F) {
    let comes_to_its_end = |polls| seeds::paused_time(dropped(polls));
    let polls = (0..MOST_POLLS).find(|&polls| comes_to_its_end(polls));
    assert!(
        polls.is_some_and(|polls| polls > 1),
        "the future never waited, or never completed"
    );
}

async fn dropped_load<T: Judged>(polls: usize) -> bool {
    let (secrets, network, loader) = place::<T>(7);
    let ended = dropped_after(polls, loader.load::<T>()).await.is_some();
    load_right::<T>(&loader, &secrets).await;
    drop(loader);
    assert_nothing_is_left(network).await;
    ended
}

async fn load_right<T: Judged>(loader: &Loader, secrets: &Rotating) {
    let result: Result<T, Error> = loader.load().await;
    judge(
        &result.unwrap_or_else(|error| panic!("a later load failed: {error:#}")),
        secrets,
    );
}

#[test]
fn dropped_small_load_leaves_no_connections() {
    at_every_poll(dropped_load::<Small>);
}

#[test]
fn dropped_middle_load_leaves_no_connections() {
    at_every_poll(dropped_load::<Middle>);
}

#[test]
fn dropped_large_load_leaves_no_connections() {
    at_every_poll(dropped_load::<Large>);
}

/// Both loads share the client and the credentials of the first one.
#[test]
fn dropped_load_does_not_disturb_others() {
    at_every_poll(|polls| async move {
        let (secrets, network, loader) = place::<Middle>(8);
        let beside = loader.clone();
        let (dropped, result) = tokio::join!(
            dropped_after(polls, loader.load::<Middle>()),
            beside.load::<Middle>()
        );
        judge(
            &result.unwrap_or_else(|error| panic!("{error:#}")),
            &secrets,
        );
        drop((loader, beside));
        assert_nothing_is_left(network).await;
        dropped.is_some()
    });
}

/// Regardless of the number of dropped loads, one client has at most as many connections as one load uses concurrently.
#[test]
fn repeated_drops_do_not_accumulate_connections() {
    seeds::each_in_paused_time(20, |seed| async move {
        let mut random = Random::new(seed);
        let (secrets, network, loader) = place::<Large>(seed);
        for _ in 0..20 {
            dropped_after(random.below(60), loader.load::<Large>()).await;
        }
        load_right::<Large>(&loader, &secrets).await;
        sleep(Duration::from_secs(1)).await;
        let open = network.connections();
        assert!(open <= 20, "{open} connections are open");
        drop(loader);
        assert_nothing_is_left(network).await;
    });
}

#[test]
fn dropped_refresh_continues() {
    at_every_poll(|polls| async move {
        let (secrets, network, loader) = place::<Middle>(9);
        let live = Live::<Middle>::builder().loader(loader).load().await;
        let live = live.unwrap_or_else(|error| panic!("{error:#}"));
        secrets.rests();
        secrets.rotate();
        let ended = dropped_after(polls, live.refresh()).await.is_some();
        if let Err(error) = live.refresh().await {
            panic!("{error:#}");
        }
        judge_latest(&*live.last_good(), &secrets);
        drop(live);
        assert_nothing_is_left(network).await;
        ended
    });
}

#[test]
fn dropped_access_does_not_block_next() {
    at_every_poll(|polls| async move {
        let (secrets, network, loader) = place::<Middle>(10);
        let builder = Live::<Middle>::builder()
            .loader(loader)
            .ttl(Duration::from_mins(1));
        let live = builder
            .background_refresh(false)
            .load()
            .await
            .unwrap_or_else(|error| panic!("{error:#}"));
        secrets.rests();
        secrets.rotate();
        sleep(Duration::from_mins(2)).await;
        let ended = dropped_after(polls, live.get_fresh()).await.is_some();
        let config = live
            .get_fresh()
            .await
            .unwrap_or_else(|stale| panic!("{stale}"));
        judge_latest(&*config, &secrets);
        assert!(
            live.status().age() < Duration::from_mins(1),
            "the struct was not refreshed"
        );
        drop((config, live));
        assert_nothing_is_left(network).await;
        ended
    });
}

/// The last handle is dropped during a refresh.
#[test]
fn dropped_struct_ends_its_refresh() {
    at_every_poll(|polls| async move {
        let (_, network, loader) = place::<Middle>(11);
        let live = Live::<Middle>::builder().loader(loader).load().await;
        let live = live.unwrap_or_else(|error| panic!("{error:#}"));
        let ended = dropped_after(polls, live.refresh()).await.is_some();
        drop(live);
        assert_nothing_is_left(network).await;
        ended
    });
}

/// The first load of a live struct can be dropped like any other.
#[test]
fn dropped_live_load_leaves_no_connections() {
    at_every_poll(|polls| async move {
        let (secrets, network, loader) = place::<Small>(12);
        let builder = Live::<Small>::builder().loader(loader.clone());
        let ended = dropped_after(polls, pin!(builder.load())).await.is_some();
        load_right::<Small>(&loader, &secrets).await;
        drop(loader);
        assert_nothing_is_left(network).await;
        ended
    });
}

/// Checks the harness itself: a future is polled so many times, and then its task ends.
#[tokio::test]
async fn dropped_after_stops_at_poll_count() {
    let yields = || async {
        tokio::task::yield_now().await;
        tokio::task::yield_now().await;
        Small::SPEC.name()
    };
    assert_eq!(dropped_after(2, yields()).await, None);
    assert_eq!(dropped_after(3, yields()).await, Some("Small"));
}
