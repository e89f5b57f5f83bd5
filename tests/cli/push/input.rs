//! `.env` files, missing values and confirmation.

use from_secrets_tests::Proxy;
use serde_json::{Value, json};

use crate::support::{VALUES, assert_contains, at, bare, emulator, file, of, row, run, text, with};

#[tokio::test]
async fn unconfirmed_push_writes_no_secret() {
    let app = "push-no";
    let proxy = Proxy::before(emulator().endpoint());
    let push = |flags: &[&str]| {
        with(
            at(&proxy.endpoint()).arg("push").args(flags).args(of(app)),
            &VALUES,
        )
    };
    let output = run(push(&["--dry-run"]), 0);
    row(&output.stdout, &["create", "push-no/TOKEN"]);
    let output = run(push(&[]), 2);
    assert_contains(&output.stderr, &["without a terminal", "`--yes`"]);
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
            at(emulator().endpoint()).args(["push", "-y"]).args(of(app)),
            values,
        )
    };
    let output = run(push(&[("TOKEN", "t"), ("DB_PORT", "1")]), 1);
    assert_contains(
        &output.stdout,
        &["created `push-missing/TOKEN`", "created `push-missing/db`"],
    );
    let errors = [
        "no value for `password`",
        "set `DB_PASSWORD`",
        "`certificate`",
        "`mail.user`",
    ];
    assert_contains(&output.stderr, &errors);
    assert!(
        !output.stderr.contains("`remark`"),
        "`remark` is optional: {}",
        output.stderr
    );
    let rest = [
        ("DB_PASSWORD", "p"),
        ("CERTIFICATE", "AA=="),
        ("MAIL_USER", "u"),
        ("MAIL_PASSWORD", "p"),
    ];
    let output = run(push(&rest), 0);
    row(&output.stdout, &["skip", "push-missing/TOKEN"]);
    let db = text(&emulator().client(), "push-missing/db").await.unwrap();
    assert_eq!(db, r#"{"port":"1","password":"p"}"#);
}

#[tokio::test]
async fn from_file_ignores_environment() {
    let env = file(
        "push.env",
        "# A comment.\nTOKEN='a $1 b'\nexport DB_PASSWORD=\"two\\nlines\"\nDB_PORT=1\nCERTIFICATE=AA==\nMAIL_USER=u\n",
    );
    let push = at(emulator().endpoint())
        .args(["push", "-y", "--from"])
        .arg(&env)
        .args(of("push-file"));
    let output = run(push.env("MAIL_PASSWORD", "from the environment"), 1);
    assert_contains(&output.stderr, &["no value for `mail.password`"]);
    let client = emulator().client();
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
        "replacements.env",
        "USER_PART=canary-u\nTOKEN=pa$$DB_PORT-${USER_PART}${DB_PORT}${NOPE:-canary-d}\nDB_PASWORD='${DB_PORT}'\n\
         DB_PORT=1\nUNREAD=canary-x\nunread=x\nMAIL_USER='$DB_PORT'\nCERTIFICATE=AA==\n",
    );
    let push = at(emulator().endpoint())
        .args(["push", "--dry-run", "--from"])
        .arg(&env)
        .args(of("push-replacements"));
    let output = run(push.env("DB_PORT", "canary-p"), 1);
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
    assert_contains(&output.stderr, &notes.each_ref().map(String::as_str));
    assert!(
        !output.stderr.contains("USER_PART`\n"),
        "another line uses the variable: {}",
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
fn file_with_unset_variable_is_rejected() {
    let env = file("unset.env", "MAIL_USER=u\nTOKEN=canary-${NOPE}\n");
    let output = run(
        bare()
            .args(["push", "-y", "--from"])
            .arg(&env)
            .args(of("x")),
        1,
    );
    let location = format!(
        "`{}`, line 2 (`TOKEN`): `NOPE` is not set in the environment or in a line above",
        env.display()
    );
    assert_contains(
        &output.stderr,
        &[&location, "write `${NOPE:-}` if it may be unset"],
    );
    assert!(!output.stderr.contains("canary"), "{}", output.stderr);
}
