//! Home regions that fail over real connections.

use std::time::Duration;

use from_secrets::Loader;
use from_secrets::source::{Env, SourceErrorKind};
use from_secrets_tests::regions::{HOME, WEST, client, provided_by, replicated};
use from_secrets_tests::unavailable_server::{BlackHole, Refusal};
use from_secrets_tests::{FakeAws, FakeResponse, expect};

use super::{loaded, refused};
use from_secrets_tests::structs::pocket;

const TIMEOUT: Duration = Duration::from_millis(1_500);

fn loader(home: &str, west: &str) -> Loader {
    let client = client([(HOME, home.to_owned()), (WEST, west.to_owned())]);
    Loader::new()
        .env(Env::from_vars::<&str, &str>([]))
        .source(replicated(client, &[WEST]))
        .timeout(TIMEOUT)
}

#[tokio::test]
async fn dead_home_fails_over() {
    let hole = BlackHole::open();
    let refusal = Refusal::open();
    let hanging = FakeAws::start(|_: &_| FakeResponse::hang());
    let stalled = FakeAws::start(|_: &_| {
        FakeResponse::json(&serde_json::json!({ "SecretValues": [] })).stalled()
    });
    let closing = FakeAws::start(|_: &_| FakeResponse::close());
    for (what, home) in [
        ("refused", refusal.endpoint().to_owned()),
        ("accepted", hole.endpoint()),
        ("hanging", hanging.endpoint()),
        ("stalled", stalled.endpoint()),
        ("closed", closing.endpoint()),
        ("no host", "http://no-such-host.invalid".to_owned()),
    ] {
        let west = FakeAws::start(pocket());
        let loader = loader(&home, &west.endpoint());
        let report = loaded(&loader).await;
        assert_eq!(provided_by(&report), [WEST, WEST], "{what}");
        assert_eq!(west.tally(), "1 batch, 0 gets", "{what}");
        loaded(&loader).await;
        assert_eq!(west.tally(), "2 batches, 0 gets", "{what}");
    }
    assert!(hole.connections() <= 2);
    for server in [&hanging, &stalled, &closing] {
        assert!(
            (1..=3).contains(&server.calls().count()),
            "{}",
            server.tally()
        );
    }
}

#[tokio::test]
async fn dead_regions_fail_at_deadline() {
    let (home, west) = (BlackHole::open(), BlackHole::open());
    let error = refused(&loader(&home.endpoint(), &west.endpoint())).await;
    expect::failure(&error, "key", SourceErrorKind::Unreachable);
    for hole in [&home, &west] {
        assert!((1..=3).contains(&hole.connections()));
    }
}
