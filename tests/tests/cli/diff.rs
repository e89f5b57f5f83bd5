//! `diff`: what two chains answer differently.

use aws_sdk_secretsmanager::primitives::Blob;
use from_secrets_tests::{Answer, Call, Proxy};

use crate::support::{VALUES, at, ended, holds, moto, of, put, row, with};

async fn set_up(app: &str) {
    let client = moto().client();
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
async fn each_field_is_compared_as_it_would_be_taken() {
    set_up("diff").await;
    let program = at(moto().endpoint())
        .args(["diff", "env", "aws"])
        .args(of("diff"));
    let program = with(program, &VALUES)
        .env("DB_POOL", "{\"min\": 1, \"max\": 9}")
        .env("DB_KEY", "AP+f\n");
    let said = ended(program, 1);
    let table = &said.stdout;
    for (answer, field) in [
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
        assert_eq!(row(table, &[answer, field]).len(), 2);
    }
    assert!(
        !table.contains("listen"),
        "no chain is asked for it:\n{table}"
    );
    assert_eq!(said.stderr, "");
}

#[tokio::test]
async fn nothing_differs_from_itself() {
    set_up("diff-self").await;
    let program = at(moto().endpoint())
        .args(["diff", "aws", "aws,env"])
        .args(of("diff-self"));
    let said = ended(program, 0);
    row(&said.stdout, &["in neither", "mail.password"]);
}

#[tokio::test]
async fn what_fails_is_told_with_its_cause() {
    set_up("diff-fails").await;
    let proxy = Proxy::refusing(moto().endpoint(), |call: &Call| {
        if call.is_batch() {
            return Some(Answer::batch_denied());
        }
        call.asks_for("diff-fails/TOKEN")
            .then(|| Answer::denied("diff-fails/TOKEN"))
    });
    let diff = || {
        let program = at(&proxy.endpoint())
            .args(["diff", "aws", "env"])
            .args(of("diff-fails"));
        with(program, &VALUES).env("DB_PORT", "many")
    };
    let said = ended(diff(), 1);
    row(&said.stdout, &["failed: denied (aws)", "token"]);
    row(&said.stdout, &["failed: malformed (env)", "port"]);
    holds(
        &said.stderr,
        &["`token` in aws: denied", "`port` in env: malformed"],
    );
    let said = ended(diff().arg("--verbose"), 1);
    holds(&said.stderr, &[Answer::REQUEST_ID, "help: "]);
}
