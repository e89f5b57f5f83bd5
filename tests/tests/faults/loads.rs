//! Loads in any weather.

use std::time::Duration;

use from_secrets::{Cause, Environment, Error, Loader, Memory, Source};
use from_secrets_tests::faults::{Network, Weather};
use from_secrets_tests::{Random, seeds};
use tokio::time::{Instant, sleep};

use crate::configs::{Judged, Large, Middle, Small, judge, judge_error};
use crate::rotating::Rotating;

const SEEDS: u64 = 1000;
/// As many attempts as the SDK makes.
const ATTEMPTS: usize = 3;
/// What a deadline may be late by, where time is paused: timers have ticks of a millisecond.
const TOLERANCE: Duration = Duration::from_millis(5);

#[test]
fn a_load_in_any_weather_is_right_or_an_error_in_time() {
    seeds::each_in_paused_time(SEEDS, |seed| async move {
        match seed % 8 {
            0..3 => any_weather::<Small>(seed).await,
            3..7 => any_weather::<Middle>(seed).await,
            _ => any_weather::<Large>(seed).await,
        }
    });
}

/// A few loads with one loader, and one more when all is quiet.
async fn any_weather<T: Judged>(seed: u64) {
    let mut random = Random::new(seed ^ 0x10AD);
    let secrets = Rotating::new(T::SECRETS, seed);
    let weather = Weather::by_seed(seed, Duration::from_secs(2));
    let is_clear = weather.is_clear();
    let network = Network::new(secrets.clone(), weather);
    let timeout = Duration::from_millis(*random.one_of(&[300, 1500, 6000]));
    let loader = network
        .loader()
        .timeout(timeout)
        .sources(chain(&mut random));
    for _ in 0..=random.below(3) {
        let result = load::<T>(&loader, &network, &secrets, timeout).await;
        if let Err(error) = result {
            assert!(
                !is_clear,
                "a load failed though nothing happened: {error:#}"
            );
        }
    }
    network.weather().clears();
    secrets.rests();
    // What is late is not taken for what comes next.
    sleep(Duration::from_secs(10)).await;
    if let Err(error) = load::<T>(&loader, &network, &secrets, timeout).await {
        let story = network.weather().story();
        panic!("a load failed after all was over: {error:#}\n{story:?}");
    }
}

/// Nothing behind Secrets Manager is ever asked: every secret is there.
fn chain(random: &mut Random) -> Vec<Source> {
    let behind: [Source; 2] = [
        Source::environment(),
        Memory::new().failing_all(Cause::Denied).into(),
    ];
    let [environment, failing] = behind;
    match random.below(3) {
        0 => vec![Source::aws()],
        1 => vec![Source::aws(), environment],
        _ => vec![Source::aws(), failing],
    }
}

async fn load<T: Judged>(
    loader: &Loader,
    network: &Network,
    secrets: &Rotating,
    timeout: Duration,
) -> Result<(), Error> {
    let (began, asked) = (Instant::now(), network.weather().requests());
    let result = loader.load::<T>().await;
    let (took, asked) = (began.elapsed(), network.weather().requests() - asked);
    assert!(
        took <= timeout + TOLERANCE,
        "a load of at most {timeout:?} took {took:?}"
    );
    let most = ATTEMPTS * T::REQUESTS;
    assert!(
        asked <= most,
        "{asked} requests, and at most {most} are made"
    );
    match &result {
        Ok(config) => judge(config, secrets),
        Err(error) => judge_error::<T>(error),
    }
    result.map(drop)
}

/// What would hide a wrong answer is not in the environment of these tests.
#[test]
fn the_environment_of_these_loads_is_empty() {
    let empty = Environment::from_vars::<&str, &str>([]);
    let loader = Loader::new()
        .environment(empty)
        .sources([Source::environment()]);
    assert!(loader.load_blocking::<Middle>().is_err());
}
