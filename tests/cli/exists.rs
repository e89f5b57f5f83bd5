//! `check --exists`

use from_secrets_tests::fake_aws::{Entry, Script};
use from_secrets_tests::process::Program;
use from_secrets_tests::unavailable_server::Refusal;
use from_secrets_tests::{Call, Emulator, FakeAws, FakeResponse, FakeSecretsManager, Kind, Proxy};
use serde_json::{Value, json};

use crate::support::{assert_contains, at, bare, emulator, of, put, row, run};

const NAMES: [&str; 4] = ["TOKEN", "CERTIFICATE", "mail/USER", "mail/PASSWORD"];

/// Creates all required secrets. None has a value that fits.
async fn create(emulator: &Emulator, app: &str) {
    let client = emulator.client();
    for name in NAMES.into_iter().chain(["db"]) {
        put(&client, &format!("{app}/{name}"), "canary").await;
    }
}

/// Returns the program of a user with this policy.
fn user(name: &str, statement: &Value) -> Program {
    let emulator = Emulator::shared(Kind::MinistackWithIam);
    let policy = json!({ "Version": "2012-10-17", "Statement": [statement] });
    let credentials = emulator.user(name, &policy);
    at(emulator.endpoint())
        .env("AWS_ACCESS_KEY_ID", credentials.access_key_id())
        .env("AWS_SECRET_ACCESS_KEY", credentials.secret_access_key())
        .args(["check", "--exists"])
}

#[tokio::test]
async fn describe_permission_is_sufficient() {
    let app = "exists-described";
    create(Emulator::shared(Kind::MinistackWithIam), app).await;
    let describe = json!({
        "Effect": "Allow",
        "Action": "secretsmanager:DescribeSecret",
        "Resource": format!("arn:aws:secretsmanager:us-east-1:000000000000:secret:{app}/*"),
    });
    let program = user("pipeline", &describe);

    let output = run(program.args(of(app)), 0);

    for field in ["token", "password", "port", "certificate", "mail.user"] {
        let row = row(&output.stdout, &["exists", field]);
        assert_eq!(
            row.last().map(String::as_str),
            Some("AWSCURRENT"),
            "{row:?}"
        );
    }
    row(&output.stdout, &["absent", "remark"]);
    row(&output.stdout, &["default", "level"]);
    row(&output.stdout, &["unchecked", "listen", "-"]);
    let notes = [
        "the JSON keys of `password`, `port`, `pool`, `replica`, `key` are not checked",
        "`listen` not checked: read only from the environment",
    ];
    assert_contains(&output.stderr, &notes);
    assert!(!output.stdout.contains("canary"), "a value leaked");
}

#[tokio::test]
async fn denied_description_has_no_result() {
    let app = "exists-denied";
    create(Emulator::shared(Kind::MinistackWithIam), app).await;
    let read = json!({
        "Effect": "Allow",
        "Action": "secretsmanager:GetSecretValue",
        "Resource": "*",
    });
    let output = run(user("reader", &read).args(of(app)), 2);
    row(&output.stdout, &["denied", "token", "exists-denied/TOKEN"]);
    assert_contains(
        &output.stdout,
        &["help: allow `secretsmanager:DescribeSecret`"],
    );
}

#[tokio::test]
async fn each_secret_is_described_once() {
    create(emulator(), "exists-once").await;
    let proxy = Proxy::before(emulator().endpoint());
    let check = at(&proxy.endpoint()).args(["check", "--exists"]);
    run(check.args(of("exists-once")), 0);
    let calls = proxy.calls().all();
    // The required secrets, and those of `remark` and `level`.
    assert_eq!(calls.len(), NAMES.len() + 3, "{}", proxy.tally());
    let is_description = |call: &Call| call.operation == "DescribeSecret";
    assert!(calls.iter().all(is_description), "{}", proxy.tally());
}

#[test]
fn missing_secrets_are_searched_everywhere() {
    let aws = FakeAws::start(FakeSecretsManager::new().text("own/TOKEN", "canary"));
    let check = at(&aws.endpoint()).args(["check", "--exists"]);
    let output = run(check.env("STRUCT", "two_regions").args(of("own")), 1);
    row(&output.stdout, &["exists", "token"]);
    row(&output.stdout, &["missing", "certificate"]);
    let regions = |name: &str| -> Vec<String> {
        let calls = aws.calls().all().into_iter();
        let of_secret = calls.filter(|call| call.ids == [name]);
        of_secret.map(|call| call.region).collect()
    };
    assert_eq!(regions("own/TOKEN"), ["eu-west-1"]);
    assert_eq!(regions("own/CERTIFICATE"), ["eu-west-1", "us-east-1"]);
}

#[test]
fn each_version_is_searched_everywhere() {
    let name = "exists-versions/token";
    let current = FakeSecretsManager::new().text(name, "canary");
    let both = Entry::text("canary").version("AWSPREVIOUS", "canary");
    let first = move |call: &Call| (call.region == "eu-west-1").then(|| current.response(call));
    let aws = FakeAws::start(FakeSecretsManager::new().entry(name, both).when(first));
    let check = at(&aws.endpoint())
        .env("FROM_SECRETS_SOURCES", "aws@eu-west-1,aws@us-east-1")
        .env("STRUCT", "pinned")
        .args(["check", "--exists"]);
    let output = run(check.args(of("exists-versions")), 0);
    row(&output.stdout, &["exists", "token"]);
    let old = row(&output.stdout, &["exists", "old"]);
    assert_eq!(old.last().map(String::as_str), Some("AWSPREVIOUS"));
}

#[test]
fn failed_source_keeps_found_versions() {
    let vault = FakeSecretsManager::new().text("exists-failed/token", "canary");
    let denied = |call: &Call| {
        let is_second = call.region == "us-east-1";
        is_second.then(|| FakeResponse::denied(&call.ids[0]))
    };
    let aws = FakeAws::start(vault.when(denied));
    let check = at(&aws.endpoint())
        .env("FROM_SECRETS_SOURCES", "aws@eu-west-1,aws@us-east-1")
        .env("STRUCT", "pinned")
        .args(["check", "--exists"]);
    let output = run(check.args(of("exists-failed")), 2);
    row(&output.stdout, &["exists", "token"]);
    row(&output.stdout, &["denied", "old"]);
}

#[test]
fn fallback_is_that_of_a_load() {
    let denied = |call: &Call| {
        let is_first = call.region == "eu-west-1";
        is_first.then(|| FakeResponse::denied(&call.ids[0]))
    };
    let vault = FakeSecretsManager::new().text("own/TOKEN", "canary");
    let aws = FakeAws::start(vault.when(denied));
    let check = |declaration: &str| {
        at(&aws.endpoint())
            .env("FROM_SECRETS_SOURCES", "aws@eu-west-1,aws@us-east-1")
            .env("STRUCT", declaration)
            .args(["check", "--exists"])
            .args(of("own"))
    };
    let output = run(check("falls_back"), 2);
    row(&output.stdout, &["exists", "token"]);
    row(&output.stdout, &["denied", "certificate"]);
    let output = run(check("app"), 2);
    row(&output.stdout, &["denied", "token"]);
}

#[tokio::test]
async fn missing_and_deleted_secrets_fail() {
    let app = "exists-missing";
    create(emulator(), app).await;
    let client = emulator().client();
    let delete = client.delete_secret().secret_id("exists-missing/TOKEN");
    delete.recovery_window_in_days(7).send().await.unwrap();
    let delete = client.delete_secret().secret_id("exists-missing/db");
    delete
        .force_delete_without_recovery(true)
        .send()
        .await
        .unwrap();
    let check = || {
        let check = at(emulator().endpoint()).args(["check", "--exists"]);
        check.args(of(app))
    };

    let output = run(check(), 1);

    row(
        &output.stdout,
        &["missing", "password", "exists-missing/db", "-", "-"],
    );
    row(&output.stdout, &["scheduled for deletion", "token"]);
    row(&output.stdout, &["absent", "pool"]);
    let problem = "`password`, `port`: `exists-missing/db`: no such secret";
    assert_contains(
        &output.stdout,
        &[problem, "help: create the secret `exists-missing/db`"],
    );
    let output = run(check().args(["--format", "json"]), 1);
    let report: Value = serde_json::from_str(&output.stdout).unwrap();
    assert_eq!(
        (&report["struct"], &report["ok"]),
        (&json!("App"), &json!(false))
    );
    let field = |name: &str| {
        let mut fields = report["fields"].as_array().unwrap().iter();
        fields.find(|field| field["field"] == name).unwrap().clone()
    };
    assert_eq!(field("password")["json_key"], "password");
    assert_eq!(field("password")["status"], "missing");
    assert_eq!(field("mail.user")["stages"], json!(["AWSCURRENT"]));
    assert_eq!(field("mail.user")["version_id"].as_str().unwrap().len(), 36);
}

#[tokio::test]
async fn pinned_stage_must_exist() {
    put(&emulator().client(), "exists-pinned/token", "canary").await;
    let check = || {
        let check = at(emulator().endpoint()).args(["check", "--exists"]);
        check.env("STRUCT", "pinned").args(of("exists-pinned"))
    };
    let output = run(check(), 0);
    row(&output.stdout, &["exists", "token"]);
    row(&output.stdout, &["absent", "old"]);
    let client = emulator().client();
    let put = client.put_secret_value().secret_id("exists-pinned/token");
    put.secret_string("canary").send().await.unwrap();
    let output = run(check(), 0);
    let old = row(&output.stdout, &["exists", "old"]);
    assert_eq!(old.last().map(String::as_str), Some("AWSPREVIOUS"));
}

#[tokio::test]
async fn parameters_are_not_checked() {
    let check = at(emulator().endpoint()).args(["check", "--exists"]);
    let arn = "LOGIN_ARN=arn:aws:ssm:us-east-1:000000000000:parameter/login";
    let check = check.env("STRUCT", "by_arn").args(["--placeholder", arn]);
    let output = run(check.args(of("exists-parameter")), 0);
    row(&output.stdout, &["unchecked", "user"]);
    assert_contains(
        &output.stderr,
        &["`user` not checked: a parameter in Parameter Store"],
    );
}

#[test]
fn unreachable_service_has_no_result() {
    let refusal = Refusal::open();
    let check = at(refusal.endpoint()).args(["check", "--exists", "--timeout", "2s"]);
    let output = run(check.args(of("exists-unreachable")), 2);
    row(&output.stdout, &["unreachable", "token"]);

    let check = bare().args(["check", "--exists", "--source", "env"]);
    let output = run(check.args(of("exists-unreachable")), 2);
    assert_contains(&output.stderr, &["--exists", "--source"]);
}
