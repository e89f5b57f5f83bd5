//! `diff`: the differences between two chains.

use aws_sdk_secretsmanager::primitives::Blob;
use from_secrets_tests::{Call, FakeResponse, Proxy};

use crate::support::{VALUES, assert_contains, at, emulator, of, put, row, run, with};

async fn set_up(app: &str) {
    let client = emulator().client();
    put(&client, &format!("{app}/TOKEN"), "t-1").await;
    let db =
        r#"{"password": "another", "port": 5432, "pool": {"max": 9, "min": "1"}, "key": "AP+f"}"#;
    put(&client, &format!("{app}/db"), db).await;
    put(&client, &format!("{app}/mail/USER"), "postman").await;
    put(&client, &format!("{app}/REMARK"), "here").await;
    let call = client.create_secret().name(format!("{app}/CERTIFICATE"));
    call.secret_binary(Blob::new([0, 255, 159, 145]))
        .send()
        .await
        .unwrap();
}

#[tokio::test]
async fn diff_compares_decoded_values() {
    set_up("diff").await;
    let program = at(emulator().endpoint())
        .args(["diff", "env", "aws"])
        .args(of("diff"));
    let program = with(program, &VALUES)
        .env("DB_POOL", "{\"min\": 1, \"max\": 9}")
        .env("DB_KEY", "AP+f\n");
    let output = run(program, 1);
    let table = &output.stdout;
    for (result, field) in [
        ("same", "token"),
        ("differs", "password"),
        ("same", "port"),
        ("same", "pool"),
        ("same", "certificate"),
        ("same", "key"),
        ("same", "mail.user"),
        ("only in env", "mail.password"),
        ("only in aws", "remark"),
        ("in neither", "level"),
    ] {
        assert_eq!(row(table, &[result, field]).len(), 2);
    }
    assert!(
        !table.contains("listen"),
        "`env_only` fields are not compared:\n{table}"
    );
    assert_eq!(output.stderr, "");
}

#[tokio::test]
async fn identical_chains_have_no_difference() {
    set_up("diff-self").await;
    let program = at(emulator().endpoint())
        .args(["diff", "aws", "aws,env"])
        .args(of("diff-self"));
    let output = run(program, 0);
    row(&output.stdout, &["in neither", "mail.password"]);
}

#[tokio::test]
async fn failed_fields_are_listed_with_cause() {
    set_up("diff-fails").await;
    let proxy = Proxy::refusing(emulator().endpoint(), |call: &Call| {
        if call.is_batch() {
            return Some(FakeResponse::batch_denied());
        }
        call.is_request_for("diff-fails/TOKEN")
            .then(|| FakeResponse::denied("diff-fails/TOKEN"))
    });
    let diff = || {
        let program = at(&proxy.endpoint())
            .args(["diff", "aws", "env"])
            .args(of("diff-fails"));
        with(program, &VALUES).env("DB_PORT", "many")
    };
    let output = run(diff(), 2);
    row(&output.stdout, &["failed: denied (aws)", "token"]);
    row(&output.stdout, &["failed: malformed (env)", "port"]);
    assert_contains(
        &output.stderr,
        &["`token` in aws: denied", "`port` in env: malformed"],
    );
    let output = run(diff().arg("--verbose"), 2);
    assert_contains(&output.stderr, &[FakeResponse::REQUEST_ID, "help: "]);
}
