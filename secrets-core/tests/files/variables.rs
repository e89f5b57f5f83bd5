//! Files whose paths are in variables.

use from_secrets::source::{Env, EnvFiles, FetchResult, MissingReason, SourceErrorKind};
use from_secrets::{Error, FromSecrets, Loader};

use crate::support::{CANARY, Scratch, fails, response};

#[derive(FromSecrets)]
#[secrets(debug)]
struct Token {
    token: String,
}

fn loader(variables: &[(&str, &str)]) -> Loader {
    Loader::new()
        .source(EnvFiles::new())
        .env(Env::from_vars(variables.iter().copied()))
}

fn load(variables: &[(&str, &str)]) -> Result<Token, Error> {
    loader(variables).load_blocking()
}

#[test]
fn trailing_newlines_are_removed() {
    let scratch = Scratch::new();
    for (text, expected) in [
        ("x", "x"),
        ("x\n", "x"),
        ("x\r\n\n", "x"),
        ("\nx y \n", "\nx y "),
        ("ü\n", "ü"),
    ] {
        let path = scratch.file("token", text);
        let token = load(&[("TOKEN_FILE", path.to_str().unwrap())]).unwrap();
        assert_eq!(token.token, expected, "{text:?}");
    }
}

#[test]
fn env_files_source_name_is_accepted() {
    let scratch = Scratch::new();
    let path = scratch.file("token", "x\n");
    let variables = [
        ("FROM_SECRETS_SOURCES", "env-files,env"),
        ("TOKEN_FILE", path.to_str().unwrap()),
    ];
    let loader = Loader::new().env(Env::from_vars(variables));
    assert_eq!(loader.load_blocking::<Token>().unwrap().token, "x");
}

#[test]
fn unset_or_empty_variable_is_missing() {
    for variables in [&[][..], &[("TOKEN_FILE", "")], &[("TOKEN", "x")]] {
        let error = load(variables).unwrap_err();
        assert_eq!(
            *response(&error),
            FetchResult::Missing(MissingReason::EnvVar)
        );
    }
    let next = loader(&[("TOKEN", "x")])
        .source(EnvFiles::new())
        .source(Env::new());
    assert_eq!(next.load_blocking::<Token>().unwrap().token, "x");
}

#[test]
fn empty_file_is_missing() {
    let scratch = Scratch::new();
    for text in ["", "\n\r\n"] {
        let path = scratch.file("token", text);
        let error = load(&[("TOKEN_FILE", path.to_str().unwrap())]).unwrap_err();
        assert_eq!(
            *response(&error),
            FetchResult::Missing(MissingReason::EmptyFile)
        );
        let reported = format!("{error:#}");
        let hint = "write a value into the file in `TOKEN_FILE`";
        assert!(reported.contains(hint), "{reported}");
    }
}

#[test]
fn both_variables_are_refused() {
    let scratch = Scratch::new();
    let path = scratch.file("token", CANARY);
    let file = ("TOKEN_FILE", path.to_str().unwrap());
    let error = load(&[("TOKEN", CANARY), file]).unwrap_err();
    fails(
        &error,
        SourceErrorKind::Malformed,
        &["`TOKEN`", "`TOKEN_FILE`"],
    );
    assert_eq!(load(&[("TOKEN", ""), file]).unwrap().token, CANARY);
}

#[test]
fn absent_file_error_names_its_variable() {
    let scratch = Scratch::new();
    let file = scratch.file("file", CANARY);
    let path = scratch.path().join("absent");
    let path = path.to_str().unwrap();
    let error = load(&[("TOKEN_FILE", path)]).unwrap_err();
    fails(
        &error,
        SourceErrorKind::Unreachable,
        &["`TOKEN_FILE`", path],
    );
    for absent in [scratch.path().join("a/b"), file.join("below")] {
        let error = load(&[("TOKEN_FILE", absent.to_str().unwrap())]).unwrap_err();
        fails(&error, SourceErrorKind::Unreachable, &["`TOKEN_FILE`"]);
    }
    for folder in [scratch.path().to_str().unwrap(), "/"] {
        let error = load(&[("TOKEN_FILE", folder)]).unwrap_err();
        fails(
            &error,
            SourceErrorKind::Malformed,
            &["`TOKEN_FILE`", folder, "is a directory"],
        );
    }
}

#[test]
fn oversized_file_is_rejected() {
    let scratch = Scratch::new();
    let path = scratch.file("token", CANARY.repeat(100_000));
    let path = path.to_str().unwrap();
    let error = load(&[("TOKEN_FILE", path)]).unwrap_err();
    fails(
        &error,
        SourceErrorKind::Malformed,
        &["`TOKEN_FILE`", path, "1 MiB"],
    );
}

/// Values that are secrets, but look like paths.
const NO_PATHS: [&str; 8] = [
    CANARY,
    "/canary-5f3a",
    "//canary-5f3a",
    "./canary-5f3a",
    "../canary-5f3a",
    "canary/5f3a+canary==",
    "/canary/5f3a",
    "-----BEGIN PRIVATE KEY-----\ncanary/canary\n",
];

#[test]
fn non_path_value_is_not_shown() {
    let long = CANARY.repeat(1000);
    for value in NO_PATHS.into_iter().chain([long.as_str()]) {
        let loader = loader(&[("TOKEN_FILE", value)]);
        let error = loader.load_blocking::<Token>().unwrap_err();
        let reported = "`TOKEN_FILE` does not contain the path of an existing file";
        fails(&error, SourceErrorKind::Unreachable, &[reported]);
        let next = loader.source(EnvFiles::new()).source(Env::new());
        let next = next.fall_back_on([SourceErrorKind::Unreachable]);
        let reported = format!("{:#} {next:?}", next.load_blocking::<Token>().unwrap_err());
        assert!(!reported.contains("canary"), "a value leaked");
    }
}

#[test]
fn bare_file_name_is_not_shown() {
    let path = std::path::Path::new("canary-beside-the-manifest");
    std::fs::write(path, "x\n").unwrap();
    let read = load(&[("TOKEN_FILE", path.to_str().unwrap())]);
    std::fs::write(path, "canary ".repeat(200_000)).unwrap();
    let large = load(&[("TOKEN_FILE", path.to_str().unwrap())]);
    std::fs::remove_file(path).unwrap();
    assert_eq!(read.unwrap().token, "x");
    fails(
        &large.unwrap_err(),
        SourceErrorKind::Malformed,
        &["larger than 1 MiB: `$TOKEN_FILE`"],
    );
}

#[derive(FromSecrets)]
#[secrets(debug)]
struct Types {
    #[secret(binary)]
    raw: Vec<u8>,
    #[secret(binary)]
    text: Vec<u8>,
    port: u16,
    on: bool,
    list: Vec<u16>,
    #[secret(parse)]
    address: std::net::IpAddr,
}

#[test]
fn only_binary_fields_receive_raw_bytes() {
    let scratch = Scratch::new();
    let files = [
        ("RAW_FILE", &[0xff, 0x00, b'\n'][..]),
        ("TEXT_FILE", b"AAAA\n"),
        ("PORT_FILE", b"5432\n"),
        ("ON_FILE", b"true\n"),
        ("LIST_FILE", b"[1, \"2\"]\n"),
        ("ADDRESS_FILE", b"::1\n"),
    ];
    let files = files.map(|(name, bytes)| (name, scratch.file(name, bytes)));
    let variables = files
        .each_ref()
        .map(|(name, path)| (*name, path.to_str().unwrap()));
    let types: Types = loader(&variables).load_blocking().unwrap();
    assert_eq!(types.raw, [0xff, 0x00, b'\n']);
    assert_eq!(types.text, b"AAAA");
    assert_eq!(
        (types.port, types.on, &types.list[..]),
        (5432, true, &[1, 2][..])
    );
    assert_eq!(
        types.address,
        std::net::IpAddr::from([0, 0, 0, 0, 0, 0, 0, 1])
    );
}

#[test]
fn bytes_are_no_text() {
    let scratch = Scratch::new();
    let path = scratch.file("token", b"\xffcanary");
    let error = load(&[("TOKEN_FILE", path.to_str().unwrap())]).unwrap_err();
    crate::support::failed(&error);
    assert!(format!("{error:#}").contains("not UTF-8"), "{error:#}");
}
