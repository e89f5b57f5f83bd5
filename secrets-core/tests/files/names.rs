//! Under which names a secret's file is found, and under which it never is.

use std::fs;

use from_secrets::{AttemptAnswer, Cause, FromSecrets, Missing, Source};

use crate::support::{CANARY, Scratch, answer, failed, fails, load_with_report};

#[derive(FromSecrets)]
#[secrets(debug)]
struct Named {
    #[secret("{id}", env = false)]
    value: String,
}

const ARN: &str = "arn:aws:secretsmanager:us-east-1:123456789012:secret:prod/db-AbCdEf";

fn load(scratch: &Scratch, id: &str) -> Result<Named, from_secrets::Error> {
    scratch.loader().parameter("id", id).load_blocking()
}

fn value(scratch: &Scratch, id: &str) -> String {
    load(scratch, id).unwrap().value
}

#[test]
fn a_secret_is_found_by_its_name_flat_or_in_folders() {
    for (id, file) in [
        ("POCKET_KEY", "POCKET_KEY"),
        ("a+b=c.d@e-f", "a+b=c.d@e-f"),
        ("prod/db", "prod_db"),
        ("prod/db", "prod/db"),
        ("/prod/db", "_prod_db"),
        ("/prod/db", "prod/db"),
    ] {
        let scratch = Scratch::new();
        scratch.file(file, "x");
        assert_eq!(value(&scratch, id), "x", "{id} in {file}");
    }
}

#[cfg(not(windows))]
#[test]
fn an_arn_is_found_by_its_name_or_as_a_whole() {
    let flat = ARN.replace('/', "_");
    for file in ["prod_db", "prod/db", &flat, ARN] {
        let scratch = Scratch::new();
        scratch.file(file, "x");
        assert_eq!(value(&scratch, ARN), "x", "{file}");
    }
    let scratch = Scratch::new();
    scratch.file("prod_db", "x");
    assert_eq!(value(&scratch, ARN.strip_suffix("-AbCdEf").unwrap()), "x");
}

/// It can be the name `db-backup` in a partial ARN, and the name `db` with a suffix.
const EITHER: &str = "arn:aws:secretsmanager:us-east-1:123456789012:secret:db-backup";

#[cfg(not(windows))]
#[test]
fn arn_is_found_under_either_meaning() {
    for file in ["db-backup", "db"] {
        let scratch = Scratch::new();
        scratch.file(file, "x");
        assert_eq!(value(&scratch, EITHER), "x", "{file}");
    }
    let scratch = Scratch::new();
    scratch.file("db-backup", "");
    scratch.file("db", "x");
    assert_eq!(value(&scratch, EITHER), "x");
}

#[test]
fn two_files_of_one_arn_clash() {
    let scratch = Scratch::new();
    let backup = scratch.file("db-backup", format!("{CANARY} 1"));
    let db = scratch.file("db", format!("{CANARY} 2"));
    let error = load(&scratch, EITHER).unwrap_err();
    let paths = [backup, db].map(|path| format!("`{}`", path.display()));
    fails(&error, Cause::Malformed, &[&paths[0], &paths[1]]);
    scratch.file("db", format!("{CANARY} 1"));
    assert_eq!(value(&scratch, EITHER), format!("{CANARY} 1"));
}

#[test]
fn two_files_that_differ_are_not_chosen_from() {
    let scratch = Scratch::new();
    scratch.file("prod_db", format!("{CANARY} 1"));
    scratch.file("prod/db", format!("{CANARY} 2"));
    let error = load(&scratch, "prod/db").unwrap_err();
    let paths = ["prod_db", "prod/db"].map(|name| scratch.path().join(name));
    let paths = paths.map(|path| format!("`{}`", path.display()));
    fails(&error, Cause::Malformed, &[&paths[0], &paths[1]]);

    fs::write(scratch.path().join("prod/db"), format!("{CANARY} 1")).unwrap();
    assert_eq!(value(&scratch, "prod/db"), format!("{CANARY} 1"));
}

#[cfg(unix)]
#[test]
fn two_names_of_one_file_are_no_clash() {
    let scratch = Scratch::new();
    let file = scratch.file("prod_db", "x");
    fs::create_dir(scratch.path().join("prod")).unwrap();
    std::os::unix::fs::symlink(file, scratch.path().join("prod/db")).unwrap();
    assert_eq!(value(&scratch, "prod/db"), "x");
}

#[test]
fn no_name_leads_out_of_the_directory() {
    let scratch = Scratch::new();
    scratch.file("outside", CANARY);
    scratch.file("..data-file", CANARY);
    scratch.file("secrets/a/inside", "x");
    let files = from_secrets::Files::in_directory(scratch.path().join("secrets"));
    let loader = crate::support::loader(files, &[]);
    let outside = scratch.path().join("outside");
    for (id, missing) in [
        ("../outside", Missing::Name),
        ("../../../../../../../../../../etc/passwd", Missing::Name),
        ("..", Missing::Name),
        (".", Missing::Name),
        ("/", Missing::File),
        ("..data/x", Missing::Name),
        ("..data-file", Missing::Name),
        ("a/../../outside", Missing::File),
        ("a/../inside", Missing::File),
        ("a/..", Missing::File),
        ("a/./inside", Missing::File),
        ("a//inside", Missing::File),
        ("/etc/passwd", Missing::File),
        ("//etc/passwd", Missing::File),
        (outside.to_str().unwrap(), Missing::File),
    ] {
        let load = loader.clone().parameter("id", id).load_blocking::<Named>();
        let error = load.unwrap_err();
        assert_eq!(*answer(&error), AttemptAnswer::Missing(missing), "{id}");
    }
}

#[derive(FromSecrets)]
#[secrets(debug)]
struct Pinned {
    #[secret(name = "TOKEN", version_stage = "AWSPREVIOUS")]
    previous: Option<String>,
    #[secret(name = "TOKEN", env = false)]
    current: String,
}

#[test]
fn a_pinned_version_is_never_there() {
    let scratch = Scratch::new();
    scratch.file("TOKEN", "now");
    let (pinned, report) = load_with_report::<Pinned>(&scratch.loader());
    assert_eq!((pinned.previous, pinned.current.as_str()), (None, "now"));
    let answer = report.fields()[0].attempts()[0].answer();
    assert_eq!(*answer, AttemptAnswer::Missing(Missing::Version));
}

#[test]
fn a_missing_file_says_where_to_mount_it_and_leads_to_the_next_source() {
    let scratch = Scratch::new();
    let error = load(&scratch, "prod/db").unwrap_err();
    assert_eq!(*answer(&error), AttemptAnswer::Missing(Missing::File));
    let place = scratch.path().display().to_string();
    assert_eq!(failed(&error).attempts()[0].endpoint(), Some(&*place));
    let told = format!("{error:#}");
    assert!(
        told.contains(&format!("mount a file for `prod/db` in {place}")),
        "{told}"
    );

    let next = from_secrets::Memory::new().secret("prod/db", "next");
    let sources = [
        from_secrets::Files::in_directory(scratch.path()).into(),
        Source::from(next),
    ];
    let loader = scratch.loader().sources(sources).parameter("id", "prod/db");
    assert_eq!(loader.load_blocking::<Named>().unwrap().value, "next");
}
