//! JSON keys that no field reads.

use from_secrets::report::FieldReport;
use from_secrets::source::{Memory, Source, SourceErrorKind};
use from_secrets::{Error, FromSecrets, Loader};

use crate::support::{failure, load};

#[derive(FromSecrets)]
#[secrets("prod/db", alias = "old/db", deny_unknown_keys)]
#[expect(dead_code, reason = "not all fields are compared")]
struct Database {
    #[secret(alias = "pw")]
    password: String,
    #[secret(json_key = "/hosts/0")]
    host: Option<String>,
    /// Limits of the pool.
    #[secret(flatten)]
    pool: Option<Pool>,
}

#[derive(FromSecrets)]
#[secrets("prod/db")]
#[expect(dead_code, reason = "only the load is checked")]
struct Pool {
    size: u8,
}

fn message(error: &Error) -> String {
    let fields: Vec<&FieldReport> = error.failed_fields().collect();
    let [field] = fields[..] else {
        panic!("{error:#}")
    };
    assert!(field.is_struct());
    format!("{}: {error}", field.path())
}

#[test]
fn keys_of_all_fields_are_known() {
    for (content, variables) in [
        (
            r#"{"password": "p", "hosts": ["h", "i"], "size": 3}"#,
            &[][..],
        ),
        (r#"{"pw": "p"}"#, &[]),
        (r"{}", &[("PROD_DB_PASSWORD", "p")]),
    ] {
        let memory = Memory::new().with_secret("prod/db", content);
        let loaded: Database = load(&memory, variables).unwrap();
        assert_eq!(loaded.password, "p", "{content}");
    }
    let variables = [("PROD_DB_PASSWORD", "p"), ("PROD_DB_OTHER", "o")];
    assert!(load::<Database>(&Memory::new(), &variables).is_ok());
}

#[test]
fn unknown_key_is_error() {
    let memory = Memory::new().with_secret(
        "prod/db",
        r#"{"password": "p", "canary": "value", "hosts": []}"#,
    );
    let error = failure::<Database>(&memory, &[]);
    assert_eq!(
        message(&error),
        "Database: cannot load `Database`: struct `Database`: invalid: the secret `prod/db` contains a key that no field reads"
    );
    assert!(!format!("{error:#?} {error:#}").contains("canary"));
    assert!(format!("{error:#}").contains("add a field for each of them"));
}

#[test]
fn similar_unknown_key_is_suggested() {
    let memory = Memory::new().with_secret("prod/db", r#"{"pasword": "p", "x": 1}"#);
    let error = failure::<Database>(&memory, &[("PROD_DB_PASSWORD", "p")]);
    assert!(
        message(&error)
            .ends_with("contains 2 keys that no field reads: `pasword` is similar to `password`"),
        "{error}"
    );
}

#[test]
fn unused_secrets_are_not_checked() {
    let memory = Memory::new()
        .with_secret("prod/db", r#"{"password": "p"}"#)
        .with_secret("old/db", r#"{"password": "p", "other": 1}"#);
    assert!(load::<Database>(&memory, &[]).is_ok());
    memory.remove("prod/db");
    let error = failure::<Only>(&memory, &[]);
    assert!(
        message(&error).contains("`old/db` contains a key"),
        "{error}"
    );
    memory.set_error("old/db", SourceErrorKind::Denied);
    assert!(
        failure::<Only>(&memory, &[])
            .failed_fields()
            .all(|field| !field.is_struct())
    );
}

#[derive(FromSecrets)]
#[secrets("prod/db", alias = "old/db", deny_unknown_keys)]
#[expect(dead_code, reason = "only the load is checked")]
struct Only {
    password: String,
}

#[derive(FromSecrets)]
#[expect(dead_code, reason = "only the load is checked")]
struct Outer {
    #[secret(flatten, name = "prod/replica")]
    replica: Only,
    #[secret("prod/map")]
    map: std::collections::BTreeMap<String, String>,
    #[secret(flatten)]
    whole: Whole,
}

#[derive(FromSecrets)]
#[secrets("prod/map", deny_unknown_keys)]
#[expect(dead_code, reason = "only the load is checked")]
struct Whole {
    key: String,
}

#[test]
fn nested_struct_denies_unknown_keys() {
    let memory = Memory::new()
        .with_secret("prod/replica", r#"{"password": "p", "other": 1}"#)
        .with_secret("prod/map", r#"{"key": "k", "other": "o"}"#);
    let error = failure::<Outer>(&memory, &[]);
    assert!(
        message(&error).starts_with("replica: cannot load `Outer`: struct `replica`"),
        "{error}"
    );
    memory.set_secret("prod/replica", r#"{"password": "p"}"#);
    assert!(load::<Outer>(&memory, &[]).is_ok());
}

#[derive(FromSecrets)]
#[secrets("GOOGLE", deny_unknown_keys)]
struct Google {
    #[secret(env = "GOOGLE")]
    credentials: String,
}

#[test]
fn variables_are_not_checked() {
    let variables = [("GOOGLE", r#"{"type": "service_account"}"#)];
    let loaded: Google = load(&Memory::new(), &variables).unwrap();
    assert!(loaded.credentials.contains("service_account"));
}

#[derive(FromSecrets)]
#[secrets("prod/key", deny_unknown_keys)]
#[expect(dead_code, reason = "only the load is checked")]
struct Versions {
    #[secret(json_key = "a", version_stage = "AWSPREVIOUS", env = false)]
    before: Option<String>,
    a: String,
}

#[test]
fn each_version_is_checked() {
    let memory = Memory::new()
        .with_secret("prod/key", r#"{"a": "1", "b": "2"}"#)
        .with_version("prod/key", "AWSPREVIOUS", r#"{"a": "0"}"#);
    let error = message(&failure::<Versions>(&memory, &[]));
    assert!(
        error.contains("`prod/key` contains a key that no field reads"),
        "{error}"
    );
    memory.set_secret("prod/key", r#"{"a": "1"}"#);
    memory.set_version("prod/key", "AWSPREVIOUS", r#"{"a": "0", "b": "2"}"#);
    let error = message(&failure::<Versions>(&memory, &[]));
    assert!(error.contains("in the version `AWSPREVIOUS`"), "{error}");
}

#[derive(FromSecrets)]
#[secrets("prod/db", deny_unknown_keys)]
#[expect(dead_code, reason = "only the load is checked")]
struct ByArn {
    user: String,
    #[secret(
        "arn:aws:secretsmanager:us-east-1:123456789012:secret:prod/db-AbCdEf",
        json_key = "password",
        env = "PASSWORD"
    )]
    password: String,
}

#[test]
fn key_of_arn_is_known() {
    let memory = Memory::new().with_secret("prod/db", r#"{"user": "u", "password": "p"}"#);
    assert!(load::<ByArn>(&memory, &[]).is_ok());
    memory.set_secret("prod/db", r#"{"user": "u", "password": "p", "other": 1}"#);
    assert!(message(&failure::<ByArn>(&memory, &[])).starts_with("ByArn: "));
}

#[derive(FromSecrets)]
#[secrets("prod/db", deny_unknown_keys)]
#[expect(dead_code, reason = "only the load is checked")]
struct Port {
    host: String,
    port: u16,
}

#[test]
fn repeated_query_reports_unknown_key_once() {
    let first = Memory::new().with_secret("prod/db", r#"{"port": "none"}"#);
    let second = Memory::new().with_secret("prod/db", r#"{"host": "h", "port": 1, "other": 1}"#);
    let loader = Loader::new()
        .sources([Source::from(first), Source::from(second)])
        .fall_back_on([SourceErrorKind::Malformed]);
    let error = loader.load_blocking::<Port>().err().unwrap();
    assert!(message(&error).starts_with("Port: "));
}

#[derive(FromSecrets)]
#[secrets("prod/twice", deny_unknown_keys, validate = reject)]
struct Twice {
    key: u8,
}

fn reject(twice: &Twice) -> Result<(), &'static str> {
    if twice.key > 1 {
        Err("above 1")
    } else {
        Ok(())
    }
}

#[test]
fn each_rejection_has_its_hint() {
    let memory = Memory::new().with_secret("prod/twice", r#"{"key": 2, "kee": 3}"#);
    let error = format!("{:#}", failure::<Twice>(&memory, &[]));
    assert!(error.contains("failed: `Twice` (invalid)"), "{error}");
    for text in [
        "help: correct the value, or the function of `validate`",
        "help: correct or remove the keys of the secret",
    ] {
        assert!(error.contains(text), "{error}");
    }
}

#[derive(FromSecrets)]
#[secrets("prod/db", deny_unknown_keys)]
#[expect(dead_code, reason = "only the load is checked")]
struct User {
    user: String,
}

#[derive(FromSecrets)]
#[expect(dead_code, reason = "only the load is checked")]
struct Users {
    #[secret(flatten)]
    reader: User,
    #[secret(flatten)]
    writer: User,
}

#[test]
fn unknown_key_rejects_each_struct() {
    let memory = Memory::new().with_secret("prod/db", r#"{"user": "u", "other": 1}"#);
    let error = failure::<Users>(&memory, &[]);
    let paths: Vec<&str> = error.failed_fields().map(FieldReport::path).collect();
    assert_eq!(paths, ["reader", "writer"]);
}
