//! Files that variables name.

use from_secrets::{
    AttemptAnswer, Cause, Environment, Error, FromSecrets, Loader, Missing, Source,
};

use crate::support::{CANARY, Scratch, answer, fails};

#[derive(FromSecrets)]
#[secrets(debug)]
struct Token {
    token: String,
}

fn loader(variables: &[(&str, &str)]) -> Loader {
    Loader::new()
        .sources([Source::variable_files()])
        .environment(Environment::from_vars(variables.iter().copied()))
}

fn load(variables: &[(&str, &str)]) -> Result<Token, Error> {
    loader(variables).load_blocking()
}

#[test]
fn a_file_that_a_variable_names_is_its_value_without_the_newlines_at_its_end() {
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
fn the_word_var_files_reads_them() {
    let scratch = Scratch::new();
    let path = scratch.file("token", "x\n");
    let variables = [
        ("FROM_SECRETS_SOURCES", "var-files,env"),
        ("TOKEN_FILE", path.to_str().unwrap()),
    ];
    let loader = Loader::new().environment(Environment::from_vars(variables));
    assert_eq!(loader.load_blocking::<Token>().unwrap().token, "x");
}

#[test]
fn a_variable_that_is_unset_or_empty_names_nothing() {
    for variables in [&[][..], &[("TOKEN_FILE", "")], &[("TOKEN", "x")]] {
        let error = load(variables).unwrap_err();
        assert_eq!(*answer(&error), AttemptAnswer::Missing(Missing::Variable));
    }
    let next = loader(&[("TOKEN", "x")]).sources([Source::variable_files(), Source::environment()]);
    assert_eq!(next.load_blocking::<Token>().unwrap().token, "x");
}

#[test]
fn empty_file_is_missing() {
    let scratch = Scratch::new();
    for text in ["", "\n\r\n"] {
        let path = scratch.file("token", text);
        let error = load(&[("TOKEN_FILE", path.to_str().unwrap())]).unwrap_err();
        assert_eq!(*answer(&error), AttemptAnswer::Missing(Missing::EmptyFile));
        let told = format!("{error:#}");
        let hint = "write a value into the file that `TOKEN_FILE` names";
        assert!(told.contains(hint), "{told}");
    }
}

#[test]
fn both_variables_are_refused() {
    let scratch = Scratch::new();
    let path = scratch.file("token", CANARY);
    let file = ("TOKEN_FILE", path.to_str().unwrap());
    let error = load(&[("TOKEN", CANARY), file]).unwrap_err();
    fails(&error, Cause::Malformed, &["`TOKEN`", "`TOKEN_FILE`"]);
    assert_eq!(load(&[("TOKEN", ""), file]).unwrap().token, CANARY);
}

#[test]
fn a_file_that_is_named_and_absent_is_a_failure_that_names_variable_and_path() {
    let scratch = Scratch::new();
    let file = scratch.file("file", CANARY);
    let path = scratch.path().join("absent");
    let path = path.to_str().unwrap();
    let error = load(&[("TOKEN_FILE", path)]).unwrap_err();
    fails(&error, Cause::Unreachable, &["`TOKEN_FILE`", path]);
    for absent in [scratch.path().join("a/b"), file.join("below")] {
        let error = load(&[("TOKEN_FILE", absent.to_str().unwrap())]).unwrap_err();
        fails(&error, Cause::Unreachable, &["`TOKEN_FILE`"]);
    }
    for folder in [scratch.path().to_str().unwrap(), "/"] {
        let error = load(&[("TOKEN_FILE", folder)]).unwrap_err();
        fails(
            &error,
            Cause::Malformed,
            &["`TOKEN_FILE`", folder, "folder"],
        );
    }
}

#[test]
fn a_file_has_the_same_bounds() {
    let scratch = Scratch::new();
    let path = scratch.file("token", CANARY.repeat(100_000));
    let path = path.to_str().unwrap();
    let error = load(&[("TOKEN_FILE", path)]).unwrap_err();
    fails(&error, Cause::Malformed, &["`TOKEN_FILE`", path, "1 MiB"]);
}

/// Values that are secrets, in a shape that is a path in some way.
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
fn value_that_is_no_path_is_not_shown() {
    let long = CANARY.repeat(1000);
    for value in NO_PATHS.into_iter().chain([long.as_str()]) {
        let loader = loader(&[("TOKEN_FILE", value)]);
        let error = loader.load_blocking::<Token>().unwrap_err();
        let told = "`TOKEN_FILE` does not contain the path of an existing file";
        fails(&error, Cause::Unreachable, &[told]);
        let next = loader.sources([Source::variable_files(), Source::environment()]);
        let next = next.fall_back_on([Cause::Unreachable]);
        let told = format!("{:#} {next:?}", next.load_blocking::<Token>().unwrap_err());
        assert!(!told.contains("canary"), "a value leaked");
    }
}

#[test]
fn file_without_separator_is_read_and_not_shown() {
    let path = std::path::Path::new("canary-beside-the-manifest");
    std::fs::write(path, "x\n").unwrap();
    let read = load(&[("TOKEN_FILE", path.to_str().unwrap())]);
    std::fs::write(path, "canary ".repeat(200_000)).unwrap();
    let large = load(&[("TOKEN_FILE", path.to_str().unwrap())]);
    std::fs::remove_file(path).unwrap();
    assert_eq!(read.unwrap().token, "x");
    fails(
        &large.unwrap_err(),
        Cause::Malformed,
        &["`$TOKEN_FILE` is larger"],
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
fn a_binary_field_takes_the_bytes_and_every_other_the_text() {
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
