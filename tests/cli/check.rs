//! `check`: who answers which field.

use aws_sdk_secretsmanager::primitives::Blob;
use from_secrets_tests::{Call, FakeResponse, Proxy};
use serde_json::Value;

use crate::support::{VALUES, at, bare, ended, holds, moto, of, put, row, with};

/// Secrets of which one is missing, and one malformed.
async fn some(app: &str) {
    let client = moto().client();
    put(&client, &format!("{app}/TOKEN"), "t").await;
    let db = r#"{"password": "p", "port": "many", "replicas": []}"#;
    put(&client, &format!("{app}/db"), db).await;
    put(&client, &format!("{app}/mail/USER"), "postman").await;
    put(&client, &format!("{app}/mail/PASSWORD"), "m").await;
}

/// One secret must not be read, and no batches are allowed.
fn denying(app: &str) -> Proxy {
    let denied = format!("{app}/mail/PASSWORD");
    Proxy::refusing(moto().endpoint(), move |call: &Call| {
        if call.is_batch() {
            return Some(FakeResponse::batch_denied());
        }
        call.is_request_for(&denied)
            .then(|| FakeResponse::denied(&denied))
    })
}

#[tokio::test]
async fn table_lists_fields_and_exit_fails() {
    some("check-table").await;
    let proxy = denying("check-table");
    let program = at(&proxy.endpoint()).arg("check").args(of("check-table"));
    let output = ended(program.env("LISTEN", "9090"), 1);
    let table = &output.stdout;
    let ok = row(table, &["ok", "token", "aws", "check-table/TOKEN"]);
    assert_eq!(ok[4].len(), 36, "a version's id: {ok:?}");
    assert!(ok[5].ends_with('Z') && ok[5].starts_with("20"), "{ok:?}");
    row(
        table,
        &["ok", "password", "aws", "check-table/db (password)"],
    );
    row(
        table,
        &[
            "malformed",
            "port",
            "aws",
            "check-table/db (port)",
            "-",
            "-",
        ],
    );
    row(table, &["absent", "replica", "aws, env"]);
    let missing = [
        "missing",
        "certificate",
        "aws, env",
        "check-table/CERTIFICATE, CERTIFICATE",
    ];
    row(table, &missing);
    row(
        table,
        &[
            "denied",
            "mail.password",
            "aws",
            "check-table/mail/PASSWORD",
        ],
    );
    row(table, &["default", "level"]);
    row(table, &["ok", "listen", "env", "LISTEN", "-", "-"]);
    let helps = [
        "help for `port`: the field's type is `u16`",
        "help for `certificate`: create the secret `check-table/CERTIFICATE`",
        "help for `mail.password`: allow `secretsmanager:GetSecretValue`",
    ];
    holds(table, &helps);
    assert_eq!(output.stderr.lines().count(), 1, "{}", output.stderr);
    holds(&output.stderr, &["cannot load `App`: 3 fields failed"]);
}

#[tokio::test]
async fn verbose_check_prints_full_errors() {
    some("check-story").await;
    let proxy = denying("check-story");
    let program = at(&proxy.endpoint())
        .args(["check", "-v"])
        .args(of("check-story"));
    let output = ended(program, 1);
    let parts = [
        "AccessDeniedException",
        FakeResponse::REQUEST_ID,
        &proxy.endpoint(),
        "The key's certificate.",
    ];
    holds(&output.stderr, &parts);
}

#[tokio::test]
async fn programs_read_the_same_as_json() {
    some("check-json").await;
    let proxy = denying("check-json");
    let program = at(&proxy.endpoint()).args(["check", "--format", "json"]);
    let output = ended(program.args(of("check-json")), 1);
    let json: Value = serde_json::from_str(&output.stdout).unwrap();
    assert_eq!(json["struct"], "App");
    assert_eq!(json["ok"], false);
    let field = |name: &str| {
        let fields = json["fields"].as_array().unwrap();
        fields
            .iter()
            .find(|field| field["field"] == name)
            .unwrap()
            .clone()
    };
    let password = field("password");
    assert_eq!(password["status"], "ok");
    assert_eq!(password["source"], "aws");
    assert_eq!(password["secret"], "check-json/db");
    assert_eq!(password["json_key"], "password");
    assert_eq!(password["variable"], "DB_PASSWORD");
    assert!(password["arn"].as_str().unwrap().contains("check-json/db"));
    assert_eq!(password["version_id"].as_str().unwrap().len(), 36);
    assert!(password["rotated_at"].as_str().unwrap().ends_with('Z'));
    assert_eq!(field("port")["status"], "malformed");
    assert_eq!(field("certificate")["status"], "missing");
    assert_eq!(
        field("certificate")["attempts"][1]["requested"],
        "CERTIFICATE"
    );
    let denied = field("mail.password");
    assert_eq!(denied["status"], "denied");
    assert_eq!(denied["error"]["code"], "AccessDeniedException");
    assert_eq!(denied["error"]["request_id"], FakeResponse::REQUEST_ID);
    assert!(denied["hint"].as_str().unwrap().contains("GetSecretValue"));
    assert_eq!(field("level")["status"], "default");
}

#[tokio::test]
async fn check_succeeds_with_all_required_fields() {
    some("check-yes").await;
    let client = moto().client();
    let set = |json: &'static str| {
        client
            .put_secret_value()
            .secret_id("check-yes/db")
            .secret_string(json)
    };
    set(r#"{"password": "p", "port": 5432}"#)
        .send()
        .await
        .unwrap();
    let check = || at(moto().endpoint()).arg("check").args(of("check-yes"));
    ended(check(), 1);
    let certificate = Blob::new([0, 159]);
    let call = client.create_secret().name("check-yes/CERTIFICATE");
    call.secret_binary(certificate).send().await.unwrap();
    let output = ended(check(), 0);
    assert_eq!(output.stderr, "");
}

#[test]
fn source_option_selects_chain() {
    let check = |chain: &str| {
        let program = bare().args(["check", "--source", chain]).args(of("nobody"));
        with(program, &VALUES)
    };
    let output = ended(check("env"), 0);
    row(&output.stdout, &["ok", "port", "env", "DB_PORT", "-", "-"]);
    let output = ended(check("env,aws"), 0);
    row(&output.stdout, &["ok", "port", "env", "DB_PORT"]);
    let output = ended(check("vault"), 2);
    holds(
        &output.stderr,
        &["`vault` is not a source", "`aws`", "`env`"],
    );
}

#[test]
fn missing_placeholder_is_a_usage_error() {
    let output = ended(bare().args(["check", "--source", "env"]), 2);
    holds(
        &output.stderr,
        &["cannot be looked up as declared", "`token`"],
    );
    assert_eq!(output.stdout, "");
}

#[test]
fn timeout_option_ends_slow_check() {
    let hole = from_secrets_tests::unavailable_server::BlackHole::open();
    let program = at(&hole.endpoint()).args(["check", "--timeout", "300ms"]);
    let output = ended(program.args(of("nobody")), 1);
    row(&output.stdout, &["unreachable", "token", "aws"]);
    assert!(
        output.took < std::time::Duration::from_secs(8),
        "{:?}",
        output.took
    );
}

#[tokio::test]
async fn entire_json_object_is_a_warning() {
    some("check-warning").await;
    let client = moto().client();
    let token = client.put_secret_value().secret_id("check-warning/TOKEN");
    let token = token.secret_string(r#"{"TOKEN": "canary"}"#);
    token.send().await.unwrap();
    let warning = "the field contains the entire JSON object of the secret `check-warning/TOKEN`";
    for format in ["table", "json"] {
        let program = at(moto().endpoint()).args(["check", "--format", format]);
        let output = ended(program.args(of("check-warning")), 1);
        holds(&output.stdout, &[warning, "json_key"]);
        assert!(!output.stdout.contains("canary"), "a value leaked");
    }
}
