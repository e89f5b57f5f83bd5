//! Processes with unusual values in the variables that this library reads. Each process ends in time, with the secrets
//! or with an error that names the variable and does not contain a value.
#![cfg(unix)]

use std::ffi::{OsStr, OsString};
use std::os::unix::ffi::OsStrExt;
use std::path::PathBuf;
use std::process::Command;
use std::time::Duration;

use from_secrets_tests::canary;
use from_secrets_tests::process::{Ended, Program};

use crate::files::Directory;

/// The load's own deadline is 10 s.
const LATEST: Duration = Duration::from_secs(30);

const HOWS: [&str; 3] = ["once", "at-once", "blocking"];

/// Unusual values of a variable.
struct Odd {
    directory: Directory,
    values: Vec<OsString>,
}

impl Odd {
    fn new() -> Self {
        let directory = Directory::new();
        let pipe = directory.path("pipe");
        let made = Command::new("mkfifo").arg(&pipe).status();
        assert!(made.expect("mkfifo starts").success());
        let texts = ["", " ", "\r\n", "\u{e9}\u{4e2d}", "/dev/zero", "/absent/x"];
        let values = texts.map(OsString::from).into_iter();
        let bytes = OsStr::from_bytes(b"cAnArY-\xff\xfe").to_owned();
        let paths = [directory.path(""), pipe].map(PathBuf::into_os_string);
        let canary = OsString::from(canary::value("odd"));
        Self {
            values: values.chain(paths).chain([bytes, canary]).collect(),
            directory,
        }
    }
}

fn program(how: &str, sources: &str) -> Program {
    Program::at(env!("CARGO_BIN_EXE_load"))
        .arg(how)
        .env("FROM_SECRETS_SOURCES", sources)
}

/// Returns whether errors may contain the value. Directories and names of sources are not secrets.
fn is_shown(variable: &str) -> bool {
    let directories = ["FROM_SECRETS_DIRECTORY", "CREDENTIALS_DIRECTORY"];
    directories.contains(&variable) || variable == "FROM_SECRETS_SOURCES"
}

/// Asserts that the process ends in time, without a panic, and with the expected output.
#[track_caller]
fn check(ended: &Ended, variable: &str, value: &OsStr) {
    let value = value.to_string_lossy();
    let reported = format!("{variable}={value:?}\n{}{}", ended.stdout, ended.stderr);
    assert!(ended.took < LATEST, "{reported}");
    assert!(ended.code.is_some(), "{reported}");
    assert!(!ended.stderr.contains("panicked"), "{reported}");
    assert!(
        is_shown(variable) || canary::shown(&ended.stderr).is_none(),
        "the value of {variable} is in the output"
    );
    // A blank variable counts as unset, and the field's own variable is reported.
    let named = if value.trim().is_empty() {
        variable.trim_end_matches("_FILE")
    } else {
        variable
    };
    // Every text is a valid token, so the error is that the agent is not running.
    let is_without_agent = ended.stderr.contains("connection refused by");
    let is_named = ended.stderr.contains(named) || is_without_agent;
    assert!(ended.success || is_named, "{reported}");
}

#[test]
fn odd_setting_loads_or_is_named() {
    let odd = Odd::new();
    let pockets = |program: Program| program.env("POCKET_KEY", "k").env("POCKET_TOKEN", "t");
    for (variable, sources) in [
        ("FROM_SECRETS_DIRECTORY", "files,env"),
        ("CREDENTIALS_DIRECTORY", "files,env"),
        ("POCKET_KEY_FILE", "env-files"),
        ("AWS_TOKEN", "agent,env"),
        ("AWS_SESSION_TOKEN", "agent,env"),
        ("AWS_CONTAINER_AUTHORIZATION_TOKEN", "agent,env"),
        ("PARAMETERS_SECRETS_EXTENSION_HTTP_PORT", "agent,env"),
        ("PARAMETERS_SECRETS_EXTENSION_MAX_CONNECTIONS", "agent,env"),
        ("SECRETS_MANAGER_TIMEOUT_MILLIS", "agent,env"),
        ("FROM_SECRETS_SOURCES", ""),
    ] {
        for (value, how) in odd.values.iter().zip(HOWS.iter().cycle()) {
            let program = program(how, sources).env(variable, value);
            let is_file = variable == "POCKET_KEY_FILE";
            let program = if is_file { program } else { pockets(program) };
            check(&program.run(), variable, value);
        }
    }
}

#[test]
fn non_unicode_variable_is_named() {
    let bytes = OsStr::from_bytes(b"cAnArY-\xff");
    for how in HOWS {
        let sources = program(how, "").env("FROM_SECRETS_SOURCES", bytes).run();
        let token = program(how, "agent,env").env("AWS_TOKEN", bytes).run();
        let placeholder = program("placeholder", "env")
            .env("POCKET_STAGE", bytes)
            .run();
        for (ended, variable) in [
            (sources, "FROM_SECRETS_SOURCES"),
            (token, "AWS_TOKEN"),
            (placeholder, "POCKET_STAGE"),
        ] {
            assert!(!ended.success, "{}", ended.stdout);
            let named = format!("`{variable}`");
            assert!(ended.stderr.contains(&named), "{}", ended.stderr);
            assert!(ended.stderr.contains("not Unicode"), "{}", ended.stderr);
            assert!(
                canary::shown(&ended.stderr).is_none(),
                "the output contains a value"
            );
        }
    }
}

#[test]
fn non_unicode_path_is_read() {
    let directory = Directory::new();
    let odd = directory.path("").join(OsStr::from_bytes(b"od\xffd"));
    std::fs::create_dir(&odd).expect("every name is valid");
    for (file, value) in [("POCKET_KEY", "k"), ("POCKET_TOKEN", "t")] {
        std::fs::write(odd.join(file), value).expect("the file can be written");
    }
    let by_directory = ["FROM_SECRETS_DIRECTORY", "CREDENTIALS_DIRECTORY"]
        .map(|variable| program("once", "files").env(variable, &odd));
    let by_file = program("once", "env-files")
        .env("POCKET_KEY_FILE", odd.join("POCKET_KEY"))
        .env("POCKET_TOKEN_FILE", odd.join("POCKET_TOKEN"));
    for program in by_directory.into_iter().chain([by_file]) {
        let ended = program.run();
        assert!(ended.success, "{}", ended.stderr);
        assert_eq!(ended.stdout.trim(), "k t");
    }
}

#[test]
fn pipe_without_writer_is_an_error() {
    let odd = Odd::new();
    let pipe = odd.directory.path("pipe");
    std::fs::rename(&pipe, odd.directory.path(".env")).expect("the pipe can be renamed");
    let pipe = odd.directory.path(".env");
    for how in HOWS {
        let dotenv = program(how, "dotenv").current_dir(odd.directory.path(""));
        let file = program(how, "env-files").env("POCKET_KEY_FILE", &pipe);
        let token = program(how, "agent").env("AWS_TOKEN", format!("file://{}", pipe.display()));
        for program in [dotenv, file, token] {
            let ended = program.run();
            assert!(!ended.success && ended.took < LATEST, "{}", ended.stdout);
            assert!(
                ended.stderr.contains(".env` is not a regular file"),
                "{}",
                ended.stderr
            );
        }
    }
}
