//! Blocking loads that end with a panic.

use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use from_secrets::FromSecrets;
use from_secrets::source::{
    FetchContext, FetchFuture, SecretRequest, SecretSource, SecretsManager,
};
use from_secrets_tests::network_faults::{FaultPlan, FaultyProxy};
use from_secrets_tests::{FakeAws, sdk};

use crate::configs::{Judged, Middle, judge};
use crate::rotating::Rotating;

/// Panics if its secret is missing, after the requests.
#[derive(FromSecrets)]
struct Panicking {
    #[secret("token")]
    _token: String,
    #[secret("missing", default = panic!("a default that panics"))]
    _missing: String,
}

/// A source that panics in the middle of a load.
#[derive(Debug)]
struct Broken;

impl SecretSource for Broken {
    fn name(&self) -> &'static str {
        "broken"
    }

    fn fetch<'a>(&'a self, _: &'a [SecretRequest], _: FetchContext) -> FetchFuture<'a> {
        Box::pin(async {
            tokio::time::sleep(Duration::from_millis(1)).await;
            panic!("a source that panics")
        })
    }
}

#[test]
fn later_loads_survive_panic() {
    let secrets = Rotating::new(Middle::SECRETS, 0);
    let server = FakeAws::start(secrets.clone());
    let proxy = FaultyProxy::before(&server.endpoint(), FaultPlan::clear());
    let loader = sdk::loader(&proxy.endpoint());
    let broken = loader.clone().source(SecretsManager::new()).source(Broken);
    for _ in 0..10 {
        let load = || loader.load_blocking::<Panicking>().is_ok();
        assert!(catch_unwind(AssertUnwindSafe(load)).is_err());
        let load = || broken.load_blocking::<Panicking>().is_ok();
        assert!(catch_unwind(AssertUnwindSafe(load)).is_err());
        let result = loader.load_blocking::<Middle>();
        judge(
            &result.unwrap_or_else(|error| panic!("{error:#}")),
            &secrets,
        );
    }
    assert!(
        proxy.connections() <= 20,
        "{} connections are open",
        proxy.connections()
    );
}

/// The runtime shuts down during a load, repeatedly, on runtimes of both flavors.
#[test]
fn later_loads_survive_runtime_shutdown() {
    let secrets = Rotating::new(Middle::SECRETS, 1);
    let server = FakeAws::start(secrets.clone());
    let loader = sdk::loader(&server.endpoint());
    let began = AtomicBool::new(false);
    for round in 0..10 {
        let mut builder = match round % 2 {
            0 => tokio::runtime::Builder::new_current_thread(),
            _ => tokio::runtime::Builder::new_multi_thread(),
        };
        let runtime = builder.enable_all().build().expect("a runtime");
        let cut_off = loader.clone();
        runtime.spawn(async move { cut_off.load::<Middle>().await.is_ok() });
        runtime.block_on(async { tokio::time::sleep(Duration::from_millis(round)).await });
        began.store(true, Ordering::SeqCst);
        drop(runtime);
        let fresh = sdk::loader(&server.endpoint()).load_blocking::<Middle>();
        judge(&fresh.unwrap_or_else(|error| panic!("{error:#}")), &secrets);
    }
}
