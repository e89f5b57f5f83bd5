//! Only regular files are opened.

use std::fs;
use std::os::unix::fs::symlink;
use std::os::unix::net::UnixListener;
use std::process::Command;
use std::time::{Duration, Instant};

use from_secrets::FromSecrets;
use from_secrets::source::SourceErrorKind;

use crate::support::{CANARY, Scratch, fails};

#[derive(FromSecrets)]
#[secrets(debug)]
struct Token {
    token: String,
}

#[derive(FromSecrets)]
#[secrets(name = "db", debug)]
struct Password {
    password: String,
}

fn make_fifo(path: &std::path::Path) {
    assert!(Command::new("mkfifo").arg(path).status().unwrap().success());
}

#[test]
fn pipe_is_rejected_without_blocking() {
    let scratch = Scratch::new();
    let path = scratch.path().join("TOKEN");
    make_fifo(&path);
    let start = Instant::now();
    let error = scratch.load::<Token>().unwrap_err();
    fails(
        &error,
        SourceErrorKind::Malformed,
        &[path.to_str().unwrap(), "regular file"],
    );
    assert!(
        start.elapsed() < Duration::from_secs(5),
        "it was waited for"
    );
}

#[test]
fn pipe_in_folder_fails_when_requested() {
    let scratch = Scratch::new();
    scratch.file("db/password", "x");
    make_fifo(&scratch.path().join("db/pipe"));
    assert_eq!(scratch.load::<Password>().unwrap().password, "x");
    fs::remove_file(scratch.path().join("db/password")).unwrap();
    make_fifo(&scratch.path().join("db/password"));
    let error = scratch.load::<Password>().unwrap_err();
    fails(
        &error,
        SourceErrorKind::Malformed,
        &["db/password", "regular file"],
    );
}

#[test]
fn devices_and_sockets_are_no_secrets() {
    let scratch = Scratch::new();
    let path = scratch.path().join("TOKEN");
    symlink("/dev/zero", &path).unwrap();
    let error = scratch.load::<Token>().unwrap_err();
    fails(
        &error,
        SourceErrorKind::Malformed,
        &[path.to_str().unwrap(), "regular file"],
    );
    fs::remove_file(&path).unwrap();
    let _socket = UnixListener::bind(&path).unwrap();
    let error = scratch.load::<Token>().unwrap_err();
    fails(
        &error,
        SourceErrorKind::Malformed,
        &[path.to_str().unwrap(), "regular file"],
    );
}

#[test]
fn circular_link_reports_os_error() {
    let scratch = Scratch::new();
    let path = scratch.path().join("TOKEN");
    symlink("TOKEN", &path).unwrap();
    let error = scratch.load::<Token>().unwrap_err();
    fails(
        &error,
        SourceErrorKind::Internal,
        &[path.to_str().unwrap(), "(os error "],
    );
}

#[test]
fn dangling_link_is_missing() {
    let scratch = Scratch::new();
    let file = scratch.file("elsewhere/file", CANARY);
    symlink(&file, scratch.path().join("TOKEN")).unwrap();
    assert_eq!(scratch.load::<Token>().unwrap().token, CANARY);
    fs::remove_file(file).unwrap();
    let error = scratch.load::<Token>().unwrap_err();
    let missing =
        from_secrets::source::FetchResult::Missing(from_secrets::source::MissingReason::File);
    assert_eq!(*crate::support::response(&error), missing);
}

#[test]
fn self_linked_folder_loads() {
    let scratch = Scratch::new();
    scratch.file("db/password", "x");
    symlink(".", scratch.path().join("db/again")).unwrap();
    assert_eq!(scratch.load::<Password>().unwrap().password, "x");
}
