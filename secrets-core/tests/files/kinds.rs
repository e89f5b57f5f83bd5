//! What is no regular file is not opened.

use std::fs;
use std::os::unix::fs::symlink;
use std::os::unix::net::UnixListener;
use std::process::Command;
use std::time::{Duration, Instant};

use from_secrets::{Cause, FromSecrets};

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
fn a_pipe_is_not_waited_for() {
    let scratch = Scratch::new();
    let path = scratch.path().join("TOKEN");
    make_fifo(&path);
    let start = Instant::now();
    let error = scratch.load::<Token>().unwrap_err();
    fails(
        &error,
        Cause::Malformed,
        &[path.to_str().unwrap(), "regular file"],
    );
    assert!(
        start.elapsed() < Duration::from_secs(5),
        "it was waited for"
    );
}

#[test]
fn a_pipe_in_a_folder_fails_where_it_is_asked_for() {
    let scratch = Scratch::new();
    scratch.file("db/password", "x");
    make_fifo(&scratch.path().join("db/pipe"));
    assert_eq!(scratch.load::<Password>().unwrap().password, "x");
    fs::remove_file(scratch.path().join("db/password")).unwrap();
    make_fifo(&scratch.path().join("db/password"));
    let error = scratch.load::<Password>().unwrap_err();
    fails(&error, Cause::Malformed, &["db/password", "regular file"]);
}

#[test]
fn devices_and_sockets_are_no_secrets() {
    let scratch = Scratch::new();
    let path = scratch.path().join("TOKEN");
    symlink("/dev/zero", &path).unwrap();
    let error = scratch.load::<Token>().unwrap_err();
    fails(
        &error,
        Cause::Malformed,
        &[path.to_str().unwrap(), "regular file"],
    );
    fs::remove_file(&path).unwrap();
    let _socket = UnixListener::bind(&path).unwrap();
    let error = scratch.load::<Token>().unwrap_err();
    fails(
        &error,
        Cause::Malformed,
        &[path.to_str().unwrap(), "regular file"],
    );
}

#[test]
fn a_link_that_leads_in_a_circle_is_a_failure_in_the_systems_words() {
    let scratch = Scratch::new();
    let path = scratch.path().join("TOKEN");
    symlink("TOKEN", &path).unwrap();
    let error = scratch.load::<Token>().unwrap_err();
    fails(
        &error,
        Cause::Internal,
        &[path.to_str().unwrap(), "(os error "],
    );
}

#[test]
fn a_link_to_a_file_is_that_file_and_one_to_nothing_is_missing() {
    let scratch = Scratch::new();
    let file = scratch.file("elsewhere/file", CANARY);
    symlink(&file, scratch.path().join("TOKEN")).unwrap();
    assert_eq!(scratch.load::<Token>().unwrap().token, CANARY);
    fs::remove_file(file).unwrap();
    let error = scratch.load::<Token>().unwrap_err();
    let missing = from_secrets::AttemptAnswer::Missing(from_secrets::Missing::File);
    assert_eq!(*crate::support::answer(&error), missing);
}

#[test]
fn a_folder_that_leads_into_itself_is_bounded() {
    let scratch = Scratch::new();
    scratch.file("db/password", "x");
    symlink(".", scratch.path().join("db/again")).unwrap();
    assert_eq!(scratch.load::<Password>().unwrap().password, "x");
}
