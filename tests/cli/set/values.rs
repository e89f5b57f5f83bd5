//! Values from files, standard input and `.env` files.

use base64::prelude::{BASE64_STANDARD, Engine};
use from_secrets_tests::process::Program;
use from_secrets_tests::{FakeAws, FakeSecretsManager};
use serde_json::Value;

use crate::support::{assert_contains, at, file, of, row, run};

const PEM: &str = "-----BEGIN KEY-----\n\tAAAA\n-----END KEY-----\n";

fn set(server: &FakeAws, args: &[&str]) -> Program {
    at(&server.endpoint())
        .args(["set", "--yes"])
        .args(of("set"))
        .args(args)
}

#[test]
fn line_break_of_line_is_removed() {
    let secrets = FakeSecretsManager::new().text("set/TOKEN", "t-1");
    let server = FakeAws::start(secrets.clone());
    let output = run(set(&server, &["token"]).input("t-2\n"), 0);
    row(
        &output.stdout,
        &["update", "set/TOKEN", "us-east-1", "text"],
    );
    assert_contains(&output.stdout, &["updated `set/TOKEN`"]);
    assert_eq!(secrets.current("set/TOKEN").as_deref(), Some("t-2"));
    run(set(&server, &["token"]).input(PEM), 0);
    assert_eq!(secrets.current("set/TOKEN").as_deref(), Some(PEM));
    let output = run(
        set(&server, &["token", "--file"]).arg(file("set.pem", PEM)),
        0,
    );
    row(&output.stdout, &["unchanged", "set/TOKEN"]);
}

#[test]
fn written_versions_have_no_other_stage() {
    let secrets = FakeSecretsManager::new().text("set/TOKEN", "t-1");
    let server = FakeAws::start(secrets.clone());
    run(set(&server, &["token"]).input("t-2"), 0);
    run(set(&server, &["token"]).input("t-3"), 0);
    let stages = secrets
        .versions("set/TOKEN")
        .into_iter()
        .map(|version| version.stages);
    let expected = [vec![], vec!["AWSPREVIOUS"], vec!["AWSCURRENT"]];
    assert_eq!(stages.collect::<Vec<_>>(), expected);
    let calls = server.calls().all();
    let puts = calls
        .iter()
        .filter(|call| call.operation == "PutSecretValue");
    for put in puts {
        let id = put.body["ClientRequestToken"].as_str().unwrap();
        assert_eq!(put.body["VersionStages"][0], format!("from-secrets-{id}"));
    }
}

#[test]
fn new_secret_has_description() {
    let secrets = FakeSecretsManager::new();
    let server = FakeAws::start(secrets.clone());
    let tagged = ["token", "--tag", "team=a", "--kms-key-id", "alias/own"];
    let output = run(set(&server, &tagged).input("t-1"), 0);
    assert_contains(&output.stdout, &["created `set/TOKEN`"]);
    assert_eq!(secrets.current("set/TOKEN").as_deref(), Some("t-1"));
    let created = |field| secrets.created_with("set/TOKEN", field);
    assert_eq!(created("Description"), "Token of the API.");
    assert_eq!(created("KmsKeyId"), "alias/own");
    assert_eq!(created("Tags")[0]["Key"], "team");
    run(set(&server, &["password"]).input("p-1"), 0);
    assert_eq!(secrets.current("set/db").unwrap(), r#"{"password":"p-1"}"#);
    let description = secrets.created_with("set/db", "Description");
    assert_contains(
        description.as_str().unwrap(),
        &[
            "password: Password of the database.",
            "port: Port of the database.",
        ],
    );
}

#[test]
fn first_value_becomes_current() {
    use from_secrets_tests::fake_aws::Entry;
    let secrets = FakeSecretsManager::new().entry("set/TOKEN", Entry::without_value());
    let server = FakeAws::start(secrets.clone());
    run(set(&server, &["token"]).input("t-1"), 0);
    let [version] = &secrets.versions("set/TOKEN")[..] else {
        panic!()
    };
    assert_eq!(version.stages, ["AWSCURRENT"]);
}

#[test]
fn binary_field_accepts_bytes() {
    let secrets = FakeSecretsManager::new().text("set/db", "{\"port\": 1}");
    let server = FakeAws::start(secrets.clone());
    let bytes = [0, 255, 10];
    let path = file("set.bin", "");
    std::fs::write(&path, bytes).unwrap();
    run(set(&server, &["certificate", "--file"]).arg(&path), 0);
    let base64 = BASE64_STANDARD.encode(bytes);
    assert_eq!(
        secrets.versions("set/CERTIFICATE")[0].value["SecretBinary"],
        base64.as_str()
    );
    run(set(&server, &["key"]).input(bytes), 0);
    let db: Value = serde_json::from_str(&secrets.current("set/db").unwrap()).unwrap();
    assert_eq!(db["key"], base64.as_str());
    assert_eq!(db["port"], 1);
}

#[test]
fn only_named_fields_are_set() {
    let secrets = FakeSecretsManager::new().text("set/db", "{\"port\": 1, \"other\": 2}");
    let server = FakeAws::start(secrets.clone());
    let env = file(
        "set.env",
        "TOKEN=t-9\nDB_PORT=5432\nDB_PASSWORD=p-9\nMAIL_USER=u-9\n",
    );
    let from = ["port", "mail.user", "--from"];
    let output = run(set(&server, &from).arg(&env), 0);
    row(
        &output.stdout,
        &["update", "set/db", "us-east-1", "changes `port`"],
    );
    assert_eq!(
        secrets.current("set/db").unwrap(),
        r#"{"port":5432,"other":2}"#
    );
    assert_eq!(secrets.current("set/mail/USER").as_deref(), Some("u-9"));
    assert_eq!(secrets.current("set/TOKEN"), None);
    let output = run(set(&server, &["mail.password", "--from"]).arg(&env), 1);
    assert_contains(
        &output.stderr,
        &["does not set `MAIL_PASSWORD`, the variable of `mail.password`"],
    );
}

#[test]
fn dry_run_writes_no_value() {
    let secrets = FakeSecretsManager::new().text("set/TOKEN", "t-1");
    let server = FakeAws::start(secrets.clone());
    let dry = at(&server.endpoint())
        .args(["set", "token", "--dry-run"])
        .args(of("set"));
    let output = run(dry.input("t-2"), 0);
    row(&output.stdout, &["update", "set/TOKEN"]);
    assert_eq!(secrets.current("set/TOKEN").as_deref(), Some("t-1"));
}
