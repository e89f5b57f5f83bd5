//! The directories that are read, and the content of their files.

use std::fs;

use from_secrets::source::{Env, FetchResult, Files, MissingReason, Source, SourceErrorKind};
use from_secrets::{ErrorKind, FromSecrets};

use crate::support::{CANARY, Scratch, fails, failure, load_with_report, loader, response};

#[derive(FromSecrets)]
#[secrets(debug)]
struct Token {
    token: String,
}

const DIRECTORY: &str = "FROM_SECRETS_DIRECTORY";
const CREDENTIALS: &str = "CREDENTIALS_DIRECTORY";

fn mounted(variables: &[(&str, &str)]) -> Result<Token, from_secrets::Error> {
    loader(Files::new(), variables).load_blocking()
}

#[test]
fn named_directory_overrides_systemd_credentials() {
    let (credentials, named) = (Scratch::new(), Scratch::new());
    credentials.file("TOKEN", "of systemd");
    named.file("TOKEN", "named");
    let credentials = (CREDENTIALS, credentials.path().to_str().unwrap());
    assert_eq!(mounted(&[credentials]).unwrap().token, "of systemd");
    let named = (DIRECTORY, named.path().to_str().unwrap());
    assert_eq!(mounted(&[credentials, named]).unwrap().token, "named");
}

#[test]
fn files_source_name_reads_mounted_directory() {
    let scratch = Scratch::new();
    scratch.file("TOKEN", "x");
    let directory = scratch.path().to_str().unwrap();
    let variables = [("FROM_SECRETS_SOURCES", "files"), (DIRECTORY, directory)];
    let environment = from_secrets::source::Env::from_vars(variables);
    let loader = from_secrets::Loader::new().env(environment);
    assert_eq!(loader.load_blocking::<Token>().unwrap().token, "x");
    let loader = loader.source(Files::new());
    assert_eq!(loader.load_blocking::<Token>().unwrap().token, "x");
}

#[test]
fn absent_named_directory_is_unreachable() {
    let scratch = Scratch::new();
    let file = scratch.file("file", CANARY);
    for absent in [scratch.path().join("absent"), file.join("below"), file] {
        let path = absent.to_str().unwrap();
        for variable in [DIRECTORY, CREDENTIALS] {
            let error = mounted(&[(variable, path)]).unwrap_err();
            fails(&error, SourceErrorKind::Unreachable, &[variable, path]);
        }
        let error = loader(Files::new().directory(&absent), &[]).load_blocking::<Token>();
        fails(&error.unwrap_err(), SourceErrorKind::Unreachable, &[path]);
    }
}

#[test]
fn absent_directory_falls_back_if_configured() {
    let absent = Scratch::new().path().join("absent");
    let sources = [
        Source::from(Files::new().directory(absent)),
        Source::from(Env::new()),
    ];
    let loader = loader(Files::new(), &[("TOKEN", "older")]).sources(sources);
    let error = loader.load_blocking::<Token>().unwrap_err();
    assert_eq!(failure(&error).kind(), SourceErrorKind::Unreachable);
    let loader = loader.fall_back_on([SourceErrorKind::Unreachable]);
    assert_eq!(loader.load_blocking::<Token>().unwrap().token, "older");
}

/// On a machine that has none of the usual directories; `directories.rs` tests the same on any.
#[test]
fn missing_directory_falls_back() {
    let sources = [Source::from(Files::new()), Source::from(Env::new())];
    let loader = loader(Files::new(), &[("TOKEN", "from env")]).sources(sources);
    let (token, report) = load_with_report::<Token>(&loader);
    assert_eq!(token.token, "from env");
    let response = report.fields()[0].attempts()[0].result();
    let is_mounted = ["/run/secrets", "/mnt/secrets-store"].map(|path| fs::metadata(path).is_ok());
    let expected_missing = is_mounted.contains(&true);
    match response {
        FetchResult::NotConfigured(why) => assert!(why.contains("/run/secrets"), "{why}"),
        other => assert!(expected_missing, "{other:?}"),
    }
}

#[derive(FromSecrets)]
#[secrets(debug)]
struct Staged {
    #[secret(name = "{STAGE}/token", env = "TOKEN")]
    token: String,
}

#[test]
fn placeholder_is_needed_with_directory() {
    let scratch = Scratch::new();
    scratch.file("test_token", "of files");
    let then_env = |files: Files, variables: &[(&str, &str)]| {
        let sources = [Source::from(files), Source::from(Env::new())];
        loader(Files::new(), variables).sources(sources)
    };
    let named = || Files::new().directory(scratch.path());
    let error = then_env(named(), &[("TOKEN", "of env")]).load_blocking::<Staged>();
    let error = error.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Declaration, "{error:#}");
    assert!(
        error.to_string().contains("the placeholder `STAGE`"),
        "{error}"
    );
    let filled = then_env(named(), &[("STAGE", "test")]).load_blocking::<Staged>();
    assert_eq!(filled.unwrap().token, "of files");

    let absent = Files::new().directory(scratch.path().join("absent"));
    let loader = then_env(absent, &[("TOKEN", "of env")]);
    let error = loader.load_blocking::<Staged>().unwrap_err();
    assert_eq!(failure(&error).kind(), SourceErrorKind::Unreachable);
    let loader = loader.fall_back_on([SourceErrorKind::Unreachable]);
    assert_eq!(loader.load_blocking::<Staged>().unwrap().token, "of env");

    let is_mounted = ["/run/secrets", "/mnt/secrets-store"].map(|path| fs::metadata(path).is_ok());
    let usual = then_env(Files::new(), &[("TOKEN", "of env")]).load_blocking::<Staged>();
    assert_eq!(usual.is_err(), is_mounted.contains(&true));
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
        fails(
            &error,
            SourceErrorKind::Internal,
            &[variable, path, "(os error "],
        );
    }
}

#[test]
fn empty_file_is_missing() {
    let scratch = Scratch::new();
    scratch.file("TOKEN", "");
    let error = scratch.load::<Token>().unwrap_err();
    assert_eq!(
        *response(&error),
        FetchResult::Missing(MissingReason::EmptyFile)
    );
    let place = scratch.path().display();
    let reported = format!("{error:#}");
    let hint = format!("write a value into the file for `TOKEN` in {place}");
    assert!(reported.contains(&hint), "{reported}");

    let sources = [
        Source::from(Files::new().directory(scratch.path())),
        Source::from(Env::new()),
    ];
    let loader = loader(Files::new(), &[("TOKEN", "next")]).sources(sources);
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
fn file_content_is_kept_verbatim() {
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
fn file_over_one_mebibyte_is_rejected() {
    let scratch = Scratch::new();
    let mut text = CANARY.repeat(1024 * 1024 / CANARY.len() + 1);
    text.truncate(1024 * 1024);
    let path = scratch.file("TOKEN", &text);
    assert!(scratch.load::<Token>().unwrap().token == text, "it differs");
    scratch.file("TOKEN", text + "y");
    let error = scratch.load::<Token>().unwrap_err();
    fails(
        &error,
        SourceErrorKind::Malformed,
        &[path.to_str().unwrap(), "1 MiB"],
    );
}

#[tokio::test(start_paused = true)]
async fn files_are_read_under_paused_time() {
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
    let files = Files::new().directory(scratch.path());
    let expected = format!("Files {{ directory: Some({:?}) }}", scratch.path());
    assert_eq!(format!("{:?}", files.clone()), expected);
    let loader = loader(files, &[]);
    let token: Token = loader.load_blocking().unwrap();
    assert_eq!(token.token, CANARY);
    assert!(!format!("{token:?} {loader:?}").contains("canary"));
}
