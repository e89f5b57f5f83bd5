//! The file names under which a secret is found, and names under which it is not.

use std::fs;

use from_secrets::FromSecrets;
use from_secrets::source::{FetchResult, MissingReason, Source, SourceErrorKind};

use crate::support::{CANARY, Scratch, failed, fails, load_with_report, response};

#[derive(FromSecrets)]
#[secrets(debug)]
struct Named {
    #[secret("{id}", env = false)]
    value: String,
}

const ARN: &str = "arn:aws:secretsmanager:us-east-1:123456789012:secret:prod/db-AbCdEf";

fn load(scratch: &Scratch, id: &str) -> Result<Named, from_secrets::Error> {
    scratch.loader().placeholder("id", id).load_blocking()
}

fn value(scratch: &Scratch, id: &str) -> String {
    load(scratch, id).unwrap().value
}

#[test]
fn flat_and_nested_names_find_secret() {
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
fn arn_is_found_by_each_form() {
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

/// The ARN can be a partial ARN of `db-backup`, or a complete ARN of `db` with a suffix.
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
    fails(&error, SourceErrorKind::Malformed, &[&paths[0], &paths[1]]);
    scratch.file("db", format!("{CANARY} 1"));
    assert_eq!(value(&scratch, EITHER), format!("{CANARY} 1"));
}

#[test]
fn two_different_files_clash() {
    let scratch = Scratch::new();
    scratch.file("prod_db", format!("{CANARY} 1"));
    scratch.file("prod/db", format!("{CANARY} 2"));
    let error = load(&scratch, "prod/db").unwrap_err();
    let paths = ["prod_db", "prod/db"].map(|name| scratch.path().join(name));
    let paths = paths.map(|path| format!("`{}`", path.display()));
    fails(&error, SourceErrorKind::Malformed, &[&paths[0], &paths[1]]);

    fs::write(scratch.path().join("prod/db"), format!("{CANARY} 1")).unwrap();
    assert_eq!(value(&scratch, "prod/db"), format!("{CANARY} 1"));
}

#[cfg(unix)]
#[test]
fn linked_names_do_not_clash() {
    let scratch = Scratch::new();
    let file = scratch.file("prod_db", "x");
    fs::create_dir(scratch.path().join("prod")).unwrap();
    std::os::unix::fs::symlink(file, scratch.path().join("prod/db")).unwrap();
    assert_eq!(value(&scratch, "prod/db"), "x");
}

#[test]
fn names_cannot_escape_the_directory() {
    let scratch = Scratch::new();
    scratch.file("outside", CANARY);
    scratch.file("..data-file", CANARY);
    scratch.file("secrets/a/inside", "x");
    let files = from_secrets::source::Files::new().directory(scratch.path().join("secrets"));
    let loader = crate::support::loader(files, &[]);
    let outside = scratch.path().join("outside");
    for (id, missing) in [
        ("../outside", MissingReason::Name),
        (
            "../../../../../../../../../../etc/passwd",
            MissingReason::Name,
        ),
        ("..", MissingReason::Name),
        (".", MissingReason::Name),
        ("/", MissingReason::File),
        ("..data/x", MissingReason::Name),
        ("..data-file", MissingReason::Name),
        ("a/../../outside", MissingReason::File),
        ("a/../inside", MissingReason::File),
        ("a/..", MissingReason::File),
        ("a/./inside", MissingReason::File),
        ("a//inside", MissingReason::File),
        ("/etc/passwd", MissingReason::File),
        ("//etc/passwd", MissingReason::File),
        (outside.to_str().unwrap(), MissingReason::File),
    ] {
        let load = loader
            .clone()
            .placeholder("id", id)
            .load_blocking::<Named>();
        let error = load.unwrap_err();
        assert_eq!(*response(&error), FetchResult::Missing(missing), "{id}");
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
fn pinned_version_is_always_missing() {
    let scratch = Scratch::new();
    scratch.file("TOKEN", "now");
    let (pinned, report) = load_with_report::<Pinned>(&scratch.loader());
    assert_eq!((pinned.previous, pinned.current.as_str()), (None, "now"));
    let response = report.fields()[0].attempts()[0].result();
    assert_eq!(*response, FetchResult::Missing(MissingReason::Version));
}

#[test]
fn missing_file_hints_and_falls_back() {
    let scratch = Scratch::new();
    let error = load(&scratch, "prod/db").unwrap_err();
    assert_eq!(*response(&error), FetchResult::Missing(MissingReason::File));
    let place = scratch.path().display().to_string();
    assert_eq!(failed(&error).attempts()[0].endpoint(), Some(&*place));
    let reported = format!("{error:#}");
    assert!(
        reported.contains(&format!("mount the file for `prod/db` in {place}")),
        "{reported}"
    );

    let next = from_secrets::source::Memory::new().with_secret("prod/db", "next");
    let sources = [
        from_secrets::source::Files::new()
            .directory(scratch.path())
            .into(),
        Source::from(next),
    ];
    let loader = scratch
        .loader()
        .sources(sources)
        .placeholder("id", "prod/db");
    assert_eq!(loader.load_blocking::<Named>().unwrap().value, "next");
}
