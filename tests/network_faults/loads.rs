//! Loads with random fault plans.

use std::time::Duration;

use from_secrets::source::{Env, Memory, SecretsManager, Source, SourceErrorKind};
use from_secrets::{Error, Loader};
use from_secrets_tests::network_faults::{FaultPlan, Network};
use from_secrets_tests::{Random, seeds};
use tokio::time::{Instant, sleep};

use crate::configs::{Judged, Large, Middle, Small, judge, judge_error};
use crate::rotating::Rotating;

const SEEDS: u64 = 1000;
/// The number of attempts of the SDK.
const ATTEMPTS: usize = 3;
/// The tolerance of a deadline with paused time: timers have a resolution of a millisecond.
const TOLERANCE: Duration = Duration::from_millis(5);

#[test]
fn faulty_network_never_yields_wrong_values() {
    seeds::each_in_paused_time(SEEDS, |seed| async move {
        match seed % 8 {
            0..3 => any_fault_plan::<Small>(seed).await,
            3..7 => any_fault_plan::<Middle>(seed).await,
            _ => any_fault_plan::<Large>(seed).await,
        }
    });
}

/// Runs a few loads with one loader, and one more after the faults.
async fn any_fault_plan<T: Judged>(seed: u64) {
    let mut random = Random::new(seed ^ 0x10AD);
    let secrets = Rotating::new(T::SECRETS, seed);
    let plan = FaultPlan::by_seed(seed, Duration::from_secs(2));
    let is_clear = plan.is_clear();
    let network = Network::new(secrets.clone(), plan);
    let timeout = Duration::from_millis(*random.one_of(&[300, 1500, 6000]));
    let loader = network
        .loader()
        .timeout(timeout)
        .sources(chain(&mut random));
    for _ in 0..=random.below(3) {
        let result = load::<T>(&loader, &network, &secrets, timeout).await;
        if let Err(error) = result {
            assert!(!is_clear, "a load failed without faults: {error:#}");
        }
    }
    network.plan().clears();
    secrets.rests();
    // Late responses must not be used for later requests.
    sleep(Duration::from_secs(10)).await;
    if let Err(error) = load::<T>(&loader, &network, &secrets, timeout).await {
        let details = network.plan().details();
        panic!("a load failed after the faults: {error:#}\n{details:?}");
    }
}

/// Sources after Secrets Manager are never queried, because every secret exists.
fn chain(random: &mut Random) -> Vec<Source> {
    let behind: [Source; 2] = [
        Env::new().into(),
        Memory::new().with_outage(SourceErrorKind::Denied).into(),
    ];
    let [environment, failing] = behind;
    match random.below(3) {
        0 => vec![SecretsManager::new().into()],
        1 => vec![Source::from(SecretsManager::new()), environment],
        _ => vec![Source::from(SecretsManager::new()), failing],
    }
}

async fn load<T: Judged>(
    loader: &Loader,
    network: &Network,
    secrets: &Rotating,
    timeout: Duration,
) -> Result<(), Error> {
    let (began, requested) = (Instant::now(), network.plan().requests());
    let result = loader.load::<T>().await;
    let (took, requested) = (began.elapsed(), network.plan().requests() - requested);
    assert!(
        took <= timeout + TOLERANCE,
        "a load of at most {timeout:?} took {took:?}"
    );
    let most = ATTEMPTS * T::REQUESTS;
    assert!(requested <= most, "{requested} requests, more than {most}");
    match &result {
        Ok(config) => judge(config, secrets),
        Err(error) => judge_error::<T>(error),
    }
    result.map(drop)
}

/// The environment of these tests contains no values, which could hide a wrong response.
#[test]
fn environment_has_no_fallback_values() {
    let empty = Env::from_vars::<&str, &str>([]);
    let loader = Loader::new().env(empty).source(Env::new());
    assert!(loader.load_blocking::<Middle>().is_err());
}
