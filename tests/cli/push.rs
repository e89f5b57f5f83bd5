//! `push`: from values to secrets.

use from_secrets::ExposeSecret;
use from_secrets_tests::app::{App, Pool};
use from_secrets_tests::{Call, FakeAws, FakeResponse, FakeSecretsManager, Proxy, canary};
use serde_json::{Value, json};

use crate::support::{
    VALUES, at, bare, ended, file, holds, moto, of, put, row, text, versions, with,
};

#[tokio::test]
async fn pushed_values_load_back() {
    let app = "push-round-trip";
    let push = at(moto().endpoint()).args(["push", "--yes"]).args(of(app));
    let push = with(push, &VALUES)
        .env("DB_POOL", "{\"min\": 1, \"max\": \"9\"}")
        .env("DB_REPLICA", "replica.example")
        .env("DB_KEY", "AP+f")
        .env("REMARK", "null");
    let output = ended(push, 0);
    row(
        &output.stdout,
        &["create", "push-round-trip/TOKEN", "us-east-1", "text"],
    );
    row(
        &output.stdout,
        &[
            "create",
            "push-round-trip/CERTIFICATE",
            "us-east-1",
            "bytes",
        ],
    );
    let keys = "adds `password`, `port`, `pool`, `/replicas/0/host`, `key`";
    row(
        &output.stdout,
        &["create", "push-round-trip/db", "us-east-1", keys],
    );
    row(&output.stdout, &["skip", "push-round-trip/LEVEL"]);
    holds(&output.stdout, &["created `push-round-trip/db`"]);

    let loader = moto().loader().placeholder("app", app);
    let it: App = loader.load().await.unwrap();
    let value = |name: &str| VALUES.iter().find(|(known, _)| *known == name).unwrap().1;
    assert_eq!(it.token.expose_secret(), value("TOKEN"));
    assert_eq!(it.password.expose_secret(), value("DB_PASSWORD"));
    assert_eq!(it.port, 5432);
    assert_eq!(it.pool, Some(Pool { min: 1, max: 9 }));
    assert_eq!(it.replica.as_deref(), Some("replica.example"));
    assert_eq!(it.certificate, [0, 255, 159, 145]);
    assert_eq!(it.key.as_deref(), Some(&[0, 255, 159][..]));
    assert_eq!(it.remark.as_deref(), Some("null"));
    assert_eq!(it.level, "info");
    assert_eq!(it.mail.user, value("MAIL_USER"));
    assert_eq!(it.mail.password.expose_secret(), value("MAIL_PASSWORD"));
}

#[tokio::test]
async fn unchanged_secrets_are_not_written() {
    let app = "push-twice";
    let proxy = Proxy::before(moto().endpoint());
    let push = || {
        with(
            at(&proxy.endpoint()).args(["push", "-y"]).args(of(app)),
            &VALUES,
        )
    };
    ended(push(), 0);
    proxy.calls().clear();
    let output = ended(push(), 0);
    row(&output.stdout, &["unchanged", "push-twice/db"]);
    assert_eq!(proxy.tally(), "1 batch, 0 gets");
    let output = ended(push().env("TOKEN", "t-2"), 0);
    holds(&output.stdout, &["updated `push-twice/TOKEN`"]);
    let client = moto().client();
    assert_eq!(versions(&client, "push-twice/TOKEN").await, 2);
    assert_eq!(versions(&client, "push-twice/db").await, 1);
}

#[tokio::test]
async fn push_keeps_other_keys_and_types() {
    let app = "push-merge";
    let client = moto().client();
    let before = r#"{"host": "h", "port": 1, "big": 12345678901234567890123, "replicas": [{"host": "a", "zone": 1}]}"#;
    put(&client, "push-merge/db", before).await;
    let push = at(moto().endpoint()).args(["push", "-y"]).args(of(app));
    let push = with(push, &VALUES)
        .env("DB_REPLICA", "b")
        .env("DB_PASSWORD", "p");
    let output = ended(push, 0);
    let what = "adds `password`; changes `port`, `/replicas/0/host`";
    row(
        &output.stdout,
        &["update", "push-merge/db", "us-east-1", what],
    );
    let after = text(&client, "push-merge/db").await.unwrap();
    let expected = r#"{"host":"h","port":5432,"big":12345678901234567890123,"replicas":[{"host":"b","zone":1}],"password":"p"}"#;
    assert_eq!(after, expected);
}

#[tokio::test]
async fn push_without_consent_writes_no_secret() {
    let app = "push-no";
    let proxy = Proxy::before(moto().endpoint());
    let push = |flags: &[&str]| {
        with(
            at(&proxy.endpoint()).arg("push").args(flags).args(of(app)),
            &VALUES,
        )
    };
    let output = ended(push(&["--dry-run"]), 0);
    row(&output.stdout, &["create", "push-no/TOKEN"]);
    let output = ended(push(&[]), 2);
    holds(&output.stderr, &["no terminal to ask on", "`--yes`"]);
    let others = proxy.calls().all();
    let others = others
        .iter()
        .filter(|call| !call.is_batch() && !call.is_get());
    assert_eq!(others.count(), 0, "{}", proxy.tally());
}

#[tokio::test]
async fn missing_values_are_reported_others_written() {
    let app = "push-missing";
    let push = |values: &[(&str, &str)]| {
        with(
            at(moto().endpoint()).args(["push", "-y"]).args(of(app)),
            values,
        )
    };
    let output = ended(push(&[("TOKEN", "t"), ("DB_PORT", "1")]), 1);
    holds(
        &output.stdout,
        &["created `push-missing/TOKEN`", "created `push-missing/db`"],
    );
    let reported = [
        "`password` has no value",
        "set `DB_PASSWORD`",
        "`certificate`",
        "`mail.user`",
    ];
    holds(&output.stderr, &reported);
    assert!(
        !output.stderr.contains("`remark`"),
        "it is optional: {}",
        output.stderr
    );
    let rest = [
        ("DB_PASSWORD", "p"),
        ("CERTIFICATE", "AA=="),
        ("MAIL_USER", "u"),
        ("MAIL_PASSWORD", "p"),
    ];
    let output = ended(push(&rest), 0);
    row(&output.stdout, &["skip", "push-missing/TOKEN"]);
    let db = text(&moto().client(), "push-missing/db").await.unwrap();
    assert_eq!(db, r#"{"port":"1","password":"p"}"#);
}

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
    let proxy = Proxy::refusing(moto().endpoint(), denied);
    let push = |endpoint: &str| with(at(endpoint).args(["push", "-y"]).args(of(app)), &VALUES);
    let output = ended(push(&proxy.endpoint()), 1);
    holds(
        &output.stdout,
        &["created `push-half/TOKEN`", "created `push-half/mail/USER`"],
    );
    let reported = [
        "`push-half/db` was not written: denied",
        "AccessDeniedException",
        FakeResponse::REQUEST_ID,
        "allow `secretsmanager:CreateSecret`",
        "run this again",
    ];
    holds(&output.stderr, &reported);
    let output = ended(push(moto().endpoint()), 0);
    row(&output.stdout, &["unchanged", "push-half/TOKEN"]);
    holds(&output.stdout, &["created `push-half/db`"]);
    assert!(!output.stdout.contains("updated"), "{}", output.stdout);
}

#[tokio::test]
async fn unreadable_secret_is_not_written() {
    let app = "push-unread";
    let vault = FakeSecretsManager::new()
        .denied("push-unread/db")
        .when(|call| {
            (call.operation == "CreateSecret").then(|| FakeResponse::json(&json!({ "Name": "x" })))
        });
    let server = FakeAws::start(vault);
    let push = with(
        at(&server.endpoint()).args(["push", "-y"]).args(of(app)),
        &VALUES,
    );
    let output = ended(push, 1);
    row(
        &output.stdout,
        &["fail", "push-unread/db", "us-east-1", "denied"],
    );
    holds(
        &output.stderr,
        &["`push-unread/db` cannot be read, so it is left as it is"],
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
    let output = ended(with(push, &VALUES), 1);
    holds(
        &output.stderr,
        &[
            "no usable credentials",
            "`push-expired/mail/USER` was not written\n",
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

#[tokio::test]
async fn from_file_ignores_environment() {
    let env = file(
        "push.env",
        "# A comment.\nTOKEN='a $1 b'\nexport DB_PASSWORD=\"two\\nlines\"\nDB_PORT=1\nCERTIFICATE=AA==\nMAIL_USER=u\n",
    );
    let push = at(moto().endpoint())
        .args(["push", "-y", "--from"])
        .arg(&env)
        .args(of("push-file"));
    let output = ended(push.env("MAIL_PASSWORD", "from the environment"), 1);
    holds(&output.stderr, &["`mail.password` has no value"]);
    let client = moto().client();
    assert_eq!(
        text(&client, "push-file/TOKEN").await.as_deref(),
        Some("a $1 b")
    );
    let db: Value = serde_json::from_str(&text(&client, "push-file/db").await.unwrap()).unwrap();
    assert_eq!(db, json!({ "password": "two\nlines", "port": "1" }));
}

#[tokio::test]
async fn dry_run_notes_replacements_without_values() {
    let env = file(
        "announced.env",
        "USER_PART=canary-u\nTOKEN=pa$$DB_PORT-${USER_PART}${DB_PORT}${NOPE:-canary-d}\nDB_PASWORD='${DB_PORT}'\n\
         DB_PORT=1\nUNREAD=canary-x\nunread=x\nMAIL_USER='$DB_PORT'\nCERTIFICATE=AA==\n",
    );
    let push = at(moto().endpoint())
        .args(["push", "--dry-run", "--from"])
        .arg(&env)
        .args(of("push-announced"));
    let output = ended(push.env("DB_PORT", "canary-p"), 1);
    let at_line = |line: usize, rest: &str| format!("{}, line {line}: {rest}", env.display());
    let notes = [
        at_line(
            2,
            "in `TOKEN`, `${USER_PART}` is replaced with the value of line 1",
        ),
        "`${DB_PORT}` is replaced with the environment variable".to_owned(),
        "`${NOPE}` is replaced with its default\n".to_owned(),
        at_line(2, "`$DB_PORT` is not replaced, although `DB_PORT` is set"),
        at_line(
            3,
            "no field reads `DB_PASWORD`; did you mean `DB_PASSWORD`?\n",
        ),
        at_line(5, "no field reads `UNREAD`\n"),
        at_line(6, "no field reads this line\n"),
    ];
    holds(&output.stderr, &notes.each_ref().map(String::as_str));
    assert!(
        !output.stderr.contains("USER_PART`\n"),
        "a line uses it: {}",
        output.stderr
    );
    let all = format!("{}{}", output.stdout, output.stderr);
    assert!(
        !all.contains("canary-u") && !all.contains("canary-p"),
        "{all}"
    );
    assert!(
        !all.contains("canary-d") && !all.contains("canary-x"),
        "{all}"
    );
}

#[test]
fn file_with_unset_variable_is_refused() {
    let env = file("unset.env", "MAIL_USER=u\nTOKEN=canary-${NOPE}\n");
    let output = ended(
        bare()
            .args(["push", "-y", "--from"])
            .arg(&env)
            .args(of("x")),
        1,
    );
    let place = format!(
        "`{}`, line 2 (`TOKEN`): the variable `NOPE` is not set",
        env.display()
    );
    holds(
        &output.stderr,
        &[&place, "write `${NOPE:-}` if it may be unset"],
    );
    assert!(!output.stderr.contains("canary"), "{}", output.stderr);
}

#[tokio::test]
async fn new_secrets_get_their_tags() {
    let push = at(moto().endpoint()).args([
        "push",
        "-y",
        "--tag",
        "team=a=b",
        "--kms-key-id",
        "alias/own",
    ]);
    ended(with(push.args(of("push-tags")), &VALUES), 0);
    let call = moto()
        .client()
        .describe_secret()
        .secret_id("push-tags/TOKEN");
    let described = call.send().await.unwrap();
    let tags: Vec<_> = described
        .tags()
        .iter()
        .map(|tag| (tag.key(), tag.value()))
        .collect();
    assert_eq!(tags, [(Some("team"), Some("a=b"))]);
    assert_eq!(described.kms_key_id(), Some("alias/own"));
}

#[tokio::test]
async fn invalid_values_are_rejected_before_writes() {
    let app = "push-refused";
    let client = moto().client();
    put(&client, "push-refused/db", "no json").await;
    let proxy = Proxy::before(moto().endpoint());
    let push = || {
        with(
            at(&proxy.endpoint()).args(["push", "-y"]).args(of(app)),
            &VALUES,
        )
    };
    let output = ended(push(), 1);
    holds(
        &output.stderr,
        &["nothing was written", "`push-refused/db`", "not JSON"],
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
    let output = ended(push(), 1);
    holds(
        &output.stderr,
        &["the secret contains the key `password` twice"],
    );
    set("{}").send().await.unwrap();
    let output = ended(push().env("DB_PORT", "many"), 1);
    holds(
        &output.stderr,
        &[
            "nothing was written",
            "`port` would refuse its value",
            "expected an integer from 0 to 65535",
        ],
    );
    let output = ended(push().env("CERTIFICATE", "!"), 1);
    holds(&output.stderr, &["`certificate`: expected base64"]);
    let output = ended(push().env("TOKEN", "x".repeat(65_537)), 1);
    holds(&output.stderr, &["65536 bytes"]);
    let writes = proxy.calls().all();
    let writes = writes
        .iter()
        .filter(|call| !call.is_batch() && !call.is_get());
    assert_eq!(writes.count(), 0, "{}", proxy.tally());
}

#[test]
fn missing_placeholder_is_rejected() {
    let server = FakeAws::start(FakeSecretsManager::new());
    let output = ended(
        with(at(&server.endpoint()).args(["push", "-y"]), &VALUES),
        2,
    );
    holds(&output.stderr, &["cannot be looked up as declared"]);
    assert_eq!(server.tally(), "0 batches, 0 gets");
}

#[test]
fn value_for_pinned_version_is_rejected() {
    let vault = FakeSecretsManager::new().text("pinned/token", "t");
    let server = FakeAws::start(vault);
    let push = || {
        let push = at(&server.endpoint())
            .args(["push", "-y"])
            .args(of("pinned"));
        push.env("STRUCT", "pinned").env("TOKEN", "t")
    };
    let output = ended(push(), 0);
    row(&output.stdout, &["unchanged", "pinned/token"]);
    holds(
        &output.stderr,
        &["note: `old` is pinned to the version `AWSPREVIOUS`"],
    );
    let output = ended(push().env("OLD_TOKEN", "o"), 2);
    holds(
        &output.stderr,
        &["`old`", "only `AWSCURRENT` can be written"],
    );
}

#[tokio::test]
async fn only_existing_arn_is_updated() {
    let client = moto().client();
    put(&client, "by-arn/login", "{\"kept\": 1}").await;
    let described = client
        .describe_secret()
        .secret_id("by-arn/login")
        .send()
        .await
        .unwrap();
    let push = |arn: &str| {
        let push = at(moto().endpoint())
            .args(["push", "-y"])
            .args(of("by-arn"));
        let push = push.env("STRUCT", "by_arn").env("LOGIN_ARN", arn);
        push.env("LOGIN_USER", "u").env("LOGIN_PASSWORD", "p")
    };
    // The same secret by its name: one write, which loses neither.
    let output = ended(push(described.arn().unwrap()), 0);
    holds(&output.stdout, &["adds `user`, `password`"]);
    let login = text(&client, "by-arn/login").await.unwrap();
    assert_eq!(login, r#"{"kept":1,"user":"u","password":"p"}"#);
    assert_eq!(versions(&client, "by-arn/login").await, 2);

    let nowhere = "arn:aws:secretsmanager:us-east-1:123456789012:secret:nowhere-AbCdEf";
    let output = ended(push(nowhere), 1);
    holds(
        &output.stderr,
        &["does not exist, and a secret cannot be created by its ARN"],
    );
}

#[test]
fn managed_secret_is_refused_before_requests() {
    let server = FakeAws::start(FakeSecretsManager::new());
    let arn = "arn:aws:secretsmanager:us-east-1:123456789012:secret:rds!db-1-AbCdEf";
    let push = at(&server.endpoint())
        .args(["push", "-y"])
        .args(of("by-arn"));
    let push = push.env("STRUCT", "by_arn").env("LOGIN_ARN", arn);
    let canary = canary::value("managed");
    let output = ended(
        push.env("LOGIN_USER", &canary)
            .env("LOGIN_PASSWORD", &canary),
        2,
    );
    holds(
        &output.stderr,
        &[
            "an AWS service manages",
            "only that service can create and update it",
        ],
    );
    canary::assert_absent(&format!("{}{}", output.stdout, output.stderr));
    assert_eq!(server.tally(), "0 batches, 0 gets");
}
