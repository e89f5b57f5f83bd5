//! Values that are rejected before any write.

use from_secrets_tests::{FakeAws, FakeSecretsManager, Proxy, canary};

use crate::support::{VALUES, assert_contains, at, emulator, of, put, row, run, with};

#[tokio::test]
async fn invalid_values_are_rejected_before_writes() {
    let app = "push-refused";
    let client = emulator().client();
    put(&client, "push-refused/db", "no json").await;
    let proxy = Proxy::before(emulator().endpoint());
    let push = || {
        with(
            at(&proxy.endpoint()).args(["push", "-y"]).args(of(app)),
            &VALUES,
        )
    };
    let output = run(push(), 1);
    assert_contains(
        &output.stderr,
        &["no secrets were written", "`push-refused/db`", "not JSON"],
    );
    let set = |text: &'static str| {
        client
            .put_secret_value()
            .secret_id("push-refused/db")
            .secret_string(text)
    };
    set("{\"password\": 1, \"password\": 2}")
        .send()
        .await
        .unwrap();
    let output = run(push(), 1);
    assert_contains(
        &output.stderr,
        &["the secret contains the key `password` twice"],
    );
    set("{}").send().await.unwrap();
    let output = run(push().env("DB_PORT", "many"), 1);
    assert_contains(
        &output.stderr,
        &[
            "no secrets were written",
            "invalid value for `port`",
            "expected an integer from 0 to 65535",
        ],
    );
    let output = run(push().env("CERTIFICATE", "!"), 1);
    assert_contains(&output.stderr, &["`certificate`: expected base64"]);
    let output = run(push().env("TOKEN", "x".repeat(65_537)), 1);
    assert_contains(&output.stderr, &["65536 bytes"]);
    let writes = proxy.calls().all();
    let writes = writes
        .iter()
        .filter(|call| !call.is_batch() && !call.is_get());
    assert_eq!(writes.count(), 0, "{}", proxy.tally());
}

#[test]
fn missing_placeholder_is_rejected() {
    let server = FakeAws::start(FakeSecretsManager::new());
    let output = run(
        with(at(&server.endpoint()).args(["push", "-y"]), &VALUES),
        2,
    );
    assert_contains(&output.stderr, &["cannot be looked up as declared"]);
    assert_eq!(server.tally(), "0 batches, 0 gets");
}

#[test]
fn value_for_pinned_version_is_rejected() {
    let server = FakeSecretsManager::new().text("pinned/token", "t");
    let server = FakeAws::start(server);
    let push = || {
        let push = at(&server.endpoint())
            .args(["push", "-y"])
            .args(of("pinned"));
        push.env("STRUCT", "pinned").env("TOKEN", "t")
    };
    let output = run(push(), 0);
    row(&output.stdout, &["unchanged", "pinned/token"]);
    assert_contains(
        &output.stderr,
        &["note: skipping `old`: the field is pinned to the version `AWSPREVIOUS`"],
    );
    let output = run(push().env("OLD_TOKEN", "o"), 2);
    assert_contains(
        &output.stderr,
        &["`old`", "only `AWSCURRENT` can be written"],
    );
}

#[test]
fn managed_secret_is_rejected_before_requests() {
    let server = FakeAws::start(FakeSecretsManager::new());
    let arn = "arn:aws:secretsmanager:us-east-1:123456789012:secret:rds!db-1-AbCdEf";
    let push = at(&server.endpoint())
        .args(["push", "-y"])
        .args(of("by-arn"));
    let push = push.env("STRUCT", "by_arn").env("LOGIN_ARN", arn);
    let canary = canary::value("managed");
    let output = run(
        push.env("LOGIN_USER", &canary)
            .env("LOGIN_PASSWORD", &canary),
        2,
    );
    assert_contains(
        &output.stderr,
        &[
            "an AWS service manages",
            "only that service can create and update it",
        ],
    );
    canary::assert_absent(&format!("{}{}", output.stdout, output.stderr));
    assert_eq!(server.tally(), "0 batches, 0 gets");
}
