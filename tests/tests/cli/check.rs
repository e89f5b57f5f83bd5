//! `check`: who answers which field.

use aws_sdk_secretsmanager::primitives::Blob;
use from_secrets_tests::{Answer, Call, Proxy};
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
            return Some(Answer::batch_denied());
        }
        call.asks_for(&denied).then(|| Answer::denied(&denied))
    })
}

#[tokio::test]
async fn a_table_tells_of_each_field_and_the_code_is_no() {
    some("check-table").await;
    let proxy = denying("check-table");
    let program = at(&proxy.endpoint()).arg("check").args(of("check-table"));
    let said = ended(program.env("LISTEN", "9090"), 1);
    let table = &said.stdout;
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
    assert_eq!(said.stderr.lines().count(), 1, "{}", said.stderr);
    holds(&said.stderr, &["cannot load `App`: 3 fields failed"]);
}

#[tokio::test]
async fn the_whole_story_is_told_to_who_asks_for_it() {
    some("check-story").await;
    let proxy = denying("check-story");
    let program = at(&proxy.endpoint())
        .args(["check", "-v"])
        .args(of("check-story"));
    let said = ended(program, 1);
    let parts = [
        "AccessDeniedException",
        Answer::REQUEST_ID,
        &proxy.endpoint(),
        "The key's certificate.",
    ];
    holds(&said.stderr, &parts);
}

#[tokio::test]
async fn programs_read_the_same_as_json() {
    some("check-json").await;
    let proxy = denying("check-json");
    let program = at(&proxy.endpoint()).args(["check", "--format", "json"]);
    let said = ended(program.args(of("check-json")), 1);
    let json: Value = serde_json::from_str(&said.stdout).unwrap();
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
    assert_eq!(field("certificate")["attempts"][1]["asked"], "CERTIFICATE");
    let denied = field("mail.password");
    assert_eq!(denied["status"], "denied");
    assert_eq!(denied["failure"]["code"], "AccessDeniedException");
    assert_eq!(denied["failure"]["request_id"], Answer::REQUEST_ID);
    assert!(denied["hint"].as_str().unwrap().contains("GetSecretValue"));
    assert_eq!(field("level")["status"], "default");
}

#[tokio::test]
async fn the_answer_is_yes_only_if_all_that_is_required_is_there() {
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
    let said = ended(check(), 0);
    assert_eq!(said.stderr, "");
}

#[test]
fn another_chain_is_asked_in_the_words_of_the_variable() {
    let check = |chain: &str| {
        let program = bare().args(["check", "--source", chain]).args(of("nobody"));
        with(program, &VALUES)
    };
    let said = ended(check("env"), 0);
    row(&said.stdout, &["ok", "port", "env", "DB_PORT", "-", "-"]);
    let said = ended(check("env,aws"), 0);
    row(&said.stdout, &["ok", "port", "env", "DB_PORT"]);
    let said = ended(check("vault"), 2);
    holds(&said.stderr, &["`vault` is not a source", "`aws`", "`env`"]);
}

#[test]
fn a_declaration_that_cannot_be_looked_up_is_wrong_usage() {
    let said = ended(bare().args(["check", "--source", "env"]), 2);
    holds(
        &said.stderr,
        &["cannot be looked up as declared", "`token`"],
    );
    assert_eq!(said.stdout, "");
}

#[test]
fn a_load_that_takes_too_long_ends_when_it_is_told_to() {
    let hole = from_secrets_tests::dead_end::BlackHole::open();
    let program = at(&hole.endpoint()).args(["check", "--timeout", "300ms"]);
    let said = ended(program.args(of("nobody")), 1);
    row(&said.stdout, &["unreachable", "token", "aws"]);
    assert!(
        said.took < std::time::Duration::from_secs(8),
        "{:?}",
        said.took
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
        let said = ended(program.args(of("check-warning")), 1);
        holds(&said.stdout, &[warning, "json_key"]);
        assert!(!said.stdout.contains("canary"), "a value leaked");
    }
}
