//! Names of secrets from constants.

use from_secrets::FromSecrets;
use from_secrets::source::Memory;

use crate::support::{failure, load};

const TOKEN: &str = "prod/token";

mod names {
    pub(crate) const DATABASE: &str = "{stage}/db";
    pub(crate) const REPLICA: &str = "prod/replica";
}

#[derive(FromSecrets)]
#[secrets(name = names::DATABASE)]
struct Database {
    password: String,
    #[secret(name = TOKEN)]
    token: String,
    #[secret(name = Self::OTHER, json_key = "key", version_stage = "AWSPREVIOUS")]
    other: Option<String>,
}

impl Database {
    const OTHER: &str = "prod/other";
}

#[derive(FromSecrets)]
#[secrets(transparent, name = TOKEN)]
struct Token(String);

#[derive(FromSecrets)]
struct Outer {
    #[secret(flatten, name = self::names::REPLICA)]
    replica: Database,
    #[secret(flatten)]
    newtype: Token,
}

#[test]
fn constants_are_names() {
    let memory = Memory::new()
        .with_secret("prod/replica", r#"{"password": "a"}"#)
        .with_secret("prod/token", "b")
        .with_version("prod/other", "AWSPREVIOUS", r#"{"key": "c"}"#);
    let outer: Outer = load(&memory, &[]).unwrap();
    assert_eq!(outer.replica.password, "a");
    assert_eq!((&*outer.replica.token, &*outer.newtype.0), ("b", "b"));
    assert_eq!(outer.replica.other.as_deref(), Some("c"));
    let variables = [("stage", "test"), ("DB_PASSWORD", "d"), ("PROD_TOKEN", "e")];
    let database: Database = load(&Memory::new(), &variables).unwrap();
    assert_eq!((&*database.password, &*database.token), ("d", "e"));
}

const ONE: &str = "prod/one";
const SAME: &str = "prod-one";
const OPEN: &str = "{stage";

#[derive(FromSecrets)]
#[expect(dead_code, reason = "never loaded")]
struct Clash {
    #[secret(name = ONE)]
    one: String,
    #[secret(name = SAME)]
    same: String,
}

#[derive(FromSecrets)]
#[expect(dead_code, reason = "never loaded")]
struct Unclosed {
    #[secret(name = OPEN, env = "OPEN")]
    open: String,
}

#[test]
fn flaws_of_constants_fail_load() {
    let error = failure::<Clash>(&Memory::new(), &[]).to_string();
    assert!(
        error.contains("`PROD_ONE` is also read by `one`"),
        "{error}"
    );
    let error = failure::<Unclosed>(&Memory::new(), &[]).to_string();
    assert!(error.contains("unclosed placeholder"), "{error}");
}
