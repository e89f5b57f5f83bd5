//! Secrets that cannot be read or written.

use from_secrets_tests::{Call, FakeAws, FakeResponse, FakeSecretsManager, Proxy};
use serde_json::json;

use crate::support::{VALUES, assert_contains, at, emulator, of, row, run, with};

#[tokio::test]
async fn partial_push_can_be_repeated() {
    let app = "push-half";
    let denied = |call: &Call| {
        let is_write = call.operation == "CreateSecret" && call.is_request_for("push-half/db");
        is_write.then(|| {
            FakeResponse::error(
                "AccessDeniedException",
                "not authorized to perform: secretsmanager:CreateSecret",
            )
        })
    };
    let proxy = Proxy::refusing(emulator().endpoint(), denied);
    let push = |endpoint: &str| with(at(endpoint).args(["push", "-y"]).args(of(app)), &VALUES);
    let output = run(push(&proxy.endpoint()), 1);
    assert_contains(
        &output.stdout,
        &["created `push-half/TOKEN`", "created `push-half/mail/USER`"],
    );
    let errors = [
        "cannot write `push-half/db`: denied",
        "AccessDeniedException",
        FakeResponse::REQUEST_ID,
        "allow `secretsmanager:CreateSecret`",
        "run the command again",
    ];
    assert_contains(&output.stderr, &errors);
    let output = run(push(emulator().endpoint()), 0);
    row(&output.stdout, &["unchanged", "push-half/TOKEN"]);
    assert_contains(&output.stdout, &["created `push-half/db`"]);
    assert!(!output.stdout.contains("updated"), "{}", output.stdout);
}

#[tokio::test]
async fn unreadable_secret_is_not_written() {
    let app = "push-unread";
    let server = FakeSecretsManager::new()
        .denied("push-unread/db")
        .when(|call| {
            (call.operation == "CreateSecret").then(|| FakeResponse::json(&json!({ "Name": "x" })))
        });
    let server = FakeAws::start(server);
    let push = with(
        at(&server.endpoint()).args(["push", "-y"]).args(of(app)),
        &VALUES,
    );
    let output = run(push, 1);
    row(
        &output.stdout,
        &["fail", "push-unread/db", "us-east-1", "denied"],
    );
    assert_contains(
        &output.stderr,
        &["cannot read `push-unread/db`, so it is not changed"],
    );
    let calls = server.calls().all();
    let created = calls.iter().filter(|call| call.operation == "CreateSecret");
    assert_eq!(created.count(), 4, "{}", server.tally());
}

#[tokio::test]
async fn expired_credentials_stop_further_writes() {
    let server = FakeAws::start(FakeSecretsManager::new().when(|call| {
        let is_write = call.operation == "CreateSecret";
        is_write
            .then(|| FakeResponse::error("ExpiredTokenException", "The security token is expired"))
    }));
    let push = at(&server.endpoint())
        .args(["push", "-y"])
        .args(of("push-expired"));
    let output = run(with(push, &VALUES), 1);
    assert_contains(
        &output.stderr,
        &[
            "no usable credentials",
            "skipped `push-expired/mail/USER` after an earlier error\n",
        ],
    );
    let calls = server.calls().all();
    assert_eq!(
        calls
            .iter()
            .filter(|call| call.operation == "CreateSecret")
            .count(),
        1
    );
}
