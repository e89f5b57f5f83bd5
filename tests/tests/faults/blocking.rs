//! Blocking loads that a panic ends.

use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use from_secrets::{Answers, FromSecrets, Query, SecretSource, Source};
use from_secrets_tests::faults::{FaultyProxy, Weather};
use from_secrets_tests::{Scripted, sdk};

use crate::configs::{Judged, Middle, judge};
use crate::rotating::Rotating;

/// Panics when its secret is not there, which is after the requests.
#[derive(FromSecrets)]
struct Panicking {
    #[secret("token")]
    _token: String,
    #[secret("missing", default = panic!("a default that panics"))]
    _missing: String,
}

/// A source that panics where the load is half done.
#[derive(Debug)]
struct Broken;

impl SecretSource for Broken {
    fn name(&self) -> &'static str {
        "broken"
    }

    fn fetch<'a>(&'a self, _: Query<'a>) -> Answers<'a> {
        Box::pin(async {
            tokio::time::sleep(Duration::from_millis(1)).await;
            panic!("a source that panics")
        })
    }
}

#[test]
fn a_panic_in_a_blocking_load_breaks_no_later_load() {
    let secrets = Rotating::new(Middle::SECRETS, 0);
    let server = Scripted::start(secrets.clone());
    let proxy = FaultyProxy::before(&server.endpoint(), Weather::clear());
    let loader = sdk::loader(&proxy.endpoint());
    let broken = loader
        .clone()
        .sources([Source::aws(), Source::custom(Broken)]);
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

/// A load that a runtime's end cuts off, again and again, on runtimes of either flavour.
#[test]
fn a_runtime_that_ends_in_the_middle_of_a_load_breaks_no_later_one() {
    let secrets = Rotating::new(Middle::SECRETS, 1);
    let server = Scripted::start(secrets.clone());
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
