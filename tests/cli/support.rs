//! How the tests run the program.

use std::path::PathBuf;

use aws_sdk_secretsmanager::Client;
use from_secrets_tests::process::{Ended, Program};
use from_secrets_tests::{Emulator, Kind};

/// The program with no AWS in sight.
pub(crate) fn bare() -> Program {
    Program::at(env!("CARGO_BIN_EXE_app-secrets")).env("AWS_EC2_METADATA_DISABLED", "true")
}

/// The program with credentials for a server.
pub(crate) fn at(endpoint: &str) -> Program {
    bare()
        .env("AWS_ACCESS_KEY_ID", "test")
        .env("AWS_SECRET_ACCESS_KEY", "test")
        .env("AWS_REGION", "us-east-1")
        .env("AWS_ENDPOINT_URL_SECRETS_MANAGER", endpoint)
}

/// The emulator that most tests share; each has secrets of its own, because all names begin with its `app`.
pub(crate) fn moto() -> &'static Emulator {
    Emulator::shared(Kind::Moto)
}

/// The arguments that say whose secrets are meant.
pub(crate) fn of(app: &str) -> [String; 2] {
    ["--placeholder".to_owned(), format!("app={app}")]
}

/// A value for each field that needs one.
pub(crate) const VALUES: [(&str, &str); 6] = [
    ("TOKEN", "t-1"),
    ("DB_PASSWORD", "p-1 'quoted' \"twice\" \\ é\n"),
    ("DB_PORT", "5432"),
    ("CERTIFICATE", "AP+fkQ=="),
    ("MAIL_USER", "postman"),
    ("MAIL_PASSWORD", "{\"not\": \"json\" for us}"),
];

/// The program with values in its environment.
pub(crate) fn with(program: Program, values: &[(&str, &str)]) -> Program {
    values
        .iter()
        .fold(program, |program, (name, value)| program.env(name, value))
}

/// It ended with that code.
#[track_caller]
pub(crate) fn ended(program: Program, code: i32) -> Ended {
    let ended = program.run();
    assert_eq!(
        ended.code,
        Some(code),
        "\n{}\n{}",
        ended.stdout,
        ended.stderr
    );
    ended
}

/// Creates a secret that holds text.
pub(crate) async fn put(client: &Client, name: &str, text: &str) {
    let call = client.create_secret().name(name).secret_string(text);
    call.send().await.unwrap();
}

/// The text of a secret, if there is one.
pub(crate) async fn text(client: &Client, name: &str) -> Option<String> {
    let output = client
        .get_secret_value()
        .secret_id(name)
        .send()
        .await
        .ok()?;
    output.secret_string
}

/// How many versions a secret has had.
pub(crate) async fn versions(client: &Client, name: &str) -> usize {
    let call = client
        .list_secret_version_ids()
        .secret_id(name)
        .include_deprecated(true);
    call.send().await.unwrap().versions().len()
}

/// The cells of a table's row that begins with these.
#[track_caller]
pub(crate) fn row(table: &str, begins: &[&str]) -> Vec<String> {
    let mut rows = table.lines().map(|line| {
        let cells = line
            .split("  ")
            .map(str::trim)
            .filter(|cell| !cell.is_empty());
        cells.map(str::to_owned).collect::<Vec<_>>()
    });
    rows.find(|row| row.len() >= begins.len() && row.iter().zip(begins).all(|(a, b)| a == b))
        .unwrap_or_else(|| panic!("no row begins with {begins:?} in:\n{table}"))
}

/// The text holds each of these.
#[track_caller]
pub(crate) fn holds(text: &str, parts: &[&str]) {
    for part in parts {
        assert!(text.contains(part), "`{part}` is not in:\n{text}");
    }
}

/// A file with that text, which nobody else uses.
pub(crate) fn file(name: &str, text: &str) -> PathBuf {
    let path =
        PathBuf::from(env!("CARGO_TARGET_TMPDIR")).join(format!("{name}-{}", std::process::id()));
    std::fs::write(&path, text).unwrap();
    path
}
