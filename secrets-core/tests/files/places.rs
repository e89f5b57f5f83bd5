//! Which directories are asked, and what is in their files.

use std::fs;

use from_secrets::{AttemptAnswer, Cause, Files, FromSecrets, Missing, Source};

use crate::support::{CANARY, Scratch, answer, fails, failure, load_with_report, loader};

#[derive(FromSecrets)]
#[secrets(debug)]
struct Token {
    token: String,
}

const DIRECTORY: &str = "FROM_SECRETS_DIRECTORY";
const CREDENTIALS: &str = "CREDENTIALS_DIRECTORY";

fn mounted(variables: &[(&str, &str)]) -> Result<Token, from_secrets::Error> {
    loader(Files::mounted(), variables).load_blocking()
}

#[test]
fn credentials_of_systemd_are_found_and_a_named_directory_is_asked_in_their_place() {
    let (credentials, named) = (Scratch::new(), Scratch::new());
    credentials.file("TOKEN", "of systemd");
    named.file("TOKEN", "named");
    let credentials = (CREDENTIALS, credentials.path().to_str().unwrap());
    assert_eq!(mounted(&[credentials]).unwrap().token, "of systemd");
    let named = (DIRECTORY, named.path().to_str().unwrap());
    assert_eq!(mounted(&[credentials, named]).unwrap().token, "named");
}

#[test]
fn the_word_files_asks_what_is_mounted() {
    let scratch = Scratch::new();
    scratch.file("TOKEN", "x");
    let directory = scratch.path().to_str().unwrap();
    let variables = [("FROM_SECRETS_SOURCES", "files"), (DIRECTORY, directory)];
    let environment = from_secrets::Environment::from_vars(variables);
    let loader = from_secrets::Loader::new().environment(environment);
    assert_eq!(loader.load_blocking::<Token>().unwrap().token, "x");
    let loader = loader.sources([Source::files()]);
    assert_eq!(loader.load_blocking::<Token>().unwrap().token, "x");
}

#[test]
fn a_directory_that_is_named_and_absent_is_a_failure() {
    let scratch = Scratch::new();
    let file = scratch.file("file", CANARY);
    for absent in [scratch.path().join("absent"), file.join("below"), file] {
        let path = absent.to_str().unwrap();
        for variable in [DIRECTORY, CREDENTIALS] {
            let error = mounted(&[(variable, path)]).unwrap_err();
            fails(&error, Cause::Unreachable, &[variable, path]);
        }
        let error = loader(Files::in_directory(&absent), &[]).load_blocking::<Token>();
        fails(&error.unwrap_err(), Cause::Unreachable, &[path]);
    }
}

#[test]
fn a_directory_that_is_absent_does_not_lead_to_the_next_source_by_itself() {
    let absent = Scratch::new().path().join("absent");
    let sources = [Files::in_directory(absent).into(), Source::environment()];
    let loader = loader(Files::mounted(), &[("TOKEN", "older")]).sources(sources);
    let error = loader.load_blocking::<Token>().unwrap_err();
    assert_eq!(failure(&error).cause(), Cause::Unreachable);
    let loader = loader.fall_back_on([Cause::Unreachable]);
    assert_eq!(loader.load_blocking::<Token>().unwrap().token, "older");
}

/// On a machine that has none of the usual directories; `directories.rs` tests the same on any.
#[test]
fn without_a_directory_the_next_source_is_asked() {
    let sources = [Source::files(), Source::environment()];
    let loader = loader(Files::mounted(), &[("TOKEN", "from env")]).sources(sources);
    let (token, report) = load_with_report::<Token>(&loader);
    assert_eq!(token.token, "from env");
    let answer = report.fields()[0].attempts()[0].answer();
    let is_mounted = ["/run/secrets", "/mnt/secrets-store"].map(|path| fs::metadata(path).is_ok());
    let expected_missing = is_mounted.contains(&true);
    match answer {
        AttemptAnswer::NotConfigured(why) => assert!(why.contains("/run/secrets"), "{why}"),
        other => assert!(expected_missing, "{other:?}"),
    }
}

#[cfg(unix)]
#[test]
fn named_directory_that_is_unreadable_fails() {
    let scratch = Scratch::new();
    let circle = scratch.path().join("circle");
    std::os::unix::fs::symlink("circle", &circle).unwrap();
    for variable in [DIRECTORY, CREDENTIALS] {
        let path = circle.to_str().unwrap();
        let error = mounted(&[(variable, path)]).unwrap_err();
        fails(&error, Cause::Internal, &[variable, path, "(os error "]);
    }
}

#[test]
fn empty_file_is_missing() {
    let scratch = Scratch::new();
    scratch.file("TOKEN", "");
    let error = scratch.load::<Token>().unwrap_err();
    assert_eq!(*answer(&error), AttemptAnswer::Missing(Missing::EmptyFile));
    let place = scratch.path().display();
    let told = format!("{error:#}");
    let hint = format!("write a value into the file for `TOKEN` in {place}");
    assert!(told.contains(&hint), "{told}");

    let sources = [
        Files::in_directory(scratch.path()).into(),
        Source::environment(),
    ];
    let loader = loader(Files::mounted(), &[("TOKEN", "next")]).sources(sources);
    assert_eq!(loader.load_blocking::<Token>().unwrap().token, "next");
    scratch.file("TOKEN", "\n");
    assert_eq!(scratch.load::<Token>().unwrap().token, "\n");
}

#[derive(FromSecrets)]
#[secrets(debug)]
struct Kinds {
    text: String,
    port: u16,
    #[secret(binary)]
    bytes: Vec<u8>,
    #[secret(binary)]
    text_as_bytes: Vec<u8>,
}

#[test]
fn a_file_is_a_value_as_it_is() {
    let scratch = Scratch::new();
    scratch.file("TEXT", "\u{feff}two\nlines\r\n\n");
    scratch.file("PORT", "5432\n");
    scratch.file("BYTES", [0xff, 0x00, b'\n']);
    scratch.file("TEXT_AS_BYTES", "AAAA\n");
    let kinds: Kinds = scratch.load().unwrap();
    assert_eq!(kinds.text, "\u{feff}two\nlines\r\n\n");
    assert_eq!(kinds.port, 5432);
    assert_eq!(kinds.bytes, [0xff, 0x00, b'\n']);
    assert_eq!(kinds.text_as_bytes, b"AAAA\n");
}

#[test]
fn a_file_may_have_a_mebibyte_and_no_byte_more() {
    let scratch = Scratch::new();
    let mut text = CANARY.repeat(1024 * 1024 / CANARY.len() + 1);
    text.truncate(1024 * 1024);
    let path = scratch.file("TOKEN", &text);
    assert!(scratch.load::<Token>().unwrap().token == text, "it differs");
    scratch.file("TOKEN", text + "y");
    let error = scratch.load::<Token>().unwrap_err();
    fails(&error, Cause::Malformed, &[path.to_str().unwrap(), "1 MiB"]);
}

#[tokio::test(start_paused = true)]
async fn while_time_stands_still_files_are_read() {
    let scratch = Scratch::new();
    scratch.file("TOKEN", "x");
    let start = tokio::time::Instant::now();
    let token: Token = scratch.loader().load().await.unwrap();
    assert_eq!(token.token, "x");
    assert!(start.elapsed().is_zero());
}

#[test]
fn debug_shows_paths_only() {
    let scratch = Scratch::new();
    scratch.file("TOKEN", CANARY);
    let files = Files::in_directory(scratch.path());
    let expected = format!("Files {{ directory: Some({:?}) }}", scratch.path());
    assert_eq!(format!("{:?}", files.clone()), expected);
    let loader = loader(files, &[]);
    let token: Token = loader.load_blocking().unwrap();
    assert_eq!(token.token, CANARY);
    assert!(!format!("{token:?} {loader:?}").contains("canary"));
}
