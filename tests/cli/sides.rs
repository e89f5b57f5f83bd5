//! `diff` between stages, regions and accounts.

use from_secrets_tests::home::Home;
use from_secrets_tests::{Call, FakeAgent, FakeAws, FakeResponse, FakeSecretsManager};
use serde_json::{Value, json};

use crate::support::{VALUES, assert_contains, at, bare, row, run, with};

fn secrets(stage: &str, token: &str) -> FakeSecretsManager {
    add(FakeSecretsManager::new(), stage, token)
}

fn add(secrets: FakeSecretsManager, stage: &str, token: &str) -> FakeSecretsManager {
    secrets
        .text(&format!("{stage}/TOKEN"), token)
        .text(&format!("{stage}/db"), r#"{"password": "p", "port": 5432}"#)
        .binary(&format!("{stage}/CERTIFICATE"), &[1])
        .text(&format!("{stage}/mail/USER"), "postman")
        .text(&format!("{stage}/mail/PASSWORD"), "m")
}

#[test]
fn stages_are_compared_without_environment() {
    let both = add(secrets("test", "t"), "prod", "t").text("prod/REMARK", "here");
    let aws = FakeAws::start(both);
    let diff = || {
        at(&aws.endpoint())
            .args(["diff", "--placeholder", "app=test", "--against", "app=prod"])
            .env("REMARK", "in the environment of both sides")
    };
    let output = run(diff(), 1);
    row(&output.stdout, &["same", "token"]);
    row(&output.stdout, &["only in app=prod", "remark"]);

    let output = run(diff().args(["--format", "json"]), 1);
    let document: Value = serde_json::from_str(&output.stdout).unwrap();
    assert_eq!(document["sides"], json!(["app=test", "app=prod"]));
    let fields = document["fields"].as_array().unwrap();
    let remark = fields.iter().find(|field| field["field"] == "remark");
    assert_eq!(
        *remark.unwrap(),
        json!({"field": "remark", "result": "only_in", "only_in": "app=prod", "errors": []})
    );

    let same = at(&aws.endpoint()).args(["diff", "aws", "--against", "app=test"]);
    run(same.env("app", "test"), 0);
}

#[test]
fn unavailable_region_is_not_a_difference() {
    let elsewhere =
        |call: &Call| (call.region == "eu-west-1").then(|| FakeResponse::denied("x/TOKEN"));
    let aws = FakeAws::start(secrets("x", "t").when(elsewhere));
    let diff = |args: &[&str]| {
        let program = at(&aws.endpoint()).args(["diff", "--placeholder", "app=x"]);
        program.args(args)
    };
    let output = run(diff(&["--against-region", "eu-west-1"]), 2);
    row(
        &output.stdout,
        &["failed: denied (region=eu-west-1)", "token"],
    );
    assert_contains(&output.stderr, &["`token`", "in region=eu-west-1: denied"]);
    let output = run(
        diff(&[
            "--region",
            "eu-west-1",
            "--against-region",
            "us-east-1",
            "--format",
            "json",
        ]),
        2,
    );
    let document: Value = serde_json::from_str(&output.stdout).unwrap();
    let error = &document["fields"][0]["errors"][0];
    assert_eq!(error["side"], "region=eu-west-1");
    assert_eq!(error["cause"], "denied");
}

#[test]
fn regions_are_compared_by_arn() {
    let aws = FakeAws::start(secrets("x", "t"));
    let diff = |args: &[&str]| {
        let program = at(&aws.endpoint()).args(["diff", "--placeholder", "app=x"]);
        program.args(args)
    };
    run(diff(&["--against-region", "us-west-2"]), 0);
    // Both sides read the same secret.
    let output = run(diff(&["--against-region", "us-east-1"]), 2);
    row(
        &output.stdout,
        &["failed: invalid configuration (region=us-east-1)", "token"],
    );
    assert_contains(
        &output.stderr,
        &[
            "in region=us-east-1: invalid configuration: same secret as in the default region: `arn:",
            ":secret:x/TOKEN-",
        ],
    );
    let own = diff(&["--against-region", "eu-west-1"]).env("STRUCT", "in_region");
    let output = run(own, 2);
    assert_contains(
        &output.stderr,
        &["in region=eu-west-1: invalid configuration: same secret as in"],
    );
}

#[test]
fn arn_field_has_no_second_region() {
    let login = r#"{"user": "u", "password": "p"}"#;
    let aws = FakeAws::start(FakeSecretsManager::new().text("x/login", login));
    let program = at(&aws.endpoint())
        .args(["diff", "--placeholder", "app=x"])
        .args(["--against-region", "us-west-2"])
        .env("STRUCT", "by_arn")
        .env("LOGIN_ARN", FakeSecretsManager::arn("us-east-1", "x/login"));
    let output = run(program, 2);
    row(
        &output.stdout,
        &["failed: invalid configuration (region=us-west-2)", "user"],
    );
    row(&output.stdout, &["same", "password"]);
    assert_contains(
        &output.stderr,
        &[
            "`user` in region=us-west-2: invalid configuration: same secret as in the default region: ",
        ],
    );
}

#[test]
fn values_without_arn_have_no_region() {
    for against in [
        ["--against-region", "us-west-2"],
        ["--against-profile", "other"],
    ] {
        let program = bare().args(["diff", "env", "--placeholder", "app=x"]);
        let output = run(with(program.args(against), &VALUES), 2);
        assert_contains(
            &output.stderr,
            &["`token`", "the value from `env` does not depend on the AWS"],
        );
        assert!(!output.stdout.contains("same"), "{}", output.stdout);
    }
}

#[test]
fn agent_does_not_use_profiles() {
    let agent = FakeAgent::start(secrets("x", "t"));
    let program = bare()
        .args(["diff", "agent", "--placeholder", "app=x"])
        .args(["--against-profile", "other"])
        .env("AWS_TOKEN", FakeAgent::TOKEN)
        .env(
            "PARAMETERS_SECRETS_EXTENSION_HTTP_PORT",
            agent.port().to_string(),
        );
    let output = run(program, 2);
    assert_contains(
        &output.stderr,
        &[
            "`token`",
            "the value from `agent` does not depend on the AWS",
        ],
    );
}

#[test]
fn replica_value_is_not_compared() {
    let fails = |call: &Call| (call.region == "eu-west-1").then(FakeResponse::internal);
    let aws = FakeAws::start(secrets("x", "t").when(fails));
    let program = at(&aws.endpoint())
        .args([
            "diff",
            "--placeholder",
            "app=x",
            "--against-region",
            "eu-west-1",
        ])
        .env("FROM_SECRETS_REPLICA_REGIONS", "us-east-1")
        .env("AWS_MAX_ATTEMPTS", "1");
    let output = run(program, 2);
    assert_contains(
        &output.stderr,
        &[
            "`token`",
            "in region=eu-west-1: unreachable: the value is from region us-east-1",
        ],
    );
}

#[test]
fn accounts_are_compared_by_profile() {
    let (own, other) = (
        FakeAws::start(secrets("x", "own")),
        FakeAws::start(secrets("x", "other")),
    );
    let home = Home::new();
    let profile = |name: &str, aws: &FakeAws| {
        format!(
            "[profile {name}]\nregion = us-east-1\naws_access_key_id = a\naws_secret_access_key = b\n\
             endpoint_url = {}\n",
            aws.endpoint()
        )
    };
    let config = profile("own", &own) + &profile("other", &other);
    let config = home.write("config", &config);
    let diff = |args: &[&str]| {
        let program = bare().args(["diff", "aws", "--placeholder", "app=x"]);
        program.args(args).env("AWS_CONFIG_FILE", &config)
    };
    let output = run(diff(&["--profile", "own", "--against-profile", "other"]), 1);
    row(&output.stdout, &["differs", "token"]);
    row(&output.stdout, &["same", "password"]);
    run(diff(&["--profile", "own", "--against-profile", "own"]), 0);
    drop(other);
    let output = run(diff(&["--profile", "own", "--against-profile", "other"]), 2);
    assert_contains(&output.stderr, &["in profile=other: unreachable"]);
}

#[test]
fn unqueried_source_exits_with_2() {
    // There are no AWS credentials.
    let diff = || bare().args(["diff", "--placeholder", "app=x", "--against", "app=y"]);
    let output = run(diff(), 2);
    row(
        &output.stdout,
        &["failed: not configured (app=x), not configured (app=y)"],
    );
    let notes: Vec<&str> = output.stderr.lines().collect();
    assert_eq!(notes.len(), 1, "{}", output.stderr);
    assert_contains(
        notes[0],
        &[
            "note: `token`, `password`, ",
            "`mail.password` in app=x and app=y: not configured: ",
        ],
    );
    let output = run(diff().args(["--format", "json"]), 2);
    let document: Value = serde_json::from_str(&output.stdout).unwrap();
    assert_eq!(
        document["fields"][0]["errors"][1]["cause"],
        "not_configured"
    );
    let output = run(diff().env("FROM_SECRETS_SOURCES", "env"), 2);
    assert_contains(&output.stderr, &["only environment variables"]);
}

#[test]
fn fallback_values_exit_with_2() {
    // The first source of this chain is not queried.
    let diff = bare().args(["diff", "aws,env", "env", "--placeholder", "app=x"]);
    let output = run(with(diff, &VALUES), 2);
    row(
        &output.stdout,
        &["failed: not configured (aws,env)", "token"],
    );
    assert!(!output.stdout.contains("same"), "{}", output.stdout);

    let aws = FakeAws::start(secrets("x", "t").when(|call| {
        let is_denied =
            call.is_batch() || call.is_request_for("x/TOKEN") || call.is_request_for("x/REMARK");
        is_denied.then(|| FakeResponse::denied("x/TOKEN"))
    }));
    let diff = |first: &str| {
        let program = at(&aws.endpoint()).args(["diff", first, "env", "--placeholder", "app=x"]);
        with(program, &VALUES).env("STRUCT", "falls_back")
    };
    let output = run(diff("aws,env"), 2);
    for field in ["token", "remark"] {
        row(&output.stdout, &["failed: denied (aws,env)", field]);
    }
    row(&output.stdout, &["differs", "password"]);
    row(&output.stdout, &["same", "port"]);
}

#[test]
fn side_without_values_is_named() {
    let output = run(at("http://127.0.0.1:1").args(["diff", "env", "aws"]), 2);
    assert_contains(
        &output.stderr,
        &["aws could not be queried", "--placeholder app=…"],
    );
    let output = run(bare().args(["diff", "env"]), 2);
    assert_contains(&output.stderr, &["specify two chains", "--against"]);
}

#[test]
fn invalid_placeholder_value_is_not_shown() {
    let aws = FakeAws::start(secrets("x", "t"));
    for args in [
        ["--placeholder", "app=cAnArY value!", "--against", "app=x"],
        ["--placeholder", "app=x", "--against", "app=cAnArY value!"],
    ] {
        let output = run(at(&aws.endpoint()).arg("diff").args(args), 2);
        assert!(!output.stderr.contains("cAnArY"), "{}", output.stderr);
        assert_eq!(output.stdout, "");
    }
}
