//! Values of placeholders in the file.

use std::fs;

use from_secrets::source::{Dotenv, Env, Memory, Source, SourceErrorKind};
use from_secrets::{Error, ErrorKind, FromSecrets, Loader};

use crate::support::{CANARY, Changing, File, fails, load, loader};

#[derive(FromSecrets)]
#[secrets(debug)]
struct Staged {
    #[secret(name = "{stage}/token", env = "TOKEN")]
    token: String,
}

/// Returns secrets whose values are the stages in their names.
fn secrets() -> Memory {
    let memory = Memory::new();
    ["file", "variable", "code"]
        .into_iter()
        .fold(memory, |memory, stage| {
            memory.with_secret(&format!("{stage}/token"), stage)
        })
}

/// Returns a loader of secrets, and then of the files.
fn secrets_first(memory: &Memory, files: &[&File], variables: &[(&str, &str)]) -> Loader {
    let files = files.iter().map(|file| Dotenv::new().path(file.path()));
    let sources = [Source::from(memory.clone())];
    loader(
        sources.into_iter().chain(files.map(Source::from)),
        variables,
    )
}

fn token(loader: &Loader) -> Result<String, Error> {
    load::<Staged>(loader).map(|(staged, _)| staged.token)
}

#[test]
fn code_and_environment_override_file() {
    let file = File::new("stage=file\n");
    let by = |variables: &[_]| secrets_first(&secrets(), &[&file], variables);
    let variable = [("stage", "variable")];
    assert_eq!(token(&by(&[])).unwrap(), "file");
    assert_eq!(token(&by(&[("stage", "")])).unwrap(), "file");
    assert_eq!(token(&by(&variable)).unwrap(), "variable");
    assert_eq!(
        token(&by(&variable).placeholder("stage", "code")).unwrap(),
        "code"
    );
}

#[test]
fn first_file_with_the_placeholder_counts() {
    let [first, second] = ["stage=\nOTHER=x\n", "stage=file\n"].map(File::new);
    let [third, without] = ["stage=code\n", "OTHER=x\n"].map(File::new);
    let files = [&without, &first, &second, &third];
    assert_eq!(
        token(&secrets_first(&secrets(), &files, &[])).unwrap(),
        "file"
    );

    let memory = secrets();
    let error = token(&secrets_first(&memory, &files[..2], &[])).unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Declaration, "{error:#}");
    assert!(
        error.to_string().contains("the placeholder `stage`"),
        "{error}"
    );
    assert!(memory.requests().is_empty());
}

#[test]
fn each_load_reads_the_file_again() {
    let file = File::new("stage=file\n");
    let loader = secrets_first(&secrets(), &[&file], &[]);
    assert_eq!(token(&loader).unwrap(), "file");
    fs::write(file.path(), "stage=code\n").unwrap();
    assert_eq!(token(&loader).unwrap(), "code");
}

#[test]
fn file_with_placeholder_is_read_once() {
    let file = File::new("stage=file\nTOKEN=first\n");
    let changing = Source::from(Changing(file.path().to_owned()));
    let dotenv = Source::from(Dotenv::new().path(file.path()));
    assert_eq!(token(&loader([changing, dotenv], &[])).unwrap(), "first");
    let text = fs::read_to_string(file.path()).unwrap();
    assert!(text.contains("TOKEN=second"), "the source was not queried");
}

#[test]
fn invalid_value_in_the_file_fails() {
    let file = File::new(format!("stage='{CANARY} with space'\n"));
    let memory = secrets();
    let error = token(&secrets_first(&memory, &[&file], &[])).unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Declaration);
    let details = format!("{error:#}");
    assert!(
        details.contains("after its placeholders are filled"),
        "{details}"
    );
    assert!(!details.contains(CANARY), "a value leaked");
    assert!(memory.requests().is_empty());
}

#[test]
fn unreadable_file_is_reported_if_needed() {
    let file = File::new(format!("stage=file\n'{CANARY}\n"));
    let absent = File::absent();
    for (file, expected) in [(&file, "line 2: "), (&absent, "does not exist")] {
        let memory = secrets();
        let error = token(&secrets_first(&memory, &[file], &[])).unwrap_err();
        assert_eq!(error.kind(), ErrorKind::Declaration, "{error:#}");
        let details = format!("{error:#}");
        for part in ["field `token`", "the placeholder `stage`", expected] {
            assert!(details.contains(part), "{part}\n{details}");
        }
        assert!(
            !details.contains(CANARY) && !details.contains("``"),
            "{details}"
        );
        assert!(memory.requests().is_empty());

        // The value of the field is not in the file, and the name is not needed.
        let unconfigured = || secrets().unconfigured();
        let value = [("TOKEN", "t")];
        assert_eq!(
            token(&secrets_first(&unconfigured(), &[file], &value)).unwrap(),
            "t"
        );
        let error = token(&secrets_first(&unconfigured(), &[file], &[])).unwrap_err();
        let kind = if expected == "line 2: " {
            SourceErrorKind::Malformed
        } else {
            SourceErrorKind::Unreachable
        };
        fails(&error, kind, &[expected]);
        // The placeholder has a value, so the file is not read.
        let variable = [("stage", "variable")];
        assert_eq!(
            token(&secrets_first(&secrets(), &[file], &variable)).unwrap(),
            "variable"
        );
    }
}

#[test]
fn file_outside_the_chain_is_ignored() {
    let file = File::new("stage=file\nTOKEN=t\n");
    let loader = loader([Source::from(secrets()), Source::from(Env::new())], &[]);
    assert!(token(&loader).is_err());
    assert_eq!(token(&file.loader(&[])).unwrap(), "t");
}
