//! The heap allocations of loads and reads, without a subscriber: spans and log events add none.
//!
//! The allocator counts the allocations of the current thread. It belongs to the whole process, so this is a test
//! program of its own.
#![cfg(all(feature = "derive", feature = "live"))]

use std::hint::black_box;
use std::time::Duration;

use allocation_counter::measure;
use from_secrets::source::{Env, Memory};
use from_secrets::{FromSecrets, Live, Loader, SecretString};
use tokio::runtime::{Builder, Runtime};

/// The allocations of a load from [`Memory`].
const OF_MEMORY: u64 = 38;
/// The allocations of a load from [`Env`].
const OF_ENV: u64 = 24;
/// The allocations of a refresh. They vary by one.
const OF_REFRESH: u64 = 56;

#[derive(FromSecrets)]
struct Config {
    api_token: SecretString,
    #[secret(name = "prod/db", json_key = "password", env = "DB_PASSWORD")]
    password: Option<SecretString>,
    #[secret(default = 8080)]
    port: u16,
}

impl Config {
    fn read(&self) {
        black_box((&self.api_token, &self.password, self.port));
    }
}

fn runtime() -> Runtime {
    Builder::new_current_thread().enable_time().build().unwrap()
}

fn memory() -> Loader {
    let secrets = Memory::new()
        .with_secret("API_TOKEN", "a token")
        .with_secret("prod/db", r#"{"password": "a password"}"#);
    let env = Env::from_vars([("PORT", "1")]);
    Loader::new().source(secrets).env(env)
}

fn env() -> Loader {
    let variables = [("API_TOKEN", "a token"), ("DB_PASSWORD", "a")];
    Loader::new()
        .source(Env::new())
        .env(Env::from_vars(variables))
}

/// The allocations of the labels of a load or refresh, with the feature `metrics`.
const OF_METRICS: u64 = if cfg!(feature = "metrics") { 5 } else { 0 };

/// Returns the least number of allocations of several runs: a run may also fill caches, or register a span at the same
/// time as another thread.
fn allocations(mut work: impl FnMut()) -> u64 {
    let runs = (0..10).map(|_| measure(&mut work).count_total);
    runs.min().unwrap_or_default()
}

fn allocations_of_load(loader: &Loader) -> u64 {
    let runtime = runtime();
    allocations(|| {
        let config: Config = runtime.block_on(loader.load()).unwrap();
        config.read();
    })
}

fn live(runtime: &Runtime) -> Live<Config> {
    let builder = Live::builder()
        .loader(memory())
        .background_refresh(false)
        .min_refresh_interval(Duration::from_nanos(1));
    runtime.block_on(builder.load()).unwrap()
}

/// Asserts that an intended change of the number is noticed in both directions.
#[track_caller]
fn assert_about(allocations: u64, expected: u64) {
    assert!(
        (expected - 2..=expected + OF_METRICS).contains(&allocations),
        "{allocations} allocations instead of {expected}; if another change adds or removes some, correct the constant"
    );
}

#[test]
fn load_from_memory_allocates_no_more() {
    assert_about(allocations_of_load(&memory()), OF_MEMORY);
}

#[test]
fn load_from_env_allocates_no_more() {
    assert_about(allocations_of_load(&env()), OF_ENV);
}

#[test]
fn refresh_allocates_no_more() {
    let runtime = runtime();
    let live = live(&runtime);
    let refresh = || {
        runtime.block_on(live.refresh()).unwrap();
    };
    assert_about(allocations(refresh), OF_REFRESH);
}

#[test]
fn reads_never_allocate() {
    let runtime = runtime();
    let live = live(&runtime);
    let reads = || (0..1000).for_each(|_| live.get().unwrap().read());
    assert_eq!(allocations(reads), 0);
}
