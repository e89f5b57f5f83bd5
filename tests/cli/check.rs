//! `check`: the source of each field.

use aws_sdk_secretsmanager::primitives::Blob;
use from_secrets_tests::home::Home;
use from_secrets_tests::{Call, FakeAws, FakeResponse, FakeSecretsManager, Proxy};
use serde_json::Value;

use crate::support::{VALUES, assert_contains, at, bare, emulator, of, put, row, run, with};

/// Creates secrets, one of which is malformed. The certificate is missing.
async fn create_secrets(app: &str) {
    let client = emulator().client();
    put(&client, &format!("{app}/TOKEN"), "t").await;
    let db = r#"{"password": "p", "port": "many", "replicas": []}"#;
    put(&client, &format!("{app}/db"), db).await;
    put(&client, &format!("{app}/mail/USER"), "postman").await;
    put(&client, &format!("{app}/mail/PASSWORD"), "m").await;
}

/// Returns a proxy that denies one secret and all batch requests.
fn denying(app: &str) -> Proxy {
    let denied = format!("{app}/mail/PASSWORD");
    Proxy::refusing(emulator().endpoint(), move |call: &Call| {
        if call.is_batch() {
            return Some(FakeResponse::batch_denied());
        }
        call.is_request_for(&denied)
            .then(|| FakeResponse::denied(&denied))
    })
}

#[tokio::test]
async fn table_lists_fields_and_exit_fails() {
    create_secrets("check-table").await;
    let proxy = denying("check-table");
    let program = at(&proxy.endpoint()).arg("check").args(of("check-table"));
    let output = run(program.env("LISTEN", "9090"), 2);
    let table = &output.stdout;
    let ok = row(table, &["ok", "token", "aws", "check-table/TOKEN"]);
    assert_eq!(ok[4].len(), 36, "a version ID: {ok:?}");
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
    let hints = [
        "help for `port`: the field's type is `u16`",
        "help for `certificate`: create the secret `check-table/CERTIFICATE`",
        "help for `mail.password`: allow `secretsmanager:GetSecretValue`",
    ];
    assert_contains(table, &hints);
    assert_eq!(output.stderr.lines().count(), 1, "{}", output.stderr);
    assert_contains(&output.stderr, &["cannot load `App`: 3 fields failed"]);
}

#[tokio::test]
async fn verbose_check_prints_full_errors() {
    create_secrets("check-verbose").await;
    let proxy = denying("check-verbose");
    let program = at(&proxy.endpoint())
        .args(["check", "-v"])
        .args(of("check-verbose"));
    let output = run(program, 2);
    let parts = [
        "AccessDeniedException",
        FakeResponse::REQUEST_ID,
        &proxy.endpoint(),
        "The key's certificate.",
    ];
    assert_contains(&output.stderr, &parts);
}

#[tokio::test]
async fn json_report_contains_all_details() {
    create_secrets("check-json").await;
    let proxy = denying("check-json");
    let program = at(&proxy.endpoint()).args(["check", "--format", "json"]);
    let output = run(program.args(of("check-json")), 2);
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
    create_secrets("check-complete").await;
    let client = emulator().client();
    let set = |json: &'static str| {
        client
            .put_secret_value()
            .secret_id("check-complete/db")
            .secret_string(json)
    };
    set(r#"{"password": "p", "port": 5432}"#)
        .send()
        .await
        .unwrap();
    let check = || {
        at(emulator().endpoint())
            .arg("check")
            .args(of("check-complete"))
    };
    run(check(), 1);
    let certificate = Blob::new([0, 159]);
    let call = client.create_secret().name("check-complete/CERTIFICATE");
    call.secret_binary(certificate).send().await.unwrap();
    let output = run(check(), 0);
    assert_eq!(output.stderr, "");
}

#[test]
fn source_option_selects_chain() {
    let check = |chain: &str| {
        let program = bare().args(["check", "--source", chain]).args(of("unused"));
        with(program, &VALUES)
    };
    let output = run(check("env"), 0);
    row(&output.stdout, &["ok", "port", "env", "DB_PORT", "-", "-"]);
    let output = run(check("env,aws"), 0);
    row(&output.stdout, &["ok", "port", "env", "DB_PORT"]);
    let output = run(check("vault"), 2);
    assert_contains(
        &output.stderr,
        &["unknown source `vault`", "`aws`", "`env`"],
    );
}

#[test]
fn missing_placeholder_is_usage_error() {
    for args in [&["check"][..], &["check", "--exists"]] {
        let output = run(at("http://127.0.0.1:1").args(args), 2);
        assert_contains(
            &output.stderr,
            &["cannot be looked up as declared", "`token`"],
        );
        assert_eq!(output.stdout, "");
    }
}

#[test]
fn timeout_option_limits_check() {
    let black_hole = from_secrets_tests::unavailable_server::BlackHole::open();
    let program = at(&black_hole.endpoint()).args(["check", "--timeout", "300ms"]);
    let output = run(program.args(of("unused")), 2);
    row(&output.stdout, &["unreachable", "token", "aws"]);
    assert!(
        output.took < std::time::Duration::from_secs(8),
        "{:?}",
        output.took
    );
}

#[tokio::test]
async fn entire_json_object_causes_warning() {
    create_secrets("check-warning").await;
    let client = emulator().client();
    let token = client.put_secret_value().secret_id("check-warning/TOKEN");
    let token = token.secret_string(r#"{"TOKEN": "canary"}"#);
    token.send().await.unwrap();
    let warning = "the field contains the entire JSON object of the secret `check-warning/TOKEN`";
    for format in ["table", "json"] {
        let program = at(emulator().endpoint()).args(["check", "--format", format]);
        let output = run(program.args(of("check-warning")), 1);
        assert_contains(&output.stdout, &[warning, "json_key"]);
        assert!(!output.stdout.contains("canary"), "a value leaked");
    }
}

#[test]
fn unknown_profile_is_that_of_option() {
    let home = Home::new();
    let config = home.write("config", "[default]\nregion = us-east-1\n");
    let check = bare().args([
        "check",
        "--profile",
        "other",
        "--verbose",
        "--placeholder",
        "app=x",
    ]);
    let output = run(check.env("AWS_CONFIG_FILE", &config), 2);
    assert_contains(
        &output.stderr,
        &["the profile `other`, which `--profile` or `profile` in code selects"],
    );
}

#[test]
fn invalid_value_fails_check() {
    let server = FakeAws::start(FakeSecretsManager::new().text("check/LEVEL", "silent"));
    let program = at(&server.endpoint()).arg("check").args(of("check"));
    let output = run(program, 1);
    row(&output.stdout, &["invalid", "level", "aws", "check/LEVEL"]);
    assert_contains(&output.stderr, &["`level` (invalid)"]);
}
