//! The same over real sockets, between the library, an emulator and the agent, in real time.

use std::net::TcpStream;
use std::time::{Duration, Instant};

use from_secrets::{Agent, Environment, Error, FromSecrets, Loader};
use from_secrets_tests::faults::{FaultyProxy, Weather};
use from_secrets_tests::{Emulator, Kind, Random, ScriptedAgent, Vault, sdk, seeds};
use tokio::runtime::{Builder, Handle};

use crate::configs::{Judged, Middle, Small, judge, judge_error};
use crate::rotating::{Rotating, current};

const SEEDS: u64 = 50;
/// What a deadline may be late by on a busy machine.
const TOLERANCE: Duration = Duration::from_secs(2);
const LONGEST: Duration = Duration::from_millis(100);

/// Loads a few times, in the weather and after it, and looks at what is left.
fn any_weather<T: Judged>(
    seed: u64,
    lasts: Lasts,
    endpoint: &str,
    secrets: &Rotating,
    loader: impl Fn(&FaultyProxy) -> Loader,
) {
    let proxy = FaultyProxy::before(endpoint, Weather::by_seed(seed, LONGEST));
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
        proxy.weather().clears();
        tokio::time::sleep(2 * LONGEST).await;
        let result = loader
            .clone()
            .timeout(Duration::from_secs(30))
            .load::<T>()
            .await;
        assert!(result.is_ok(), "a load failed after all was over");
        judged(&result, secrets);
    });
    drop(loader);
    if lasts == Lasts::ForOneLoad {
        runtime.block_on(assert_no_tasks());
    }
    drop(runtime);
    assert_closed(&proxy);
}

/// How long a source keeps its connections.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Lasts {
    ForOneLoad,
    AsLongAsItsClient,
}

/// What drives connections ends with them.
async fn assert_no_tasks() {
    let began = Instant::now();
    while Handle::current().metrics().num_alive_tasks() > 0 {
        assert!(
            began.elapsed() < Duration::from_secs(10),
            "tasks are left behind"
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

/// The clients are gone, and their connections with them.
fn assert_closed(proxy: &FaultyProxy) {
    let began = Instant::now();
    while proxy.connections() > 0 {
        assert!(
            began.elapsed() < Duration::from_secs(10),
            "{} connections are left",
            proxy.connections()
        );
        std::thread::sleep(Duration::from_millis(5));
    }
}

#[test]
fn loads_from_an_emulator_in_any_weather_are_right_or_errors_in_time() {
    let emulator = Emulator::shared(Kind::Moto);
    let secrets = Rotating::new(Middle::SECRETS, 0);
    put(emulator, &secrets, Middle::SECRETS);
    seeds::each(SEEDS, |seed| {
        any_weather::<Plain>(
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
        created.unwrap_or_else(|_| panic!("the emulator takes `{name}`"));
    }
}

/// What has no previous version, and no ARN that an emulator would choose.
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
fn loads_from_the_agent_in_any_weather_are_right_or_errors_in_time() {
    seeds::each(SEEDS, |seed| {
        let secrets = Rotating::new(Middle::SECRETS, seed);
        secrets.rests();
        let agent = ScriptedAgent::start(Vault::clone(&secrets.vault()));
        let loader = |proxy: &FaultyProxy| {
            let source = Agent::secrets_manager()
                .port(proxy.port())
                .token(ScriptedAgent::TOKEN);
            let none = Environment::from_vars::<&str, &str>([]);
            Loader::new().environment(none).sources([source])
        };
        if seed % 4 == 0 {
            let secrets = Rotating::new(Small::SECRETS, seed);
            agent.hold(secrets.vault());
            any_weather::<Small>(seed, Lasts::ForOneLoad, &agent.endpoint(), &secrets, loader);
        } else {
            any_weather::<Middle>(seed, Lasts::ForOneLoad, &agent.endpoint(), &secrets, loader);
        }
    });
}

#[test]
fn a_proxy_ends_its_connections_when_it_is_dropped() {
    let server = from_secrets_tests::Scripted::start(Vault::new());
    let proxy = FaultyProxy::before(&server.endpoint(), Weather::clear());
    let address = proxy.endpoint().trim_start_matches("http://").to_owned();
    assert!(TcpStream::connect(&address).is_ok());
    drop(proxy);
    assert!(TcpStream::connect(&address).is_err());
}
