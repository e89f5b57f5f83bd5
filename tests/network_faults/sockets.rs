//! The same tests over real sockets, with an emulator and the agent, in real time.

use std::net::TcpStream;
use std::time::{Duration, Instant};

use from_secrets::source::{Agent, Env};
use from_secrets::{Error, FromSecrets, Loader};
use from_secrets_tests::network_faults::{FaultPlan, FaultyProxy};
use from_secrets_tests::{Emulator, FakeAgent, FakeSecretsManager, Kind, Random, sdk, seeds};
use tokio::runtime::{Builder, Handle};

use crate::configs::{Judged, Middle, Small, judge, judge_error};
use crate::rotating::{Rotating, current};

const SEEDS: u64 = 50;
/// The tolerance of a deadline on a busy machine.
const TOLERANCE: Duration = Duration::from_secs(2);
const LONGEST: Duration = Duration::from_millis(100);

/// Loads a few times during and after the faults, and checks for leaked tasks and connections.
fn any_fault_plan<T: Judged>(
    seed: u64,
    lasts: Lasts,
    endpoint: &str,
    secrets: &Rotating,
    loader: impl Fn(&FaultyProxy) -> Loader,
) {
    let proxy = FaultyProxy::before(endpoint, FaultPlan::by_seed(seed, LONGEST));
    let timeout = Duration::from_millis(*Random::new(seed).one_of(&[60, 200, 400]));
    let runtime = Builder::new_current_thread()
        .enable_all()
        .build()
        .expect("a runtime");
    let loader = loader(&proxy);
    runtime.block_on(async {
        for _ in 0..3 {
            let began = Instant::now();
            let result = loader.clone().timeout(timeout).load::<T>().await;
            let took = began.elapsed();
            assert!(
                took <= timeout + TOLERANCE,
                "a load of at most {timeout:?} took {took:?}"
            );
            judged(&result, secrets);
        }
        proxy.plan().clears();
        tokio::time::sleep(2 * LONGEST).await;
        let result = loader
            .clone()
            .timeout(Duration::from_secs(30))
            .load::<T>()
            .await;
        assert!(result.is_ok(), "a load failed after the faults");
        judged(&result, secrets);
    });
    drop(loader);
    if lasts == Lasts::ForOneLoad {
        runtime.block_on(assert_no_tasks());
    }
    drop(runtime);
    assert_closed(&proxy);
}

/// The lifetime of a source's connections.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Lasts {
    ForOneLoad,
    AsLongAsItsClient,
}

/// Asserts that the tasks of connections end with the connections.
async fn assert_no_tasks() {
    let began = Instant::now();
    while Handle::current().metrics().num_alive_tasks() > 0 {
        assert!(
            began.elapsed() < Duration::from_secs(10),
            "tasks are still running"
        );
        tokio::time::sleep(Duration::from_millis(1)).await;
    }
}

fn judged<T: Judged>(result: &Result<T, Error>, secrets: &Rotating) {
    match result {
        Ok(config) => judge(config, secrets),
        Err(error) => judge_error::<T>(error),
    }
}

/// Asserts that the connections end after their clients are dropped.
fn assert_closed(proxy: &FaultyProxy) {
    let began = Instant::now();
    while proxy.connections() > 0 {
        assert!(
            began.elapsed() < Duration::from_secs(10),
            "{} connections are still open",
            proxy.connections()
        );
        std::thread::sleep(Duration::from_millis(5));
    }
}

#[test]
fn emulator_faults_never_yield_wrong_values() {
    let emulator = Emulator::shared(Kind::Moto);
    let secrets = Rotating::new(Middle::SECRETS, 0);
    put(emulator, &secrets, Middle::SECRETS);
    seeds::each(SEEDS, |seed| {
        any_fault_plan::<Plain>(
            seed,
            Lasts::AsLongAsItsClient,
            emulator.endpoint(),
            &secrets,
            |proxy| sdk::loader(&proxy.endpoint()),
        );
    });
}

#[tokio::main(flavor = "current_thread")]
async fn put(emulator: &Emulator, secrets: &Rotating, names: &[&str]) {
    let client = emulator.client();
    for name in names {
        let text = current(name, secrets.version(name));
        let created = client
            .create_secret()
            .name(*name)
            .secret_string(text)
            .send()
            .await;
        created.unwrap_or_else(|_| panic!("the emulator rejected `{name}`"));
    }
}

/// Fields without a previous version and without an ARN, which the emulator would not have.
#[derive(FromSecrets)]
struct Plain {
    #[secret("token", default = "a default")]
    token: String,
    #[secret("license")]
    license: Option<String>,
    #[secret(flatten)]
    database: crate::configs::Database,
}

impl Judged for Plain {
    const SECRETS: &'static [&'static str] = Middle::SECRETS;
    const FIELDS: usize = 4;
    const REQUESTS: usize = 4;

    fn claims(&self) -> Vec<crate::configs::Claim<'_>> {
        let mut claims = self.database.claims();
        claims.push(crate::configs::claim("token", "whole", &self.token));
        claims.push(crate::configs::optional(
            "license",
            "whole",
            self.license.as_deref(),
        ));
        claims
    }
}

#[test]
fn agent_faults_never_yield_wrong_values() {
    seeds::each(SEEDS, |seed| {
        let secrets = Rotating::new(Middle::SECRETS, seed);
        secrets.rests();
        let agent = FakeAgent::start(FakeSecretsManager::clone(&secrets.vault()));
        let loader = |proxy: &FaultyProxy| {
            let source = Agent::new().port(proxy.port()).token(FakeAgent::TOKEN);
            let none = Env::from_vars::<&str, &str>([]);
            Loader::new().env(none).source(source)
        };
        if seed % 4 == 0 {
            let secrets = Rotating::new(Small::SECRETS, seed);
            agent.hold(secrets.vault());
            any_fault_plan::<Small>(seed, Lasts::ForOneLoad, &agent.endpoint(), &secrets, loader);
        } else {
            any_fault_plan::<Middle>(seed, Lasts::ForOneLoad, &agent.endpoint(), &secrets, loader);
        }
    });
}

#[test]
fn dropped_proxy_stops_listening() {
    let server = from_secrets_tests::FakeAws::start(FakeSecretsManager::new());
    let proxy = FaultyProxy::before(&server.endpoint(), FaultPlan::clear());
    let address = proxy.endpoint().trim_start_matches("http://").to_owned();
    assert!(TcpStream::connect(&address).is_ok());
    drop(proxy);
    assert!(TcpStream::connect(&address).is_err());
}
