//! The program under test.

use std::path::PathBuf;

use aws_sdk_secretsmanager::Client;
use from_secrets_tests::process::{Ended, Program};
use from_secrets_tests::{Emulator, Kind};

/// Returns the program without AWS settings.
pub(crate) fn bare() -> Program {
    Program::at(env!("CARGO_BIN_EXE_app-secrets")).env("AWS_EC2_METADATA_DISABLED", "true")
}

/// Returns the program with an endpoint and credentials.
pub(crate) fn at(endpoint: &str) -> Program {
    with_endpoint(bare(), endpoint)
}

/// Returns a shell that runs a script with an endpoint and credentials.
pub(crate) fn shell(endpoint: &str, script: &str) -> Program {
    let shell = Program::at("/bin/sh").args(["-c", script]);
    with_endpoint(shell.env("AWS_EC2_METADATA_DISABLED", "true"), endpoint)
}

/// Returns a shell that runs the program with these arguments after the reader of its standard output has closed the
/// pipe. Standard error ends with the exit code.
#[cfg(unix)]
pub(crate) fn with_closed_output(endpoint: &str, name: &str, args: &str) -> Program {
    let program = env!("CARGO_BIN_EXE_app-secrets");
    let closed = file(&format!("closed-{name}"), "");
    let closed = closed.display();
    let script = format!(
        "rm {closed}; mkfifo {closed}; \
         {{ cat {closed}; printf t-2 | {program} {args}; echo code $? >&2; }} \
         | {{ exec <&-; : > {closed}; }}"
    );
    shell(endpoint, &script)
}

fn with_endpoint(program: Program, endpoint: &str) -> Program {
    program
        .env("AWS_ACCESS_KEY_ID", "test")
        .env("AWS_SECRET_ACCESS_KEY", "test")
        .env("AWS_REGION", "us-east-1")
        .env("AWS_ENDPOINT_URL_SECRETS_MANAGER", endpoint)
}

/// Returns the shared emulator. Each test has its own secrets, because the names begin with its `app`.
pub(crate) fn emulator() -> &'static Emulator {
    Emulator::shared(Kind::Ministack)
}

/// Returns the arguments that set the placeholder `app`.
pub(crate) fn of(app: &str) -> [String; 2] {
    ["--placeholder".to_owned(), format!("app={app}")]
}

/// Values for all required fields.
pub(crate) const VALUES: [(&str, &str); 6] = [
    ("TOKEN", "t-1"),
    ("DB_PASSWORD", "p-1 'quoted' \"twice\" \\ é\n"),
    ("DB_PORT", "5432"),
    ("CERTIFICATE", "AP+fkQ=="),
    ("MAIL_USER", "postman"),
    ("MAIL_PASSWORD", "{\"not\": \"json\" for us}"),
];

/// Adds environment variables to the program.
pub(crate) fn with(program: Program, values: &[(&str, &str)]) -> Program {
    values
        .iter()
        .fold(program, |program, (name, value)| program.env(name, value))
}

/// Runs the program and checks its exit code.
#[track_caller]
pub(crate) fn run(program: Program, code: i32) -> Ended {
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

/// Creates a text secret.
pub(crate) async fn put(client: &Client, name: &str, text: &str) {
    let call = client.create_secret().name(name).secret_string(text);
    call.send().await.unwrap();
}

/// Returns the text of a secret, if it exists.
pub(crate) async fn text(client: &Client, name: &str) -> Option<String> {
    let output = client
        .get_secret_value()
        .secret_id(name)
        .send()
        .await
        .ok()?;
    output.secret_string
}

/// Returns the number of versions of a secret, including deprecated ones.
pub(crate) async fn versions(client: &Client, name: &str) -> usize {
    let call = client
        .list_secret_version_ids()
        .secret_id(name)
        .include_deprecated(true);
    call.send().await.unwrap().versions().len()
}

/// Returns the cells of the table row that begins with these cells.
#[track_caller]
pub(crate) fn row(table: &str, first: &[&str]) -> Vec<String> {
    let mut rows = table.lines().map(|line| {
        let cells = line
            .split("  ")
            .map(str::trim)
            .filter(|cell| !cell.is_empty());
        cells.map(str::to_owned).collect::<Vec<_>>()
    });
    rows.find(|row| row.len() >= first.len() && row.iter().zip(first).all(|(a, b)| a == b))
        .unwrap_or_else(|| panic!("no row begins with {first:?} in:\n{table}"))
}

/// Asserts that the text contains each part.
#[track_caller]
pub(crate) fn assert_contains(text: &str, parts: &[&str]) {
    for part in parts {
        assert!(text.contains(part), "`{part}` is not in:\n{text}");
    }
}

/// Writes a file with a unique name.
pub(crate) fn file(name: &str, text: &str) -> PathBuf {
    let path =
        PathBuf::from(env!("CARGO_TARGET_TMPDIR")).join(format!("{name}-{}", std::process::id()));
    std::fs::write(&path, text).unwrap();
    path
}
